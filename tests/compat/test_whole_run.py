"""The main job across both clients and both servers ends in the same state."""

from collections.abc import Callable
from typing import Any

import pytest

from kipu.testing.server import ServerProcess

pytestmark = [pytest.mark.compat, pytest.mark.timeout(300)]
Client = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What must be read back, whoever wrote it."""
    return {
        "status": "FINISHED",
        "name": "the run",
        "params": {f"p{i}": str(i / 10) for i in range(20)},
        "tags": {"colour": "blue", "given": "at start", "unicode": "Ä→ü"},
        "note": "A *note*.",
        "history": [[step, 1 / (step + 1)] for step in range(500)],
        "steps of the negative": [-3],
        "found": ["the run"],
        "ordered": ["child", "the run"],
        "parent": True,
        "big": [5_120_000, True],
        "names": ["big.bin", "sub/small.txt"],
        "text": "hello",
        "dict": {"a": [1, 2]},
        "table": {"x": [1, 2, 3], "y": ["a", "b", "c"]},
        "experiment tags": {"team": "compat"},
        "refused": [
            "INVALID_PARAMETER_VALUE",
            "RESOURCE_DOES_NOT_EXIST",
            "INVALID_PARAMETER_VALUE",
            "RESOURCE_ALREADY_EXISTS",
            "INVALID_PARAMETER_VALUE",
            "RESOURCE_DOES_NOT_EXIST",
        ],
    }


def assert_same(got: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        if name == "experiment tags":
            assert value.items() <= got[name].items()
        else:
            assert got[name] == value, name


def test_the_official_client_on_our_server_reads_back_what_it_logged(
    official_client: Client, our_server: ServerProcess, expected: dict[str, Any]
) -> None:
    assert_same(official_client(our_server.uri, "whole_run.py"), expected)


def test_our_client_on_the_official_server_reads_back_what_it_logged(
    our_client: Client, official_server: ServerProcess, expected: dict[str, Any]
) -> None:
    assert_same(our_client(official_server.uri, "whole_run.py"), expected)


def test_all_four_pairs_see_the_same(
    official_client: Client,
    our_client: Client,
    our_server: ServerProcess,
    official_server: ServerProcess,
) -> None:
    reference = official_client(official_server.uri, "whole_run.py")
    for pair in (
        official_client(our_server.uri, "whole_run.py"),
        our_client(our_server.uri, "whole_run.py"),
        our_client(official_server.uri, "whole_run.py"),
    ):
        for name in reference:
            if name == "metrics":
                continue
            assert pair[name] == reference[name], name
        assert pair["metrics"].keys() == reference["metrics"].keys()
        assert pair["metrics"] == reference["metrics"]


def test_our_client_on_a_folder_reads_back_what_it_logged(
    our_client: Client, expected: dict[str, Any], tmp_path: Any
) -> None:
    assert_same(our_client(str(tmp_path / "mlruns"), "whole_run.py"), expected)
