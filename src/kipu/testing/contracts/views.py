"""What ``ViewStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import math

from kipu.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from kipu.store.interface import ServedStore
from kipu.store.views import ColumnSummary, DatasetUse, RunTable


def _run(store: ServedStore, name: str, start: int = 0, experiment_id: str = "0") -> str:
    return store.create_run(experiment_id, "u", start, [], name).info.run_id


def _table(store: ServedStore, filter_string: str | None = None, limit: int = 100) -> RunTable:
    return store.run_table(
        ["0"], filter_string, ViewType.ACTIVE_ONLY, None, ["m"], ["p"], ["t"], limit
    )


class ViewStoreContract:
    """Inherit, and provide the fixture ``store``."""

    def test_summaries_count_active_runs_and_put_the_busiest_first(
        self, store: ServedStore
    ) -> None:
        other = store.create_experiment("other", None, [])
        idle = store.create_experiment("idle", None, [])
        _run(store, "old", 1_000)
        store.update_run_info(_run(store, "new", 5_000, other), "FINISHED", 1, None)
        store.delete_run(_run(store, "gone", 9_000, other))
        found = store.experiment_summaries(ViewType.ACTIVE_ONLY)
        assert [
            (one.experiment.experiment_id, one.run_count, one.running_count, one.last_run_time)
            for one in found
        ] == [(other, 1, 0, 5_000), ("0", 1, 1, 1_000), (idle, 0, 0, None)]

    def test_columns_are_counted_over_active_runs(self, store: ServedStore) -> None:
        for number in range(3):
            run_id = _run(store, "same")
            store.log_batch(
                run_id,
                [Metric("m", 1.0, 1, 1)],
                [Param("lr", str(number // 2))],
                [RunTag("t", "x")],
            )
        store.log_batch(run_id, [Metric("only here", 1.0, 1, 1)], [], [])
        columns = store.run_columns(["0"])
        assert columns.metrics == [ColumnSummary("m", 3, 0), ColumnSummary("only here", 1, 0)]
        assert columns.params == [ColumnSummary("lr", 3, 2)]
        assert columns.tags == [ColumnSummary("mlflow.runName", 3, 1), ColumnSummary("t", 3, 1)]
        store.delete_run(run_id)
        columns = store.run_columns(["0"])
        assert columns.metrics == [ColumnSummary("m", 2, 0)]
        assert columns.params == [ColumnSummary("lr", 2, 1)]

    def test_a_table_has_a_value_or_a_gap_per_run(self, store: ServedStore) -> None:
        first, second, third = (_run(store, f"r{number}", number) for number in range(3))
        store.log_batch(first, [Metric("m", 0.5, 1, 1)], [Param("p", "a")], [])
        store.log_batch(
            second,
            [Metric("m", math.nan, 1, 1)],
            [Param("p", "b")],
            [RunTag("mlflow.parentRunId", first), RunTag("t", "x")],
        )
        store.log_batch(third, [], [Param("p", "a")], [])
        store.update_run_info(third, "FINISHED", 77, None)
        table = _table(store)
        assert table.total == 3
        assert table.run_id == [third, second, first]
        assert table.run_name == ["r2", "r1", "r0"]
        assert table.start_time == [2, 1, 0]
        assert table.end_time == [77, None, None]
        assert table.status == ["FINISHED", "RUNNING", "RUNNING"]
        assert table.parent_run_id == [None, first, None]
        assert table.metrics["m"][0] is None
        assert math.isnan(table.metrics["m"][1] or 0.0)
        assert table.metrics["m"][2] == 0.5
        values, codes = table.params["p"]
        assert [values[code] for code in codes] == ["a", "b", "a"]
        assert len(values) == 2
        assert table.tags["t"].codes == [-1, 0, -1]

    def test_a_table_follows_filter_and_limit(self, store: ServedStore) -> None:
        for number in range(5):
            store.log_batch(_run(store, f"r{number}", number), [Metric("m", number, 1, 1)], [], [])
        table = _table(store, "metrics.m >= 2", limit=2)
        assert (table.run_name, table.total) == (["r4", "r3"], 3)
        assert table.metrics == {"m": [4.0, 3.0]}
        table = _table(store, limit=2)
        assert (table.run_name, table.total) == (["r4", "r3"], 5)

    def test_no_change_is_missed_and_none_told_twice(self, store: ServedStore) -> None:
        cursor = _table(store).cursor
        run_id = _run(store, "r")
        for change in (
            lambda: store.set_tag(run_id, RunTag("t", "1")),
            lambda: store.log_batch(run_id, [Metric("m", 1.0, 1, 1)], [], []),
            lambda: store.log_batch(run_id, [], [Param("p", "1")], []),
            lambda: store.update_run_info(run_id, "FINISHED", 1, None),
            lambda: store.delete_tag(run_id, "t"),
            lambda: store.log_inputs(
                run_id, [DatasetInput(Dataset("d", "1", "local", "s"), [])], []
            ),
            lambda: store.delete_run(run_id),
            lambda: store.restore_run(run_id),
        ):
            change()
            changes = store.changes_since(cursor, [], [])
            assert changes.run_ids == [run_id]
            assert changes.cursor > cursor
            cursor = changes.cursor
            assert store.changes_since(cursor, [], []) == (cursor, [])
        assert _table(store).cursor == cursor

    def test_changes_are_told_of_the_experiments_and_runs_asked_for(
        self, store: ServedStore
    ) -> None:
        other = store.create_experiment("other", None, [])
        here, there = _run(store, "here"), _run(store, "there", 0, other)
        assert store.changes_since(0, ["0"], []).run_ids == [here]
        assert store.changes_since(0, [other], []).run_ids == [there]
        assert store.changes_since(0, [], [here]).run_ids == [here]
        assert set(store.changes_since(0, [], []).run_ids) == {here, there}

    def test_deleting_an_experiment_changes_its_runs(self, store: ServedStore) -> None:
        other = store.create_experiment("other", None, [])
        made = {_run(store, f"r{number}", number, other) for number in range(3)}
        cursor = store.changes_since(0, [], []).cursor
        store.delete_experiment(other)
        assert set(store.changes_since(cursor, [], []).run_ids) == made

    def test_data_sets_are_listed_with_their_use(self, store: ServedStore) -> None:
        for name in ("a", "b"):
            given = DatasetInput(
                Dataset("digits", "d1", "local", "s"), [InputTag("mlflow.data.context", "training")]
            )
            store.log_inputs(_run(store, name), [given], [])
        store.log_inputs(_run(store, "c"), [DatasetInput(Dataset("x", "2", "local", "s"), [])], [])
        assert store.search_datasets(["0"]) == [
            DatasetUse("0", "digits", "d1", "training"),
            DatasetUse("0", "x", "2", None),
        ]
