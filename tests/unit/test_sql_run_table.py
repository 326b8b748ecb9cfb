"""Columns of a run table are the same whether runs are looked up or whole columns are read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from kipu.entities import Metric, Param, RunTag, ViewType
from kipu.store.sql import run_table
from kipu.store.sql.store import SqlStore
from kipu.store.views import RunTable, TextColumn

RUNS = 12


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Runs of two experiments: some lack the metric, one text is the same in most of them."""
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path))
    other = store.create_experiment("other", None, [])
    for number in range(RUNS):
        experiment_id = other if number % 3 == 0 else "0"
        run = store.create_run(experiment_id, "u", number, [], f"r{number}").info.run_id
        value = math.nan if number == 4 else math.inf if number == 5 else float(number)
        points = [Metric("m", value, 1, 1)] if number % 4 else []
        own, same = Param("own", f"text {number}"), Param("same", "ab"[number // 8])
        store.log_batch(run, points, [own, same], [RunTag("t", "x")] if number == 7 else [])
    yield store
    store.close()


def table(store: SqlStore, text: str | None, *ids: str) -> RunTable:
    return store.run_table(
        ids, text, ViewType.ACTIVE_ONLY, None, ["m", "none"], ["own", "same", "none"], ["t"], 100
    )


def texts(column: TextColumn) -> list[str | None]:
    return [column.values[code] if code >= 0 else None for code in column.codes]


@pytest.mark.parametrize("text", [None, "params.own != 'text 2' AND metrics.m >= 0"])
@pytest.mark.parametrize("ids", [("0",), ("0", "1")])
@pytest.mark.parametrize("sample", [0, 1, 1000])
def test_large_tables_are_read_as_small_ones(
    store: SqlStore,
    text: str | None,
    ids: tuple[str, ...],
    sample: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = table(store, text, *ids)
    monkeypatch.setattr(run_table, "_MANY", 1)
    for statements in (run_table.PARAMS, run_table.TAGS):
        fewer = statements.first_hashes.limit(sample)
        monkeypatch.setattr(statements, "first_hashes", fewer)
    large = table(store, text, *ids)
    assert large.run_name == small.run_name
    assert repr(large.metrics) == repr(small.metrics)
    for name in ("own", "same", "none"):
        assert texts(large.params[name]) == texts(small.params[name])
        assert sorted(large.params[name].values) == sorted(set(small.params[name].values))
    assert texts(large.tags["t"]) == texts(small.tags["t"])


def test_each_value_stands_at_its_run(store: SqlStore) -> None:
    found = table(store, None, "0")
    numbers = [int(name[1:]) for name in found.run_name]
    assert numbers == [number for number in reversed(range(RUNS)) if number % 3]
    assert texts(found.params["own"]) == [f"text {number}" for number in numbers]
    assert texts(found.params["same"]) == ["ab"[number // 8] for number in numbers]
    values = dict(zip(numbers, found.metrics["m"], strict=True))
    assert (values[8], values[7], values[5]) == (None, 7.0, math.inf)
    assert found.metrics["none"] == [None] * len(numbers)
    assert found.params["none"] == TextColumn([], [-1] * len(numbers))
