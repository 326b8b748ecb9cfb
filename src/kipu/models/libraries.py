"""Registered models that bring along the libraries they require, as wheels."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from kipu.client import MlflowClient
from kipu.entities.model_uri import parse_model_uri
from kipu.exceptions import MlflowException
from kipu.fluent.active import active_run
from kipu.fluent.downloads import download_artifacts
from kipu.fluent.runs import start_run
from kipu.models.environment import CONDA_FILE, REQUIREMENTS_FILE, with_pip_part
from kipu.models.model import MLMODEL_FILE_NAME, Model
from kipu.models.model_info import ModelInfo

_WHEELS = "wheels"
_ORIGINAL_REQUIREMENTS = "original_requirements.txt"


def add_libraries_to_model(
    model_uri: str, run_id: str | None = None, registered_model_name: str | None = None
) -> ModelInfo:
    """Log a registered model again, with wheels of what it requires on this kind of machine.

    Args:
        model_uri: Its version: ``models:/<name>/<version>`` or ``models:/<name>@<alias>``.
        run_id: The run that makes the new one; left out, the active run, else that of the version.
        registered_model_name: Left out, it becomes the next version of the same model.

    Raises:
        InvalidParameter: The URI names no version.
        MlflowException: It has libraries already, or pip cannot get them.
    """
    named = parse_model_uri(model_uri)
    name = registered_model_name or named.name

    def log() -> ModelInfo:
        return Model.log(None, _WithLibraries(model_uri), registered_model_name=name)

    if active_run() is not None:
        return log()
    if run_id is None and named.alias is not None:
        run_id = MlflowClient().get_model_version_by_alias(named.name, named.alias).run_id
    elif run_id is None and named.version is not None:
        run_id = MlflowClient().get_model_version(named.name, named.version).run_id
    with start_run(run_id):
        return log()


class _WithLibraries:
    """Saves as a flavor does: the files of a model that is there, and wheels."""

    def __init__(self, model_uri: str) -> None:
        self._uri = model_uri

    def save_model(self, path: str, mlflow_model: Model) -> None:
        folder = Path(path)
        source = Path(download_artifacts(self._uri))
        shutil.copytree(source, folder)
        model = Model.load(folder)
        if hasattr(model, _WHEELS):
            raise MlflowException("The model has its libraries already.", "BAD_REQUEST")
        requirements = folder / REQUIREMENTS_FILE
        if not requirements.is_file():
            raise MlflowException("The model does not tell what it requires.", "BAD_REQUEST")
        wheels = folder / _WHEELS
        _download(requirements, wheels)
        requirements.rename(folder / _ORIGINAL_REQUIREMENTS)
        lines = sorted(f"{_WHEELS}/{one.name}" for one in wheels.glob("*.whl"))
        requirements.write_text("\n".join(lines) + "\n", "utf-8")
        conda = folder / CONDA_FILE
        environment = yaml.safe_load(conda.read_text("utf-8"))
        with_pip_part(environment, lines)
        conda.write_text(yaml.safe_dump(environment, default_flow_style=False), "utf-8")
        _complete(mlflow_model, model)
        mlflow_model.save(folder / MLMODEL_FILE_NAME)


def _complete(new: Model, old: Model) -> None:
    """Say of the new model what the old one's description says, but for what tells them apart."""
    new.flavors = old.flavors
    new.signature = old.signature
    new.saved_input_example_info = old.saved_input_example_info
    new.metadata = old.metadata
    new.resources = old.resources
    new.auth_policy = old.auth_policy
    new.env_vars = old.env_vars
    new.model_size_bytes = old.model_size_bytes
    told: dict[str, Any] = {"platform": platform.platform()}
    new.note(_WHEELS, told)


def _download(requirements: Path, wheels: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--only-binary=:all:", "--progress-bar=off"]
    done = subprocess.run(
        [*command, "--wheel-dir", str(wheels), "-r", str(requirements)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    if done.returncode:
        raise MlflowException(f"pip cannot get what the model requires:\n{done.stdout}")
