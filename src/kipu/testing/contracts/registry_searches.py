"""What the model registry promises about its searches."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kipu.entities.model_registry import ModelVersionTag, RegisteredModelTag
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import refused
from kipu.testing.contracts.registered_models import new_version

_PROMPT = "mlflow.prompt.is_prompt"


class RegistrySearchContract:
    """Inherit, and provide the fixture ``store``."""

    @pytest.fixture
    def filled(self, store: TrackingStore) -> TrackingStore:
        """A store with the models Ant, bee, cat; ant has versions 1 and 2, cat one of a run."""
        for name, team in (("bee", "b"), ("cat", "a"), ("Ant", "a")):
            tags = [RegisteredModelTag("team", team), RegisteredModelTag("a/b", name)]
            store.create_registered_model(name, tags, None)
        new_version(store, "Ant", "s3://bucket/one")
        new_version(store, "Ant", "s3://bucket/two")
        run = store.create_run("0", "u", 1, [], "r").info
        store.create_model_version("cat", f"{run.artifact_uri}/m", run.run_id, [], None, None, None)
        store.set_model_version_tag("Ant", "2", ModelVersionTag("state", "good"))
        store.set_model_version_tag("cat", "1", ModelVersionTag("state", "bad"))
        return store

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            (None, ["Ant", "bee", "cat"]),
            ("name = 'cat'", ["cat"]),
            ("name != 'cat'", ["Ant", "bee"]),
            ("name LIKE 'a%'", []),
            ("name ILIKE 'A%'", ["Ant"]),
            ("attribute.name IN ('cat', 'bee', 'dog')", ["bee", "cat"]),
            ("name NOT IN ('cat')", ["Ant", "bee"]),
            ("tags.team = 'a'", ["Ant", "cat"]),
            ("tag.team != 'a'", ["bee"]),
            ("tags.team LIKE '%' AND name = 'bee'", ["bee"]),
            ("tags.team LIKE 'a' AND tags.team = 'b'", []),
            ("tags.`a/b` ILIKE 'ANT'", ["Ant"]),
            ("tags.none != 'x'", []),
        ],
    )
    def test_a_filter_finds_models(
        self, filled: TrackingStore, text: str | None, found: list[str]
    ) -> None:
        page = filled.search_registered_models(text, 10, None, None)
        assert [model.name for model in page] == found
        assert page.token is None

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("name = 'Ant'", ["Ant 1", "Ant 2"]),
            ("run_id != 'f00'", ["cat 1"]),
            ("source_path LIKE 's3://%'", ["Ant 1", "Ant 2"]),
            ("source_path = 's3://bucket/two'", ["Ant 2"]),
            ("version_number > 1", ["Ant 2"]),
            ("version_number <= '1'", ["Ant 1", "cat 1"]),
            ("version_number != 1 AND name LIKE '%t'", ["Ant 2"]),
            ("tags.state = 'good'", ["Ant 2"]),
            ("tag.state != 'good'", ["cat 1"]),
            ("attribute.name IN ('cat')", ["cat 1"]),
        ],
    )
    def test_a_filter_finds_versions(
        self, filled: TrackingStore, text: str, found: list[str]
    ) -> None:
        order = ["name", "version_number ASC"]
        # Servers keep the empty text for no run.
        text = text.replace("run_id", "run_id != '' AND run_id")
        page = filled.search_model_versions(text, 10, order, None)
        assert [f"{one.name} {one.version}" for one in page] == found

    def test_found_models_are_whole(self, filled: TrackingStore) -> None:
        filled.set_registered_model_alias("Ant", "best", "1")
        (found,) = filled.search_registered_models("name = 'Ant'", 10, None, None)
        assert found == filled.get_registered_model("Ant")
        assert [one.tags for one in found.latest_versions or []] == [{"state": "good"}]

    def test_found_versions_are_whole_but_for_aliases(self, filled: TrackingStore) -> None:
        filled.set_registered_model_alias("Ant", "best", "2")
        (found,) = filled.search_model_versions("tags.state = 'good'", 10, None, None)
        whole = filled.get_model_version("Ant", "2")
        assert (whole.aliases, found.aliases) == (["best"], [])
        whole.aliases = []
        assert found == whole

    @pytest.mark.parametrize(
        ("order", "found"),
        [
            (["name DESC"], ["cat", "bee", "Ant"]),
            (["timestamp ASC", "name"], ["bee", "Ant", "cat"]),
            (["last_updated_timestamp DESC"], ["cat", "Ant", "bee"]),
        ],
    )
    def test_models_come_in_order(
        self, filled: TrackingStore, order: Sequence[str], found: list[str]
    ) -> None:
        _let_a_millisecond_pass(filled)
        filled.update_registered_model("Ant", None)
        _let_a_millisecond_pass(filled)
        filled.update_registered_model("cat", None)
        page = filled.search_registered_models(None, 10, order, None)
        assert [model.name for model in page] == found

    @pytest.mark.parametrize(
        ("order", "found"),
        [
            (None, ["Ant 1", "cat 1", "Ant 2"]),
            (["name DESC"], ["cat 1", "Ant 2", "Ant 1"]),
            (["version_number"], ["Ant 1", "cat 1", "Ant 2"]),
            (["creation_timestamp", "name"], ["Ant 1", "Ant 2", "cat 1"]),
            (["last_updated_timestamp ASC"], ["Ant 2", "cat 1", "Ant 1"]),
        ],
    )
    def test_versions_come_in_order(
        self, store: TrackingStore, order: Sequence[str] | None, found: list[str]
    ) -> None:
        for name in ("Ant", "cat"):
            store.create_registered_model(name, [], None)
        for name in ("Ant", "Ant", "cat"):
            new_version(store, name)
            _let_a_millisecond_pass(store)
        for name, version in (("cat", "1"), ("Ant", "1")):
            store.update_model_version(name, version, "late")
            _let_a_millisecond_pass(store)
        page = store.search_model_versions(None, 10, order, None)
        assert [f"{one.name} {one.version}" for one in page] == found

    @pytest.mark.parametrize("order", [None, ["timestamp DESC"], ["name DESC"]])
    def test_pages_of_models_make_the_whole(
        self, filled: TrackingStore, order: list[str] | None
    ) -> None:
        whole = [model.name for model in filled.search_registered_models(None, 10, order, None)]
        parts, token = list[str](), None
        while True:
            page = filled.search_registered_models(None, 2, order, token)
            parts += [model.name for model in page]
            token = page.token
            if not token:
                break
        assert parts == whole

    @pytest.mark.parametrize("order", [None, ["version_number"], ["name DESC"]])
    def test_pages_of_versions_make_the_whole(
        self, filled: TrackingStore, order: list[str] | None
    ) -> None:
        def numbers(page: Sequence[object]) -> list[str]:
            return [f"{one.name} {one.version}" for one in page]  # type: ignore[attr-defined]

        whole = numbers(filled.search_model_versions(None, 10, order, None))
        parts, token = list[str](), None
        while True:
            page = filled.search_model_versions(None, 1, order, token)
            parts += numbers(page)
            token = page.token
            if not token:
                break
        assert parts == whole

    def test_a_page_of_no_models_leads_to_the_same_place(self, filled: TrackingStore) -> None:
        nothing = filled.search_registered_models(None, 0, None, None)
        assert list(nothing) == []
        assert nothing.token
        first = filled.search_registered_models(None, 1, None, nothing.token)
        assert [model.name for model in first] == ["Ant"]
        still = filled.search_registered_models(None, 0, None, first.token)
        second = filled.search_registered_models(None, 1, None, still.token)
        assert [model.name for model in second] == ["bee"]

    def test_prompts_are_found_when_they_are_asked_for(self, filled: TrackingStore) -> None:
        prompt = [RegisteredModelTag(_PROMPT, "true")]
        filled.create_registered_model("poem", prompt, None)
        tags = [ModelVersionTag(_PROMPT, "true")]
        filled.create_model_version("poem", "dummy-source", None, tags, None, None, None)

        def models(text: str | None) -> list[str]:
            page = filled.search_registered_models(text, 10, None, None)
            return [model.name for model in page]

        def versions(text: str | None) -> set[str]:
            return {one.name for one in filled.search_model_versions(text, 10, None, None)}

        assert models(None) == ["Ant", "bee", "cat"]
        assert versions(None) == {"Ant", "cat"}
        for text in (f"tag.`{_PROMPT}` != 'true'", f"tags.`{_PROMPT}` = 'false'"):
            assert models(text) == ["Ant", "bee", "cat"]
            assert versions(text) == {"Ant", "cat"}
        for text in (f"tag.`{_PROMPT}` = 'true'", f"tags.`{_PROMPT}` != 'false'"):
            assert models(text) == ["poem"]
            assert versions(text) == {"poem"}

    @pytest.mark.parametrize(
        ("text", "order", "token"),
        [
            ("colour = 'red'", None, None),
            ("description = 'x'", None, None),
            ("name > 'a'", None, None),
            ("name = 1", None, None),
            ("last_updated_timestamp > 1", None, None),
            (None, ["creation_timestamp"], None),
            (None, ["tags.team"], None),
            (None, ["name", "name DESC"], None),
            (None, ["timestamp", "last_updated_timestamp"], None),
            (None, None, "nonsense"),
        ],
    )
    def test_nonsense_about_models_is_refused(
        self, store: TrackingStore, text: str | None, order: list[str] | None, token: str | None
    ) -> None:
        with refused("INVALID_PARAMETER_VALUE"):
            store.search_registered_models(text, 10, order, token)

    @pytest.mark.parametrize(
        ("text", "order", "token"),
        [
            ("version = 1", None, None),
            ("current_stage = 'None'", None, None),
            ("model_id = 'm'", None, None),
            ("version_number = 'x'", None, None),
            ("version_number = 1.5", None, None),
            ("version_number LIKE '1%'", None, None),
            (None, ["source_path"], None),
            (None, ["version"], None),
            (None, ["name", "name"], None),
            (None, None, "nonsense"),
        ],
    )
    def test_nonsense_about_versions_is_refused(
        self, store: TrackingStore, text: str | None, order: list[str] | None, token: str | None
    ) -> None:
        with refused("INVALID_PARAMETER_VALUE"):
            store.search_model_versions(text, 10, order, token)

    def test_a_token_of_another_order_is_refused(self, filled: TrackingStore) -> None:
        token = filled.search_registered_models(None, 1, ["timestamp"], None).token
        with refused("INVALID_PARAMETER_VALUE", "token"):
            filled.search_registered_models(None, 1, ["name"], token)


def _let_a_millisecond_pass(store: TrackingStore) -> None:
    """Go on when the store's clock has moved on."""
    store.create_registered_model("clock", [], None)
    before = store.get_registered_model("clock").last_updated_timestamp
    while store.update_registered_model("clock", None).last_updated_timestamp == before:
        pass
    store.delete_registered_model("clock")
