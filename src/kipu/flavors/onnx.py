"""Models in ONNX: saved, logged and loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kipu.flavors.onnx_session import PROVIDERS, OnnxSession, check_session_options
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.pyfunc_conf import flavor_conf
from kipu.models.requirements import pinned

FLAVOR_NAME = "onnx"

_FILE = "model.onnx"


def get_default_pip_requirements() -> list[str]:
    """What every model of this flavor requires."""
    return [pinned("onnx"), pinned("onnxruntime")]


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what every model of this flavor requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    onnx_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    onnx_execution_providers: list[Any] | None = None,
    onnx_session_options: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    save_as_external_data: bool = True,
    extra_files: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save a model in ONNX into a folder.

    Arguments that are not explained here are those of ``kipu.sklearn.save_model``.

    Args:
        onnx_model: An ``onnx.ModelProto``.
        path: The folder; it must be empty or absent.
        signature: Not inferred: left out, there is none.
        onnx_execution_providers: What runs it, the best first: names, or names with options.
            Left out, CUDA, then the CPU.
        onnx_session_options: ``execution_mode`` (``sequential`` or ``parallel``),
            ``graph_optimization_level`` (0, 1, 2 or 99), ``intra_op_num_threads``,
            ``inter_op_num_threads`` and ``extra_session_config``, a dict.
        save_as_external_data: Keep the tensors in files beside the graph.
        **kwargs: For ``onnx.save_model``.

    Raises:
        ValueError: There is no such session option, or no such value of it.
    """
    import onnx

    check_session_options(onnx_session_options)
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
    folder.describe()
    file = str(folder.path / _FILE)
    onnx.save_model(onnx_model, file, save_as_external_data=save_as_external_data, **kwargs)
    if save_as_external_data:
        # onnx took the tensors out of the caller's model when it wrote them.
        onnx.external_data_helper.load_external_data_for_model(onnx_model, str(folder.path))
    folder.add_pyfunc("mlflow.onnx", data=_FILE)
    folder.add_flavor(
        FLAVOR_NAME,
        onnx_version=onnx.__version__,
        data=_FILE,
        providers=onnx_execution_providers or list(PROVIDERS),
        onnx_session_options=onnx_session_options,
        code=folder.code,
        **folder.add_extra_files(extra_files),
    )
    folder.finish(get_default_pip_requirements())


def log_model(
    onnx_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    onnx_execution_providers: list[Any] | None = None,
    onnx_session_options: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    save_as_external_data: bool = True,
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

    Arguments that are not explained here are those of ``kipu.sklearn.log_model``.

    Args:
        onnx_model: An ``onnx.ModelProto``.
        artifact_path: The older name of ``name``.
        onnx_execution_providers: See ``save_model``.
        onnx_session_options: See ``save_model``.
        save_as_external_data: See ``save_model``.
        **kwargs: Further arguments of ``Model.log``, such as ``run_id``, and of ``save_model``.

    Returns:
        What is told of it, such as ``model_uri``.
    """
    return Model.log(
        flavor=sys.modules[__name__],
        onnx_model=onnx_model,
        artifact_path=artifact_path,
        conda_env=conda_env,
        code_paths=code_paths,
        registered_model_name=registered_model_name,
        signature=signature,
        input_example=input_example,
        await_registration_for=await_registration_for,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        onnx_execution_providers=onnx_execution_providers,
        onnx_session_options=onnx_session_options,
        metadata=metadata,
        save_as_external_data=save_as_external_data,
        extra_files=extra_files,
        name=name,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load a model in ONNX.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, or a folder.
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        An ``onnx.ModelProto``, which was checked.

    Raises:
        ResourceNotFound: There is no model, or it is none in ONNX.
    """
    import onnx

    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    file = str(folder / conf["data"])
    onnx.checker.check_model(file)
    return onnx.load(file)


def _load_pyfunc(path: str) -> OnnxSession:
    file = Path(path)
    conf = flavor_conf(file.parent, FLAVOR_NAME)
    return OnnxSession(file, conf.get("providers") or PROVIDERS, conf.get("onnx_session_options"))
