"""Searches of runs through the whole store on SQLite."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from kipu.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from kipu.exceptions import InvalidParameter
from kipu.search import parse_run_filter
from kipu.store.sql import tables
from kipu.store.sql.search_conditions import RunConditions
from kipu.store.sql.search_drivers import Driver, drivers
from kipu.store.sql.search_parts import parts
from kipu.store.sql.store import SqlStore


class Tracker:
    """A store with two experiments, its runs known by name."""

    def __init__(self, folder: Path) -> None:
        self.store = SqlStore(f"sqlite:///{folder / 'kipu.db'}", str(folder / "artifacts"))
        self.first = self.store.create_experiment("first", None, [])
        self.second = self.store.create_experiment("second", "s3://bucket/second", [])

    def run(
        self,
        name: str,
        start_time: int = 0,
        experiment_id: str | None = None,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        labels = [RunTag(*pair) for pair in (tags or {}).items()]
        run = self.store.create_run(experiment_id or self.first, "u", start_time, labels, name)
        points = [Metric(key, value, 0, 0) for key, value in (metrics or {}).items()]
        settings = [Param(*pair) for pair in (params or {}).items()]
        self.store.log_batch(run.info.run_id, points, settings, [])
        return run.info.run_id

    def found(
        self, text: str | None = None, *order_by: str, view: int = ViewType.ACTIVE_ONLY
    ) -> list[Any]:
        runs = self.store.search_runs([self.first, self.second], text, view, 100, order_by, None)
        return [run.info.run_name for run in runs]


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    tracker = Tracker(tmp_path)
    yield tracker
    tracker.store.close()


def test_nan_meets_only_unequal_and_infinities_are_the_largest_numbers(tracker: Tracker) -> None:
    for name, value in {"nan": math.nan, "inf": math.inf, "low": -math.inf, "one": 1.0}.items():
        tracker.run(name, metrics={"m": value})
    tracker.run("none")
    assert sorted(tracker.found("metrics.m != 1")) == ["inf", "low", "nan"]
    assert tracker.found("metrics.m > 1e300") == ["inf"]
    assert tracker.found("metrics.m = 1.7976931348623157e308") == ["inf"]
    assert tracker.found("metrics.m <= -1e300") == ["low"]
    assert tracker.found("metrics.m = 1e999") == []
    assert tracker.found(None, "metrics.m") == ["low", "one", "inf", "nan", "none"]
    assert tracker.found(None, "metrics.m DESC") == ["inf", "one", "low", "nan", "none"]


def test_the_latest_value_is_the_one_of_the_greatest_step(tracker: Tracker) -> None:
    run_id = tracker.run("a")
    points = [Metric("m", 0.2, 5, 2), Metric("m", 0.9, 9, 1, None, "train", "1")]
    tracker.store.log_batch(run_id, points, [], [])
    assert tracker.found("metrics.m = 0.2") == ["a"]
    assert tracker.found("metrics.m = 0.9") == []
    tracker.store.log_batch(run_id, [Metric("m", 0.7, 0, 3, None, "train", "1")], [], [])
    assert tracker.found("metrics.m = 0.7", "metrics.m") == ["a"]
    assert tracker.found("metrics.m = 0.2") == []


def test_unequal_never_finds_what_lacks_the_key(tracker: Tracker) -> None:
    tracker.run("a", params={"p": "x"})
    tracker.run("b")
    assert tracker.found("params.p != 'y'") == ["a"]
    assert tracker.found("params.p IS NULL") == ["b"]
    assert tracker.found("params.p IS NOT NULL AND params.p LIKE 'X'") == []


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        ("a_c", "abc", True),
        ("a_c", "aäc", True),
        ("a_c", "ac", False),
        ("%", "", True),
        ("A%", "abc", False),
        ("100%", "100 %", True),
        ("[a]*?", "[a]*?", True),
        ("[a]", "a", False),
        ("*", "abc", False),
        ("a\\%", "a\\b", True),
        ("%\n%", "a\nb", True),
    ],
)
def test_like_knows_percent_and_underscore_alone(
    tracker: Tracker, pattern: str, value: str, fits: bool
) -> None:
    tracker.run("a", params={"p": value})
    assert tracker.found(f"params.p LIKE '{pattern}'") == (["a"] if fits else [])


def test_ilike_folds_a_to_z(tracker: Tracker) -> None:
    tracker.run("a", params={"p": "ÄbC"})
    assert tracker.found("params.p ILIKE 'ÄBc'") == ["a"]
    assert tracker.found("params.p ILIKE 'äbc'") == []


def test_the_name_of_a_run_is_searched_as_its_tag(tracker: Tracker) -> None:
    run_id = tracker.run("a")
    tracker.store.update_run_info(run_id, None, None, "b")
    assert tracker.found("run_name = 'b' AND tags.mlflow.runName = 'b'") == ["b"]
    tracker.store.delete_tag(run_id, "mlflow.runName")
    assert tracker.found("run_name = 'b'") == []


def test_a_run_that_goes_on_has_no_end(tracker: Tracker) -> None:
    run_id = tracker.run("a")
    assert tracker.found("end_time != 5") == []
    tracker.store.update_run_info(run_id, "FINISHED", 7, None)
    assert tracker.found("end_time != 5 AND status = 'FINISHED'") == ["a"]


def test_data_sets_may_each_meet_a_condition(tracker: Tracker) -> None:
    run_id = tracker.run("a")
    used = [
        DatasetInput(Dataset("train", "1", "t", "s"), [InputTag("mlflow.data.context", "fit")]),
        DatasetInput(Dataset("test", "2", "t", "s"), []),
    ]
    tracker.store.log_inputs(run_id, used, [])
    tracker.run("b")
    assert tracker.found("dataset.name = 'train' AND dataset.digest = '2'") == ["a"]
    assert tracker.found("dataset.name != 'train'") == ["a"]
    assert tracker.found("dataset.context != 'fit'") == []
    assert tracker.found("dataset.context = 'fit' AND dataset.name IN ('test', 'x')") == ["a"]


def test_artifact_uris_are_those_that_users_see(tracker: Tracker) -> None:
    tracker.run("a")
    run_id = tracker.run("b", experiment_id=tracker.second)
    assert tracker.found(f"artifact_uri = 's3://bucket/second/{run_id}/artifacts'") == ["b"]
    assert tracker.found(None, "artifact_uri DESC") == ["b", "a"]


def test_views_show_active_deleted_or_all_runs(tracker: Tracker) -> None:
    tracker.run("a", 1, metrics={"m": 1})
    tracker.store.delete_run(tracker.run("b", 2, metrics={"m": 2}))
    for text, *order_by in ((None,), ("metrics.m > 0",), (None, "metrics.m DESC")):
        assert tracker.found(text, *order_by) == ["a"]
        assert tracker.found(text, *order_by, view=ViewType.DELETED_ONLY) == ["b"]
        assert tracker.found(text, *order_by, view=ViewType.ALL) == ["b", "a"]


def test_runs_of_several_experiments_come_in_one_order(tracker: Tracker) -> None:
    for start in range(6):
        tracker.run(str(start), start, (tracker.first, tracker.second)[start % 2],
                    metrics={"m": start % 3})  # fmt: skip
    assert tracker.found() == ["5", "4", "3", "2", "1", "0"]
    assert tracker.found(None, "start_time") == ["0", "1", "2", "3", "4", "5"]
    assert tracker.found(None, "metrics.m") == ["3", "0", "4", "1", "5", "2"]
    assert tracker.found("metrics.m < 2", "metrics.m DESC") == ["4", "1", "3", "0"]


def test_runs_of_one_moment_come_by_id(tracker: Tracker) -> None:
    ids = sorted(tracker.run(str(number), 5) for number in range(20))
    for order_by in (None, ["start_time"], ["run_id"], ["metrics.none", "start_time DESC"]):
        found = tracker.store.search_runs([tracker.first], None, 1, 100, order_by, None)
        assert [run.info.run_id for run in found] == ids


def test_no_experiments_and_unknown_experiments_have_no_runs(tracker: Tracker) -> None:
    tracker.run("a")
    assert tracker.store.search_runs([], None, 1, 10, None, None) == []
    assert tracker.store.search_runs(["77"], "metrics.m > 1", 1, 10, None, None) == []
    assert tracker.store.search_runs(["77", "78"], "metrics.m > 1", 1, 10, None, None) == []


def test_pages_end_without_a_token_and_a_strange_token_is_refused(tracker: Tracker) -> None:
    for start in range(4):
        tracker.run(str(start), start)
    first = tracker.store.search_runs([tracker.first], None, 1, 2, None, None)
    second = tracker.store.search_runs([tracker.first], None, 1, 2, None, first.token)
    assert [run.info.run_name for run in (*first, *second)] == ["3", "2", "1", "0"]
    assert second.token is None
    with pytest.raises(InvalidParameter, match="page token"):
        tracker.store.search_runs([tracker.first], None, 1, 2, None, "eyJvZmZzZXQiOiAyfQ==")
    with pytest.raises(InvalidParameter, match="another order"):
        tracker.store.search_runs([tracker.first], None, 1, 2, ["status"], first.token)


def test_statistics_of_the_database_do_not_change_what_is_read_first(tracker: Tracker) -> None:
    for start in range(50):
        tracker.run(str(start), start, metrics={"m": start}, params={"p": "x"})
    tracker.store._database.write(lambda db: db.execute(sa.text("ANALYZE")))
    assert tracker.found("params.p = 'x' AND metrics.m >= 48") == ["49", "48"]
    assert tracker.found("params.p = 'x'", "metrics.m")[:2] == ["0", "1"]


def test_a_page_of_experiments_goes_on_where_the_last_one_ended(tracker: Tracker) -> None:
    for name in ("b", "a", "c"):
        tracker.store.create_experiment(name, None, [])
    names: list[str] = []
    token = None
    while True:
        page = tracker.store.search_experiments(1, 2, "name LIKE '_'", ["name DESC"], token)
        names += [experiment.name for experiment in page]
        token = page.token
        if token is None:
            break
        tracker.store.create_experiment(f"new after {names[-1]}", None, [])
    assert names == ["c", "b", "a"]


@pytest.mark.parametrize("dialect", [postgresql.dialect(), mysql.dialect(), sqlite.dialect()])
def test_only_sqlite_is_told_which_index_to_read(dialect: sa.Dialect) -> None:
    tree = parse_run_filter("metrics.m > 1 AND params.p = 'x' AND dataset.name = 'd'")
    assert tree is not None
    condition = RunConditions(tables.runs).of(tree)
    text = str(sa.select(tables.runs.c.run_no).where(condition).compile(dialect=dialect))
    for driver in drivers(parts(tree), [1]):
        assert isinstance(driver, Driver)
        text += str(driver.select(driver.rows.c.run_no).compile(dialect=dialect))
    hints = ("sqlite_autoindex_latest_metrics_1", "params_by_value", "latest_metrics_by_value")
    assert all((f"INDEXED BY {hint}" in text) == (dialect.name == "sqlite") for hint in hints)
