"""Models of statsmodels: saved, logged and loaded."""

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

FLAVOR_NAME = "statsmodels"

_FILE = "model.statsmodels"


def get_default_pip_requirements() -> list[str]:
    """What every model of this flavor requires."""
    return [pinned("statsmodels")]


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what every model of this flavor requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    statsmodels_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    remove_data: bool = False,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
) -> None:
    """Save the results of a fit into a folder.

    Arguments that are not explained here are those of ``kipu.sklearn.save_model``.

    Args:
        statsmodels_model: What ``fit`` answered.
        path: The folder; it must be empty or absent.
        remove_data: Leave the training data out of the file.
    """
    import statsmodels

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
    folder.describe(lambda: _Wrapper(statsmodels_model))
    statsmodels_model.save(str(folder.path / _FILE), remove_data)
    folder.add_pyfunc("mlflow.statsmodels", data=_FILE)
    folder.add_flavor(
        FLAVOR_NAME,
        statsmodels_version=statsmodels.__version__,
        data=_FILE,
        code=folder.code,
        **folder.add_extra_files(extra_files),
    )
    folder.finish(get_default_pip_requirements())


def log_model(
    statsmodels_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    remove_data: bool = False,
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
        statsmodels_model: What ``fit`` answered.
        artifact_path: The older name of ``name``.
        remove_data: Leave the training data out of the file.
        **kwargs: Further arguments of ``Model.log``, such as ``run_id``.

    Returns:
        What is told of it, such as ``model_uri``.
    """
    return Model.log(
        flavor=sys.modules[__name__],
        statsmodels_model=statsmodels_model,
        artifact_path=artifact_path,
        conda_env=conda_env,
        code_paths=code_paths,
        registered_model_name=registered_model_name,
        remove_data=remove_data,
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


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load the results of a fit.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, or a folder.
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        The results, as ``fit`` answered them.

    Raises:
        ResourceNotFound: There is no model, or it is none of statsmodels.
        MlflowException: The settings forbid to load it.
    """
    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _load(folder / conf.get("data", _FILE))


def _load_pyfunc(path: str) -> _Wrapper:
    return _Wrapper(_load(Path(path)))


def _load(file: Path) -> Any:
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        raise MlflowException(
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to load models that may run code, and "
            "those of statsmodels are pickles. Set it to true for models of sources that you trust."
        )
    import statsmodels.iolib.api

    return statsmodels.iolib.api.load_pickle(str(file))


class _Wrapper:
    """The results as a generic model."""

    def __init__(self, results: Any) -> None:
        self.statsmodels_model = results

    def get_raw_model(self) -> Any:
        """The results."""
        return self.statsmodels_model

    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for rows, or of a time series from ``start`` to ``end``, one row.

        Raises:
            InvalidParameter: The model is one of a time series, and the frame is another.
        """
        from statsmodels.tsa.base.tsa_model import TimeSeriesModel

        if not isinstance(self.statsmodels_model.model, TimeSeriesModel):
            return self.statsmodels_model.predict(dataframe)
        if len(dataframe) != 1 or not {"start", "end"} <= set(dataframe.columns):
            raise InvalidParameter(
                "A model of a time series takes a frame of one row with the columns start and end."
            )
        row = dataframe.iloc[0]
        return self.statsmodels_model.predict(start=row["start"], end=row["end"])
