"""Requests without a client get the same answers from both servers."""

from __future__ import annotations

from typing import Any

import differences
import pytest
import wire_requests

pytestmark = [pytest.mark.compat, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def answers(uris: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {server: wire_requests.play(uri, f"wire of {server}, ") for server, uri in uris.items()}


@pytest.mark.parametrize("name", wire_requests.REQUESTS)
def test_a_request_is_answered_the_same(answers: dict[str, dict[str, Any]], name: str) -> None:
    ours, official = answers["kipu"][name], answers["mlflow"][name]
    row = differences.WIRE.get(name)
    if row is None:
        assert ours == official
    else:
        assert ours != official, f"It no longer differs: {row.entry}"


def test_every_row_of_differences_is_about_a_request() -> None:
    assert differences.WIRE.keys() <= wire_requests.REQUESTS.keys()
