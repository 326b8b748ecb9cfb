"""A model is tried with its input example while it is logged."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import kipu
from kipu.models.environment_reads import watching
from kipu.pyfunc import PythonModel, log_model, save_model

pytestmark = pytest.mark.usefixtures("fresh")
EXAMPLE = pd.DataFrame({"a": [1.0, 2.0]})


class Asking(PythonModel):
    """Counts, in a file, how often it is loaded and asked."""

    def __init__(self, place: Path, fails: bool = False) -> None:
        self.place, self.fails = str(place), fails

    def load_context(self, context: Any) -> None:
        os.environ["SEARCH_API_KEY"]
        os.environ.get("HOME")
        self._note("load")

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def,override]
        os.environ.get("CHAT_API_TOKEN")
        os.environ.get("ABSENT_API_KEY")
        self._note("predict")
        if self.fails:
            raise ValueError("out of order")
        return model_input["a"] * 2

    def _note(self, what: str) -> None:
        with open(self.place, "a") as file:
            file.write(f"{what}\n")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_API_KEY", "secret")
    monkeypatch.setenv("CHAT_API_TOKEN", "secret")


def described(model_uri: str) -> tuple[Path, dict[str, Any]]:
    folder = Path(kipu.artifacts.download_artifacts(model_uri))
    return folder, yaml.safe_load((folder / "MLmodel").read_text())


def test_the_names_of_keys_that_it_reads_are_noted(tmp_path: Path) -> None:
    info = log_model(name="m", python_model=Asking(tmp_path / "n"), input_example=EXAMPLE)
    folder, fields = described(info.model_uri)
    assert fields["env_vars"] == ["CHAT_API_TOKEN", "SEARCH_API_KEY"] == info.env_vars
    text = (folder / "environment_variables.txt").read_text()
    assert text.splitlines()[-2:] == ["CHAT_API_TOKEN", "SEARCH_API_KEY"]
    assert "secret" not in text
    assert os.environ.get is not None
    assert type(os.environ).get.__module__ != "kipu.models.environment_reads"


def test_it_is_loaded_once_however_often_it_is_asked(tmp_path: Path) -> None:
    signature = kipu.models.infer_signature(EXAMPLE, [1.0])
    asking = Asking(tmp_path / "n")
    log_model(name="m", python_model=asking, input_example=EXAMPLE, signature=signature)
    # For its requirements, and as a server would.
    assert (tmp_path / "n").read_text().split() == ["load", "predict", "predict"]


def test_nothing_is_noted_where_that_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING", "false")
    info = log_model(name="m", python_model=Asking(tmp_path / "n"), input_example=EXAMPLE)
    folder, fields = described(info.model_uri)
    assert "env_vars" not in fields
    assert not (folder / "environment_variables.txt").exists()


def test_a_model_that_fails_is_logged_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        info = log_model(
            name="m",
            python_model=Asking(tmp_path / "n", fails=True),
            input_example=EXAMPLE,
            signature=kipu.models.infer_signature(EXAMPLE, [1.0]),
            pip_requirements=[],
        )
    (told,) = [one.getMessage() for one in caplog.records if one.name == "kipu.models.trial"]
    assert "could not answer its input example" in told
    assert "out of order" in told
    assert kipu.get_logged_model(info.model_id).status == "READY"


def test_a_model_that_is_only_saved_is_not_tried(tmp_path: Path) -> None:
    signature = kipu.models.infer_signature(EXAMPLE, [1.0])
    save_model(
        tmp_path / "m",
        python_model=Asking(tmp_path / "n"),
        input_example=EXAMPLE,
        signature=signature,
        pip_requirements=[],
    )
    assert not (tmp_path / "n").exists()


def test_watchers_that_end_in_any_order_leave_the_environment_as_it_was() -> None:
    first, second = set[str](), set[str]()
    one, other = watching(first), watching(second)
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert os.environ["SEARCH_API_KEY"] == "secret"
    other.__exit__(None, None, None)
    os.environ["CHAT_API_TOKEN"]
    assert (first, second) == (set(), {"SEARCH_API_KEY"})


def test_variables_that_are_read_as_bytes_are_noted_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_API_KEY", "x")
    read: set[str] = set()
    with watching(read):
        assert os.environb.get(b"MY_API_KEY") == b"x"
    assert read == {"MY_API_KEY"}
