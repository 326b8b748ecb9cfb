"""What ``ModelVersionStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

from kipu.entities.model_registry import ModelVersionTag
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import refused
from kipu.testing.contracts.registered_models import new_version


class ModelVersionStoreContract:
    """Inherit, and provide the fixture ``store``."""

    def test_a_version_reads_back_as_it_was_made(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        run = store.create_run("0", "u", 1, [], "r").info
        source = f"{run.artifact_uri}/model"
        tags = [ModelVersionTag("k", "1"), ModelVersionTag("empty", "")]
        made = store.create_model_version(
            "cat", source, run.run_id, tags, "http://page", "first", None
        )
        assert (made.name, made.version, made.description) == ("cat", "1", "first")
        assert (made.source, made.run_id, made.run_link) == (source, run.run_id, "http://page")
        assert (made.status, made.current_stage) == ("READY", "None")
        assert (made.tags, made.aliases) == ({"k": "1", "empty": ""}, [])
        assert made.creation_timestamp == made.last_updated_timestamp
        assert store.get_model_version("cat", "1") == made
        assert store.get_model_version_download_uri("cat", "1") == source
        updated = store.get_registered_model("cat").last_updated_timestamp
        assert updated == made.creation_timestamp

    def test_a_version_of_a_logged_model_keeps_the_link(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        model = store.create_logged_model("0", "m", None, [], [], None)
        made = store.create_model_version(
            "cat",
            f"models:/{model.model_id}",
            None,
            [],
            None,
            None,
            model.model_id,
            model.artifact_location,
        )
        assert made.model_id == model.model_id
        assert store.get_model_version("cat", "1").source == f"models:/{model.model_id}"
        location = store.get_model_version_download_uri("cat", "1")
        assert location == model.artifact_location

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        tag = ModelVersionTag("k", "v")
        with refused("RESOURCE_DOES_NOT_EXIST", "nobody"):
            new_version(store, "nobody")
        for ask in (
            lambda: store.get_model_version("cat", "7"),
            lambda: store.update_model_version("cat", "7", "x"),
            lambda: store.transition_model_version_stage("cat", "7", "Staging", False),
            lambda: store.delete_model_version("cat", "7"),
            lambda: store.get_model_version_download_uri("cat", "7"),
            lambda: store.set_model_version_tag("cat", "7", tag),
            lambda: store.delete_model_version_tag("cat", "7", "k"),
        ):
            with refused("RESOURCE_DOES_NOT_EXIST", "7", "cat"):
                ask()

    def test_numbers_are_never_used_twice(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        assert [new_version(store, "cat") for _ in range(3)] == ["1", "2", "3"]
        store.delete_model_version("cat", "3")
        store.delete_model_version("cat", "1")
        assert new_version(store, "cat") == "4"

    def test_a_deleted_version_is_gone_with_its_aliases(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        new_version(store, "cat")
        new_version(store, "cat")
        store.set_model_version_tag("cat", "1", ModelVersionTag("k", "v"))
        store.set_registered_model_alias("cat", "best", "1")
        store.delete_model_version("cat", "1")
        with refused("RESOURCE_DOES_NOT_EXIST", "1", "cat"):
            store.get_model_version("cat", "1")
        assert store.get_registered_model("cat").aliases == {}
        (left,) = store.search_model_versions(None, 10, None, None)
        assert left.version == "2"

    def test_a_description_can_change_and_go(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        new_version(store, "cat")
        store.set_registered_model_alias("cat", "best", "1")
        updated = store.update_model_version("cat", "1", "good")
        assert (updated.description, updated.aliases) == ("good", ["best"])
        assert store.update_model_version("cat", "1", None).description is None

    def test_a_stage_may_be_cleared_for_a_version(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        for _ in range(3):
            new_version(store, "cat")
        store.transition_model_version_stage("cat", "1", "Production", False)
        store.transition_model_version_stage("cat", "2", "Production", False)
        moved = store.transition_model_version_stage("cat", "3", "Production", True)
        assert (moved.version, moved.current_stage) == ("3", "Production")
        found = store.search_model_versions(None, 10, ["version_number ASC"], None)
        assert [one.current_stage for one in found] == ["Archived", "Archived", "Production"]
        assert {one.last_updated_timestamp for one in found} == {moved.last_updated_timestamp}
        updated = store.get_registered_model("cat").last_updated_timestamp
        assert updated == moved.last_updated_timestamp
        again = store.transition_model_version_stage("cat", "3", "Production", True)
        assert again.current_stage == "Production"

    def test_tags_are_set_over_and_removed(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        new_version(store, "cat")
        before = store.get_model_version("cat", "1")
        store.set_model_version_tag("cat", "1", ModelVersionTag("k", "1"))
        store.set_model_version_tag("cat", "1", ModelVersionTag("k", "2"))
        tagged = store.get_model_version("cat", "1")
        assert tagged.tags == {"k": "2"}
        assert tagged.last_updated_timestamp == before.last_updated_timestamp
        store.delete_model_version_tag("cat", "1", "k")
        store.delete_model_version_tag("cat", "1", "k")
        assert store.get_model_version("cat", "1").tags == {}
