"""Models of TensorFlow: ``tf.Module`` objects, and Keras models as TensorFlow brings them."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kipu.exceptions import MlflowException
from kipu.flavors.checkpoints import WEIGHTS, fetch_checkpoint
from kipu.flavors.tensor_prediction import KerasPredictor, ModulePredictor
from kipu.flavors.tensor_signature import tensor_inputs
from kipu.flavors.tensorflow_loading import (
    CUSTOM_FILE,
    FORMAT_FILE,
    KERAS,
    MODEL_NAME,
    MODULE,
    MODULE_FILE,
    REGISTERED_FILE,
    _load_pyfunc,
    load_model,
)
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.requirements import pinned
from kipu.pyfunc import pickling

__all__ = [
    "FLAVOR_NAME",
    "_load_pyfunc",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_global_custom_objects",
    "load_checkpoint",
    "load_model",
    "log_model",
    "save_model",
]

FLAVOR_NAME = "tensorflow"

_log = logging.getLogger(__name__)
_DATA = "data"
_SAVED_MODEL = "tf2model"


def get_default_pip_requirements(include_cloudpickle: bool = False) -> list[str]:
    """What any model of TensorFlow requires.

    Args:
        include_cloudpickle: Whether it has custom objects that are pickled.
    """
    cloudpickle = [pinned("cloudpickle")] if include_cloudpickle else []
    return [pinned("tensorflow"), *cloudpickle]


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what any model of TensorFlow requires."""
    return default_conda_environment(get_default_pip_requirements())


def get_global_custom_objects() -> dict[str, Any] | None:
    """The classes and functions that are registered with Keras: its dictionary, not a copy."""
    try:
        from tensorflow.keras.saving import get_custom_objects
    except Exception:
        return None
    found: dict[str, Any] = get_custom_objects()
    return found


def save_model(
    model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    custom_objects: dict[str, Any] | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    saved_model_kwargs: dict[str, Any] | None = None,
    keras_model_kwargs: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
) -> None:
    """Save a model into a folder, from which Kipu and MLflow load it.

    Args:
        model: A ``tf.Module``, or a Keras model.
        path: The folder; it must be empty or absent.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: A description to complete.
        custom_objects: Classes and functions that a Keras model consists of, by name; they are
            pickled, and there again when it is loaded.
        signature: With tensors as inputs, whose first dimension is -1. Left out, inferred from
            the example; False, none.
        input_example: A sample of the input: an array, or a dictionary of arrays.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        saved_model_kwargs: Arguments of ``tensorflow.saved_model.save``, for a ``tf.Module``.
        keras_model_kwargs: Arguments of a Keras model's ``save``; ``save_format="h5"`` makes an
            HDF5 file.
        metadata: What you write down with it.
        extra_files: URIs of files that the model brings along.

    Raises:
        InvalidParameter: The signature has other inputs.
        ResourceExists: The folder is there, with files in it.
        MlflowException: The model is of another kind.
        ValueError: The environment is given in several ways.
    """
    import tensorflow

    is_keras = isinstance(model, tensorflow.keras.Model)
    if not is_keras and not isinstance(model, tensorflow.Module):
        raise MlflowException(
            f"The model is to be a tf.Module or a Keras model, not {type(model).__name__!r}."
        )
    if isinstance(signature, ModelSignature):
        tensor_inputs(signature)
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
    folder.describe(lambda: KerasPredictor(model) if is_keras else ModulePredictor(model))
    if folder.model.signature is None:
        _log.warning("The model is saved without a signature, so it takes any input.")
    else:
        tensor_inputs(folder.model.signature)
    if is_keras:
        conf = _save_keras(model, folder.path, custom_objects, keras_model_kwargs or {})
    else:
        saved = str(folder.path / _SAVED_MODEL)
        tensorflow.saved_model.save(model, saved, **saved_model_kwargs or {})
        conf = {"saved_model_dir": _SAVED_MODEL, "model_type": MODULE}
    folder.add_flavor(FLAVOR_NAME, code=folder.code, **conf, **folder.add_extra_files(extra_files))
    folder.add_pyfunc("mlflow.tensorflow", **({"data": _DATA} if is_keras else {}))
    # With MLflow, models without custom objects require it, too.
    folder.finish([*get_default_pip_requirements(include_cloudpickle=True), pinned("numpy")])


def log_model(
    model: Any,
    artifact_path: str | None = None,
    custom_objects: dict[str, Any] | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    registered_model_name: str | None = None,
    await_registration_for: int | None = 300,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
    saved_model_kwargs: dict[str, Any] | None = None,
    keras_model_kwargs: dict[str, Any] | None = None,
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

    Args:
        model: A ``tf.Module``, or a Keras model.
        artifact_path: The older name of ``name``.
        custom_objects: This and what follows without a word are the arguments of ``save_model``.
        conda_env: See ``save_model``.
        code_paths: See ``save_model``.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        saved_model_kwargs: See ``save_model``.
        keras_model_kwargs: See ``save_model``.
        metadata: See ``save_model``.
        extra_files: See ``save_model``.
        name: What the logged model is called; left out, a random name.
        params: Settings of the logged model, besides those of the run.
        tags: Labels of the logged model, and of the registered version.
        model_type: Any text by which such models are found.
        step: The training step at which it was made.
        model_id: A logged model that is there already and gets the files.
        **kwargs: Further arguments of ``kipu.models.Model.log``.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        InvalidParameter: As with ``save_model``, or the name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.tensorflow.log_model(module, name="module", input_example=batch)
        >>> kipu.tensorflow.load_model(info.model_uri)
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
        custom_objects=custom_objects,
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        saved_model_kwargs=saved_model_kwargs,
        keras_model_kwargs=keras_model_kwargs,
        extra_files=extra_files,
        **kwargs,
    )


def load_checkpoint(
    model: Any = None,
    run_id: str | None = None,
    epoch: int | None = None,
    global_step: int | None = None,
) -> Any:
    """Load a checkpoint that autologging kept, or ``MlflowModelCheckpointCallback``.

    Args:
        model: A Keras model that gets the weights, where a checkpoint has them alone.
        run_id: The run; left out, the active one.
        epoch: That of the checkpoint, from 0, where one was kept for each epoch.
        global_step: The step of the checkpoint, where one was kept every some steps. With
            neither, the latest.

    Returns:
        A Keras model.

    Raises:
        MlflowException: There is no run or checkpoint, both epoch and step are given, or the
            checkpoint needs a model.
        ResourceNotFound: There is no such run, or no checkpoint of that epoch or step.

    Example:
        >>> kipu.tensorflow.autolog(checkpoint_save_best_only=False)
        >>> with kipu.start_run() as run:
        ...     network.fit(features, targets, epochs=10)
        >>> kipu.tensorflow.load_checkpoint(run_id=run.info.run_id, epoch=2)
    """
    import tensorflow

    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        path = fetch_checkpoint(run_id, epoch, global_step, folder)
        if not path.stem.endswith(WEIGHTS):
            return tensorflow.keras.models.load_model(str(path))
        if model is None:
            raise MlflowException(
                "The checkpoint has weights alone; give the model that gets them as `model`."
            )
        model.load_weights(str(path))
        return model


def _save_keras(
    model: Any, folder: Path, custom: dict[str, Any] | None, kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Write a Keras model, and answer with what the flavor says of it."""
    import tensorflow

    data = folder / _DATA
    data.mkdir()
    if custom is not None:
        pickling.dump(custom, data / CUSTOM_FILE)
    if registered := get_global_custom_objects():
        pickling.dump(registered, data / REGISTERED_FILE)
    kwargs = dict(kwargs)
    # The ending tells Keras 3 the format; the argument would make it complain.
    form = kwargs.pop("save_format", "tf")
    (data / MODULE_FILE).write_text("tensorflow.keras", "utf-8")
    (data / FORMAT_FILE).write_text(form, "utf-8")
    ending = ".h5" if form == "h5" else ".keras"
    model.save(str(data / f"{MODEL_NAME}{ending}"), **kwargs)
    return {
        "data": _DATA,
        "model_type": KERAS,
        "keras_version": tensorflow.__version__,
        "save_format": form,
    }
