"""Boosters of XGBoost: classes by frame, numbers by array, early stopping."""

import os

import mlflow
import mlflow.xgboost
import numpy as np
import xgboost
from sklearn.datasets import load_diabetes, load_iris

os.environ["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"] = "false"
iris, species = load_iris(return_X_y=True, as_frame=True)
patients, progress = load_diabetes(return_X_y=True)

mlflow.xgboost.autolog(
    importance_types=["weight", "gain"],
    log_input_examples=True,
    registered_model_name="boosted",
    extra_tags={"team": "blue"},
)
soft = {
    "objective": "multi:softprob",
    "num_class": 3,
    "max_depth": 2,
    "eval_metric": ["mlogloss", "merror"],
}
train, test = xgboost.DMatrix(iris[::2], species[::2]), xgboost.DMatrix(iris[1::2], species[1::2])
told = {}
xgboost.train(
    soft, train, 4, evals=[(train, "train"), (test, "test")], evals_result=told, verbose_eval=False
)
assert list(told["test"]) == ["mlogloss", "merror"]


class Counting(xgboost.callback.TrainingCallback):
    rounds = 0

    def after_iteration(self, model, epoch, evals_log):
        self.rounds += 1
        return False


counting = Counting()
given = [counting]
with mlflow.start_run():
    mlflow.log_param("mine", 1)
    first, second = (
        xgboost.DMatrix(patients[:200], progress[:200]),
        xgboost.DMatrix(patients[200:], label=progress[200:]),
    )
    booster = xgboost.train(
        params={"max_depth": 6, "learning_rate": 0.5},
        dtrain=first,
        num_boost_round=60,
        evals=[(second, "valid")],
        early_stopping_rounds=2,
        verbose_eval=False,
        callbacks=given,
    )
assert counting.rounds == booster.num_boosted_rounds() > 3

mlflow.xgboost.autolog(log_datasets=False, model_format="json", log_model_signatures=False)
ranked = xgboost.DMatrix(np.asarray(iris), species // 2)
ranked.set_group([50, 50, 50])
xgboost.train(
    {"objective": "rank:ndcg", "eval_metric": "ndcg@3"},
    ranked,
    2,
    evals=[(ranked, "all")],
    verbose_eval=False,
)
mlflow.xgboost.autolog(log_models=False)
xgboost.train({"booster": "gblinear"}, first, 2)
xgboost.cv({}, first, 2)
mlflow.xgboost.autolog(disable=True)
xgboost.train({}, first, 1)
