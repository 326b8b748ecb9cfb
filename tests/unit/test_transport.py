"""Requests as a server sees them: credentials, added headers, redirections, waits, TLS."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kipu.exceptions import InvalidParameter, RestException, Unavailable
from kipu.plugins import Registry
from kipu.transport import providers
from kipu.transport.http import Transport
from kipu.transport.providers import RequestAuthProvider, RequestHeaderProvider
from kipu.transport.redirects import redirection

Answers = list[tuple[int, dict[str, str], bytes]]


class Server:
    """Answers what it is told to, in order, and notes what it was asked."""

    def __init__(self, answers: Answers, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections, self.hang_up_next = 0, False
        server, noted, left = self, self.asked, list(answers)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_GET(self) -> None:
                if server.hang_up_next:
                    server.hang_up_next, self.close_connection = False, True
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                noted.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = left.pop(0) if left else (200, {}, b"{}")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_PUT = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.uri = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


Start = Callable[..., tuple[Server, Transport]]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a server, with a client of it."""
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "KIPU_"))]:
        monkeypatch.delenv(name)
    running: list[tuple[Server, Transport]] = []

    def begin(
        answers: Answers | None = None, tls: ssl.SSLContext | None = None, user: str = ""
    ) -> tuple[Server, Transport]:
        server = Server(answers or [], tls)
        running.append((server, Transport(server.uri.replace("://", f"://{user}"))))
        return running[-1]

    yield begin
    for server, transport in running:
        transport.close()
        server.close()


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("settings", "user", "sent"),
    [
        ({}, "", None),
        ({"USERNAME": "me", "PASSWORD": "secret"}, "", basic("me:secret")),
        ({"USERNAME": "me"}, "", basic("me:")),
        ({}, "you:p%40ss@", basic("you:p@ss")),
        ({"USERNAME": "me", "PASSWORD": "secret"}, "you:hidden@", basic("me:secret")),
        ({"USERNAME": "me", "PASSWORD": "secret", "TOKEN": "t"}, "", "Bearer t"),
    ],
)
def test_credentials_go_with_each_request(
    start: Start, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], user: str, sent: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MLFLOW_TRACKING_{name}", value)
    server, transport = start(user=user)
    transport.call("GET", "/x")
    assert server.asked[0][2].get("Authorization") == sent
    assert "p@ss" not in transport.uri


def test_plugins_add_headers_and_the_callers_win(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Adding(RequestHeaderProvider):
        given = {"X-Team": "a", "User-Agent": "ours", "Content-Type": "text/never"}  # noqa: RUF012

        def in_context(self) -> bool:
            return True

        def request_headers(self) -> dict[str, str]:
            return self.given

    class Second(Adding):
        given = {"X-Team": "b"}  # noqa: RUF012

    class Elsewhere(Adding):
        def in_context(self) -> bool:
            return False

    class Broken(Adding):
        def request_headers(self) -> dict[str, str]:
            raise RuntimeError("no headers today")

    registry: Registry[RequestHeaderProvider] = Registry("none")
    for kind in (Adding, Second, Elsewhere, Broken):
        registry.register(kind)
    monkeypatch.setattr(providers, "header_providers", registry)
    server, transport = start()
    transport.call("POST", "/x", json_body=b"{}")
    sent = server.asked[0][2]
    assert (sent["X-Team"], sent["Content-Type"]) == ("a b", "application/json")
    assert sent["User-Agent"].startswith("kipu/")
    assert sent["User-Agent"].endswith(" ours")
    assert "no headers today" in caplog.text


def test_a_plugin_signs_what_is_sent(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    class Signing(RequestAuthProvider):
        def get_name(self) -> str:
            return "mine"

        def get_auth(self) -> Any:
            def sign(request: Any) -> Any:
                told = f"{request.method} {request.url} {request.body!r}"
                request.headers["Authorization"] = told
                return request

            return sign

    registry: Registry[RequestAuthProvider] = Registry("none")
    registry.register(Signing)
    monkeypatch.setattr(providers, "auth_providers", registry)
    monkeypatch.setenv("MLFLOW_TRACKING_AUTH", "mine")
    server, transport = start()
    transport.call("POST", "/x", query={"a": 1}, json_body=b"{}")
    assert server.asked[0][2]["Authorization"] == f"POST {server.uri}/x?a=1 b'{{}}'"
    monkeypatch.setenv("MLFLOW_TRACKING_AUTH", "yours")
    with pytest.raises(InvalidParameter, match="'yours', but no package"):
        transport.call("GET", "/x")


def test_a_package_brings_providers_by_entry_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "adding_headers.py").write_text(
        "from kipu.transport.providers import RequestHeaderProvider\n"
        "class Adding(RequestHeaderProvider):\n"
        "    def in_context(self): return True\n"
        "    def request_headers(self): return {'X-Team': 'a'}\n"
    )
    info = tmp_path / "adding_headers-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: adding-headers\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[mlflow.request_header_provider]\ngood = adding_headers:Adding\nbad = nowhere:Nothing\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    registry: Registry[RequestHeaderProvider] = Registry("mlflow.request_header_provider")
    monkeypatch.setattr(providers, "header_providers", registry)
    headers = providers.resolve_request_headers({"A": "b"})
    assert (headers["X-Team"], headers["A"]) == ("a", "b")
    assert "nowhere:Nothing" in caplog.text


@pytest.mark.parametrize(
    ("status", "method", "body"), [(301, "GET", b""), (307, "POST", b"{}"), (308, "POST", b"{}")]
)
def test_a_redirection_is_followed(start: Start, status: int, method: str, body: bytes) -> None:
    server, transport = start([(status, {"Location": "/b?c=d#e"}, b""), (200, {}, b"[1]")])
    answer = transport.call("POST", "/a", json_body=b"{}")
    assert answer.body == b"[1]"
    assert [asked[:2] for asked in server.asked] == [("POST", "/a"), (method, "/b?c=d")]
    assert server.asked[1][3] == body


def test_credentials_do_not_follow_to_another_server(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t")
    other, _ = start()
    first, transport = start([(302, {"Location": f"{other.uri}/b"}, b"")])
    transport.call("GET", "/a")
    assert first.asked[0][2]["Authorization"] == "Bearer t"
    assert "Authorization" not in other.asked[0][2]


@pytest.mark.parametrize(
    ("url", "location", "kept"),
    [
        ("https://a/x", "/y", True),
        ("http://a/x", "https://a/x", True),
        ("https://a/x", "http://a/x", False),
        ("https://a/x", "https://a:8443/x", False),
        ("https://a/x", "https://b.a/x", False),
    ],
)
def test_credentials_stay_with_their_server_and_with_tls(
    url: str, location: str, kept: bool
) -> None:
    onward = redirection(302, location, "GET", url)
    assert onward is not None
    assert onward.may_know_what(url) == kept


def test_a_redirection_is_an_error_where_none_is_wanted(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, transport = start([(301, {"Location": "/b"}, b"moved")])
    monkeypatch.setenv("MLFLOW_ALLOW_HTTP_REDIRECTS", "false")
    with pytest.raises(RestException, match="answered 301: moved"):
        transport.call("GET", "/a")
    assert len(server.asked) == 1


def test_a_circle_ends(start: Start) -> None:
    server, transport = start([(302, {"Location": "/a"}, b"round")] * 20)
    with pytest.raises(RestException, match="answered 302"):
        transport.call("GET", "/a")
    assert len(server.asked) == 11


@pytest.mark.parametrize(("obeyed", "least", "most"), [("true", 7.0, 7.0), ("false", 0.0, 0.5)])
def test_a_server_says_when_to_come_again(
    start: Start, monkeypatch: pytest.MonkeyPatch, obeyed: str, least: float, most: float
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", obeyed)
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    server, transport = start([(503, {"Retry-After": "7"}, b"later")])
    transport.call("GET", "/a")
    assert len(server.asked) == 2
    assert least <= waited[0] <= most


def test_files_and_calls_of_all_threads_share_connections(start: Start) -> None:
    server, transport = start([(200, {}, b"body")] * 40)

    def work(number: int) -> None:
        transport.call("GET", "/a")
        transport.send_stream("PUT", "/f", io.BytesIO(b"file"), 4)
        assert b"".join(transport.read_stream("/g", {}, 1024)[2]) == b"body"

    for number in range(4):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        thread.join()
    assert (len(server.asked), server.connections) == (12, 1)


def test_a_file_is_sent_again_by_a_new_connection_if_the_kept_one_was_closed(start: Start) -> None:
    server, transport = start()
    transport.call("GET", "/a")
    server.hang_up_next = True
    stream = io.BytesIO(b"before" + bytes(3_000_000))
    stream.seek(6)
    transport.send_stream("PUT", "/f", stream, 3_000_000)
    assert [each[3] for each in server.asked] == [b"", bytes(3_000_000)]
    assert server.connections == 2


def test_a_connection_whose_answer_was_left_half_read_is_not_kept(start: Start) -> None:
    server, transport = start([(200, {}, bytes(5_000_000))])
    _, _, chunks = transport.read_stream("/g", {}, 1024)
    assert next(chunks) == bytes(1024)
    chunks.close()  # type: ignore[attr-defined]
    assert transport.call("GET", "/a").body == b"{}"
    assert server.connections == 2


@pytest.mark.parametrize("wanted", [True, False])
def test_idle_connections_are_probed(
    start: Start, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_TCP_KEEPALIVE", str(wanted))
    monkeypatch.setenv("MLFLOW_HTTP_TCP_KEEPALIVE_COUNT", "5")
    _, transport = start()
    transport.call("GET", "/a")
    connection, _ = transport._connections.take()
    transport._connections.give(connection)
    sock = connection.sock
    assert bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)) is wanted
    if wanted and hasattr(socket, "TCP_KEEPCNT"):
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 with its key, signed by itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        if os.environ.get("CI"):
            pytest.fail("There is no openssl to make a certificate with.")
        pytest.skip("needs the program openssl")
    folder = tmp_path_factory.mktemp("tls")
    key, place = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(place)],
        check=True, capture_output=True,
    )  # fmt: skip
    place.write_text(place.read_text() + key.read_text())
    return place


def tls_of(certificate: Path, asks_back: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if asks_back:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
    return context


def test_a_servers_certificate_is_checked(
    start: Start, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    server, transport = start([(200, {}, json.dumps([1]).encode())], tls_of(certificate))
    with pytest.raises(Unavailable, match="certificate"):
        transport.call("GET", "/a")
    monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(certificate))
    assert transport.call("GET", "/a").body == b"[1]"
    assert len(server.asked) == 1


def test_a_certificate_need_not_be_checked(
    start: Start, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_INSECURE_TLS", "true")
    _, transport = start(tls=tls_of(certificate))
    assert transport.call("GET", "/a").status == 200


def test_a_client_shows_its_certificate(
    start: Start, monkeypatch: pytest.MonkeyPatch, certificate: Path
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(certificate))
    server, transport = start(tls=tls_of(certificate, asks_back=True))
    with pytest.raises(Unavailable):
        transport.call("GET", "/a")
    monkeypatch.setenv("MLFLOW_TRACKING_CLIENT_CERT_PATH", str(certificate))
    assert transport.call("GET", "/a").status == 200
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_file_follows_a_redirection(start: Start, status: int) -> None:
    other, _ = start()
    first, transport = start([(status, {"Location": f"{other.uri}/b"}, b"")])
    transport.send_stream("PUT", "/a", io.BytesIO(b"file"), 4)
    assert first.asked[0][3] == b"file"
    assert other.asked[0][:2] == ("PUT", "/b")
    assert other.asked[0][3] == b"file"


def test_a_file_that_cannot_follow_a_redirection_is_an_error(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_HTTP_REDIRECTS", "false")
    _, transport = start([(308, {"Location": "/b"}, b"moved")])
    with pytest.raises(RestException, match="answered 308: moved"):
        transport.send_stream("PUT", "/a", io.BytesIO(b"file"), 4)


def test_a_download_follows_a_redirection(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "t")
    other, _ = start([(200, {}, b"content")])
    _, transport = start([(307, {"Location": f"{other.uri}/b"}, b"moved")])
    status, _, chunks = transport.read_stream("/a", {"Range": "bytes=1-"}, 100)
    assert (status, b"".join(chunks)) == (200, b"content")
    assert other.asked[0][2]["Range"] == "bytes=1-"
    assert "Authorization" not in other.asked[0][2]


def test_what_a_redirection_says_is_never_taken_for_the_file(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_HTTP_REDIRECTS", "false")
    _, transport = start([(302, {"Location": "/b"}, b"moved")])
    with pytest.raises(RestException, match="answered 302: moved"):
        transport.read_stream("/a", {}, 100)


def test_an_answer_that_takes_long_is_waited_for_where_that_is_known(start: Start) -> None:
    _, transport = start()
    limits = []
    for more_s in (0, 500, 0):
        with transport.patient(more_s):
            transport.call("GET", "/a")
        (connection,) = transport._connections._idle
        limits.append(connection.sock.gettimeout())
    assert limits == [limits[0], limits[0] + 500, limits[0]]


def test_a_forked_child_never_waits_for_a_lock_of_its_parent() -> None:
    transport = Transport("http://127.0.0.1:9")
    with transport._connections._lock:
        child = os.fork()
        if child == 0:
            signal.alarm(5)
            transport.close()
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
