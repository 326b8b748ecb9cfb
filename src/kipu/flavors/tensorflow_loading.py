"""Reading models of TensorFlow, and of Keras as TensorFlow brings it, in every layout."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import MlflowException, ResourceNotFound
from kipu.flavors.tensor_prediction import KerasPredictor, ModulePredictor, SignaturePredictor
from kipu.fluent.downloads import download_artifacts
from kipu.models.code_paths import add_code_to_path
from kipu.models.model import MLMODEL_FILE_NAME, Model
from kipu.pyfunc import pickling

KERAS = "keras"
MODULE = "tf2-module"
FUNCTION = "tf1-estimator"

MODEL_NAME = "model"
MODULE_FILE = "keras_module.txt"
FORMAT_FILE = "save_format.txt"
CUSTOM_FILE = "custom_objects.cloudpickle"
REGISTERED_FILE = "global_custom_objects.cloudpickle"
"""Of custom objects that were registered with Keras when the model was saved."""

_log = logging.getLogger(__name__)
_FLAVORS = ("keras", "tensorflow")
_KERAS_TYPES = (KERAS, "tf2-keras")
# The key under which a model of Keras 2 answers.
_ENDPOINT = "serving_default"


def load_model(
    model_uri: str,
    dst_path: str | Path | None = None,
    saved_model_kwargs: dict[str, Any] | None = None,
    keras_model_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Load a model of TensorFlow, or of Keras.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``runs:/<run id>/<name>``, a
            folder, ...
        dst_path: Folder to download to; left out, a temporary one.
        saved_model_kwargs: Arguments of ``tensorflow.saved_model.load``, for a ``tf.Module``.
        keras_model_kwargs: Arguments of ``keras.models.load_model``, for a Keras model.

    Returns:
        The Keras model, the module, or for an estimator of TensorFlow 1 its function.

    Raises:
        ResourceNotFound: There is no model, or it is neither TensorFlow's nor Keras'.
        MlflowException: It has pickled objects, and the settings forbid to load those.
    """
    folder = Path(download_artifacts(str(model_uri), dst_path=dst_path))
    conf = _conf(folder)
    add_code_to_path(folder, conf)
    kind = _kind(conf, folder)
    if kind in _KERAS_TYPES:
        path = folder / conf.get("data", MODEL_NAME)
        module = conf.get("keras_module", "tensorflow.keras")
        return _read_keras(path, module, conf.get("save_format", "h5"), **keras_model_kwargs or {})
    if kind == FUNCTION:
        return _read_function(folder, conf)[1]
    import tensorflow

    saved = str(folder / conf["saved_model_dir"])
    return tensorflow.saved_model.load(saved, **saved_model_kwargs or {})


def _load_pyfunc(path: str) -> Any:
    """What predicts, from a model's folder, or from the Keras model in it."""
    folder = model_folder(path)
    conf = _conf(folder)
    kind = _kind(conf, folder)
    if kind in _KERAS_TYPES:
        module = _text(Path(path) / MODULE_FILE) or conf.get("keras_module", "tensorflow.keras")
        form = _text(Path(path) / FORMAT_FILE) or conf.get("save_format", "h5")
        # A model in an HDF5 file is not trained further, so it needs no optimizer.
        return KerasPredictor(_read_keras(Path(path), module, form, compile=form == "tf"))
    if kind == FUNCTION:
        return SignaturePredictor(*_read_function(folder, conf))
    import tensorflow

    return ModulePredictor(tensorflow.saved_model.load(str(folder / conf["saved_model_dir"])))


def model_folder(path: str | Path) -> Path:
    """The folder with a model's description, from the path of its data.

    Raises:
        MlflowException: There is none.
    """
    for folder in (Path(path), Path(path).parent):
        if (folder / MLMODEL_FILE_NAME).is_file():
            return folder
    raise MlflowException(f"There is no file {MLMODEL_FILE_NAME} beside the model at {path}.")


def is_of_keras_2(conf: dict[str, Any]) -> bool:
    """Whether a ``keras`` flavor was written by an MLflow that did not know Keras 3."""
    return "save_exported_model" not in conf


def _conf(folder: Path) -> dict[str, Any]:
    flavors = Model.load(folder).flavors
    for name in _FLAVORS:
        if name in flavors:
            conf: dict[str, Any] = flavors[name]
            return conf
    raise ResourceNotFound(f"The model has no flavor 'tensorflow', but {sorted(flavors)}.")


def _kind(conf: dict[str, Any], folder: Path) -> str:
    """What was saved; descriptions of old do not tell.

    Raises:
        MlflowException: It is of no kind that is known.
    """
    kind = conf.get("model_type")
    if kind is None:
        kind = FUNCTION if "signature_def_key" in conf else KERAS
    if kind not in (*_KERAS_TYPES, MODULE, FUNCTION):
        raise MlflowException(f"The model at {folder} is of an unknown kind, {kind!r}.")
    found: str = kind
    return found


def _read_keras(path: Path, module: str, form: str, **kwargs: Any) -> Any:
    """A Keras model from a file, or a folder with it and what belongs to it."""
    custom: dict[str, Any] = {}
    for name in (REGISTERED_FILE, CUSTOM_FILE):
        custom |= _unpickled(path / name)
    custom |= kwargs.pop("custom_objects", None) or {}
    if path.is_dir():
        path = next(
            (one for one in _candidates(path / MODEL_NAME, form) if one.exists()),
            path / MODEL_NAME,
        )
    models = _keras_models(module)
    if path.is_dir():
        return _read_keras_2(path, models, custom, kwargs)
    return models.load_model(str(path), custom_objects=custom, **kwargs)


def _candidates(path: Path, form: str) -> list[Path]:
    endings = (".h5", ".keras", "") if form == "h5" else (".keras", "", ".h5")
    return [path.with_name(path.name + ending) for ending in endings]


def _keras_models(module: str) -> Any:
    """The functions for models of the Keras that wrote a model, or of that which is there."""
    try:
        return importlib.import_module(f"{module}.models")
    except ModuleNotFoundError:
        return importlib.import_module("tensorflow.keras.models")


def _read_keras_2(path: Path, models: Any, custom: dict[str, Any], kwargs: dict[str, Any]) -> Any:
    """A folder that Keras 2 wrote, TensorFlow's SavedModel, which Keras 3 does not read."""
    import keras

    if int(keras.__version__.partition(".")[0]) < 3:
        return models.load_model(str(path), custom_objects=custom, **kwargs)
    try:
        old = importlib.import_module("tf_keras.models")
    except ModuleNotFoundError:
        _log.warning(
            "The model was saved by Keras 2. It predicts, but to train it on or to see its layers "
            "the package tf_keras is needed."
        )
        return keras.Sequential([keras.layers.TFSMLayer(str(path), call_endpoint=_ENDPOINT)])
    return old.load_model(str(path), custom_objects=custom, **kwargs)


def _read_function(folder: Path, conf: dict[str, Any]) -> tuple[Any, Any]:
    """A SavedModel of TensorFlow 1, and its function.

    Raises:
        MlflowException: It has no such function.
    """
    import tensorflow

    model = tensorflow.saved_model.load(
        str(folder / conf["saved_model_dir"]), tags=conf["meta_graph_tags"]
    )
    key = conf["signature_def_key"]
    if key not in model.signatures:
        known = ", ".join(model.signatures)
        raise MlflowException(f"The SavedModel has no function {key!r}, but these: {known}.")
    return model, model.signatures[key]


def _unpickled(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise MlflowException(
            "The model has custom objects that are pickled, and "
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to load such: they may run any code."
        )
    found: dict[str, Any] = pickling.load(path)
    return found


def _text(path: Path) -> str | None:
    return path.read_text("utf-8").strip() if path.is_file() else None
