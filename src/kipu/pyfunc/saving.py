"""Saving and logging models that are written in Python, or loaded by a module of the user's."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_LOG_MODEL_COMPRESSION
from kipu.exceptions import InvalidParameter
from kipu.models.auth_policy import AuthPolicy
from kipu.models.code_model import model_code_file, run_model_code
from kipu.models.code_paths import copy_code_paths, copy_into
from kipu.models.folder import ModelFolder
from kipu.models.loaders import FLAVOR_NAME
from kipu.models.model import Model
from kipu.models.model_config import as_config
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.resources import Resource
from kipu.pyfunc import pickling
from kipu.pyfunc.artifacts import save_artifacts
from kipu.pyfunc.hinted_signature import describe
from kipu.pyfunc.model import PythonModel, _FunctionPythonModel, get_default_pip_requirements

_log = logging.getLogger(__name__)
_CODE_LOADER = "mlflow.pyfunc.loaders.code_model"
_PICKLE_LOADER = "mlflow.pyfunc.model"
_PICKLE = "python_model.pkl"


def save_model(
    path: str | Path,
    loader_module: str | None = None,
    data_path: str | None = None,
    code_paths: list[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: str | dict[str, Any] | None = None,
    mlflow_model: Model | None = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
    streamable: bool | None = None,
    resources: str | list[Resource] | None = None,
    auth_policy: AuthPolicy | None = None,
    uv_project_path: str | Path | None = None,
    uv_groups: list[str] | None = None,
    uv_extras: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save a model into a folder, from which Kipu and MLflow load it.

    A model is either ``python_model`` or ``loader_module``.

    Args:
        path: The folder; it must be empty or absent.
        loader_module: A module with ``_load_pyfunc(path)``, which answers with what has
            ``predict``.
        data_path: File or folder that is copied into the model and given to that function.
        code_paths: Python files and folders that the model brings along.
        infer_code_paths: Bring along what it imports from below the working directory.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        mlflow_model: A description to complete.
        python_model: A ``PythonModel``, a function with one argument, or the path of a Python
            file that calls ``kipu.models.set_model``.
        artifacts: Files and folders that the model reads from its context: URIs by name.
        signature: Left out, inferred from the type hint of ``predict``, or from the example.
        input_example: A sample of its input; a tuple with a dictionary tells parameters, too.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        metadata: What you write down with it.
        model_config: A dictionary, or a YAML file, that the model reads from its context.
        streamable: Whether it has ``predict_stream``; left out, by looking.
        resources: What it uses when it is served.
        auth_policy: With whose rights.
        uv_project_path: Accepted for MLflow's sake, as are the next two: requirements come from
            what the model imports.
        uv_groups: See there.
        uv_extras: See there.
        **kwargs: Only ``model``, another name of ``mlflow_model``.

    Raises:
        InvalidParameter: Neither or both ways to give a model are used, the model is of no such
            kind, or the example does not fit the signature.
        ResourceExists: The folder is there, with files in it.
        ValueError: The environment is given in several ways.

    Example:
        >>> class Adding(kipu.pyfunc.PythonModel):
        ...     def predict(self, context, model_input: list[float]) -> list[float]:
        ...         return [one + context.model_config["by"] for one in model_input]
        >>> kipu.pyfunc.save_model("adding", python_model=Adding(), model_config={"by": 1})
    """
    mlflow_model = kwargs.pop("model", mlflow_model)
    if kwargs:
        raise TypeError(f"save_model has no arguments {sorted(kwargs)}.")
    _check_ways(loader_module, data_path, artifacts, python_model)
    config = as_config(model_config)
    folder = ModelFolder(
        path,
        mlflow_model,
        conda_env=conda_env,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        infer_code_paths=infer_code_paths,
    )
    if resources is not None:
        folder.model.resources = resources
    if auth_policy is not None:
        folder.model.auth_policy = auth_policy
    if loader_module is not None:
        folder.describe()
        conf: dict[str, Any] = {"loader_module": loader_module, "streamable": bool(streamable)}
        if data_path is not None:
            target = copy_into(data_path, folder.path / "data")
            conf["data"] = target.relative_to(folder.path).as_posix()
    else:
        code_file = None
        if isinstance(python_model, (str, Path)):
            code_file = model_code_file(python_model)
            copy_into(code_file, folder.path)
            python_model = run_model_code(code_file, config)
        is_described = any(
            one is not None for one in (input_example, pip_requirements, extra_pip_requirements)
        )
        _check_model(python_model, is_described)
        conf = _save_python_model(folder, python_model, code_file, artifacts, config, streamable)
    folder.add_pyfunc(**conf, model_config=config)
    folder.measure()
    folder.save_description()
    folder.code = copy_code_paths(code_paths, folder.path)
    folder.model.flavors[FLAVOR_NAME]["code"] = folder.code
    defaults = () if conda_env or pip_requirements is not None else get_default_pip_requirements()
    folder.finish(defaults)


def log_model(
    artifact_path: str | None = None,
    loader_module: str | None = None,
    data_path: str | None = None,
    code_paths: list[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: str | dict[str, Any] | None = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
    streamable: bool | None = None,
    resources: str | list[Resource] | None = None,
    auth_policy: AuthPolicy | None = None,
    uv_project_path: str | Path | None = None,
    uv_groups: list[str] | None = None,
    uv_extras: list[str] | None = None,
    prompts: Sequence[Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
) -> ModelInfo:
    """Save a model and log it, as made by the active run if there is one.

    Args:
        artifact_path: The older name of ``name``.
        loader_module: This and what follows without a word are the arguments of ``save_model``.
        data_path: See ``save_model``.
        code_paths: See ``save_model``.
        infer_code_paths: See ``save_model``.
        conda_env: See ``save_model``.
        python_model: See ``save_model``.
        artifacts: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        metadata: See ``save_model``.
        model_config: See ``save_model``; becomes params of the run, too.
        streamable: See ``save_model``.
        resources: See ``save_model``.
        auth_policy: See ``save_model``.
        uv_project_path: See ``save_model``.
        uv_groups: See ``save_model``.
        uv_extras: See ``save_model``.
        prompts: URIs of prompts that it uses.
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
        ...     info = kipu.pyfunc.log_model(name="adding", python_model="adding.py")
        >>> kipu.pyfunc.load_model(info.model_uri)
    """
    return Model.log(
        artifact_path=artifact_path,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        resources=resources,
        auth_policy=auth_policy,
        prompts=list(prompts) if prompts is not None else None,
        name=name,
        model_type=model_type,
        params=params,
        tags=tags,
        step=step,
        model_id=model_id,
        metadata=metadata,
        loader_module=loader_module,
        data_path=data_path,
        code_paths=code_paths,
        infer_code_paths=infer_code_paths,
        conda_env=conda_env,
        python_model=python_model,
        artifacts=artifacts,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        model_config=model_config,
        streamable=streamable,
    )


def _save_python_model(
    folder: ModelFolder,
    python_model: Any,
    code_file: Path | None,
    artifacts: dict[str, str] | None,
    config: dict[str, Any] | None,
    streamable: bool | None,
) -> dict[str, Any]:
    """Write the model itself, and answer with what loads it."""
    describe(folder, python_model, artifacts, config)
    if not isinstance(python_model, PythonModel):
        python_model = _FunctionPythonModel(python_model, folder.given_signature)
    conf: dict[str, Any] = {"cloudpickle_version": pickling.cloudpickle().__version__}
    if code_file is not None:
        conf |= {"loader_module": _CODE_LOADER, "model_code_path": str(code_file)}
    else:
        compression = MLFLOW_LOG_MODEL_COMPRESSION.get()
        if compression is not None and compression not in pickling.COMPRESSIONS:
            known = ", ".join(pickling.COMPRESSIONS)
            _log.warning(
                "The compression %r is unknown (%s are); none is used.", compression, known
            )
            compression = None
        name = _PICKLE
        if compression is not None:
            name += pickling.COMPRESSIONS[compression].ending
            conf["python_model_compression"] = compression
        pickling.dump(python_model, folder.path / name, compression)
        conf |= {"loader_module": _PICKLE_LOADER, "python_model": name}
    if artifacts:
        conf["artifacts"] = save_artifacts(artifacts, folder.path)
    if streamable is None:
        streamable = type(python_model).predict_stream is not PythonModel.predict_stream
    return conf | {"streamable": streamable}


def _check_ways(loader_module: Any, data_path: Any, artifacts: Any, python_model: Any) -> None:
    first = {"loader_module": loader_module, "data_path": data_path}
    second = {"artifacts": artifacts, "python_model": python_model}
    given = [[name for name, one in ways.items() if one is not None] for ways in (first, second)]
    if all(given):
        raise InvalidParameter(
            "A model is given by loader_module and data_path, or by python_model and artifacts, "
            f"not by both: {given[0] + given[1]}."
        )
    if loader_module is None and python_model is None:
        raise InvalidParameter("Give a model: python_model, or loader_module.")


def _check_model(python_model: Any, is_described: bool) -> None:
    if isinstance(python_model, PythonModel):
        return
    if not callable(python_model):
        raise InvalidParameter(
            "python_model is a PythonModel, a function, or the path of a Python file that sets "
            f"one of them, not a {type(python_model).__name__}."
        )
    count = len(inspect.signature(python_model).parameters)
    if count != 1:
        raise InvalidParameter(f"A function as model has one argument; this one has {count}.")
    if not is_described:
        raise InvalidParameter(
            "A function as model needs one of input_example, pip_requirements and "
            "extra_pip_requirements."
        )
