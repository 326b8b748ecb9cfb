"""The rules of the model registry, on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kipu.entities import LoggedModelTag
from kipu.entities.model_registry import ModelVersionTag, RegisteredModelTag
from kipu.entities.model_uri import ModelUri, parse_model_uri
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.service.registry_names import check_model_name, version_number
from kipu.service.tracking import TrackingService
from kipu.store.open import open_store


@pytest.fixture
def service(tmp_path: Path) -> Iterator[TrackingService]:
    service = TrackingService(open_store(str(tmp_path / "mlruns")))
    yield service
    service.close()


@pytest.fixture
def cat(service: TrackingService) -> TrackingService:
    """A service with the model ``cat``, which has versions 1 and 2."""
    service.create_registered_model("cat", [], None)
    for _ in range(2):
        service.create_model_version("cat", "s3://b/m", None, [], None, None, None)
    return service


@pytest.mark.parametrize("name", ["cat", "a b", "é", "..x", "a.b", "x" * 256])
def test_these_are_names_of_models(name: str) -> None:
    check_model_name(name)


@pytest.mark.parametrize("name", [None, 7, "", "  ", "a/b", "a:b", ".", "..", "x" * 257])
def test_these_are_no_names_of_models(service: TrackingService, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: service.create_registered_model(name, [], None),
        lambda: service.get_registered_model(name),
        lambda: service.rename_registered_model("cat", name),
        lambda: service.rename_registered_model(name, "cat"),
        lambda: service.update_registered_model(name, None),
        lambda: service.delete_registered_model(name),
        lambda: service.get_latest_versions(name, []),
        lambda: service.set_registered_model_tag(name, RegisteredModelTag("k", "v")),
        lambda: service.delete_registered_model_tag(name, "k"),
        lambda: service.set_registered_model_alias(name, "a", "1"),
        lambda: service.delete_registered_model_alias(name, "a"),
        lambda: service.get_model_version_by_alias(name, "a"),
        lambda: service.create_model_version(name, "s", None, [], None, None, None),
        lambda: service.get_model_version(name, "1"),
        lambda: service.update_model_version(name, "1", None),
        lambda: service.transition_model_version_stage(name, "1", "None", False),
        lambda: service.delete_model_version(name, "1"),
        lambda: service.get_model_version_download_uri(name, "1"),
        lambda: service.set_model_version_tag(name, "1", ModelVersionTag("k", "v")),
        lambda: service.delete_model_version_tag(name, "1", "k"),
    ]
    for call in calls:
        with pytest.raises(InvalidParameter, match="name"):
            call()


@pytest.mark.parametrize("alias", ["latest", "LaTeSt", "v1", "V22", "", "a b", "a@b", "x" * 256])
def test_these_are_no_aliases_to_set(cat: TrackingService, alias: str) -> None:
    with pytest.raises(InvalidParameter, match="alias"):
        cat.set_registered_model_alias("cat", alias, "1")


@pytest.mark.parametrize("alias", ["v", "v1x", "1", "latest-1", "é_-", "x" * 255])
def test_these_are_aliases(cat: TrackingService, alias: str) -> None:
    cat.set_registered_model_alias("cat", alias, "1")
    assert cat.get_model_version_by_alias("cat", alias).version == "1"


def test_latest_is_the_highest_version_whatever_its_stage(cat: TrackingService) -> None:
    cat.transition_model_version_stage("cat", "1", "production", False)
    assert cat.get_model_version_by_alias("cat", "Latest").version == "2"
    cat.create_registered_model("dog", [], None)
    with pytest.raises(ResourceNotFound, match="no version"):
        cat.get_model_version_by_alias("dog", "latest")
    with pytest.raises(ResourceNotFound, match="nobody"):
        cat.get_model_version_by_alias("nobody", "latest")


@pytest.mark.parametrize(
    ("key", "value"), [("", "v"), ("a*b", "v"), ("a//b", "v"), ("k", "x" * 100_001), ("k", None)]
)
def test_these_are_no_tags(cat: TrackingService, key: str, value: str) -> None:
    model_tag, version_tag = RegisteredModelTag(key, value), ModelVersionTag(key, value)
    calls: list[Callable[[], object]] = [
        lambda: cat.create_registered_model("dog", [model_tag], None),
        lambda: cat.set_registered_model_tag("cat", model_tag),
        lambda: cat.create_model_version("cat", "s", None, [version_tag], None, None, None),
        lambda: cat.set_model_version_tag("cat", "1", version_tag),
    ]
    for call in calls:
        with pytest.raises(InvalidParameter):
            call()
    assert len(cat.search_model_versions(None, 10, None, None)) == 2


@pytest.mark.parametrize(
    ("given", "number"), [("1", "1"), (7, "7"), (" 3 ", "3"), ("-1", "-1"), ("9" * 30, "-1")]
)
def test_a_version_has_one_spelling(given: object, number: str) -> None:
    assert version_number(given) == number


@pytest.mark.parametrize("given", ["", "x", "1.5", None])
def test_these_are_no_versions(cat: TrackingService, given: str) -> None:
    with pytest.raises(InvalidParameter, match="whole number"):
        cat.get_model_version("cat", given)


def test_versions_made_at_once_have_numbers_of_their_own(cat: TrackingService) -> None:
    def make(_: int) -> int:
        return int(cat.create_model_version("cat", "s", None, [], None, None, None).version)

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(40)))
    assert sorted(made) == list(range(3, 43))


def test_stages_are_known_in_any_case_and_no_others(cat: TrackingService) -> None:
    moved = cat.transition_model_version_stage("cat", "1", "sTaGiNg", True)
    assert moved.current_stage == "Staging"
    assert [one.version for one in cat.get_latest_versions("cat", ["STAGING"])] == ["1"]
    with pytest.raises(InvalidParameter, match="Bogus"):
        cat.transition_model_version_stage("cat", "1", "Bogus", False)
    with pytest.raises(InvalidParameter, match="Bogus"):
        cat.get_latest_versions("cat", ["Bogus"])
    for stage in ("None", "Archived"):
        with pytest.raises(InvalidParameter, match="archived"):
            cat.transition_model_version_stage("cat", "1", stage, True)


@pytest.mark.parametrize("size", [-1, 1001, True, "7"])
def test_a_page_of_models_has_at_most_1000(service: TrackingService, size: int) -> None:
    with pytest.raises(InvalidParameter, match="max_results"):
        service.search_registered_models(None, size, None, None)


@pytest.mark.parametrize("size", [0, -1, 200_001, True, "7"])
def test_a_page_of_versions_has_1_to_200000(service: TrackingService, size: int) -> None:
    with pytest.raises(InvalidParameter, match="max_results"):
        service.search_model_versions(None, size, None, None)


def test_the_source_of_a_logged_model_is_looked_up(cat: TrackingService) -> None:
    run_id = cat.create_run("0", "u", 1, [], "r").info.run_id
    model = cat.create_logged_model("0", "m", run_id, [], [], None)
    source = f"models:/{model.model_id}"
    made = cat.create_model_version("cat", source, None, [], None, None, None)
    assert (made.source, made.run_id, made.model_id) == (source, run_id, model.model_id)
    location = cat.get_model_version_download_uri("cat", made.version)
    assert location == model.artifact_location
    cat.create_model_version("cat", "s3://b/m", None, [], None, None, model.model_id)
    noted = json.loads(cat.get_logged_model(model.model_id).tags["mlflow.modelVersions"])
    assert noted == [{"name": "cat", "version": 3}, {"name": "cat", "version": 4}]
    for source, of_run in (("models:/m-nobody", None), ("s3://b/m", run_id)):
        with pytest.raises(ResourceNotFound, match="m-nobody"):
            cat.create_model_version("cat", source, of_run, [], None, None, "m-nobody")
    assert cat.create_model_version("cat", "s", None, [], None, None, None).version == "5"


@pytest.mark.parametrize("odd", ["", "no JSON", '{"a": 1}', "7"])
def test_a_tag_that_tells_of_no_versions_is_written_anew(cat: TrackingService, odd: str) -> None:
    model = cat.create_logged_model("0", "m", None, [], [], None)
    tag = LoggedModelTag("mlflow.modelVersions", odd)
    cat.set_logged_model_tags(model.model_id, [tag])
    cat.create_model_version("cat", "s3://b/m", None, [], None, None, model.model_id)
    noted = json.loads(cat.get_logged_model(model.model_id).tags["mlflow.modelVersions"])
    assert noted == [{"name": "cat", "version": 3}]


@pytest.mark.parametrize("source", ["models:/cat/1", "models:/cat@best", "models:/cat/Staging"])
def test_the_source_of_a_version_is_looked_up(cat: TrackingService, source: str) -> None:
    cat.set_registered_model_alias("cat", "best", "1")
    cat.transition_model_version_stage("cat", "1", "Staging", False)
    copied = cat.create_model_version("cat", source, None, [], None, None, None)
    assert copied.source == "models:/cat/1"
    cat.delete_model_version("cat", "1")
    assert cat.get_model_version_download_uri("cat", copied.version) == "s3://b/m"


def test_a_source_that_is_not_there_makes_nothing(cat: TrackingService) -> None:
    for source in ("models:/cat/9", "models:/nobody/1", "models:/cat/Production"):
        with pytest.raises(ResourceNotFound):
            cat.create_model_version("cat", source, None, [], None, None, None)
    for source in ("models:/a/b/c", "models:", "models:/", "models://host/cat/1"):
        with pytest.raises(InvalidParameter, match="names no model"):
            cat.create_model_version("cat", source, None, [], None, None, None)
    assert cat.create_model_version("cat", "x", None, [], None, None, None).version == "3"


def test_files_of_a_folder_are_found_after_it_moved(tmp_path: Path) -> None:
    service = TrackingService(open_store(str(tmp_path / "old")))
    uri = service.create_run("0", "u", 1, [], "r").info.artifact_uri
    service.create_registered_model("cat", [], None)
    service.create_model_version("cat", f"{uri}/model", None, [], None, None, None)
    service.close()
    (tmp_path / "old").rename(tmp_path / "new")
    service = TrackingService(open_store(str(tmp_path / "new")))
    assert service.get_model_version_download_uri("cat", "1").startswith(str(tmp_path / "new"))
    assert service.get_model_version("cat", "1").source == f"{uri}/model"
    service.close()


@pytest.mark.parametrize(
    ("uri", "meant"),
    [
        ("models:/cat/1", ModelUri("cat", version="1")),
        ("models:/cat/Production", ModelUri("cat", stage="Production")),
        ("models:/cat/LATEST", ModelUri("cat")),
        ("models:/cat@best", ModelUri("cat", alias="best")),
        ("models:/a@b@best", ModelUri("a@b", alias="best")),
        ("models:/m-1", ModelUri(model_id="m-1")),
    ],
)
def test_a_uri_of_a_model_is_read(uri: str, meant: ModelUri) -> None:
    assert parse_model_uri(uri) == meant


@pytest.mark.parametrize(
    "uri", ["models:/cat/1/2", "models:/cat/", "models:/ /1", "models:/@x", "models:cat/1", "cat/1"]
)
def test_what_names_no_model_is_refused(uri: str) -> None:
    with pytest.raises(InvalidParameter, match="names no model"):
        parse_model_uri(uri)
