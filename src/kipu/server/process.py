"""One server process."""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette

GRACE_S = 20
KEEP_ALIVE_S = 75


class Server(uvicorn.Server):
    """A server of uvicorn's whose endless answers end when it is told to stop."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what was accepted, and stop."""
        app = self.config.app
        if isinstance(app, Starlette):
            app.state.stopping.set()
        await super().shutdown(sockets)


def server_of(app: Starlette) -> Server:
    """The server that runs an application."""
    return Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
    )
