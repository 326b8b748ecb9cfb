"""The application: routes, what runs beside them, and how errors are answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Router

from kipu.exceptions import MlflowException
from kipu.server.compression import Compression
from kipu.server.guard import Guard
from kipu.server.http import error_answer, in_thread
from kipu.server.routes import (
    artifact_proxy,
    artifacts,
    experiments,
    kipu,
    logged_models,
    metrics,
    model_versions,
    presigned,
    registered_models,
    runs,
    service,
    ui,
    uploads,
    webhooks,
)
from kipu.server.state import State

_log = logging.getLogger("kipu.server")
THREADS = 40
TRANSFERS = 64


class Chore:
    """Something to do every now and then while the server runs.

    Args:
        what: Said in the log when it fails.
        every_s: Seconds between two times.
        do: Called in a thread.
        stop: Called in a thread when the server ends, while the store is still open.
    """

    def __init__(
        self,
        what: str,
        every_s: float,
        do: Callable[[], object],
        stop: Callable[[], object] | None = None,
    ) -> None:
        self.what, self.every_s, self.do, self.stop = what, every_s, do, stop

    async def run(self) -> None:
        """Do it until cancelled."""
        while True:
            try:
                await in_thread(self.do)
            except Exception:
                _log.exception("%s failed; it is tried again in %g s", self.what, self.every_s)
            await asyncio.sleep(self.every_s)


def create_app(parts: State, chores: Sequence[Chore] = ()) -> Starlette:
    """A server's application.

    Args:
        parts: The store, the artifacts, the settings. Shutdown closes the store.
        chores: What runs beside the requests.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.stopping = asyncio.Event()
        pool = ThreadPoolExecutor(THREADS, "kipu-request")
        asyncio.get_running_loop().set_default_executor(pool)
        app.state.transfers = ThreadPoolExecutor(TRANSFERS, "kipu-transfer")
        tasks = [asyncio.create_task(chore.run()) for chore in chores]
        try:
            yield
        finally:
            app.state.stopping.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for chore in chores:
                if chore.stop is not None:
                    await in_thread(chore.stop)
            app.state.transfers.shutdown(wait=False)
            await in_thread(parts.close)

    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, settings=parts.settings), Middleware(Compression)],
        exception_handlers={MlflowException: _told, HTTPException: _not_found},
        lifespan=lifespan,
    )
    app.state.kipu = parts
    app.router.redirect_slashes = False
    return app


def _routes() -> list[BaseRoute]:
    mlflow = [
        *runs.routes,
        *metrics.routes,
        *experiments.routes,
        *artifacts.routes,
        *presigned.routes,
        *logged_models.routes,
        *webhooks.routes,
        *registered_models.routes,
        *model_versions.routes,
    ]
    return [
        *service.root_routes,
        _below("/api/2.0/mlflow", mlflow),
        _below("/api/kipu/1", [*kipu.routes, *uploads.routes]),
        _below(
            "/ajax-api/2.0/mlflow",
            [*mlflow, *artifacts.ajax_routes, *logged_models.ajax_routes],
        ),
        _below("/api/2.0/mlflow-artifacts", artifact_proxy.routes),
        _below("/ajax-api/2.0/mlflow-artifacts", artifact_proxy.routes),
        _below("/api/3.0/mlflow", service.routes_v3),
        _below("/ajax-api/3.0/mlflow", service.routes_v3),
        *artifacts.root_routes,
        *model_versions.root_routes,
        *ui.routes,
    ]


def _below(prefix: str, routes: Sequence[BaseRoute]) -> Mount:
    """Routes under a prefix; a path with a slash too many is none of them."""
    return Mount(prefix, Router(routes, redirect_slashes=False))


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, MlflowException)
    return error_answer(error)


async def _not_found(request: Request, error: Exception) -> Response:
    """A wrong path or method, as JSON."""
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    text = (
        f"{request.method} is not possible at {path}."
        if error.status_code == 405
        else f"There is no endpoint at {path}."
    )
    told = error_answer(MlflowException(text, "ENDPOINT_NOT_FOUND"))
    told.status_code = error.status_code
    told.headers.update(error.headers or {})
    return told
