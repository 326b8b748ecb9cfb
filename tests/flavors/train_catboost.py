"""CatBoost's models by frame, array and pool; early stopping; a choice of the caller's own."""

import catboost
import mlflow
import mlflow.catboost
from sklearn.datasets import load_diabetes, load_iris

iris, species = load_iris(return_X_y=True, as_frame=True)
patients, progress = load_diabetes(return_X_y=True)
quiet = {
    "depth": 2,
    "verbose": 0,
    "allow_writing_files": False,
    "thread_count": 1,
    "random_seed": 1,
}

mlflow.catboost.autolog(
    log_input_examples=True, registered_model_name="boosted", extra_tags={"team": "blue"}
)
kind = catboost.CatBoostClassifier(iterations=3, custom_metric=["TotalF1:average=Macro"], **quiet)
kind.fit(iris, species)

seen = []


class Seeing:
    def after_iteration(self, info):
        seen.append(info.iteration)
        return True


stopping = catboost.CatBoostRegressor(iterations=100, learning_rate=0.9, **quiet)
with mlflow.start_run():
    mlflow.log_param("mine", 1)
    stopping.fit(
        X=patients[:200],
        y=progress[:200],
        eval_set=(patients[200:], progress[200:]),
        early_stopping_rounds=3,
        callbacks=[Seeing()],
    )
assert 3 < len(seen) < 100

mlflow.catboost.autolog()
pool = catboost.Pool(patients, progress)
catboost.train(pool, {**quiet, "loss_function": "RMSE"}, iterations=2)
mlflow.catboost.autolog(log_models=False, log_datasets=False)
ranks = catboost.CatBoostRanker(iterations=2, bootstrap_type="No", **quiet)
ranks.fit(iris, species, group_id=[row // 5 for row in range(150)])
categories = catboost.Pool([["a", 1.0], ["b", 2.0]] * 9, [1, 2] * 9, cat_features=[0])
mlflow.catboost.autolog()
catboost.CatBoostRegressor(iterations=8, metric_period=3, **quiet).fit(
    categories, eval_set=categories
)
mlflow.catboost.autolog(log_models=False, log_datasets=False)
coloured = iris.assign(colour=["red", "blue", "green"] * 50)
catboost.CatBoost({**quiet, "iterations": 2}).fit(coloured, species, cat_features=["colour"])
catboost.cv(pool, {**quiet, "loss_function": "RMSE", "iterations": 2}, fold_count=2)
mlflow.catboost.autolog(disable=True)
kind.fit(iris, species)
