"""What is stored of data sets and schemas is what MLflow stores, to the character."""

from collections.abc import Callable
from typing import Any

import pytest

from kipu.testing.server import ServerProcess

pytestmark = [pytest.mark.compat, pytest.mark.timeout(300)]
Client = Callable[..., dict[str, Any]]
OPTIONAL = ("polars", "hugging face")
"""Libraries that either environment may lack."""


def test_every_description_is_the_official_one(
    official_client: Client,
    our_client: Client,
    our_server: ServerProcess,
    official_server: ServerProcess,
) -> None:
    expected = official_client(official_server.uri, "described_data.py")
    for pair in (
        our_client(our_server.uri, "described_data.py"),
        our_client(official_server.uri, "described_data.py"),
        official_client(our_server.uri, "described_data.py"),
    ):
        assert pair.keys() == expected.keys()
        for name, value in expected.items():
            absent = ["raised", "ModuleNotFoundError"]
            if name in OPTIONAL and absent in (value, pair[name]):
                continue
            assert pair[name] == value, name
