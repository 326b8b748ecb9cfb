"""A server in the test's own process: its application, or the whole of it on a port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.applications import Starlette

from kipu.blobs.content import ContentIndex
from kipu.blobs.local import LocalBlobs
from kipu.blobs.uploads import Uploads
from kipu.server.app import create_app
from kipu.server.process import server_of
from kipu.server.settings import ServerSettings
from kipu.server.state import State
from kipu.service.tracking import TrackingService
from kipu.store.sql.store import SqlStore


def application(folder: Path, settings: ServerSettings | None = None) -> Starlette:
    """An application with a store and artifacts in a folder; its shutdown closes the store."""
    store = SqlStore(f"sqlite:///{folder}/kipu.db", "mlflow-artifacts:/")
    content = ContentIndex(folder / "artifacts")
    artifacts = LocalBlobs(folder / "artifacts", content=content)
    parts = State(
        TrackingService(store),
        artifacts,
        settings or ServerSettings(),
        (folder,),
        uploads=Uploads(artifacts, content),
    )
    return create_app(parts)


@contextmanager
def on_port(app: Starlette) -> Iterator[str]:
    """Serve an application in a thread; the server's address."""
    server = server_of(app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            # Connections are queued until it accepts them.
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
