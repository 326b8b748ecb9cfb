"""The same steps, with two clients on two servers, come to the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import differences
import pytest
from pairs import OFFICIAL, PAIRS, Pair
from walk import STEPS

pytestmark = [pytest.mark.compat, pytest.mark.timeout(600)]
DOCUMENT = Path(__file__).parents[2] / "docs/differences.md"
OTHERS = [pair for pair in PAIRS if pair != OFFICIAL]
Outcomes = dict[Pair, dict[str, Any]]


def compare(outcomes: Outcomes, name: str, row: differences.Difference | None) -> None:
    """Every pair must come to the official outcome, unless the row says otherwise."""
    official = outcomes[OFFICIAL].get(name)
    for pair in OTHERS:
        got = outcomes[pair].get(name)
        if row is not None and row.concerns(*pair):
            assert got != official, f"{pair} no longer differs: {row.entry}"
        else:
            assert got == official, pair


@pytest.mark.parametrize("name", STEPS)
def test_a_step_comes_to_the_same(walks: Outcomes, name: str) -> None:
    compare(walks, name, differences.STEPS.get(name))


def test_the_walk_has_more_than_200_steps() -> None:
    assert len(STEPS) > 200


def test_the_end_states_are_the_same(states: Outcomes) -> None:
    names = {name for state in states.values() for name in state}
    assert len(names) > 100
    wrong = {}
    for name in sorted(names):
        try:
            compare(states, name, differences.STATE.get(name))
        except AssertionError:
            wrong[name] = {" on ".join(pair): states[pair].get(name) for pair in PAIRS}
    assert not wrong, json.dumps(wrong, indent=1)


def test_every_row_of_differences_is_about_something(states: Outcomes) -> None:
    assert differences.STEPS.keys() <= STEPS.keys()
    assert differences.STATE.keys() <= {name for state in states.values() for name in state}


def test_the_differences_are_those_of_the_document() -> None:
    told = set(re.findall(r"^### (.+)$", DOCUMENT.read_text(), re.MULTILINE))
    tables = (differences.STEPS, differences.STATE, differences.WIRE)
    rows = [row for table in tables for row in table.values()]
    assert {row.entry for row in rows} == told
