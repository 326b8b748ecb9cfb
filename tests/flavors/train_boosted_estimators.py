"""Estimators of XGBoost and LightGBM: frames and arrays, early stopping, within a search."""

import lightgbm
import mlflow
import mlflow.lightgbm
import mlflow.xgboost
import sklearn.metrics
import xgboost
from sklearn.datasets import load_diabetes, load_iris

iris, species = load_iris(return_X_y=True, as_frame=True)
patients, progress = load_diabetes(return_X_y=True)


def check(metric, values):
    """The last run has these values at the steps 0, 1, ..., and one of them again if it stopped."""
    client, run_id = mlflow.MlflowClient(), mlflow.last_active_run().info.run_id
    points = {one.step: one.value for one in client.get_metric_history(run_id, metric)}
    assert [points[step] for step in range(len(values))] == values
    best = client.get_run(run_id).data.metrics.get("best_iteration")
    assert len(points) == len(values) + (best is not None)
    assert best is None or points[len(values)] == min(values)


mlflow.xgboost.autolog(log_input_examples=True, registered_model_name="boosted")
kind = xgboost.XGBClassifier(n_estimators=3, max_depth=2, eval_metric="mlogloss")
kind.fit(iris, species, eval_set=[(iris[::2], species[::2])], verbose=False)
check("validation_0-mlogloss", kind.evals_result()["validation_0"]["mlogloss"])

test = iris[1::2]
predicted = kind.predict(test)
sklearn.metrics.accuracy_score(species[1::2], predicted)
sklearn.metrics.f1_score(species[1::2], y_pred=predicted, average="macro")
kind.score(test, species[1::2])

stopping = xgboost.XGBRegressor(n_estimators=60, learning_rate=0.9, early_stopping_rounds=2)
with mlflow.start_run():
    stopping.fit(
        X=patients[:200],
        y=progress[:200],
        eval_set=[(patients[200:], progress[200:])],
        verbose=False,
    )
check("validation_0-rmse", stopping.evals_result()["validation_0"]["rmse"])
xgboost.XGBRFRegressor(n_estimators=2, max_depth=2).fit(patients, progress)
mlflow.xgboost.autolog(disable=True)
kind.fit(iris, species)

mlflow.lightgbm.autolog(log_input_examples=True, registered_model_name="boosted")
quiet = {"verbose": -1, "random_state": 1, "n_jobs": 1}
kind = lightgbm.LGBMClassifier(n_estimators=3, max_depth=2, **quiet)
kind.fit(iris, species, eval_set=[(iris[::2], species[::2])], eval_names=["half"])
check("half-multi_logloss", kind.evals_result_["half"]["multi_logloss"])
kind.score(iris, species)
stopping = lightgbm.LGBMRegressor(n_estimators=60, learning_rate=0.9, **quiet)
stopping.fit(
    X=patients[:200],
    y=progress[:200],
    eval_set=[(patients[200:], progress[200:])],
    callbacks=[lightgbm.early_stopping(2, verbose=False)],
)
check("valid_0-l2", stopping.evals_result_["valid_0"]["l2"])
mlflow.lightgbm.autolog(disable=True)
kind.fit(iris, species)
