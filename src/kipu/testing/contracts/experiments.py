"""What ``ExperimentStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import time

from kipu.entities import Experiment, ExperimentTag, ViewType
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import ABSENT_EXPERIMENT, refused


class ExperimentStoreContract:
    """Inherit, and provide the fixture ``store``."""

    def test_every_store_begins_with_the_experiment_default(self, store: TrackingStore) -> None:
        default = store.get_experiment("0")
        assert (default.name, default.lifecycle_stage) == ("Default", "active")
        assert store.get_experiment_by_name("Default") == default

    def test_an_experiment_reads_back_as_it_was_made(self, store: TrackingStore) -> None:
        before = time.time_ns() // 1_000_000
        tags = [ExperimentTag("team", "vision"), ExperimentTag("ünï", "çødé\n'\"")]
        experiment_id = store.create_experiment("cats & dogs", "s3://bucket/a b", tags)
        found = store.get_experiment(experiment_id)
        assert found.experiment_id == experiment_id
        assert found.name == "cats & dogs"
        assert found.artifact_location == "s3://bucket/a b"
        assert found.lifecycle_stage == "active"
        assert found.tags == {"team": "vision", "ünï": "çødé\n'\""}
        assert found.creation_time == found.last_update_time
        assert before <= (found.creation_time or 0) <= time.time_ns() // 1_000_000
        assert store.get_experiment_by_name("cats & dogs") == found

    def test_an_experiment_without_a_location_gets_one_that_ends_with_its_id(
        self, store: TrackingStore
    ) -> None:
        experiment_id = store.create_experiment("a", None, [])
        assert store.get_experiment(experiment_id).artifact_location.endswith(f"/{experiment_id}")

    def test_ids_are_decimal_numbers_that_grow(self, store: TrackingStore) -> None:
        ids = []
        for name in "abc":
            ids.append(store.create_experiment(name, None, []))
            wait_for_next_millisecond()
        assert all(one.isdecimal() and len(one) <= 18 for one in ids)
        assert ids == sorted(ids, key=int)

    def test_a_name_is_taken_by_active_and_deleted_experiments(self, store: TrackingStore) -> None:
        experiment_id = store.create_experiment("a", None, [])
        with refused("RESOURCE_ALREADY_EXISTS", "a"):
            store.create_experiment("a", None, [])
        store.delete_experiment(experiment_id)
        with refused("RESOURCE_ALREADY_EXISTS", experiment_id):
            store.create_experiment("a", None, [])

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        tag = ExperimentTag("k", "v")
        for call in (
            lambda: store.get_experiment(ABSENT_EXPERIMENT),
            lambda: store.delete_experiment(ABSENT_EXPERIMENT),
            lambda: store.restore_experiment(ABSENT_EXPERIMENT),
            lambda: store.rename_experiment(ABSENT_EXPERIMENT, "b"),
            lambda: store.set_experiment_tag(ABSENT_EXPERIMENT, tag),
            lambda: store.delete_experiment_tag(ABSENT_EXPERIMENT, "k"),
            lambda: store.create_run(ABSENT_EXPERIMENT, "u", 1, [], "r"),
        ):
            with refused("RESOURCE_DOES_NOT_EXIST", ABSENT_EXPERIMENT):
                call()
        assert store.get_experiment_by_name("nobody") is None

    def test_an_id_that_is_no_number_is_refused(self, store: TrackingStore) -> None:
        with refused("INVALID_PARAMETER_VALUE", "abc"):
            store.get_experiment("abc")

    def test_an_id_beyond_all_integers_is_not_found(self, store: TrackingStore) -> None:
        with refused("RESOURCE_DOES_NOT_EXIST"):
            store.get_experiment("9" * 60)

    def test_deleting_takes_the_runs_along_and_restoring_brings_them_back(
        self, store: TrackingStore
    ) -> None:
        experiment_id = store.create_experiment("a", None, [])
        kept = store.create_run(experiment_id, "u", 1, [], "kept").info.run_id
        gone = store.create_run(experiment_id, "u", 2, [], "gone").info.run_id
        store.delete_run(gone)
        wait_for_next_millisecond()
        store.delete_experiment(experiment_id)
        assert store.get_experiment(experiment_id).lifecycle_stage == "deleted"
        assert store.get_run(kept).info.lifecycle_stage == "deleted"
        store.restore_experiment(experiment_id)
        assert store.get_experiment(experiment_id).lifecycle_stage == "active"
        assert store.get_run(kept).info.lifecycle_stage == "active"
        assert store.get_run(gone).info.lifecycle_stage == "deleted"

    def test_only_active_ones_are_deleted_and_only_deleted_ones_restored(
        self, store: TrackingStore
    ) -> None:
        experiment_id = store.create_experiment("a", None, [])
        with refused("RESOURCE_DOES_NOT_EXIST", experiment_id):
            store.restore_experiment(experiment_id)
        store.delete_experiment(experiment_id)
        with refused("RESOURCE_DOES_NOT_EXIST", experiment_id):
            store.delete_experiment(experiment_id)

    def test_a_deleted_experiment_cannot_be_changed(self, store: TrackingStore) -> None:
        experiment_id = store.create_experiment("a", None, [ExperimentTag("k", "v")])
        store.delete_experiment(experiment_id)
        with refused("INVALID_STATE"):
            store.rename_experiment(experiment_id, "b")
        for call in (
            lambda: store.set_experiment_tag(experiment_id, ExperimentTag("k", "w")),
            lambda: store.delete_experiment_tag(experiment_id, "k"),
            lambda: store.create_run(experiment_id, "u", 1, [], "r"),
            lambda: store.create_logged_model(experiment_id, "m", None, [], [], None),
        ):
            with refused("INVALID_PARAMETER_VALUE", experiment_id):
                call()
        assert store.get_experiment(experiment_id).tags == {"k": "v"}

    def test_renaming_frees_the_old_name(self, store: TrackingStore) -> None:
        experiment_id = store.create_experiment("a", None, [])
        store.create_experiment("b", None, [])
        store.rename_experiment(experiment_id, "c")
        store.rename_experiment(experiment_id, "c")
        found = store.get_experiment(experiment_id)
        assert found.name == "c"
        assert (found.last_update_time or 0) >= (found.creation_time or 0)
        assert store.get_experiment_by_name("a") is None
        with refused("RESOURCE_ALREADY_EXISTS", "b"):
            store.rename_experiment(experiment_id, "b")
        assert store.get_experiment(experiment_id).name == "c"

    def test_the_last_value_of_a_tag_wins_until_it_is_deleted(self, store: TrackingStore) -> None:
        experiment_id = store.create_experiment("a", None, [])
        store.set_experiment_tag(experiment_id, ExperimentTag("k", "1"))
        store.set_experiment_tag(experiment_id, ExperimentTag("k", "2"))
        assert store.get_experiment(experiment_id).tags == {"k": "2"}
        store.delete_experiment_tag(experiment_id, "k")
        assert store.get_experiment(experiment_id).tags == {}
        with refused("RESOURCE_DOES_NOT_EXIST", "k"):
            store.delete_experiment_tag(experiment_id, "k")

    def test_pages_of_a_search_join_to_the_whole(self, store: TrackingStore) -> None:
        for number in range(5):
            store.create_experiment(f"e{number}", None, [ExperimentTag("odd", str(number % 2))])
        found: list[Experiment] = []
        token: str | None = None
        while True:
            page = store.search_experiments(
                ViewType.ACTIVE_ONLY, 2, "name LIKE 'e%'", ["name ASC"], token
            )
            assert len(page) <= 2
            found += page
            token = page.token
            if token is None:
                break
        assert [one.name for one in found] == ["e0", "e1", "e2", "e3", "e4"]
        assert [one.tags for one in found] == [{"odd": str(n % 2)} for n in range(5)]

    def test_a_view_shows_active_or_deleted_or_all(self, store: TrackingStore) -> None:
        store.delete_experiment(store.create_experiment("gone", None, []))
        shown = {
            view: {one.name for one in store.search_experiments(view, 10, None, None, None)}
            for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
        }
        assert shown == {
            ViewType.ACTIVE_ONLY: {"Default"},
            ViewType.DELETED_ONLY: {"gone"},
            ViewType.ALL: {"Default", "gone"},
        }

    def test_a_filter_that_cannot_be_read_is_refused(self, store: TrackingStore) -> None:
        with refused("INVALID_PARAMETER_VALUE"):
            store.search_experiments(ViewType.ALL, 10, "name ~ 'a'", None, None)


def wait_for_next_millisecond() -> None:
    """Wait until a clock of milliseconds shows another time."""
    now = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == now:
        pass
