"""Which answers are packed, how, and for whom."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from starlette.testclient import TestClient

from kipu.server import compression
from kipu.server.routes import ui
from kipu.testing.served import application

SCRIPT = "export const runs = 'many';\n" * 1_000
BIG = "/openapi.json"


def server_seen_from(folder: Path, host: str) -> TestClient:
    return TestClient(application(folder), base_url="http://127.0.0.1", client=(host, 1))


@pytest.fixture
def far(tmp_path: Path) -> Iterator[TestClient]:
    with server_seen_from(tmp_path, "10.0.0.7") as client:
        yield client


@pytest.fixture
def near(tmp_path: Path) -> Iterator[TestClient]:
    with server_seen_from(tmp_path, "127.0.0.1") as client:
        yield client


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A built page with one script; the path that it is asked under."""
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html>")
    (built / "assets" / "app-1a2b.js").write_text(SCRIPT)
    (built / "assets" / "dot-1a2b.png").write_bytes(b"\x89PNG" * 1_000)
    monkeypatch.setattr(ui, "STATIC", built)
    return "/assets/app-1a2b.js"


def raw(client: TestClient, path: str, accepted: str, **headers: str) -> tuple[str | None, bytes]:
    """How an answer is packed, and its bytes as they come."""
    asked = {"Accept-Encoding": accepted} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    with client.stream("GET", path, headers=asked) as got:
        body = b"".join(got.iter_raw())
        assert got.status_code == 200
        assert int(got.headers["content-length"]) == len(body)
        packed = got.headers.get("content-encoding")
        assert (packed is None) or "Accept-Encoding" in got.headers["vary"]
        return packed, body


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, zstd;q=0", "gzip"),
        ("gzip; q=0.0", None),
        ("br", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_client_says_how_an_answer_may_be_packed(
    far: TestClient, accepted: str, chosen: str | None
) -> None:
    _, plain = raw(far, BIG, "identity")
    packed, body = raw(far, BIG, accepted)
    assert packed == chosen
    assert _unpacked(packed, body) == plain
    if chosen:
        assert len(body) < len(plain) / 5


def test_scripts_are_packed_once_and_sent_packed_to_everybody(
    far: TestClient, near: TestClient, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for client in (far, near):
        for accepted in ("zstd", "gzip"):
            packed, body = raw(client, script, accepted)
            assert packed == accepted
            assert _unpacked(packed, body).decode() == SCRIPT
            assert len(body) < len(SCRIPT) / 20

    def never(*_: object) -> bytes:
        raise AssertionError("packed again")

    for kind in (compression._Gzip, compression._Zstd):
        monkeypatch.setattr(kind, "__call__", never)
    assert raw(far, script, "zstd")[0] == "zstd"


def test_images_and_short_answers_are_sent_as_they_are(far: TestClient, script: str) -> None:
    for path in ("/assets/dot-1a2b.png", "/health", "/"):
        assert raw(far, path, "gzip, zstd")[0] is None


def test_answers_stay_plain_on_the_same_machine_but_for_a_proxy(near: TestClient) -> None:
    assert raw(near, BIG, "gzip, zstd")[0] is None
    assert raw(near, BIG, "gzip, zstd", X_Forwarded_For="10.0.0.7")[0] == "zstd"


def test_without_the_library_there_is_gzip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with server_seen_from(tmp_path, "10.0.0.7") as client:
        assert raw(client, BIG, "gzip, zstd")[0] == "gzip"
        assert raw(client, BIG, "zstd")[0] is None


def _unpacked(how: str | None, body: bytes) -> bytes:
    match how:
        case "gzip":
            return gzip.decompress(body)
        case "zstd":
            return zstandard.ZstdDecompressor().decompress(body)
        case _:
            return body
