"""What Kipu does with Spark that MLflow is not asked for: refusals, places, what Spark reads."""

from __future__ import annotations

import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spark_session import spark_session

import kipu.pyspark.ml
import kipu.spark
from kipu.autologging.pyspark_ml.allowlist import DEFAULT, is_allowed, read_allowlist
from kipu.exceptions import MlflowException
from kipu.models.own_environments import OwnEnvironment
from kipu.pyfunc.spark import own_server
from kipu.pyfunc.spark.place import ModelPlace, sent_along
from kipu.pyfunc.spark.scoring import Scoring

spark = spark_session(threads=2)

from pyspark.ml import Pipeline  # noqa: E402
from pyspark.ml.feature import SQLTransformer, VectorAssembler  # noqa: E402
from pyspark.ml.regression import LinearRegression  # noqa: E402
from pyspark.sql.types import DoubleType  # noqa: E402

FRAME = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "label": [2.0, 4.0, 6.0, 8.0]})
train = spark.createDataFrame(FRAME)
assembler = VectorAssembler(inputCols=["x"], outputCol="features")
model = Pipeline(stages=[assembler, LinearRegression(maxIter=1)]).fit(train)


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


heard = Heard()
logging.getLogger("kipu").addHandler(heard)


def refused(call: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(MlflowException) as raised:
        call(*given, **named)
    return str(raised.value)


# What is no model is refused before anything is made; a folder in use stays as it is.
assert "cannot be saved as a Spark model" in refused(kipu.spark.save_model, assembler.copy, "no")
assert "cannot be saved as a Spark model" in refused(
    kipu.spark.save_model, Pipeline(stages=[]), "no"
)
assert not Path("no").exists()
Path("used").mkdir()
Path("used/file").write_text("mine")
refused(kipu.spark.save_model, model, "used")
assert [one.name for one in Path("used").iterdir()] == ["file"]

# Through a folder for what passes, which is left empty; and the other way.
passing = Path("passing").resolve()
kipu.spark.save_model(model, "passed", dfs_tmpdir=str(passing), input_example=FRAME[["x"]])
assert list(passing.iterdir()) == []
loaded = kipu.pyfunc.load_model("passed")
given = FRAME[["x"]].copy()
before = loaded.predict(given)
assert [round(one) for one in before] == [2, 4, 6, 8]
pd.testing.assert_frame_equal(given, FRAME[["x"]])
requirements = Path("passed/requirements.txt").read_text()
assert "pyspark==" in requirements
assert "pandas==" in requirements

# A transformer's only output is its prediction; the model itself is saved as it is.
kipu.spark.save_model(assembler, "two words", input_example=FRAME[["x"]])
assert kipu.spark.load_model("two words").stages[0].getOutputCol() == "features"
assert kipu.pyfunc.load_model("two words").predict(FRAME[["x"]])[1] == [2.0]
more = SQLTransformer(statement="SELECT *, x + 1 AS more FROM __THIS__")
kipu.spark.save_model(more, "more")
assert "makes no column 'prediction'" in refused(
    kipu.pyfunc.load_model("more").predict, FRAME[["x"]]
)

# Functions of Spark.
predict = kipu.pyfunc.spark_udf(spark, "passed")
assert predict.metadata.flavors.keys() == {"python_function", "spark"}


def function(model_input):  # type: ignore[no-untyped-def]
    import os

    return model_input["x"] * float(os.environ.get("FACTOR", "1"))


kipu.pyfunc.save_model("function", python_model=function, input_example=FRAME[["x"]])
udf = kipu.pyfunc.spark_udf(spark, "function", "double", extra_env={"FACTOR": "3"})
assert [row[0] for row in train.select(udf("x")).collect()] == [3.0, 6.0, 9.0, 12.0]
place = sent_along(spark, Path("function"))
found = spark.range(1).rdd.map(lambda _: Path(place.local(), "MLmodel").exists()).collect()
assert found == [True]
assert "not possible" in refused(kipu.pyfunc.spark_udf, spark, "function", "map<int,int>")
assert "env_manager is one of" in refused(
    kipu.pyfunc.spark_udf, spark, "function", env_manager="pip"
)

# The same beside a server in an environment of the model's own, which is this one here.
with pytest.MonkeyPatch.context() as patched:
    patched.setattr(own_server, "prepare", lambda *_: OwnEnvironment(sys.executable, "kipu"))
    there = Scoring(ModelPlace(folder="function"), None, DoubleType(), "virtualenv", None, None)
    batches = [pd.DataFrame({"x": [1.0, 2.0]}), pd.DataFrame({"x": [5.0]})]
    assert [one.tolist() for one in there.answers(iter(batches))] == [[1.0, 2.0], [5.0]]
    with pytest.raises(MlflowException, match="missing inputs"):
        list(there.answers(iter([pd.DataFrame({"y": [1.0]})])))

# Which models are logged.
assert is_allowed(model, DEFAULT)
Path("allowed.txt").write_text("# mine\n\n pyspark.ml.pipeline.PipelineModel \nother.*\n")
allowed = read_allowlist(Path("allowed.txt").resolve().as_uri())
assert allowed == {"pyspark.ml.pipeline.PipelineModel", "other.*"}
assert not is_allowed(model, allowed)
assert is_allowed(model, allowed | {"pyspark.ml.regression.*"})
assert "There is no file" in refused(read_allowlist, "missing.txt")

# Training that fails raises its own error, once, and its run is FAILED.
kipu.pyspark.ml.autolog(log_models=False, exclusive=True)
with pytest.raises(Exception, match="features"):
    LinearRegression().fit(train)
[run] = kipu.search_runs(output_format="list")
assert run.info.status == "FAILED"

# A run of the user's own is left alone; and a store that fails does not harm the training.
with kipu.start_run() as own:
    Pipeline(stages=[assembler, LinearRegression()]).fit(train)
assert kipu.get_run(own.info.run_id).data.params == {}
kipu.pyspark.ml.autolog(log_models=False)
with pytest.MonkeyPatch.context() as patched:
    patched.setattr(kipu.MlflowClient, "log_batch", None)
    fitted = Pipeline(stages=[assembler, LinearRegression()]).fit(train)
assert fitted.transform(train).count() == 4
assert sum("Training goes on" in line for line in heard.lines) == 1
kipu.pyspark.ml.autolog(disable=True)

# What Spark reads: before a run, in the latest run of any thread, never twice.
train.write.parquet("read.parquet")
train.write.csv("read.csv", header=True)


def wait_for(run_id: str, count: int) -> list[str]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        lines = kipu.get_run(run_id).data.tags.get("sparkDatasourceInfo", "").splitlines()
        if len(lines) >= count:
            return lines
        threading.Event().wait(0.05)
    raise AssertionError(f"{count} lines are not there: {lines}")


def settle() -> None:
    """Wait until Spark has told of all that happened."""
    spark.sparkContext._jsc.sc().listenerBus().waitUntilEmpty()


here = Path.cwd()
kipu.spark.autolog()
spark.read.parquet("read.parquet").count()
settle()
with kipu.start_run() as run:
    assert wait_for(run.info.run_id, 1) == [f"path=file:{here}/read.parquet,format=parquet"]
    spark.read.csv("read.csv", header=True, inferSchema=True).toPandas()
    spark.read.parquet("read.parquet").collect()
    joined = spark.read.csv("read.csv", header=True).join(spark.read.parquet("read.parquet"), "x")
    joined.count()
    settle()
    assert wait_for(run.info.run_id, 2) == [
        f"path=file:{here}/read.parquet,format=parquet",
        f"path=file:{here}/read.csv,format=csv",
    ]
kipu.spark.autolog(disable=True)
with kipu.start_run() as run:
    spark.read.parquet("read.parquet").count()
    settle()
assert "sparkDatasourceInfo" not in kipu.get_run(run.info.run_id).data.tags
