"""The main job across both clients and both servers ends in the same state."""

from collections.abc import Callable
from typing import Any

import pytest
from pairs import OFFICIAL, PAIRS, Pair

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


@pytest.fixture(scope="module")
def read_back(for_each_pair: Any) -> dict[Pair, dict[str, Any]]:
    result: dict[Pair, dict[str, Any]] = for_each_pair("whole_run.py", prefixes=False)
    return result


@pytest.mark.parametrize("pair", PAIRS)
def test_a_client_reads_back_what_it_logged(
    read_back: dict[Pair, dict[str, Any]], pair: Pair, expected: dict[str, Any]
) -> None:
    assert_same(read_back[pair], expected)


def test_all_four_pairs_see_the_same(read_back: dict[Pair, dict[str, Any]]) -> None:
    reference = read_back[OFFICIAL] | {"metrics": None}
    for pair, got in read_back.items():
        assert got["metrics"].keys() == read_back[OFFICIAL]["metrics"].keys()
        assert got | {"metrics": None} == reference, pair


def test_our_client_on_a_folder_reads_back_what_it_logged(
    our_client: Client, expected: dict[str, Any], tmp_path: Any
) -> None:
    assert_same(our_client("whole_run.py", str(tmp_path / "mlruns")), expected)
