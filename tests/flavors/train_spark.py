"""Training with Spark: pipelines, searches, estimators within others, evaluations later."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow.pyspark.ml
import pandas as pd
from harness import plain
from spark_session import spark_session, steady_ids

spark = spark_session()
steady_ids()

import yaml  # noqa: E402
from pyspark.ml import Pipeline  # noqa: E402
from pyspark.ml.classification import LogisticRegression, OneVsRest  # noqa: E402
from pyspark.ml.evaluation import (  # noqa: E402
    MulticlassClassificationEvaluator,
    RegressionEvaluator,
)
from pyspark.ml.feature import StringIndexer, VectorAssembler  # noqa: E402
from pyspark.ml.recommendation import ALS  # noqa: E402
from pyspark.ml.regression import LinearRegression  # noqa: E402
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder, TrainValidationSplit  # noqa: E402

ROWS = [(float(i), float(i * 7 % 5), "ab"[i % 2], float(i * 3 % 4 > 1)) for i in range(40)]
train = spark.createDataFrame(pd.DataFrame(ROWS, columns=["x", "y", "word", "label"]))
test = train.limit(9)
points = VectorAssembler(inputCols=["x", "y"], outputCol="features").transform(train)


def tell_signature(run_id: str, name: str = "model") -> None:
    """Log what the description of a run's model says beyond ids, so that it is compared."""
    place = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/{name}/MLmodel")
    told = yaml.safe_load(Path(place).read_text())
    kept = {key: told.get(key) for key in ("signature", "flavors", "saved_input_example_info")}
    mlflow.MlflowClient().log_text(run_id, json.dumps(kept), f"{name}-description.json")


mlflow.pyspark.ml.autolog(log_input_examples=True, extra_tags={"team": "a"})

# A pipeline, and what is evaluated afterwards.
stages = [
    StringIndexer(inputCol="word", outputCol="number"),
    # MLflow's order of several columns in example and signature is that of a set.
    VectorAssembler(inputCols=["number"], outputCol="features"),
    LogisticRegression(maxIter=2),
]
pipeline = Pipeline(stages=stages)
with mlflow.start_run() as run:
    model = pipeline.fit(train)
    predicted = model.transform(test)
    evaluator = MulticlassClassificationEvaluator(metricName="accuracy")
    first = evaluator.evaluate(predicted)
    evaluator.evaluate(model.transform(train))
    evaluator.evaluate(predicted, {evaluator.metricName: "f1"})
    evaluator.evaluate(model.transform(train.limit(5)))
tell_signature(run.info.run_id)

# Vectors, as a run of its own, with params given to fit.
linear = LinearRegression(maxIter=1)
model = linear.fit(points, {linear.regParam: 0.5})
RegressionEvaluator().evaluate(model.transform(points))
[run] = mlflow.search_runs(filter_string="params.regParam = '0.5'", output_format="list")
tell_signature(run.info.run_id)

# Searches.
mlflow.pyspark.ml.autolog(log_datasets=False, log_model_signatures=False)
logistic = LogisticRegression(maxIter=1)
grid = ParamGridBuilder().addGrid(logistic.regParam, [0.0, 0.3]).build()
accuracy = MulticlassClassificationEvaluator(metricName="accuracy")
search = CrossValidator(
    estimator=Pipeline(stages=[logistic]), estimatorParamMaps=grid, evaluator=accuracy,
    numFolds=2, seed=3, parallelism=2,
)  # fmt: skip
found = search.fit(points)
accuracy.evaluate(found.transform(points))
mlflow.pyspark.ml.autolog(log_models=False)
TrainValidationSplit(
    estimator=logistic, estimatorParamMaps=grid, evaluator=accuracy, seed=3
).fit(points)  # fmt: skip

# An estimator within another; one that is not logged by itself; one whose model is too large.
OneVsRest(classifier=LogisticRegression(maxIter=1), parallelism=2).fit(points)
StringIndexer(inputCol="word", outputCol="number").fit(train)
linear.fit(points, [{linear.regParam: 0.1}, {linear.regParam: 0.2}])
mlflow.pyspark.ml.autolog(log_post_training_metrics=False)
ratings = spark.createDataFrame([(0, 1, 2.0), (1, 0, 3.0)], ["user", "item", "rating"])
ALS(rank=1, maxIter=1, seed=1).fit(ratings)
mlflow.pyspark.ml.autolog(disable=True)
linear.fit(points)

# Data sets.
train.write.parquet("train.parquet")
train.write.saveAsTable("train_table")
read = spark.read.parquet("train.parquet")
with mlflow.start_run():
    sets = {
        "parquet": mlflow.data.from_spark(read, path="train.parquet", targets="label"),
        "table": mlflow.data.from_spark(spark.table("train_table"), table_name="train_table"),
        "query": mlflow.data.from_spark(train.filter("x > 3"), sql="SELECT 1", name="query"),
        "range": mlflow.data.from_spark(spark.range(7).filter("id > 2")),
        "nested": mlflow.data.from_spark(train.selectExpr("array(x) as a", "struct(x, word) as s")),
    }
    for name, one in sets.items():
        mlflow.log_input(one, context=name)
        mlflow.log_dict({"source": json.loads(one.source.to_json())}, f"{name}.json")
    mlflow.log_metric("rows", sets["parquet"].source.load().count())
    pair = sets["parquet"].to_pyfunc()
    mlflow.log_dict([plain(pair.inputs.head(2)), plain(pair.outputs.head(2))], "pair.json")
