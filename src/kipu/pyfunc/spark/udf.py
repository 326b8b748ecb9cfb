"""A model of any flavor as a function of Spark."""

from __future__ import annotations

import json
import stat
import tempfile
import typing
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from kipu.client.uris import get_tracking_uri, set_tracking_uri
from kipu.exceptions import InvalidParameter
from kipu.fluent.downloads import download_artifacts
from kipu.models.enforcement import enforce_params
from kipu.models.model import Model
from kipu.models.model_config import as_config
from kipu.models.own_environments import check_manager, prepare
from kipu.pyfunc.spark.place import is_connected, is_local, place_of
from kipu.pyfunc.spark.result_types import kind, result_type_of
from kipu.pyfunc.spark.scoring import Scoring
from kipu.types.schema import Schema


def spark_udf(
    spark: Any,
    model_uri: str,
    result_type: Any = None,
    env_manager: str | None = None,
    params: dict[str, Any] | None = None,
    extra_env: dict[str, str] | None = None,
    prebuilt_env_uri: str | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
) -> Any:
    """Make a function of Spark that lets a model predict on columns of a data frame.

    It is called with the columns in the order of the signature, with one column of structs whose
    fields have the names of the signature, or with nothing where the frame has the signature's
    columns. Workers need Kipu, and with ``local`` what the model requires.

    Args:
        spark: The session.
        model_uri: The model; see ``load_model``.
        result_type: Spark's type of the answers or its name: int, long, float, double, string,
            boolean, arrays and maps of these, or fields as in ``"a int, b array<double>"``. For a
            scalar, the first column that fits is taken; for an array of scalars, all that fit.
            Left out, by the signature, else double.
        env_manager: ``local`` (when left out) predicts in Spark's workers. ``virtualenv``, ``uv``
            or ``conda`` make an environment with what the model requires, in which a server of the
            model runs beside each worker.
        params: Parameters of the model.
        extra_env: Environment variables of the workers while they predict.
        prebuilt_env_uri: Only None; packed environments belong to another platform.
        model_config: Values that replace those of the saved configuration; or a YAML file.

    Returns:
        The function; its attribute ``metadata`` is the model's description.

    Raises:
        InvalidParameter: The result type or the manager is not possible, or the parameters do not
            fit.
        ResourceNotFound: There is no model.
        RuntimeError: ``prebuilt_env_uri`` is given.

    Example:
        >>> predict = kipu.pyfunc.spark_udf(spark, "models:/forest@champion")
        >>> frame.withColumn("prediction", predict("age", "height"))
    """
    if prebuilt_env_uri is not None:
        raise RuntimeError("prebuilt_env_uri is for Databricks; make environments by env_manager.")
    manager = env_manager or "local"
    check_manager(manager)
    if manager != "local" and is_connected(spark):
        raise InvalidParameter(
            f"With Spark Connect models predict in Spark's workers, not with {manager!r}."
        )
    config = as_config(model_config)
    folder = Path(download_artifacts(str(model_uri), dst_path=_readable_folder()))
    meta = Model.load(folder)
    if manager != "local" and is_local(spark):
        prepare(folder, manager)
    scoring = Scoring(
        place_of(spark, folder, str(model_uri)),
        meta.get_input_schema(),
        result_type_of(result_type, meta.get_output_schema()),
        manager,
        enforce_params(params, meta.get_params_schema()),
        json.dumps(config) if config else None,
        extra_env,
    )
    return _called_without_columns(_pandas_function(scoring), meta)


def _pandas_function(scoring: Scoring) -> Any:
    import pandas  # noqa: PLC0415 - an optional package
    from pyspark.sql.functions import pandas_udf  # noqa: PLC0415 - only where Spark is

    tracking_uri = get_tracking_uri()

    def udf(batches: Any) -> Any:
        set_tracking_uri(tracking_uri)
        return scoring.answers(batches)

    # Spark reads the kind of function off its hints, and knows the older spelling alone.
    column = typing.Union[pandas.Series, pandas.DataFrame]  # noqa: UP007
    answer: Any = pandas.DataFrame if kind(scoring.result_type) == "StructType" else pandas.Series
    udf.__annotations__ = {
        "batches": typing.Iterator[typing.Tuple[column, ...]],  # noqa: UP006
        "return": typing.Iterator[answer],
    }
    return pandas_udf(udf, scoring.result_type)


def _called_without_columns(udf: Any, meta: Model) -> Callable[..., Any]:
    udf.metadata = meta

    @wraps(udf)
    def call(*columns: Any) -> Any:
        return udf(*(columns or _own_columns(meta.get_input_schema())))

    return call


def _own_columns(inputs: Schema | None) -> list[str | int]:
    """The names of the columns that a model takes.

    Raises:
        InvalidParameter: It does not tell, or some of them may be missing.
    """
    if inputs is None or not inputs.inputs:
        raise InvalidParameter("The model has no signature: name the columns that it gets.")
    if not inputs.has_input_names():
        raise InvalidParameter(
            f"The model's {len(inputs.inputs)} columns have no names: name those that it gets."
        )
    if inputs.optional_input_names():
        raise InvalidParameter(
            "The model has columns that may be missing: name those that it gets."
        )
    return inputs.input_names()


def _readable_folder() -> str:
    """A folder in which workers of another user of the same group can read."""
    folder = tempfile.mkdtemp(prefix="kipu-")
    Path(folder).chmod(stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP)
    return folder
