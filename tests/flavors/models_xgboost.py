"""Boosters and estimators of XGBoost, in each format, and as older MLflow saved them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import mlflow.xgboost
import pandas as pd
import xgboost
import yaml
from harness import keep_logged, plain, refusal
from sklearn.datasets import load_diabetes, load_iris

IRIS, SPECIES = load_iris(return_X_y=True, as_frame=True)
PATIENTS, PROGRESS = load_diabetes(return_X_y=True)
TOLD: dict[str, Any] = {"pip_requirements": ["xgboost"]}
SOFT = {"objective": "multi:softprob", "num_class": 3, "max_depth": 2, "seed": 1}


def save(folder: Path, library: str) -> None:
    def place(name: str) -> Path:
        return folder / f"{library}-{name}"

    booster = xgboost.train(SOFT, xgboost.DMatrix(IRIS, SPECIES), 3)
    kind = xgboost.XGBClassifier(n_estimators=3, max_depth=2).fit(IRIS, SPECIES)
    value = xgboost.XGBRegressor(n_estimators=3, max_depth=2).fit(PATIENTS, PROGRESS)
    forest = xgboost.XGBRFRegressor(n_estimators=3, max_depth=2).fit(PATIENTS, PROGRESS)
    ranks = xgboost.XGBRanker(n_estimators=3, max_depth=2).fit(
        IRIS, SPECIES, qid=[row // 5 for row in range(150)]
    )
    save_model = mlflow.xgboost.save_model
    save_model(booster, place("booster"), input_example=IRIS[:3], metadata={"by": "hand"}, **TOLD)
    save_model(kind, place("classifier"), input_example=IRIS[:3], **TOLD)
    save_model(value, place("array"), input_example=PATIENTS[:3], model_format="json", **TOLD)
    save_model(forest, place("forest"), model_format="xgb", **TOLD)
    save_model(ranks, place("ranker"), signature=False, input_example=IRIS[:2], **TOLD)
    notes = folder.parent / f"notes-{folder.name}" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("kept")
    info = mlflow.xgboost.log_model(
        kind, name="logged", input_example=IRIS[:3], extra_files=[str(notes)], **TOLD
    )
    keep_logged(info, place("logged"))
    as_before_1_22(place("booster"), place("oldest"))
    as_of_2(place("classifier"), place("older"))


def as_before_1_22(new: Path, old: Path) -> None:
    shutil.copytree(new, old)
    (old / "model.ubj").rename(old / "model.xgb")
    described = yaml.safe_load((old / "MLmodel").read_text())
    described["flavors"]["xgboost"] = {"data": "model.xgb", "xgb_version": "1.4.2"}
    described["flavors"]["python_function"]["data"] = "model.xgb"
    described["flavors"]["python_function"]["env"] = "conda.yaml"
    described = {key: described[key] for key in ("flavors", "utc_time_created", "signature")}
    (old / "MLmodel").write_text(yaml.safe_dump(described))


def as_of_2(new: Path, old: Path) -> None:
    shutil.copytree(new, old)
    (old / "model.ubj").rename(old / "model.xgb")
    described = yaml.safe_load((old / "MLmodel").read_text())
    conf = described["flavors"]["xgboost"]
    conf |= {"data": "model.xgb", "model_format": "xgb", "xgb_version": "1.7.6"}
    described["flavors"]["python_function"]["data"] = "model.xgb"
    described["mlflow_version"] = "2.9.2"
    for key in ("model_id", "prompts", "is_signature_from_type_hint", "type_hint_from_example"):
        described.pop(key)
    (old / "MLmodel").write_text(yaml.safe_dump(described))


def answers(folder: Path, name: str) -> Any:
    own, generic = mlflow.xgboost.load_model(str(folder)), mlflow.pyfunc.load_model(str(folder))
    data = PATIENTS[:4] if name in ("array", "forest") else IRIS[::20]
    is_booster = isinstance(own, xgboost.Booster)
    wrapper = generic._model_impl
    margins = {"output_margin": True, "iteration_range": (0, 1), "unheard_of": 1}
    return {
        "class": type(own).__name__,
        "own": plain(own.predict(xgboost.DMatrix(data) if is_booster else data)),
        "generic": plain(generic.predict(data)),
        "raw": type(generic.get_raw_model()).__name__,
        "params": plain(wrapper.predict(data, params=margins)),
        "refused": refusal(generic.predict, pd.DataFrame({"a": [1.0]})),
        "files": sorted(one.name for one in folder.rglob("*.txt")),
    }
