"""Boosters of LightGBM: classes by frame, numbers by array, early stopping."""

import lightgbm
import mlflow
import mlflow.lightgbm
import numpy as np
import scipy.sparse
from sklearn.datasets import load_diabetes, load_iris

iris, species = load_iris(return_X_y=True, as_frame=True)
patients, progress = load_diabetes(return_X_y=True)
quiet = {"verbose": -1, "seed": 1, "num_threads": 1}

mlflow.lightgbm.autolog(
    log_input_examples=True, registered_model_name="boosted", extra_tags={"team": "blue"}
)
soft = {
    **quiet,
    "objective": "multiclass",
    "num_class": 3,
    "metric": ["multi_logloss", "multi_error"],
}
train = lightgbm.Dataset(iris[::2], species[::2])
test = lightgbm.Dataset(iris[1::2], species[1::2], reference=train)
lightgbm.train(soft, train, 4, valid_sets=[train, test], valid_names=["train", "test"])

told, counted = {}, []
own = [
    lambda env: counted.append(env.iteration),
    lightgbm.record_evaluation(told),
    lightgbm.early_stopping(2, verbose=False),
]
with mlflow.start_run():
    mlflow.log_param("mine", 1)
    train = lightgbm.Dataset(patients[:200], label=progress[:200])
    test = lightgbm.Dataset(patients[200:], label=progress[200:])
    booster = lightgbm.train(
        params={**quiet, "learning_rate": 0.9, "metric": "l2"},
        train_set=train,
        num_boost_round=60,
        valid_sets=[test],
        callbacks=own,
    )
assert counted == list(range(len(told["valid_0"]["l2"])))
assert 0 < booster.best_iteration < 60

mlflow.lightgbm.autolog(log_models=False)
sparse = scipy.sparse.csr_matrix(np.where(patients > 0, patients, 0))
lightgbm.train(quiet, lightgbm.Dataset(sparse, progress), 2)
lightgbm.cv(quiet, lightgbm.Dataset(patients, progress), 2, nfold=2, stratified=False)
mlflow.lightgbm.autolog(log_datasets=False)
ranked = lightgbm.Dataset(iris, species, group=[50, 50, 50])
rank = {**quiet, "objective": "lambdarank", "eval_at": [3], "metric": "ndcg"}
lightgbm.train(rank, ranked, 2, valid_sets=[ranked], valid_names=["all"])
mlflow.lightgbm.autolog(disable=True)
lightgbm.train(quiet, lightgbm.Dataset(patients, progress), 1)
