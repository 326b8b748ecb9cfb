"""A Spark model that predicts on pandas frames, and the signature of what it answers."""

from __future__ import annotations

import logging
from typing import Any

from kipu.exceptions import InvalidParameter
from kipu.flavors.spark.session import is_connect_model
from kipu.models.model_signature import ModelSignature, infer_signature
from kipu.types.columns import ColSpec
from kipu.types.datatype import DataType
from kipu.types.nested import SparkMLVector
from kipu.types.schema import Schema

_log = logging.getLogger(__name__)

PREDICTION = "prediction"


class SparkPredictor:
    """What the generic flavor predicts with.

    Args:
        session: The Spark session; None for a model of ``pyspark.ml.connect``, which needs none.
        model: The model.
        signature: As it was saved.
    """

    def __init__(self, session: Any, model: Any, signature: ModelSignature | None = None) -> None:
        self.spark = session
        self.spark_model = model
        self.signature = signature

    def get_raw_model(self) -> Any:
        """The Spark model."""
        return self.spark_model

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The model's answers.

        Args:
            data: A pandas frame; vectors are lists or arrays of floats.
            params: Not used.

        Returns:
            The values of the column ``prediction``, as a list with one for each row. A vector is a
            list of floats if the signature says that it is one.
        """
        if is_connect_model(self.spark_model):
            return self.spark_model.transform(data.copy(deep=False))[PREDICTION]
        inputs = _vectors(self.signature.inputs if self.signature else None)
        frame = self.spark.createDataFrame(_with_plain_vectors(data, inputs))
        for name in inputs:
            frame = _as_vector(frame, name or frame.columns[0])
        frame = with_features_vector(frame, self.spark_model)
        answers = predictions(self.spark_model, frame)
        if _vectors(self.signature.outputs if self.signature else None):
            from pyspark.ml.functions import vector_to_array

            answers = answers.select(vector_to_array(PREDICTION).alias(PREDICTION))
        return [row[0] for row in answers.collect()]


def predictions(model: Any, frame: Any) -> Any:
    """The model's answers to a Spark frame: a frame with the column ``prediction`` alone.

    That is the model's own column of this name, else what its last stage makes.

    Raises:
        InvalidParameter: Neither is there.
    """
    from pyspark.sql.functions import col

    answers = model.transform(frame)
    if PREDICTION in answers.columns:
        return answers.select(PREDICTION)
    last = model.stages[-1] if getattr(model, "stages", None) else model
    if not last.hasParam("outputCol"):
        raise InvalidParameter(
            f"The model makes no column {PREDICTION!r} but {answers.columns}, and none of them is "
            "known to be its answer. Name one so, such as with setPredictionCol."
        )
    return answers.select(col(f"`{last.getOutputCol()}`").alias(PREDICTION))


def signature_of(model: Any, frame: Any) -> ModelSignature:
    """The signature of a model by what it answers to a Spark frame.

    As with MLflow, the one output has no name; one of a type that has no place in a schema is left
    out.
    """
    answers = predictions(model, with_features_vector(frame, model))
    if unknown := columns_without_type(answers):
        _log.warning("The signature says nothing of the model's answers, which are %s.", unknown)
        answers = None
    signature = infer_signature(frame, answers)
    if signature.outputs is not None:
        [answer] = signature.outputs.inputs
        if isinstance(answer, ColSpec):
            signature.outputs = Schema([ColSpec(answer.type, None, answer.required)])
    return signature


def columns_without_type(frame: Any) -> list[Any]:
    """The columns of a Spark frame, as Spark's fields, that are neither scalars nor vectors."""
    from pyspark.ml.linalg import VectorUDT

    known = [*DataType.get_spark_types(), VectorUDT()]
    return [field for field in frame.schema.fields if field.dataType not in known]


def with_features_vector(frame: Any, model: Any) -> Any:
    """The frame with the model's column of features as vectors, if they are arrays of doubles.

    Examples hold arrays, since pandas has no vectors.
    """
    from pyspark.sql.types import ArrayType, DoubleType

    stage = model.stages[-1] if getattr(model, "stages", None) else model
    if not stage.hasParam("featuresCol"):
        return frame
    name = stage.getOrDefault("featuresCol")
    for field in frame.schema.fields:
        is_array = isinstance(field.dataType, ArrayType)
        if field.name == name and is_array and isinstance(field.dataType.elementType, DoubleType):
            return _as_vector(frame, name)
    return frame


def _as_vector(frame: Any, name: str) -> Any:
    from pyspark.ml.functions import array_to_vector

    return frame.withColumn(name, array_to_vector(f"`{name}`"))


def _vectors(schema: Schema | None) -> list[str | None]:
    """The names of the columns that are vectors."""
    if schema is None or schema.is_tensor_spec():
        return []
    return [one.name for one in schema.inputs if isinstance(one.type, SparkMLVector)]


def _with_plain_vectors(data: Any, names: list[str | None]) -> Any:
    """A frame whose vectors are lists of Python's floats, of which Spark can tell the type."""
    if not names:
        return data
    plain = {
        name: [[float(one) for one in vector] for vector in data[name]]
        for name in (one or data.columns[0] for one in names)
    }
    return data.assign(**plain)
