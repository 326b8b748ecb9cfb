"""Models of Spark: a pipeline, one stage alone, vectors, a 2.x layout; and a function of Spark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import mlflow.spark
import pandas as pd
import yaml
from harness import plain, refusal
from spark_session import spark_session, steady_ids

spark = spark_session()

from pyspark.ml import Pipeline  # noqa: E402
from pyspark.ml.classification import LogisticRegression  # noqa: E402
from pyspark.ml.feature import StringIndexer, VectorAssembler  # noqa: E402
from pyspark.ml.functions import array_to_vector  # noqa: E402
from pyspark.ml.regression import LinearRegression  # noqa: E402

steady_ids()

ROWS = [(float(i), float(i % 3), "ab"[i % 2], float(i % 2)) for i in range(12)]
FRAME = pd.DataFrame(ROWS, columns=["x", "y", "word", "label"])
VECTORS = pd.DataFrame({"features": [[0.0, 1.0], [5.0, 2.0]]})


class Many(mlflow.pyfunc.PythonModel):
    """Answers with columns of several types."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        x = model_input["x"] * (params or {}).get("factor", 1)
        return pd.DataFrame({
            "small": x.astype("int16"), "long": x.astype("int64"), "real": x / 2,
            "word": "w" + model_input["word"], "more": [[one, 2 * one] for one in x],
        })  # fmt: skip


class Nested(mlflow.pyfunc.PythonModel):
    """Answers with lists of lists, or with dictionaries."""

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        if (params or {}).get("named"):
            return [{"at": one, "of": [one]} for one in model_input["x"]]
        return [[[one, 1.0], [one, 2.0]] for one in model_input["x"]]


def save(folder: Path) -> None:
    function(folder)
    data = spark.createDataFrame(FRAME)
    told = {"pip_requirements": ["pyspark"]}
    assembler = VectorAssembler(inputCols=["x", "y"], outputCol="features")
    logistic = LogisticRegression(maxIter=3)
    pipeline = Pipeline(stages=[assembler, logistic]).fit(data)
    example = FRAME[["x", "y"]].head(2)
    mlflow.spark.save_model(pipeline, folder / "pipeline", input_example=example, **told)

    indexer = StringIndexer(inputCol="word", outputCol="number").fit(data)
    mlflow.spark.save_model(indexer, str(folder / "stage"), metadata={"a": 1}, **told)

    points = assembler.transform(data).select("features", "label")
    linear = LinearRegression(maxIter=2).fit(points)
    signature = mlflow.models.infer_signature(points.select("features"), [1.0])
    with mlflow.start_run():
        info = mlflow.spark.log_model(
            linear, "vectors", signature=signature, registered_model_name="linear", **told
        )
    mlflow.artifacts.download_artifacts("models:/linear/1", dst_path=str(folder / "vectors"))
    assert info.model_id is None
    (folder / "vectors/registered_model_meta").unlink(missing_ok=True)

    logistic.setPredictionCol("").setProbabilityCol("prediction")
    unsure = logistic.fit(points)
    answers = unsure.transform(points).select("prediction")
    signature = mlflow.models.infer_signature(points.select("features"), answers)
    mlflow.spark.save_model(
        unsure, str(folder / "unsure"), signature=signature, input_example=VECTORS, **told
    )
    mlflow.spark.save_model(indexer, folder / "older", extra_pip_requirements=["pandas"])
    as_of_version_2(folder / "older")
    for one in folder.iterdir():
        steady_names(one)


def function(folder: Path) -> None:
    inputs = FRAME[["x", "word"]]
    scalars = Many().predict(None, inputs).drop(columns="more")
    told = {"pip_requirements": ["pandas"]}
    signature = mlflow.models.infer_signature(inputs, scalars, params={"factor": 1})
    mlflow.pyfunc.save_model(folder / "many", python_model=Many(), signature=signature, **told)
    signature = mlflow.models.infer_signature(inputs, params={"named": False})
    mlflow.pyfunc.save_model(folder / "nested", python_model=Nested(), signature=signature, **told)


def as_of_version_2(folder: Path) -> None:
    """Make the description what MLflow 2.0 wrote."""
    told = yaml.safe_load((folder / "MLmodel").read_text())
    for key in ("model_id", "prompts", "model_size_bytes"):
        told.pop(key, None)
    told |= {"mlflow_version": "2.0.1", "artifact_path": "model"}
    del told["flavors"]["spark"]["model_class"]
    (folder / "MLmodel").write_text(yaml.safe_dump(told))


def steady_names(folder: Path) -> None:
    """Take out of Spark's files the ids that each writing makes anew."""
    for file in sorted(folder.rglob("*part-0*")):
        file.rename(file.with_name(re.sub(r"-[0-9a-f]{8}-[0-9a-f-]{27}-", "-", file.name)))
        Path(f"{file}.crc").unlink(missing_ok=True)


def answers(folder: Path, name: str) -> Any:
    place = str(folder / name)
    if name in ("many", "nested"):
        return functions(place, name)
    loaded = mlflow.spark.load_model(place)
    generic = mlflow.pyfunc.load_model(place)
    data = VECTORS if name in ("vectors", "unsure") else FRAME
    told = {
        "stages": [stage.uid for stage in loaded.stages],
        "raw": type(generic.get_raw_model()).__name__,
        "predicted": plain(generic.predict(data.copy())),
        "refused": refusal(generic.predict, data.rename(columns=lambda one: f"{one}2")),
    }
    frame = spark.createDataFrame(data)
    if name in ("vectors", "unsure"):
        frame = frame.select(array_to_vector("features").alias("features"))
    rows = [row.asDict() for row in loaded.transform(frame).collect()]
    told["transformed"] = plain([{key: listed(one) for key, one in row.items()} for row in rows])
    return told


def listed(value: Any) -> Any:
    """A vector as list; anything else as it is."""
    return value.toArray().tolist() if hasattr(value, "toArray") else value


ANSWERED: dict[str, list[Any]] = {
    "many": [
        (None,), ("int",), ("long",), ("float",), ("double",), ("string",), ("array<int>",),
        ("array<double>",), ("array<string>",), ("real double, word string, more array<double>",),
        ("double", {"factor": 3}), ("double", None, "struct"), ("double", None, "none"),
    ],
    "nested": [("array<array<double>>",), ("at double, of array<float>", {"named": True})],
}  # fmt: skip
REFUSED: dict[str, list[Any]] = {
    "many": [("boolean",), ("date",), ("double", {"factor": "a"}), ("double", None, "few")],
    "nested": [("bigint",)],
}


def functions(place: str, name: str) -> Any:
    """What a model's functions make of a frame's columns; in one job, as far as they answer."""
    data = spark.createDataFrame(FRAME).limit(3)
    asked = ANSWERED[name]
    made = data.select([column(place, *one).alias(str(n)) for n, one in enumerate(asked)])
    rows = [row.asDict(True) for row in made.collect()]
    kinds = [field.dataType.simpleString() for field in made.schema.fields]
    return {
        **{str(one): [kinds[n], [row[str(n)] for row in rows]] for n, one in enumerate(asked)},
        **{
            str(one): refusal(lambda *given: data.select(column(place, *given)).collect(), *one)
            for one in REFUSED[name]
        },
    }


def column(place: str, kind: Any, params: Any = None, called: str = "columns") -> Any:
    """A model's function of the columns of a frame."""
    from pyspark.sql.functions import struct

    predict = mlflow.pyfunc.spark_udf(spark, place, kind, params=params)
    match called:
        case "struct":
            return predict(struct("x", "word", "y"))
        case "none":
            return predict()
        case "few":
            return predict("x")
    return predict("x", "word")
