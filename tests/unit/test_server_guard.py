"""Who may call."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.testclient import TestClient

from kipu.server.guard import Guard
from kipu.server.settings import ServerSettings


async def echo(request: Request) -> Response:
    return PlainTextResponse(request.scope["path"])


async def fail(request: Request) -> Response:
    raise ZeroDivisionError("secret detail")


def client(**settings: Any) -> TestClient:
    routes = [
        Route("/fail", fail),
        Route("/{path:path}", echo, methods=["GET", "POST"]),
    ]
    return TestClient(Guard(Router(routes), ServerSettings(**settings)))


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:5000", "127.0.0.1:80", "[::1]:5000", "192.168.1.7", "10.0.0.1:1",
     "0.0.0.0:5000", "172.16.3.4"],
)  # fmt: skip
def test_local_and_private_names_are_answered(host: str) -> None:
    assert client().get("/x", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "8.8.8.8", "[", ""])
def test_other_names_are_refused(host: str) -> None:
    got = client().get("/x", headers={"Host": host})
    assert (got.status_code, got.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert "--allowed-hosts" in got.json()["message"]


@pytest.mark.parametrize("path", ["/health", "/version"])
def test_health_and_version_answer_under_any_name(path: str) -> None:
    assert client().get(path, headers={"Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        ("*", "any.example", 200),
        ("*.team.example, other", "kipu.team.example:5000", 200),
        ("*.team.example, other", "OTHER", 200),
        ("*.team.example", "localhost", 403),
    ],
)
def test_allowed_hosts_replace_the_usual_ones(allowed: str, host: str, status: int) -> None:
    got = client(allowed_hosts=allowed).get("/x", headers={"Host": host})
    assert got.status_code == status


@pytest.mark.parametrize(
    ("method", "origin", "status"),
    [
        ("POST", "https://evil.example", 403),
        ("GET", "https://evil.example", 200),
        ("POST", "http://127.0.0.1:5000", 200),
        ("POST", "http://localhost:3000", 200),
        ("POST", "null", 403),
    ],
)
def test_a_foreign_page_cannot_change_anything(method: str, origin: str, status: int) -> None:
    headers = {"Host": "127.0.0.1:5000", "Origin": origin}
    assert client().request(method, "/x", headers=headers).status_code == status


def test_a_listed_page_may_call_and_may_ask_before() -> None:
    headers = {"Host": "localhost", "Origin": "https://app.example"}
    calls = client(cors_allowed_origins="https://app.example")
    got = calls.post("/x", headers=headers)
    assert got.headers["access-control-allow-origin"] == "https://app.example"
    ask = headers | {"Access-Control-Request-Method": "POST",
                     "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    asked = calls.options("/x", headers=ask)
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-headers"] == "content-type"


def test_an_unlisted_page_is_told_so_when_it_asks_before() -> None:
    headers = {"Host": "localhost", "Origin": "https://evil.example",
               "Access-Control-Request-Method": "POST"}  # fmt: skip
    got = client().options("/x", headers=headers)
    assert got.status_code == 403
    assert "access-control-allow-origin" not in got.headers


def test_the_checks_can_be_switched_off() -> None:
    got = client(disable_security_middleware=True).post(
        "/x", headers={"Host": "evil.example", "Origin": "https://evil.example"}
    )
    assert got.status_code == 200


@pytest.mark.parametrize(("option", "header"), [("deny", "DENY"), ("NONE", None)])
def test_every_answer_carries_the_security_headers(option: str, header: str | None) -> None:
    got = client(x_frame_options=option).get("/x", headers={"Host": "localhost"})
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers.get("x-frame-options") == header


def test_paths_lie_below_the_prefix() -> None:
    calls = client(static_prefix="/kipu/")
    headers = {"Host": "localhost"}
    assert calls.get("/kipu/api/x", headers=headers).text == "/api/x"
    assert calls.get("/kipu", headers=headers).text == "/"
    assert calls.get("/health", headers=headers).text == "/health"
    assert calls.get("/kipuapi/x", headers=headers).status_code == 404


def test_a_failure_shows_an_id_that_the_log_also_has(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "kipu.server"):
        got = client().get("/fail", headers={"Host": "localhost"})
    told = got.json()
    assert (got.status_code, told["error_code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in got.text
    (record,) = caplog.records
    assert record.args is not None
    assert str(record.args[0]) in told["message"]  # type: ignore[index,call-overload]
