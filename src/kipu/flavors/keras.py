"""Models of Keras 3, with any of its backends."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kipu.exceptions import MlflowException
from kipu.flavors import tensorflow_loading
from kipu.flavors.tensor_prediction import KerasPredictor
from kipu.flavors.tensor_signature import BATCH, tensor_inputs
from kipu.fluent.downloads import download_artifacts
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.pyfunc_conf import flavor_conf
from kipu.models.requirements import pinned

FLAVOR_NAME = "keras"

_log = logging.getLogger(__name__)
_DATA = "data"
_MODEL = "model"


def get_default_pip_requirements() -> list[str]:
    """What any model of Keras requires."""
    return [pinned("keras")]


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what any model of Keras requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    model: Any,
    path: str | Path,
    save_exported_model: bool = False,
    conda_env: str | dict[str, Any] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    save_model_kwargs: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
) -> None:
    """Save a Keras model into a folder, from which Kipu and MLflow load it.

    Args:
        model: A ``keras.Model``.
        path: The folder; it must be empty or absent.
        save_exported_model: Whether to save the compiled graph only (TensorFlow's SavedModel,
            which needs TensorFlow and a signature) instead of Keras' own ``.keras`` file.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        mlflow_model: A description to complete.
        signature: With tensors as inputs, whose first dimension is -1. It is not inferred from
            the example.
        input_example: A sample of the input: an array, or a dictionary of arrays.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        save_model_kwargs: Arguments of ``keras.Model.save``.
        metadata: What you write down with it.

    Raises:
        InvalidParameter: The signature has other inputs.
        ResourceExists: The folder is there, with files in it.
        ValueError: A model is exported without a signature, or the environment is given in
            several ways.
        MlflowException: A model is exported, and TensorFlow is not installed.
    """
    import keras

    if signature is None:
        if save_exported_model:
            raise ValueError("A Keras model that is exported needs a signature.")
        _log.warning("The Keras model is saved without a signature, so it takes any input.")
    else:
        tensor_inputs(signature)
    folder = ModelFolder(
        path,
        mlflow_model,
        conda_env=conda_env,
        signature=signature or False,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
    )
    folder.describe()
    data = folder.path / _DATA
    data.mkdir()
    (data / tensorflow_loading.MODULE_FILE).write_text("keras", "utf-8")
    if save_exported_model and signature is not None:
        _export(model, data / _MODEL, signature)
    else:
        model.save(str(data / f"{_MODEL}.keras"), **(save_model_kwargs or {}))
    folder.add_flavor(
        FLAVOR_NAME,
        data=_DATA,
        keras_version=keras.__version__,
        keras_backend=keras.backend.backend(),
        save_exported_model=save_exported_model,
    )
    folder.add_pyfunc("mlflow.keras")
    folder.finish([*get_default_pip_requirements(), pinned("numpy")])


def log_model(
    model: Any,
    artifact_path: str | None = None,
    save_exported_model: bool = False,
    conda_env: str | dict[str, Any] | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    registered_model_name: str | None = None,
    await_registration_for: int | None = 300,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    save_model_kwargs: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
) -> ModelInfo:
    """Save a Keras model and log it, as made by the active run if there is one.

    Args:
        model: A ``keras.Model``.
        artifact_path: The older name of ``name``.
        save_exported_model: This and what follows without a word are the arguments of
            ``save_model``.
        conda_env: See ``save_model``.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        save_model_kwargs: See ``save_model``.
        metadata: See ``save_model``.
        name: What the logged model is called; left out, a random name.
        params: Settings of the logged model, besides those of the run.
        tags: Labels of the logged model, and of the registered version.
        model_type: Any text by which such models are found.
        step: The training step at which it was made.
        model_id: A logged model that is there already and gets the files.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        InvalidParameter: As with ``save_model``, or the name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.keras.log_model(network, name="network", signature=signature)
        >>> kipu.keras.load_model(info.model_uri)
    """
    return Model.log(
        artifact_path=artifact_path,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        name=name,
        model_type=model_type,
        params=params,
        tags=tags,
        step=step,
        model_id=model_id,
        metadata=metadata,
        model=model,
        save_exported_model=save_exported_model,
        conda_env=conda_env,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        save_model_kwargs=save_model_kwargs,
    )


def load_model(
    model_uri: str,
    dst_path: str | Path | None = None,
    custom_objects: dict[str, Any] | None = None,
    load_model_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Load a Keras model.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``runs:/<run id>/<name>``, a
            folder, ...
        dst_path: Folder to download to; left out, a temporary one.
        custom_objects: Classes and functions of yours that the model consists of, by name.
        load_model_kwargs: Arguments of ``keras.saving.load_model``.

    Returns:
        The ``keras.Model``; of an exported one, TensorFlow's graph, whose ``serve`` predicts.

    Raises:
        ResourceNotFound: There is no model, or it is not Keras'.
        MlflowException: It was exported, and TensorFlow is not installed.
    """
    folder = Path(download_artifacts(str(model_uri), dst_path=dst_path))
    conf = flavor_conf(folder, FLAVOR_NAME)
    kwargs = load_model_kwargs or {}
    if tensorflow_loading.is_of_keras_2(conf):
        if custom_objects is not None:
            kwargs = {"custom_objects": custom_objects, **kwargs}
        return tensorflow_loading.load_model(str(folder), keras_model_kwargs=kwargs)
    return _read(folder, conf, custom_objects, **kwargs)


def _load_pyfunc(path: str) -> KerasPredictor:
    """What predicts, from a model's folder."""
    folder = tensorflow_loading.model_folder(path)
    conf = flavor_conf(folder, FLAVOR_NAME)
    if tensorflow_loading.is_of_keras_2(conf):
        found: KerasPredictor = tensorflow_loading._load_pyfunc(path)
        return found
    model = _read(folder, conf)
    call = model.serve if conf.get("save_exported_model") else model.predict
    return KerasPredictor(model, call, as_arrays=True)


def _read(
    folder: Path,
    conf: dict[str, Any],
    custom_objects: dict[str, Any] | None = None,
    **kwargs: Any,
) -> Any:
    path = folder / conf.get("data", _MODEL)
    if path.is_dir():
        path /= _MODEL
    if conf.get("save_exported_model"):
        return _tensorflow("The model was exported: loading it").saved_model.load(str(path))
    import keras

    return keras.saving.load_model(f"{path}.keras", custom_objects=custom_objects, **kwargs)


def _export(model: Any, path: Path, signature: ModelSignature) -> None:
    """Write what the model computes as a graph with one function, ``serve``."""
    import keras

    tensorflow = _tensorflow("To export a model")
    specs = {
        one.name: tensorflow.TensorSpec(
            [None if size == BATCH else size for size in one.shape], one.type
        )
        for one in tensor_inputs(signature)
    }
    # A model of several inputs takes them as one argument.
    given: Any = specs if isinstance(getattr(model, "input", None), dict) else [*specs.values()]
    if len(specs) == 1 and given is not specs:
        given = given[0]
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(name="serve", fn=model.call, input_signature=[given])
    archive.write_out(str(path), verbose=False)


def _tensorflow(what: str) -> Any:
    try:
        import tensorflow
    except ImportError as error:
        raise MlflowException(
            f"{what} needs TensorFlow, which is not installed (pip install tensorflow)."
        ) from error
    return tensorflow
