"""CatBoost models."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.pyfunc_conf import flavor_conf
from kipu.models.requirements import pinned

FLAVOR_NAME = "catboost"
_FILE = "model.cb"
_KINDS = ("CatBoost", "CatBoostClassifier", "CatBoostRanker", "CatBoostRegressor")


def get_default_pip_requirements() -> list[str]:
    """What any CatBoost model requires."""
    return [pinned("catboost")]


def get_default_conda_env() -> dict[str, Any]:
    """The conda environment with what any CatBoost model requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    cb_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save a CatBoost model into a folder, from which Kipu and MLflow load it.

    Args:
        cb_model: A ``CatBoost``, ``CatBoostClassifier``, ``CatBoostRegressor`` or
            ``CatBoostRanker``.
        path: The folder; it must be empty or absent.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: A description to complete.
        signature: Left out, inferred from the example; False, none.
        input_example: A sample of its input.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        metadata: What you write down with it.
        extra_files: Paths or URIs of files that are copied into the model.
        **kwargs: Given to the model's own ``save_model``, such as ``format="json"``; left out,
            the format is ``cbm``.

    Raises:
        ResourceExists: The folder is there, with files in it.

    Example:
        >>> kipu.catboost.save_model(classifier, "model", input_example=frame[:3])
    """
    import catboost

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
    folder.describe(lambda: _Wrapper(cb_model))
    cb_model.save_model(str(folder.path / _FILE), **kwargs)
    folder.add_pyfunc("mlflow.catboost", data=_FILE)
    extra = folder.add_extra_files(extra_files)
    folder.add_flavor(
        FLAVOR_NAME,
        catboost_version=catboost.__version__,
        code=folder.code,
        model_type=type(cb_model).__name__,
        save_format=kwargs.get("format", "cbm"),
        data=_FILE,
        **extra,
    )
    folder.finish(get_default_pip_requirements())


def log_model(
    cb_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
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
    """Save a CatBoost model and log it, as made by the active run if there is one.

    Args:
        cb_model: See ``save_model``.
        artifact_path: The older name of ``name``.
        conda_env: See ``save_model``.
        code_paths: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        metadata: See ``save_model``.
        extra_files: See ``save_model``.
        name: What the logged model is called; left out, a random name.
        params: Settings of the logged model, besides those of the run.
        tags: Labels of the logged model, and of the registered version.
        model_type: Any text by which such models are found.
        step: The training step at which it was made.
        model_id: A logged model that is there already and gets the files.
        **kwargs: See ``save_model``.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        InvalidParameter: The name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.catboost.log_model(classifier, name="model", input_example=frame[:3])
        >>> kipu.catboost.load_model(info.model_uri)
    """
    return Model.log(
        artifact_path=artifact_path,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
        name=name,
        model_type=model_type,
        params=params,
        tags=tags,
        step=step,
        model_id=model_id,
        cb_model=cb_model,
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        extra_files=extra_files,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load a CatBoost model as its library knows it.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        A model of the class that was saved.

    Raises:
        ResourceNotFound: There is no model, or it is none of CatBoost's.
        InvalidParameter: It is of a class that CatBoost does not have.
    """
    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _read(folder, conf)


def _load_pyfunc(path: str) -> _Wrapper:
    """The model as one that predicts, from its file or its folder."""
    folder = Path(path)
    if folder.is_file():
        folder = folder.parent
    return _Wrapper(_read(folder, flavor_conf(folder, FLAVOR_NAME)))


def _read(folder: Path, conf: Mapping[str, Any]) -> Any:
    import catboost

    kind = conf.get("model_type")
    if kind not in _KINDS:
        raise InvalidParameter(f"A CatBoost model is one of {', '.join(_KINDS)}, not {kind!r}.")
    model = getattr(catboost, kind)()
    model.load_model(str(folder / conf.get("data", _FILE)), conf.get("save_format", "cbm"))
    return model


class _Wrapper:
    """Predicts on frames and arrays."""

    def __init__(self, cb_model: Any) -> None:
        self.cb_model = cb_model

    def get_raw_model(self) -> Any:
        """The model as CatBoost knows it."""
        return self.cb_model

    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model answers to a frame or an array, of shape (rows, features)."""
        return self.cb_model.predict(dataframe)
