"""The examples of ``docs/search.md`` are what they are said to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kipu.search import (
    InvalidSearch,
    parse_experiment_filter,
    parse_logged_model_filter,
    parse_run_filter,
    parse_run_order,
    print_filter,
)
from kipu.search.registry import parse_model_version_filter, parse_registered_model_filter

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text()


def examples(kind: str) -> list[str]:
    blocks = re.findall(rf"```sql {kind}\n(.*?)```", PAGE, re.DOTALL)
    return [line.split("--")[0].strip() for block in blocks for line in block.splitlines()]


def test_every_example_has_a_kind_that_is_tested() -> None:
    assert set(re.findall(r"```(\w.*)", PAGE)) == {
        "sql runs", "sql refused", "sql order", "sql experiments", "sql models", "sql versions",
        "sql logged",
    }  # fmt: skip


@pytest.mark.parametrize("text", examples("runs"))
def test_filters_of_runs_are_read(text: str) -> None:
    tree = parse_run_filter(text)
    assert parse_run_filter(print_filter(tree)) == tree is not None


@pytest.mark.parametrize("text", examples("experiments"))
def test_filters_of_experiments_are_read(text: str) -> None:
    assert parse_experiment_filter(text) is not None


@pytest.mark.parametrize("text", examples("models"))
def test_filters_of_registered_models_are_read(text: str) -> None:
    assert parse_registered_model_filter(text) is not None


@pytest.mark.parametrize("text", examples("versions"))
def test_filters_of_model_versions_are_read(text: str) -> None:
    assert parse_model_version_filter(text) is not None


@pytest.mark.parametrize("text", examples("logged"))
def test_filters_of_logged_models_are_read(text: str) -> None:
    tree = parse_logged_model_filter(text)
    assert parse_logged_model_filter(print_filter(tree)) == tree is not None


@pytest.mark.parametrize("text", examples("order"))
def test_orders_are_read(text: str) -> None:
    assert len(parse_run_order([text])) >= 2


@pytest.mark.parametrize("text", examples("refused"))
def test_what_is_said_to_be_refused_is(text: str) -> None:
    with pytest.raises(InvalidSearch):
        parse_run_filter(text)


def test_the_error_that_is_shown_is_the_one_that_is_raised() -> None:
    with pytest.raises(InvalidSearch) as refused:
        parse_run_filter(examples("refused")[0])
    shown = "\n".join(f"    {line}" for line in refused.value.message.splitlines())
    assert shown in PAGE
