"""Models of scikit-learn: saved, logged and loaded."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kipu.exceptions import ResourceNotFound
from kipu.flavors import sklearn_formats as formats
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.loaders import FLAVOR_NAME as PYFUNC
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.pyfunc_conf import flavor_conf
from kipu.models.requirements import pinned

FLAVOR_NAME = "sklearn"

_LOADER = "mlflow.sklearn"
_OTHER_FUNCTIONS = ("predict_proba", "predict_log_proba", "predict_joint_log_proba", "score")

_log = logging.getLogger(__name__)


def get_default_pip_requirements(
    include_cloudpickle: bool = False, include_skops: bool = False
) -> list[str]:
    """What every model of this flavor requires.

    Args:
        include_cloudpickle: Name cloudpickle, too.
        include_skops: Name skops, too.
    """
    lines = [pinned("scikit-learn", "sklearn")]
    lines += [pinned("cloudpickle")] if include_cloudpickle else []
    return lines + ([pinned("skops")] if include_skops else [])


def get_default_conda_env(
    include_cloudpickle: bool = False, include_skops: bool = False
) -> dict[str, Any]:
    """A conda environment with what every model of this flavor requires.

    Args:
        include_cloudpickle: Name cloudpickle, too.
        include_skops: Name skops, too.
    """
    return default_conda_environment(
        get_default_pip_requirements(include_cloudpickle, include_skops)
    )


def save_model(
    sk_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    serialization_format: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    skops_trusted_types: list[str] | None = None,
    extra_files: list[str] | None = None,
) -> None:
    """Save a model of scikit-learn into a folder.

    A model that has the function ``pyfunc_predict_fn`` can be loaded as a generic one, too.

    Args:
        sk_model: An estimator or a pipeline.
        path: The folder; it must be empty or absent.
        conda_env: A conda environment, or its file.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: The description to complete.
        serialization_format: ``skops``, the default, which runs no code when it is read;
            ``cloudpickle``, which takes own functions and classes along; or ``pickle``.
        signature: Left out, inferred from the example; False, none.
        input_example: A sample of the input: a frame, an array, a list, ...
        pip_requirements: Lines, or a file, instead of those that are inferred.
        extra_pip_requirements: Lines, or a file, besides them.
        pyfunc_predict_fn: What the generic model calls: ``predict``, ``predict_proba``,
            ``predict_log_proba``, ``predict_joint_log_proba`` or ``score``.
        metadata: What you write down with the model.
        skops_trusted_types: Full names of types that skops may load besides those it trusts,
            such as ``sklearn.tree._tree.Tree``.
        extra_files: URIs of files that the model brings along.

    Raises:
        InvalidParameter: There is no such format, the model does not fit in it, or it has types
            that skops does not trust; the message names them.
        ResourceExists: The folder is there, with files in it.

    Example:
        >>> forest = RandomForestClassifier().fit(X, y)
        >>> kipu.sklearn.save_model(forest, "forest", input_example=X[:3],
        ...                         skops_trusted_types=["sklearn.tree._tree.Tree"])
    """
    import sklearn

    kind = serialization_format or formats.SERIALIZATION_FORMAT_SKOPS
    file = formats.file_name(kind)
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
    # The file first: a model that does not fit in it need not predict.
    formats.dump(sk_model, folder.path / file, kind, skops_trusted_types)
    is_generic = hasattr(sk_model, pyfunc_predict_fn)
    # `score` wants labels as well, which an example does not have.
    is_told = is_generic and pyfunc_predict_fn != "score"
    told = getattr(sk_model, pyfunc_predict_fn if is_told else "predict", None)
    # A scaler answers nothing of which a signature tells.
    folder.describe(None if told is None else lambda: _Described(told))
    if is_generic:
        folder.add_pyfunc(_LOADER, model_path=file, predict_fn=pyfunc_predict_fn)
    else:
        _log.warning(
            "The %s has no function %s, so it cannot be loaded as a generic model.",
            type(sk_model).__name__,
            pyfunc_predict_fn,
        )
    folder.add_flavor(
        FLAVOR_NAME,
        pickled_model=file,
        sklearn_version=sklearn.__version__,
        serialization_format=kind,
        code=folder.code,
        skops_trusted_types=skops_trusted_types,
        **folder.add_extra_files(extra_files),
    )
    if conda_env is not None or pip_requirements is not None:
        folder.finish((), infer=False)
        return
    defaults = get_default_pip_requirements(
        include_cloudpickle=kind == formats.SERIALIZATION_FORMAT_CLOUDPICKLE,
        include_skops=kind == formats.SERIALIZATION_FORMAT_SKOPS,
    )
    source = None if is_generic else folder.path / file
    folder.finish(defaults, source=source, flavor=FLAVOR_NAME)


def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    serialization_format: str | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    pyfunc_predict_fn: str = "predict",
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    name: str | None = None,
    skops_trusted_types: list[str] | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Save a model of scikit-learn and log it, as made by the active run if there is one.

    Args:
        sk_model: An estimator or a pipeline.
        artifact_path: The older name of ``name``.
        conda_env: This and what follows without a word are the arguments of ``save_model``.
        code_paths: See ``save_model``.
        serialization_format: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        pyfunc_predict_fn: See ``save_model``.
        metadata: See ``save_model``.
        extra_files: See ``save_model``.
        params: Settings of the logged model, besides those of the run.
        tags: Labels of the logged model, and of the registered version.
        model_type: Any text by which such models are found.
        step: The training step at which it was made.
        model_id: A logged model that is there already and gets the files.
        name: What the logged model is called; left out, a random name.
        skops_trusted_types: See ``save_model``.
        **kwargs: As ``Model.log`` takes them, such as ``run_id`` and ``resources``.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        InvalidParameter: As with ``save_model``, or the name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.sklearn.log_model(LogisticRegression().fit(X, y), name="odds")
        >>> kipu.sklearn.load_model(info.model_uri)
    """
    return Model.log(
        artifact_path=artifact_path,
        name=name,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
        sk_model=sk_model,
        conda_env=conda_env,
        code_paths=code_paths,
        serialization_format=serialization_format,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        pyfunc_predict_fn=pyfunc_predict_fn,
        extra_files=extra_files,
        skops_trusted_types=skops_trusted_types,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load a model of scikit-learn as it was saved.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, or a folder.
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        The estimator.

    Raises:
        ResourceNotFound: There is no model, or it is none of scikit-learn.
        InvalidParameter: It has types that skops does not trust.
        MlflowException: The settings forbid to load it.

    Example:
        >>> kipu.sklearn.load_model("models:/forest@champion").predict(X)
    """
    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _load(folder / conf["pickled_model"], conf)


def _load_pyfunc(path: str) -> _Wrapper:
    """The model in a folder, or in the file of one as older versions name it."""
    given = Path(path)
    folder = given.parent if given.is_file() else given
    try:
        conf = flavor_conf(folder, FLAVOR_NAME)
    except ResourceNotFound:
        # A file without a description, or one that names the generic flavor alone.
        conf = {}
    if given.is_file():
        return _Wrapper(_load(given, conf))
    name = conf.get("pickled_model") or flavor_conf(folder, PYFUNC)["model_path"]
    return _Wrapper(_load(folder / name, conf))


def _load(file: Path, conf: dict[str, Any]) -> Any:
    # Models of MLflow before 0.9 do not tell the format; they are pickles.
    kind = conf.get("serialization_format", formats.SERIALIZATION_FORMAT_PICKLE)
    return formats.load(file, kind, conf.get("skops_trusted_types"))


class _Wrapper:
    """The estimator as a generic model; it has those of the functions that the estimator has."""

    def __init__(self, sklearn_model: Any) -> None:
        self.sklearn_model = sklearn_model
        for name in _OTHER_FUNCTIONS:
            function = getattr(sklearn_model, name, None)
            if function is not None:
                setattr(self, name, function)

    def get_raw_model(self) -> Any:
        """The estimator."""
        return self.sklearn_model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the estimator predicts; it takes no parameters."""
        return self.sklearn_model.predict(data)


class _Described:
    """Answers as the generic model will, so that the signature tells of that function."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        return self._function(data)
