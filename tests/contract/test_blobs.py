"""Every place for artifacts keeps every promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kipu.blobs.content import ContentIndex
from kipu.blobs.interface import BlobStore
from kipu.blobs.local import LocalBlobs
from kipu.blobs.proxied import ProxiedBlobs, close_connections
from kipu.testing.contracts.blobs import BlobStoreContract, StoredOnceContract
from kipu.testing.served import application, on_port


@contextmanager
def local(folder: Path) -> Iterator[BlobStore]:
    yield LocalBlobs(folder / "artifacts", content=ContentIndex(folder / "artifacts"))


@contextmanager
def served(folder: Path) -> Iterator[BlobStore]:
    with on_port(application(folder)) as uri:
        yield ProxiedBlobs(uri, "")
        close_connections()


ONCE = {"local": local, "server": served}


@pytest.fixture(params=ONCE)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    with ONCE[request.param](tmp_path) as store:
        yield store


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


class TestBlobs(BlobStoreContract):
    pass


class TestStoredOnce(StoredOnceContract):
    pass
