"""Spark models into folders and runs."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter
from kipu.flavors.spark.hadoop import SparkFiles
from kipu.flavors.spark.prediction import signature_of
from kipu.flavors.spark.requirements import requirements_of
from kipu.flavors.spark.session import active_session, is_connect_model, session_for_loading
from kipu.models.folder import ModelFolder
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.run_models import log_model_into_run

FLAVOR_NAME = "spark"
MODEL_DATA = "sparkml"

_log = logging.getLogger(__name__)


def save_model(
    spark_model: Any,
    path: str | Path,
    mlflow_model: Model | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    dfs_tmpdir: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Save a fitted Spark model, or a transformer, into a folder of this machine.

    Args:
        spark_model: What ``fit`` answered: a ``PipelineModel`` or one stage, which becomes a
            pipeline of one. It must be writable and readable by Spark. The generic flavor answers
            with its column ``prediction``.
        path: The folder; it must be empty or absent.
        mlflow_model: A description to complete.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        code_paths: Python files and folders that the model brings along.
        dfs_tmpdir: Folder on the file system of a cluster through which the model passes. Left
            out, ``MLFLOW_DFS_TMP``; a local session without either writes into ``path``.
        signature: Left out, inferred from the example; False, none. A column of vectors has the
            type ``SparkMLVector``.
        input_example: A pandas frame with a few rows of input.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        metadata: What you write down with it.
        **kwargs: Accepted for MLflow's sake.

    Raises:
        InvalidParameter: It is no model that Spark can write and read.
        ResourceExists: The folder is there, with files in it.
    """
    check_model(spark_model)
    spark_model = _as_pipeline(spark_model)
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
    if signature is None and folder.example is not None:
        folder.model.signature = _inferred_signature(spark_model, folder.example.data)
    data = folder.path / MODEL_DATA
    if is_connect_model(spark_model):
        spark_model.saveToLocal(str(data.resolve()))
    else:
        SparkFiles(session_for_loading(), dfs_tmpdir).save(spark_model, data)
    import pyspark

    kind = type(spark_model)
    folder.add_flavor(
        FLAVOR_NAME,
        pyspark_version=pyspark.__version__,
        model_data=MODEL_DATA,
        code=folder.code,
        model_class=f"{kind.__module__}.{kind.__name__}",
    )
    folder.add_pyfunc("mlflow.spark", data=MODEL_DATA)
    folder.finish(requirements_of(spark_model), infer=False)


def log_model(
    spark_model: Any,
    artifact_path: str,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    dfs_tmpdir: str | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Save a Spark model among the artifacts of the active run, started if there is none.

    As with MLflow, it is no logged model with an id: ``runs:/<run id>/<artifact_path>`` loads it.

    Args:
        spark_model: See ``save_model``, as for what is not told here.
        artifact_path: Folder among the run's artifacts.
        conda_env: See ``save_model``.
        code_paths: See ``save_model``.
        dfs_tmpdir: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        metadata: See ``save_model``.
        **kwargs: Accepted for MLflow's sake.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        InvalidParameter: It is no model that Spark can write and read.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.spark.log_model(Pipeline(stages=stages).fit(train), "model")
        >>> kipu.spark.load_model(info.model_uri).transform(test)
    """
    check_model(spark_model)
    return log_model_into_run(
        sys.modules[__name__],
        artifact_path,
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
        spark_model=spark_model,
        conda_env=conda_env,
        code_paths=code_paths,
        dfs_tmpdir=dfs_tmpdir,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
    )


def check_model(spark_model: Any) -> None:
    """Check that this is a model that Spark can write and read.

    Raises:
        InvalidParameter: It is not.
    """
    from pyspark.ml import Model as SparkModel
    from pyspark.ml import Transformer
    from pyspark.ml.util import MLReadable, MLWritable

    is_model = isinstance(spark_model, (SparkModel, Transformer))
    is_stored = isinstance(spark_model, MLReadable) and isinstance(spark_model, MLWritable)
    if not (is_model and is_stored) and not is_connect_model(spark_model):
        raise InvalidParameter(
            f"A {type(spark_model).__name__} cannot be saved as a Spark model: that is a Model or "
            "Transformer of pyspark.ml which is MLReadable and MLWritable."
        )


def _as_pipeline(spark_model: Any) -> Any:
    from pyspark.ml import PipelineModel

    if isinstance(spark_model, PipelineModel) or is_connect_model(spark_model):
        return spark_model
    return PipelineModel([spark_model])


def _inferred_signature(spark_model: Any, example: Any) -> ModelSignature | None:
    """The signature by what the model answers to an example; None, with a warning, if it fails."""
    session = active_session()
    if session is None:
        return None
    try:
        return signature_of(spark_model, session.createDataFrame(example))
    except Exception as error:
        _log.warning(
            "The signature could not be inferred from the input example, so the model has none; "
            "give one as signature=. What went wrong: %r",
            error,
        )
        return None
