"""The requirements of a saved model: those of the modules that loading and predicting import.

MLflow does both in a process of its own, which takes many seconds. Here the model is loaded in
this process while its imports are noted; what modules imported that were loaded before is read off
their names (see ``imports``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kipu.environment_variables import MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS
from kipu.fluent.downloads import download_artifacts
from kipu.models.distributions import requirements_of_modules
from kipu.models.enforcement import enforce_params, enforce_schema
from kipu.models.imports import recorded_imports, top_level_modules
from kipu.models.loaders import FLAVOR_NAME, import_loader, load_implementation, predict_with
from kipu.models.model import MLMODEL_FILE_NAME, Model

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger(__name__)


def infer_pip_requirements(
    model_uri: str,
    flavor: str,
    fallback: list[str] | None = None,
    timeout: int | None = None,
    extra_env_vars: Mapping[str, str] | None = None,
    uv_project_dir: str | Path | None = None,
    uv_groups: Sequence[str] | None = None,
    uv_extras: Sequence[str] | None = None,
) -> list[str]:
    """The pinned requirements of a saved model, by what it imports.

    Args:
        model_uri: The model's folder or URI; or data that the flavor loads.
        flavor: The flavor that loads it where there is no ``MLmodel`` file.
        fallback: The answer if that fails; without one, errors are raised.
        timeout: Accepted for MLflow's sake: no process is waited for.
        extra_env_vars: Accepted for MLflow's sake.
        uv_project_dir: Accepted for MLflow's sake, as are the next two.
        uv_groups: See there.
        uv_extras: See there.

    Returns:
        Such as ``["numpy==2.0.1", "scikit-learn==1.5.0"]``.
    """
    try:
        modules = imported_modules(Path(download_artifacts(model_uri)), flavor)
        return requirements_of_modules(top_level_modules(modules))
    except Exception as error:
        if fallback is None or MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS.get():
            raise
        _log.warning(
            "What the model at %s requires could not be worked out, so it is taken to be %s: %s",
            model_uri,
            fallback,
            error,
        )
        return fallback


def imported_modules(folder: Path, flavor: str) -> set[str]:
    """The full names of the modules that loading a model imports, and predicting on its example.

    Raises:
        Exception: It cannot be loaded.
    """
    if not (folder / MLMODEL_FILE_NAME).is_file():
        with recorded_imports() as names:
            import_loader(f"mlflow.{flavor}")._load_pyfunc(str(folder))
        return names
    model = Model.load(folder)
    conf = model.flavors.get(FLAVOR_NAME)
    if conf is None:
        return set()
    example = _example(model, folder)
    with recorded_imports() as names:
        implementation = load_implementation(folder, conf, conf.get("config"))
        if example is not None:
            _predict(getattr(implementation, conf.get("predict_fn", "predict")), *example)
    from_hint = model.signature is not None and model.signature._is_signature_from_type_hint
    if from_hint and example is not None:
        names.add("pandas")  # MLflow checks data against type hints with it
    return names


def _example(model: Model, folder: Path) -> tuple[Any, dict[str, Any] | None] | None:
    """The input example as the model is given it, with its parameters."""
    try:
        data = model.load_input_example(str(folder))
        params = model.load_input_example_params(str(folder))
        signature = model.signature
        if data is None or signature is None or signature._is_signature_from_type_hint:
            return None if data is None else (data, params)
        if signature.inputs is not None:
            data = enforce_schema(data, signature.inputs)
        return data, enforce_params(params, signature.params)
    except Exception as error:
        _log.warning("The input example does not fit the model's signature: %s", error)
        return None


def _predict(function: Any, data: Any, params: dict[str, Any] | None) -> None:
    try:
        predict_with(function, data, params)
    except Exception as error:
        if MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS.get():
            raise
        _log.warning(
            "The model fails on its input example, so what only predicting imports is missing from "
            "its requirements: %r",
            error,
        )
