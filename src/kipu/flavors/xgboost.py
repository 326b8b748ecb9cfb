"""XGBoost models: boosters and estimators of the scikit-learn interface."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
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

FLAVOR_NAME = "xgboost"
_BOOSTER = "xgboost.core.Booster"
_log = logging.getLogger(__name__)


def get_default_pip_requirements() -> list[str]:
    """What any XGBoost model requires: the distribution that is installed.

    That is ``xgboost``, or ``xgboost-cpu``, which brings the same module without CUDA; both in
    one environment would overwrite each other's files.
    """
    for distribution in ("xgboost", "xgboost-cpu"):
        try:
            version(distribution)
        except PackageNotFoundError:
            continue
        return [pinned(distribution)]
    return [pinned("xgboost")]


def get_default_conda_env() -> dict[str, Any]:
    """The conda environment with what any XGBoost model requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    xgb_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    model_format: str = "ubj",
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save an XGBoost model into a folder, from which Kipu and MLflow load it.

    Args:
        xgb_model: An ``xgboost.Booster``, or an estimator such as ``xgboost.XGBClassifier``.
        path: The folder; it must be empty or absent.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: A description to complete.
        signature: Left out, inferred from the example; False, none.
        input_example: A sample of its input.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        model_format: The ending of the model's file, by which XGBoost chooses what to write:
            ``ubj`` or ``json``; ``xgb`` is the binary format of versions before 2.1, and with
            newer ones another name for ``ubj``.
        metadata: What you write down with it.
        extra_files: Paths or URIs of files that are copied into the model.
        **kwargs: Given to the model's own ``save_model``.

    Raises:
        InvalidParameter: The format is no ending of a file.
        ResourceExists: The folder is there, with files in it.

    Example:
        >>> kipu.xgboost.save_model(booster, "model", input_example=frame[:3])
    """
    import xgboost

    if not model_format.isalnum():
        raise InvalidParameter(f"model_format is 'ubj', 'json' or 'xgb', not {model_format!r}.")
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
    folder.describe(lambda: _Wrapper(xgb_model))
    data = f"model.{model_format}"
    xgb_model.save_model(str(folder.path / data), **kwargs)
    extra = folder.add_extra_files(extra_files)
    folder.add_pyfunc("mlflow.xgboost", data=data)
    folder.add_flavor(
        FLAVOR_NAME,
        xgb_version=xgboost.__version__,
        data=data,
        model_class=f"{type(xgb_model).__module__}.{type(xgb_model).__name__}",
        model_format=model_format,
        code=folder.code,
        **extra,
    )
    folder.finish(get_default_pip_requirements())


def log_model(
    xgb_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    model_format: str = "ubj",
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
    """Save an XGBoost model and log it, as made by the active run if there is one.

    Args:
        xgb_model: An ``xgboost.Booster``, or an estimator such as ``xgboost.XGBClassifier``.
        artifact_path: The older name of ``name``.
        conda_env: See ``save_model``.
        code_paths: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        model_format: See ``save_model``.
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
        InvalidParameter: The format is no ending of a file, or the name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.xgboost.log_model(booster, name="model", input_example=frame[:3])
        >>> kipu.xgboost.load_model(info.model_uri)
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
        xgb_model=xgb_model,
        model_format=model_format,
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
    """Load an XGBoost model as its library knows it.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        A booster, or an estimator of the class that was saved.

    Raises:
        ResourceNotFound: There is no model, or it is none of XGBoost's.
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
    # MLflow before 1.22 saved boosters only, and did not say so.
    module, _, name = conf.get("model_class", _BOOSTER).rpartition(".")
    model = getattr(import_module(module), name)()
    model.load_model(str(folder / conf["data"]))
    return model


class _Wrapper:
    """Predicts on frames and arrays, whether the model is a booster or an estimator."""

    def __init__(self, xgb_model: Any) -> None:
        self.xgb_model = xgb_model

    def get_raw_model(self) -> Any:
        """The model as XGBoost knows it."""
        return self.xgb_model

    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model answers.

        Args:
            dataframe: A frame or an array, of shape (rows, features).
            params: Arguments of the model's own ``predict``; others are left out, with a warning.
        """
        import xgboost

        model = self.xgb_model
        taken = _taken(model.predict, params or {})
        if isinstance(model, xgboost.Booster):
            matrix = xgboost.DMatrix(dataframe, enable_categorical=True)
            return model.predict(matrix, **({"validate_features": True} | taken))
        if isinstance(model, xgboost.XGBModel):
            taken = {"validate_features": True} | taken
        return model.predict(dataframe, **taken)


def _taken(predict: Callable[..., Any], params: Mapping[str, Any]) -> dict[str, Any]:
    known = inspect.signature(predict).parameters
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values()):
        return dict(params)
    if unknown := sorted(set(params) - set(known)):
        _log.warning(
            "The XGBoost model's predict has no parameters %s, so they go unused.", unknown
        )
    return {name: value for name, value in params.items() if name in known}
