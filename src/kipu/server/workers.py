"""Several server processes on one port, watched over."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any

_GRACE_S = 30


def run_workers(count: int, work: Callable[..., None], *args: Any) -> None:
    """Keep ``count`` processes that run ``work(*args)`` until SIGINT or SIGTERM.

    One that dies is replaced; when they are told to stop, each finishes what it accepted.
    """
    context = multiprocessing.get_context("spawn")
    stopping = threading.Event()
    woken, waker = socket.socketpair()

    def stop(signum: int, frame: object) -> None:
        stopping.set()
        waker.send(b".")

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    processes: list[SpawnProcess] = []
    try:
        while not stopping.is_set():
            processes = [process for process in processes if process.is_alive()]
            while len(processes) < count and not stopping.is_set():
                process = context.Process(target=work, args=args, daemon=False)
                process.start()
                processes.append(process)
            wait([woken, *(process.sentinel for process in processes)])
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(_GRACE_S)
        for each, handler in before.items():
            signal.signal(each, handler)
        woken.close()
        waker.close()
