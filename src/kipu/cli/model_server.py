"""Runs the server of a model, in one process or several."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

from kipu.pyfunc.scoring_server.application import init, load_model_with_mlflow_config
from kipu.server.process import server_of
from kipu.server.serve import listen
from kipu.server.workers import run_workers


def serve_model(folder: str, host: str, port: int, workers: int) -> None:
    """Listen and answer until SIGINT or SIGTERM; what was accepted is finished first.

    Args:
        folder: The model's.
        host: Address to listen on.
        port: Port to listen on; 0 for any that is free.
        workers: Processes, each of which loads the model.

    Raises:
        MlflowException: The model cannot be loaded.
        SystemExit: With status 1 and a sentence on standard error, where it cannot listen.
    """
    with listen(host, port) as listener:
        if workers > 1:
            _announce(listener)
            run_workers(workers, _work, folder, listener)
        else:
            _work(folder, listener, _announce)


def _work(
    folder: str, listener: socket.socket, ready: Callable[[socket.socket], None] | None = None
) -> None:
    app = init(load_model_with_mlflow_config(folder))
    if ready is not None:
        ready(listener)
    server_of(app).run(sockets=[listener])


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"The model listens on http://{shown}:{port}/ (stop it with Ctrl+C)\n")
    sys.stdout.flush()
