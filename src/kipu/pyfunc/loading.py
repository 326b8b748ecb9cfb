"""Models from wherever they are."""

from __future__ import annotations

import logging
import platform
import tempfile
import warnings
from pathlib import Path
from typing import Any

import yaml

from kipu.entities.tag_names import MLFLOW_MODEL_IS_EXTERNAL
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.fluent.downloads import download_artifacts
from kipu.models.environment import REQUIREMENTS_FILE, pip_part
from kipu.models.loaders import load_implementation, pyfunc_conf
from kipu.models.model import Model
from kipu.models.model_config import overridden
from kipu.pyfunc.loaded import PyFuncModel

_log = logging.getLogger(__name__)


def load_model(
    model_uri: str | Path,
    suppress_warnings: bool = False,
    dst_path: str | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
) -> PyFuncModel:
    """Load a model of any flavor as one that predicts.

    Args:
        model_uri: ``models:/<model id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, ``mlflow-artifacts:/<path>``, or a folder.
        suppress_warnings: Do not warn of another version of Python.
        dst_path: Folder to download to; left out, a temporary one.
        model_config: Values that replace those of the saved configuration; or a YAML file.

    Raises:
        ResourceNotFound: There is no model, or it has no generic flavor.
        MlflowException: Its files lie elsewhere, or nothing here loads it.

    Example:
        >>> model = kipu.pyfunc.load_model("models:/forest@champion")
        >>> model.predict(data)
    """
    folder = Path(download_artifacts(str(model_uri), dst_path=dst_path))
    meta = Model.load(folder)
    if meta.metadata and meta.metadata.get(MLFLOW_MODEL_IS_EXTERNAL) is True:
        raise MlflowException(
            "The model's files lie elsewhere, so it cannot be loaded from here.", "BAD_REQUEST"
        )
    conf = pyfunc_conf(meta.flavors)
    if not suppress_warnings:
        _warn_of_python(conf.get("python_version"))
    config = overridden(conf.get("config"), model_config)
    if config:
        conf["config"] = config
    implementation = load_implementation(folder, conf, config)
    streams = conf.get("predict_stream_fn", "predict_stream") if conf.get("streamable") else None
    model = PyFuncModel(
        meta, implementation, conf.get("predict_fn", "predict"), streams, meta.model_id
    )
    try:
        model.input_example = meta.load_input_example(str(folder))
    except Exception as error:
        _log.debug("The input example cannot be read: %s", error)
    return model


def load_pyfunc(model_uri: str, suppress_warnings: bool = False) -> PyFuncModel:
    """The older name of ``load_model``."""
    warnings.warn("load_pyfunc is an older name of load_model.", FutureWarning, stacklevel=2)
    return load_model(model_uri, suppress_warnings)


def get_model_dependencies(model_uri: str, format: str = "pip") -> str:
    """Download the file that tells what a model requires.

    Args:
        model_uri: The model; see ``load_model``.
        format: ``pip`` for requirements.txt, ``conda`` for conda.yaml.

    Returns:
        Where it lies.

    Raises:
        InvalidParameter: There is no such format.
        ResourceNotFound: The model does not tell.
    """
    if format not in ("pip", "conda"):
        raise InvalidParameter(f"The format is 'pip' or 'conda', not {format!r}.")
    folder = Path(download_artifacts(str(model_uri)))
    if format == "pip" and (folder / REQUIREMENTS_FILE).exists():
        _log.info("To install what the model requires: pip install -r %s", folder)
        return str(folder / REQUIREMENTS_FILE)
    environment = pyfunc_conf(Model.load(folder).flavors).get("env")
    name = environment.get("conda") if isinstance(environment, dict) else environment
    if not name:
        raise ResourceNotFound("The model does not tell what it requires.")
    if format == "conda":
        return str(folder / name)
    lines = pip_part(yaml.safe_load((folder / name).read_text("utf-8")))
    if not lines:
        raise ResourceNotFound(f"The model's {name} has no part for pip.")
    written = Path(tempfile.mkdtemp(prefix="kipu-"), REQUIREMENTS_FILE)
    written.write_text("\n".join(lines) + "\n", "utf-8")
    return str(written)


def _warn_of_python(saved: str | None) -> None:
    running = platform.python_version()
    if saved is None:
        _log.warning("The model does not tell for which Python it was saved; this is %s.", running)
    elif saved.split(".")[:2] != running.split(".")[:2]:
        _log.warning("The model was saved in Python %s, and this is %s.", saved, running)
