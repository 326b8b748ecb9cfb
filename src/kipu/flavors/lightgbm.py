"""LightGBM models: boosters and estimators of the scikit-learn interface."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kipu.flavors import sklearn_formats as formats
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.pyfunc_conf import flavor_conf
from kipu.models.requirements import pinned

FLAVOR_NAME = "lightgbm"
_BOOSTER = "lightgbm.basic.Booster"
_BOOSTER_FILE = "model.lgb"
# What an estimator is made of, which skops loads without being told to.
_TRUSTED = frozenset(
    [
        "collections.OrderedDict",
        _BOOSTER,
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRegressor",
    ]
)


def get_default_pip_requirements(
    include_cloudpickle: bool = False, include_skops: bool = False
) -> list[str]:
    """What any LightGBM model requires.

    Args:
        include_cloudpickle: Whether it is an estimator that is pickled with cloudpickle.
        include_skops: Whether it is one that is saved with skops.
    """
    lines = [pinned("lightgbm")]
    lines += [pinned("cloudpickle")] if include_cloudpickle else []
    return lines + ([pinned("skops")] if include_skops else [])


def get_default_conda_env(
    include_cloudpickle: bool = False, include_skops: bool = False
) -> dict[str, Any]:
    """The conda environment with what any LightGBM model requires.

    Args:
        include_cloudpickle: Whether it is an estimator that is pickled with cloudpickle.
        include_skops: Whether it is one that is saved with skops.
    """
    return default_conda_environment(
        get_default_pip_requirements(include_cloudpickle, include_skops)
    )


def save_model(
    lgb_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    metadata: dict[str, Any] | None = None,
    serialization_format: str | None = None,
    skops_trusted_types: list[str] | None = None,
    extra_files: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save a LightGBM model into a folder, from which Kipu and MLflow load it.

    Args:
        lgb_model: A ``lightgbm.Booster``, which is saved as LightGBM's text; or an estimator such
            as ``lightgbm.LGBMClassifier``.
        path: The folder; it must be empty or absent.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: A description to complete.
        signature: Left out, inferred from the example; False, none.
        input_example: A sample of its input.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        metadata: What you write down with it.
        serialization_format: For estimators: ``skops``, the default, which runs no code when it
            is read; ``cloudpickle``, which takes own functions and classes along; or ``pickle``.
        skops_trusted_types: Full names of types that skops may load, besides LightGBM's own.
        extra_files: Paths or URIs of files that are copied into the model.
        **kwargs: Given to ``Booster.save_model``, such as ``num_iteration``.

    Raises:
        InvalidParameter: There is no such format, the model does not fit in it, or it has types
            that skops does not trust; the message names them.
        ResourceExists: The folder is there, with files in it.

    Example:
        >>> kipu.lightgbm.save_model(booster, "model", input_example=frame[:3])
    """
    import lightgbm

    is_booster = isinstance(lgb_model, lightgbm.Booster)
    kind = serialization_format or formats.SERIALIZATION_FORMAT_SKOPS
    file = formats.file_name(kind)
    is_skops = kind == formats.SERIALIZATION_FORMAT_SKOPS
    data = _BOOSTER_FILE if is_booster else file
    trusted = sorted(_TRUSTED.union(skops_trusted_types or ())) if is_skops else skops_trusted_types
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
    if is_booster:
        lgb_model.save_model(str(folder.path / data), **kwargs)
    else:
        formats.dump(lgb_model, folder.path / data, kind, trusted)
    folder.describe(lambda: _Wrapper(lgb_model))
    extra = folder.add_extra_files(extra_files)
    folder.add_pyfunc("mlflow.lightgbm", data=data)
    folder.add_flavor(
        FLAVOR_NAME,
        lgb_version=lightgbm.__version__,
        data=data,
        model_class=f"{type(lgb_model).__module__}.{type(lgb_model).__name__}",
        code=folder.code,
        serialization_format=kind,
        skops_trusted_types=trusted,
        **extra,
    )
    if conda_env is not None or pip_requirements is not None:
        folder.finish((), infer=False)
        return
    is_cloudpickle = kind == formats.SERIALIZATION_FORMAT_CLOUDPICKLE
    folder.finish(
        get_default_pip_requirements(
            include_cloudpickle=is_cloudpickle and not is_booster,
            include_skops=is_skops and not is_booster,
        )
    )


def log_model(
    lgb_model: Any,
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
    serialization_format: str | None = None,
    skops_trusted_types: list[str] | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Save a LightGBM model and log it, as made by the active run if there is one.

    Args:
        lgb_model: See ``save_model``.
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
        serialization_format: See ``save_model``.
        skops_trusted_types: See ``save_model``.
        **kwargs: See ``save_model``.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        InvalidParameter: As with ``save_model``, or the name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.lightgbm.log_model(booster, name="model", input_example=frame[:3])
        >>> kipu.lightgbm.load_model(info.model_uri)
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
        lgb_model=lgb_model,
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        serialization_format=serialization_format,
        skops_trusted_types=skops_trusted_types,
        extra_files=extra_files,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load a LightGBM model as its library knows it.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        A booster, or an estimator of the class that was saved.

    Raises:
        ResourceNotFound: There is no model, or it is none of LightGBM's.
        MlflowException: It may run code when it is read, and the settings forbid that.
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
    file = folder / conf["data"]
    # MLflow before 1.23 saved boosters only, and did not say so; later ones pickled estimators.
    if conf.get("model_class", _BOOSTER) == _BOOSTER:
        import lightgbm

        return lightgbm.Booster(model_file=str(file))
    kind = conf.get("serialization_format", formats.SERIALIZATION_FORMAT_CLOUDPICKLE)
    return formats.load(file, kind, conf.get("skops_trusted_types"))


class _Wrapper:
    """Predicts on frames and arrays."""

    def __init__(self, lgb_model: Any) -> None:
        self.lgb_model = lgb_model

    def get_raw_model(self) -> Any:
        """The model as LightGBM knows it."""
        return self.lgb_model

    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model answers to a frame or an array, of shape (rows, features)."""
        return self.lgb_model.predict(dataframe)
