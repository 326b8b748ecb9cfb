"""What ``RegisteredModelStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

from kipu.entities.model_registry import RegisteredModelTag
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import refused


def new_version(store: TrackingStore, name: str, source: str = "s3://bucket/m") -> str:
    """Make a version of a model and return its number."""
    return store.create_model_version(name, source, None, [], None, None, None).version


class RegisteredModelStoreContract:
    """Inherit, and provide the fixture ``store``."""

    def test_a_model_reads_back_as_it_was_made(self, store: TrackingStore) -> None:
        tags = [RegisteredModelTag("team", "a"), RegisteredModelTag("empty", "")]
        made = store.create_registered_model("cat", tags, "meows")
        assert (made.name, made.description) == ("cat", "meows")
        assert made.tags == {"team": "a", "empty": ""}
        assert (made.latest_versions, made.aliases) == ([], {})
        assert made.creation_timestamp == made.last_updated_timestamp
        assert store.get_registered_model("cat") == made

    def test_a_name_is_taken_once(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        store.create_registered_model("Cat", [], None)
        with refused("RESOURCE_ALREADY_EXISTS", "cat"):
            store.create_registered_model("cat", [], None)
        with refused("RESOURCE_ALREADY_EXISTS", "cat"):
            store.rename_registered_model("Cat", "cat")

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        tag = RegisteredModelTag("k", "v")
        for ask in (
            lambda: store.get_registered_model("nobody"),
            lambda: store.rename_registered_model("nobody", "somebody"),
            lambda: store.update_registered_model("nobody", "x"),
            lambda: store.delete_registered_model("nobody"),
            lambda: store.get_latest_versions("nobody", []),
            lambda: store.set_registered_model_tag("nobody", tag),
            lambda: store.delete_registered_model_tag("nobody", "k"),
            lambda: store.set_registered_model_alias("nobody", "a", "1"),
            lambda: store.delete_registered_model_alias("nobody", "a"),
            lambda: store.get_model_version_by_alias("nobody", "a"),
        ):
            with refused("RESOURCE_DOES_NOT_EXIST", "nobody"):
                ask()

    def test_a_description_can_change_and_go(self, store: TrackingStore) -> None:
        made = store.create_registered_model("cat", [], "meows")
        assert store.update_registered_model("cat", "purrs").description == "purrs"
        cleared = store.update_registered_model("cat", None)
        assert cleared.description is None
        assert (cleared.last_updated_timestamp or 0) >= (made.last_updated_timestamp or 0)

    def test_a_new_name_takes_all_along(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [RegisteredModelTag("k", "v")], "meows")
        new_version(store, "cat")
        store.set_registered_model_alias("cat", "best", "1")
        renamed = store.rename_registered_model("cat", "lion")
        assert (renamed.name, renamed.description) == ("lion", "meows")
        assert (renamed.tags, renamed.aliases) == ({"k": "v"}, {"best": "1"})
        version = store.get_model_version("lion", "1")
        assert (version.name, version.aliases) == ("lion", ["best"])
        assert version.last_updated_timestamp == renamed.last_updated_timestamp
        with refused("RESOURCE_DOES_NOT_EXIST", "cat"):
            store.get_model_version("cat", "1")
        store.create_registered_model("cat", [], None)

    def test_a_deleted_model_leaves_nothing(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [RegisteredModelTag("k", "v")], None)
        new_version(store, "cat")
        store.set_registered_model_alias("cat", "best", "1")
        store.delete_registered_model("cat")
        with refused("RESOURCE_DOES_NOT_EXIST", "cat"):
            store.get_registered_model("cat")
        assert list(store.search_model_versions(None, 10, None, None)) == []
        again = store.create_registered_model("cat", [], None)
        assert (again.tags, again.aliases) == ({}, {})
        assert new_version(store, "cat") == "1"

    def test_tags_are_set_over_and_removed(self, store: TrackingStore) -> None:
        made = store.create_registered_model("cat", [], None)
        store.set_registered_model_tag("cat", RegisteredModelTag("k", "1"))
        store.set_registered_model_tag("cat", RegisteredModelTag("k", "2"))
        tagged = store.get_registered_model("cat")
        assert tagged.tags == {"k": "2"}
        assert tagged.last_updated_timestamp == made.last_updated_timestamp
        store.delete_registered_model_tag("cat", "k")
        store.delete_registered_model_tag("cat", "k")
        assert store.get_registered_model("cat").tags == {}

    def test_an_alias_leads_to_one_version(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        for _ in range(3):
            new_version(store, "cat")
        store.set_registered_model_alias("cat", "best", "1")
        store.set_registered_model_alias("cat", "also", "2")
        store.set_registered_model_alias("cat", "best", "2")
        assert store.get_model_version_by_alias("cat", "best").version == "2"
        assert store.get_model_version("cat", "2").aliases == ["also", "best"]
        assert store.get_model_version("cat", "1").aliases == []
        assert store.get_registered_model("cat").aliases == {"also": "2", "best": "2"}
        store.delete_registered_model_alias("cat", "best")
        store.delete_registered_model_alias("cat", "best")
        with refused("INVALID_PARAMETER_VALUE", "best"):
            store.get_model_version_by_alias("cat", "best")
        with refused("RESOURCE_DOES_NOT_EXIST", "9"):
            store.set_registered_model_alias("cat", "best", "9")

    def test_the_latest_versions_are_the_highest_of_each_stage(self, store: TrackingStore) -> None:
        store.create_registered_model("cat", [], None)
        assert store.get_latest_versions("cat", []) == []
        for _ in range(4):
            new_version(store, "cat")
        for version, stage in (("1", "Staging"), ("2", "Staging"), ("3", "Production")):
            store.transition_model_version_stage("cat", version, stage, False)
        store.set_registered_model_alias("cat", "best", "2")
        latest = store.get_latest_versions("cat", [])
        assert [(one.version, one.current_stage) for one in latest] == [
            ("2", "Staging"),
            ("3", "Production"),
            ("4", "None"),
        ]
        assert [one.aliases for one in latest] == [["best"], [], []]
        (staged,) = store.get_latest_versions("cat", ["Staging", "Archived"])
        assert staged.version == "2"
        whole = store.get_registered_model("cat").latest_versions or []
        assert [one.version for one in whole] == ["2", "3", "4"]
