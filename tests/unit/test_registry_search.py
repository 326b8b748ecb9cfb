"""Filters of the registry beyond what MLflow reads, on a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kipu.entities.model_registry import ModelVersionTag, RegisteredModelTag
from kipu.store.open import open_store
from kipu.store.sql.store import SqlStore

PROMPT = "tags.`mlflow.prompt.is_prompt`"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """The models a, b and the prompt p, each with a version; a's has a run and a tag."""
    store = open_store(str(tmp_path / "mlruns"))
    for name in "abp":
        prompt = [RegisteredModelTag("mlflow.prompt.is_prompt", "true")] if name == "p" else []
        store.create_registered_model(name, prompt, None)
    store.set_registered_model_tag("a", RegisteredModelTag("team", "x"))
    tags = [ModelVersionTag("state", "good")]
    store.create_model_version("a", "s3://b/1", "f00", tags, None, None, None)
    store.create_model_version("b", "s3://b/2", None, [], None, None, None)
    store.create_model_version("b", "s3://b/3", "", [], None, None, None)
    hidden = [ModelVersionTag("mlflow.prompt.is_prompt", "true")]
    store.create_model_version("p", "dummy-source", None, hidden, None, None, None)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = 'a' OR name = 'b'", "ab"),
        ("NOT name = 'a'", "b"),
        ("NOT tags.team = 'x'", "b"),
        ("tags.team IS NULL", "b"),
        ("tags.team IS NOT NULL", "a"),
        ("NOT (tags.team = 'x' OR name = 'b')", ""),
        ("name NOT LIKE 'a%'", "b"),
        ("name RLIKE '^[ab]$'", "ab"),
        (f"name = 'a' OR {PROMPT} = 'true'", "ap"),
        (f"NOT {PROMPT} = 'true'", "ab"),
        (f"NOT {PROMPT} != 'true'", ""),
        (f"{PROMPT} LIKE 'tr%'", "ab"),
    ],
)
def test_a_filter_finds_models(store: SqlStore, text: str, found: str) -> None:
    page = store.search_registered_models(text, 10, None, None)
    assert "".join(model.name for model in page) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = 'a' OR version_number = 2", ["a1", "b2"]),
        ("version_number BETWEEN 2 AND 3", ["b2"]),
        ("version_number IN (1, '7')", ["a1", "b1"]),
        ("NOT run_id = 'f00'", ["b1", "b2"]),
        ("run_id != 'x'", ["a1", "b2"]),
        ("run_id NOT IN ('x')", ["a1", "b2"]),
        ("run_id IS NULL", ["b1", "b2"]),
        ("run_id IS NOT NULL", ["a1"]),
        ("tags.state IS NULL AND NOT name = 'a'", ["b1", "b2"]),
        (f"{PROMPT} = 'true' OR tags.state = 'good'", ["a1", "p1"]),
    ],
)
def test_a_filter_finds_versions(store: SqlStore, text: str, found: list[str]) -> None:
    page = store.search_model_versions(text, 10, ["name", "version_number ASC"], None)
    assert [f"{one.name}{one.version}" for one in page] == found
