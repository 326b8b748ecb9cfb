"""The model that a ``fit`` answered, with a sample of what it takes."""

from __future__ import annotations

from typing import Any

from kipu.autologging.patching import Call
from kipu.autologging.pyspark_ml.allowlist import is_allowed
from kipu.autologging.pyspark_ml.integration import SPARK_ML
from kipu.autologging.samples import ROWS, example_and_signature
from kipu.flavors.spark import log_model
from kipu.flavors.spark.prediction import columns_without_type, signature_of


def log_fitted(call: Call, model: Any, frame: Any, allowed: frozenset[str]) -> None:
    """Log a model if it is among those that are.

    Args:
        call: The ``fit``.
        model: What it answered.
        frame: The training data.
        allowed: The classes of models that are logged.
    """
    if not is_allowed(model, allowed):
        SPARK_ML.warn(
            "The model %s is not logged: it, or a model within it, is not among those that are "
            "known to be small. kipu.spark.log_model logs it, log_model_allowlist allows it.",
            model.uid,
        )
        return
    unknown = columns_without_type(frame) if call.option("log_model_signatures") else []
    if unknown:
        SPARK_ML.warn("The model has no signature, since the data has columns of %s.", unknown)
    example, signature = example_and_signature(
        SPARK_ML,
        lambda: frame.select(feature_columns(frame, model)).limit(ROWS),
        lambda sample: signature_of(model, sample),
        log_signature=False if unknown else None,
    )
    log_model(
        model,
        "model",
        registered_model_name=call.option("registered_model_name"),
        input_example=None if example is None else as_pandas(example),
        signature=signature,
    )
    if hasattr(model, "bestModel"):
        log_model(model.bestModel, "best_model")


def feature_columns(frame: Any, model: Any) -> list[str]:
    """The columns of the training data without which the model does not predict."""
    return _needed(frame.limit(0), model, frame.columns)


def _needed(frame: Any, model: Any, columns: list[str]) -> list[str]:
    """Those of some columns that are needed; many that are not are found out at once."""
    try:
        model.transform(frame.drop(*columns))  # is checked, not run
    except Exception:
        if len(columns) == 1:
            return columns
        half = len(columns) // 2
        return [
            *_needed(frame, model, columns[:half]),
            *_needed(frame, model, columns[half:]),
        ]
    return []


def as_pandas(frame: Any) -> Any:
    """The frame as pandas, with vectors as lists."""
    from pyspark.ml.functions import vector_to_array
    from pyspark.ml.linalg import VectorUDT

    for field in frame.schema.fields:
        if isinstance(field.dataType, VectorUDT):
            frame = frame.withColumn(field.name, vector_to_array(f"`{field.name}`"))
    return frame.toPandas()
