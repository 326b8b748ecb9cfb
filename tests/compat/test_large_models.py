"""Large models travel between both clients and both servers."""

from collections.abc import Callable
from typing import Any

import pytest

from kipu.testing.server import ServerProcess

pytestmark = [pytest.mark.compat, pytest.mark.timeout(600)]
Client = Callable[..., dict[str, Any]]
STORED = [["READY", True], ["READY", True]]


def test_our_client_stores_them_on_both_servers(
    our_client: Client, our_server: ServerProcess, official_server: ServerProcess
) -> None:
    for server in (our_server, official_server):
        assert our_client("large_models.py", server.uri)["found"] == STORED


def test_the_official_client_stores_them_on_our_server(
    official_client: Client, our_server: ServerProcess
) -> None:
    assert official_client("large_models.py", our_server.uri)["found"] == STORED
    files = (our_server.log.parent / "artifacts").rglob("weights.bin")
    assert len({file.stat().st_ino for file in files}) == 1, "equal files are stored once"
