"""Forecasting models of Prophet: saved, logged and loaded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.requirements import pinned

FLAVOR_NAME = "prophet"

_FILE = "model.pr"


def get_default_pip_requirements() -> list[str]:
    """What every model of this flavor requires."""
    lines = [pinned("prophet")]
    release = tuple(int(part) for part in lines[0].partition("==")[2].split(".")[:3])
    # Older releases break with what they do not rule out.
    if release <= (1, 2, 0):
        lines.append("cmdstanpy<1.3.0")
    if release < (1, 2, 2):
        lines.append("pandas<3")
    return lines


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what every model of this flavor requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    pr_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
) -> None:
    """Save a forecasting model into a folder, as JSON.

    Arguments that are not explained here are those of ``kipu.sklearn.save_model``.

    Args:
        pr_model: A ``Prophet`` that was fit.
        path: The folder; it must be empty or absent.
    """
    import prophet
    from prophet.serialize import model_to_json

    folder = ModelFolder(
        path,
        mlflow_model,
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
    )
    folder.describe(lambda: _Wrapper(pr_model))
    # Text within JSON, as MLflow writes it.
    (folder.path / _FILE).write_text(json.dumps(model_to_json(pr_model)))
    folder.add_pyfunc("mlflow.prophet", data=_FILE)
    folder.add_flavor(
        FLAVOR_NAME,
        prophet_version=prophet.__version__,
        code=folder.code,
        model_type=type(pr_model).__name__,
        data=_FILE,
        **folder.add_extra_files(extra_files),
    )
    folder.finish(get_default_pip_requirements())


def log_model(
    pr_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Save a model and log it, as made by the active run if there is one.

    Arguments that are not explained here are those of ``kipu.sklearn.log_model``.

    Args:
        pr_model: A ``Prophet`` that was fit.
        artifact_path: The older name of ``name``.
        **kwargs: Further arguments of ``Model.log``, such as ``run_id``.

    Returns:
        What is told of it, such as ``model_uri``.
    """
    return Model.log(
        flavor=sys.modules[__name__],
        pr_model=pr_model,
        artifact_path=artifact_path,
        conda_env=conda_env,
        code_paths=code_paths,
        registered_model_name=registered_model_name,
        signature=signature,
        input_example=input_example,
        await_registration_for=await_registration_for,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        extra_files=extra_files,
        name=name,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load a forecasting model.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, or a folder.
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        The ``Prophet``.

    Raises:
        ResourceNotFound: There is no model, or it is none of Prophet.
    """
    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _load(folder / conf.get("data", _FILE))


def _load_pyfunc(path: str) -> _Wrapper:
    given = Path(path)
    return _Wrapper(_load(given / _FILE if given.is_dir() else given))


def _load(file: Path) -> Any:
    from prophet.serialize import model_from_json

    return model_from_json(json.loads(file.read_text()))


class _Wrapper:
    """A forecast as a generic model."""

    def __init__(self, pr_model: Any) -> None:
        self.pr_model = pr_model

    def get_raw_model(self) -> Any:
        """The ``Prophet``."""
        return self.pr_model

    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any:
        """The forecast for the times in the column ``ds``."""
        return self.pr_model.predict(dataframe)
