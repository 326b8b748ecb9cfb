"""Models of PaddlePaddle: saved, logged and loaded."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.requirements import pinned

FLAVOR_NAME = "paddle"

_FILE = "model"


def get_default_pip_requirements() -> list[str]:
    """What every model of this flavor requires."""
    return [pinned("paddlepaddle", "paddle")]


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what every model of this flavor requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    pd_model: Any,
    path: str | Path,
    training: bool = False,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save a model of PaddlePaddle into a folder.

    Arguments that are not explained here are those of ``kipu.sklearn.save_model``.

    Args:
        pd_model: A ``paddle.Model``, or a layer that was made static.
        path: The folder; it must be empty or absent.
        training: Whether a ``paddle.Model`` is saved so that it can be trained on.
        **kwargs: For ``paddle.Model.save``, or ``paddle.jit.save``.
    """
    import paddle

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
    folder.describe(lambda: _Wrapper(pd_model))
    target = str(folder.path / _FILE)
    if isinstance(pd_model, paddle.Model):
        pd_model.save(target, training=training, **kwargs)
    else:
        paddle.jit.save(pd_model, target, **kwargs)
    folder.add_pyfunc("mlflow.paddle", model_path=_FILE)
    folder.add_flavor(
        FLAVOR_NAME,
        pickled_model=_FILE,
        paddle_version=paddle.__version__,
        code=folder.code,
        **folder.add_extra_files(extra_files),
    )
    # One that can be trained on is loaded into a model only, which is not there.
    folder.finish(get_default_pip_requirements(), infer=not training)


def log_model(
    pd_model: Any,
    artifact_path: str | None = None,
    training: bool = False,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
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

    Arguments that are not explained here are those of ``kipu.sklearn.log_model``.

    Args:
        pd_model: A ``paddle.Model``, or a layer that was made static.
        artifact_path: The older name of ``name``.
        training: Whether a ``paddle.Model`` is saved so that it can be trained on.
        **kwargs: Further arguments of ``Model.log``, such as ``run_id``, and of ``save_model``.

    Returns:
        What is told of it, such as ``model_uri``.
    """
    return Model.log(
        flavor=sys.modules[__name__],
        pd_model=pd_model,
        artifact_path=artifact_path,
        training=training,
        conda_env=conda_env,
        code_paths=code_paths,
        registered_model_name=registered_model_name,
        signature=signature,
        input_example=input_example,
        await_registration_for=await_registration_for,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        extra_files=extra_files,
        name=name,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
        **kwargs,
    )


def load_model(
    model_uri: str, model: Any = None, dst_path: str | Path | None = None, **kwargs: Any
) -> Any:
    """Load a model of PaddlePaddle.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, or a folder.
        model: The ``paddle.Model`` to load into, where it was saved to be trained on.
        dst_path: Folder to download to; left out, a temporary one.
        **kwargs: For ``paddle.jit.load``, or ``paddle.Model.load``.

    Returns:
        A layer that predicts, or the given model.

    Raises:
        ResourceNotFound: There is no model, or it is none of PaddlePaddle.
        MlflowException: It was saved to be trained on, and no model was given; or the settings
            forbid to load it.
    """
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise MlflowException(
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to load models that may run code, and "
            "PaddlePaddle reads pickles. Set it to true for models of sources that you trust."
        )
    import paddle

    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    file = folder / conf["pickled_model"]
    if not file.with_name(f"{file.name}.pdparams").exists():
        return paddle.jit.load(str(file), **kwargs)
    if not isinstance(model, paddle.Model):
        raise InvalidParameter(
            "The model was saved with training=True: give the paddle.Model to load it into, "
            "load_model(model_uri, model=...)."
        )
    model.load(str(file), **kwargs)
    return model


def _load_pyfunc(path: str) -> _Wrapper:
    return _Wrapper(load_model(path))


class _Wrapper:
    """A layer as a generic model."""

    def __init__(self, pd_model: Any) -> None:
        self.pd_model = pd_model

    def get_raw_model(self) -> Any:
        """The layer."""
        return self.pd_model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """Answers as a frame.

        Args:
            data: A frame of numbers, which become 32-bit floats, or an array.
            params: Ignored.

        Raises:
            TypeError: It is something else.
        """
        import numpy as np
        import paddle
        import pandas as pd

        if isinstance(data, pd.DataFrame):
            data = data.to_numpy().astype(np.float32)
        elif not isinstance(data, np.ndarray):
            raise TypeError(
                f"Models of PaddlePaddle take a frame or an array, not a {type(data).__name__}."
            )
        network = getattr(self.pd_model, "network", self.pd_model)
        network.eval()
        return pd.DataFrame(network(paddle.to_tensor(np.squeeze(data))).numpy())
