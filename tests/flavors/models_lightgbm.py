"""Boosters and estimators of LightGBM, in each format, and as older MLflow saved them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import lightgbm
import mlflow.lightgbm
import mlflow.pyfunc
import pandas as pd
import yaml
from harness import keep_logged, plain, refusal
from sklearn.datasets import load_diabetes, load_iris

IRIS, SPECIES = load_iris(return_X_y=True, as_frame=True)
PATIENTS, PROGRESS = load_diabetes(return_X_y=True)
TOLD: dict[str, Any] = {"pip_requirements": ["lightgbm"]}
SOFT = {"objective": "multiclass", "num_class": 3, "verbose": -1, "seed": 1}
QUIET: dict[str, Any] = {"n_estimators": 3, "verbose": -1, "max_depth": 2}


def save(folder: Path, library: str) -> None:
    def place(name: str) -> Path:
        return folder / f"{library}-{name}"

    booster = lightgbm.train(SOFT, lightgbm.Dataset(IRIS, SPECIES), 3)
    kind = lightgbm.LGBMClassifier(**QUIET).fit(IRIS, SPECIES)
    value = lightgbm.LGBMRegressor(**QUIET).fit(PATIENTS, PROGRESS)
    ranks = lightgbm.LGBMRanker(**QUIET).fit(IRIS, SPECIES, group=[50, 50, 50])
    save_model = mlflow.lightgbm.save_model
    save_model(booster, place("booster"), input_example=IRIS[:3], metadata={"by": "hand"}, **TOLD)
    save_model(kind, place("classifier"), input_example=IRIS[:3], **TOLD)
    save_model(
        value,
        place("array"),
        input_example=PATIENTS[:3],
        serialization_format="cloudpickle",
        **TOLD,
    )
    save_model(kind, place("pickled"), serialization_format="pickle", **TOLD)
    trusted = ["lightgbm.sklearn.LGBMRanker"]
    save_model(ranks, place("ranker"), signature=False, skops_trusted_types=trusted, **TOLD)
    info = mlflow.lightgbm.log_model(kind, name="logged", input_example=IRIS[:3], **TOLD)
    keep_logged(info, place("logged"))
    for model in folder.glob(f"{library}-*"):
        sort_trusted_types(model / "MLmodel")
    as_before_1_23(place("booster"), place("oldest"))
    as_of_2(place("array"), place("older"))


def sort_trusted_types(file: Path) -> None:
    """MLflow writes them in another order each time."""
    described = yaml.safe_load(file.read_text())
    if types := described["flavors"]["lightgbm"]["skops_trusted_types"]:
        types.sort()
    file.write_text(yaml.safe_dump(described))


def as_before_1_23(new: Path, old: Path) -> None:
    shutil.copytree(new, old)
    described = yaml.safe_load((old / "MLmodel").read_text())
    described["flavors"]["lightgbm"] = {"data": "model.lgb", "lgb_version": "3.3.1"}
    described["flavors"]["python_function"]["env"] = "conda.yaml"
    described = {key: described[key] for key in ("flavors", "utc_time_created", "signature")}
    (old / "MLmodel").write_text(yaml.safe_dump(described))


def as_of_2(new: Path, old: Path) -> None:
    shutil.copytree(new, old)
    described = yaml.safe_load((old / "MLmodel").read_text())
    conf = described["flavors"]["lightgbm"]
    del conf["serialization_format"], conf["skops_trusted_types"]
    described["mlflow_version"] = "2.9.2"
    for key in ("model_id", "prompts", "is_signature_from_type_hint", "type_hint_from_example"):
        described.pop(key)
    (old / "MLmodel").write_text(yaml.safe_dump(described))


def answers(folder: Path, name: str) -> Any:
    own, generic = mlflow.lightgbm.load_model(str(folder)), mlflow.pyfunc.load_model(str(folder))
    data = PATIENTS[:4] if name in ("array", "older") else IRIS[::20]
    return {
        "class": type(own).__name__,
        "own": plain(own.predict(data)),
        "generic": plain(generic.predict(data)),
        "raw": type(generic.get_raw_model()).__name__,
        "refused": refusal(generic.predict, pd.DataFrame({"a": [1.0]})),
    }
