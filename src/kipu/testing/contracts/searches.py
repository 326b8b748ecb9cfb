"""What ``RunStore`` promises about searches; what a filter means is tested with the language."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import msgspec

from kipu.entities import Metric, Param, RunTag, ViewType
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import refused


class SearchContract:
    """Inherit, and provide the fixture ``store``."""

    def test_runs_come_newest_first_and_complete(self, store: TrackingStore) -> None:
        made = []
        for start in (10, 30, 20):
            run_id = store.create_run("0", "u", start, [], f"r{start}").info.run_id
            store.log_batch(run_id, [Metric("m", 1.0, 1, 1)], [Param("p", "1")], [RunTag("t", "2")])
            made.append(run_id)
        found = store.search_runs(["0"], None, ViewType.ACTIVE_ONLY, 10, None, None)
        assert [run.info.run_id for run in found] == [made[1], made[2], made[0]]
        assert found.token is None
        assert list(found) == [store.get_run(run.info.run_id) for run in found]

    def test_documents_are_the_runs(self, store: TrackingStore) -> None:
        for number in range(3):
            store.create_run("0", "u", number, [], f"r{number}")
        runs = store.search_runs(["0"], None, ViewType.ACTIVE_ONLY, 2, None, None)
        page = store.search_run_documents(["0"], None, ViewType.ACTIVE_ONLY, 2, None, None)
        documents = [msgspec.json.decode(document) for document in page.documents]
        assert [one["info"]["run_id"] for one in documents] == [run.info.run_id for run in runs]
        assert (page.token is None) == (runs.token is None)

    def test_pages_join_to_the_whole_while_runs_arrive(self, store: TrackingStore) -> None:
        expected = [store.create_run("0", "u", start, [], "r").info.run_id for start in range(7)]
        found: list[str] = []
        token: str | None = None
        while True:
            page = store.search_runs(["0"], None, ViewType.ACTIVE_ONLY, 3, None, token)
            found += [run.info.run_id for run in page]
            token = page.token
            if token is None:
                break
            store.create_run("0", "u", 1_000, [], "late")
        assert found == expected[::-1]

    def test_filter_and_order_apply_across_experiments(self, store: TrackingStore) -> None:
        other = store.create_experiment("other", None, [])
        for number, experiment_id in enumerate(["0", other, "0", other]):
            run_id = store.create_run(experiment_id, "u", number, [], f"r{number}").info.run_id
            store.log_batch(run_id, [Metric("m", float(number), 1, 1)], [], [])
        found = store.search_runs(
            ["0", other], "metrics.m > 0", ViewType.ACTIVE_ONLY, 10, ["metrics.m ASC"], None
        )
        assert [run.info.run_name for run in found] == ["r1", "r2", "r3"]

    def test_a_view_shows_active_or_deleted_or_all(self, store: TrackingStore) -> None:
        store.create_run("0", "u", 1, [], "kept")
        store.delete_run(store.create_run("0", "u", 2, [], "gone").info.run_id)
        shown = {
            view: {run.info.run_name for run in store.search_runs(["0"], None, view, 9, None, None)}
            for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
        }
        assert shown == {
            ViewType.ACTIVE_ONLY: {"kept"},
            ViewType.DELETED_ONLY: {"gone"},
            ViewType.ALL: {"kept", "gone"},
        }

    def test_unknown_experiments_have_no_runs(self, store: TrackingStore) -> None:
        store.create_run("0", "u", 1, [], "r")
        assert store.search_runs(["12345"], None, ViewType.ALL, 9, None, None) == []
        assert store.search_runs([], None, ViewType.ALL, 9, None, None) == []

    def test_what_cannot_be_read_is_refused(self, store: TrackingStore) -> None:
        with refused("INVALID_PARAMETER_VALUE"):
            store.search_runs(["0"], "metrics.m >", ViewType.ALL, 9, None, None)
        with refused("INVALID_PARAMETER_VALUE"):
            store.search_runs(["0"], None, ViewType.ALL, 9, ["metrics.m SIDEWAYS"], None)
        with refused("INVALID_PARAMETER_VALUE"):
            store.search_runs(["0"], None, ViewType.ALL, 9, None, "no token")
