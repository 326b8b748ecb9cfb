"""The stores on which the contracts are tested; add one here and it must keep all promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from kipu.store.interface import ServedStore, TrackingStore
from kipu.store.open import open_store
from kipu.store.rest import RestStore
from kipu.testing.served import application, on_port

pytest.register_assert_rewrite("kipu.testing.contracts")


@contextmanager
def open_sqlite(folder: Path) -> Iterator[ServedStore]:
    store = open_store(f"sqlite:///{folder}/tracking.db")
    yield store
    store.close()


@contextmanager
def open_folder(folder: Path) -> Iterator[ServedStore]:
    store = open_store(str(folder / "mlruns"))
    yield store
    store.close()


@contextmanager
def open_rest(folder: Path) -> Iterator[TrackingStore]:
    with on_port(application(folder)) as uri:
        store = RestStore(uri)
        yield store
        store.close()


Backend = Callable[[Path], AbstractContextManager[TrackingStore]]
LOCAL: dict[str, Callable[[Path], AbstractContextManager[ServedStore]]] = {
    "sqlite": open_sqlite,
    "folder": open_folder,
}
BACKENDS: dict[str, Backend] = {**LOCAL, "rest": open_rest}


@pytest.fixture(params=BACKENDS)
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TrackingStore]:
    with BACKENDS[request.param](tmp_path) as store:
        yield store


@pytest.fixture(params=LOCAL)
def local_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedStore]:
    with LOCAL[request.param](tmp_path) as store:
        yield store
