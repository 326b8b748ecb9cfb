"""CatBoost's four kinds of models, in two formats."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import catboost
import mlflow.catboost
import mlflow.pyfunc
import pandas as pd
import yaml
from harness import keep_logged, plain, refusal
from sklearn.datasets import load_diabetes, load_iris

IRIS, SPECIES = load_iris(return_X_y=True, as_frame=True)
PATIENTS, PROGRESS = load_diabetes(return_X_y=True)
TOLD: dict[str, Any] = {"pip_requirements": ["catboost"]}
QUIET: dict[str, Any] = {
    "iterations": 3,
    "depth": 2,
    "verbose": 0,
    "allow_writing_files": False,
    "thread_count": 1,
    "random_seed": 1,
}


def save(folder: Path, library: str) -> None:
    def place(name: str) -> Path:
        return folder / f"{library}-{name}"

    save_model = mlflow.catboost.save_model
    kind = catboost.CatBoostClassifier(**QUIET).fit(IRIS, SPECIES)
    save_model(kind, place("classifier"), input_example=IRIS[:3], metadata={"by": "hand"}, **TOLD)
    value = catboost.CatBoostRegressor(**QUIET).fit(PATIENTS, PROGRESS)
    save_model(value, place("array"), input_example=PATIENTS[:3], format="json", **TOLD)
    plainly = catboost.CatBoost({**QUIET, "loss_function": "RMSE"}).fit(PATIENTS, PROGRESS)
    save_model(plainly, place("plain"), **TOLD)
    ranks = catboost.CatBoostRanker(**QUIET, loss_function="YetiRank", bootstrap_type="No")
    ranks.fit(IRIS, SPECIES, group_id=[row // 5 for row in range(150)])
    save_model(ranks, place("ranker"), signature=False, input_example=IRIS[:2], **TOLD)
    info = mlflow.catboost.log_model(kind, name="logged", input_example=IRIS[:3], **TOLD)
    keep_logged(info, place("logged"))
    as_of_2(place("classifier"), place("older"))


def as_of_2(new: Path, old: Path) -> None:
    shutil.copytree(new, old)
    described = yaml.safe_load((old / "MLmodel").read_text())
    described["mlflow_version"] = "2.9.2"
    for key in ("model_id", "prompts", "is_signature_from_type_hint", "type_hint_from_example"):
        described.pop(key)
    (old / "MLmodel").write_text(yaml.safe_dump(described))


def answers(folder: Path, name: str) -> Any:
    own, generic = mlflow.catboost.load_model(str(folder)), mlflow.pyfunc.load_model(str(folder))
    data = PATIENTS[:4] if name in ("array", "plain") else IRIS[::20]
    return {
        "class": type(own).__name__,
        "own": plain(own.predict(data)),
        "generic": plain(generic.predict(data)),
        "raw": type(generic.get_raw_model()).__name__,
        "refused": refusal(generic.predict, pd.DataFrame({"a": [1.0]})),
    }
