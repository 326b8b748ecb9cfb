"""Models of XGBoost, LightGBM and CatBoost: what Kipu and MLflow save, each loads."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import kipu
import kipu.catboost
import kipu.lightgbm
import kipu.xgboost

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_boosting.py")


def test_the_requirements_name_the_distribution_that_is_installed(tmp_path: Path) -> None:
    import xgboost

    booster = xgboost.train({}, xgboost.DMatrix([[0.0], [1.0]], [0.0, 1.0]), 1)
    kipu.xgboost.save_model(booster, tmp_path / "model")
    lines = (tmp_path / "model" / "requirements.txt").read_text().splitlines()
    installed = {one for one in ("xgboost", "xgboost-cpu") if is_installed(one)}
    assert {line.partition("==")[0] for line in lines if "xgboost" in line} == installed


def test_a_booster_is_saved_with_arguments_of_lightgbm(tmp_path: Path) -> None:
    import lightgbm

    column = np.arange(60.0)
    data = lightgbm.Dataset(column[:, None], column)
    booster = lightgbm.train({"verbose": -1}, data, 3)
    told: dict[str, Any] = {"pip_requirements": []}
    kipu.lightgbm.save_model(booster, tmp_path / "model", num_iteration=2, **told)
    assert kipu.lightgbm.load_model(str(tmp_path / "model")).num_trees() == 2


def test_bad_arguments_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(kipu.MlflowException, match="model_format is 'ubj', 'json' or 'xgb'"):
        kipu.xgboost.save_model(None, tmp_path / "model", model_format="../json")
    with pytest.raises(kipu.MlflowException, match="no serialization format 'joblib'"):
        kipu.lightgbm.save_model(None, tmp_path / "model", serialization_format="joblib")
    assert not (tmp_path / "model").exists()


def test_a_model_of_an_unknown_kind_is_not_loaded(tmp_path: Path) -> None:
    described = {"flavors": {"catboost": {"data": "model.cb", "model_type": "Pool"}}}
    (tmp_path / "MLmodel").write_text(yaml.safe_dump(described))
    with pytest.raises(kipu.MlflowException, match="not 'Pool'") as raised:
        kipu.catboost.load_model(str(tmp_path))
    assert raised.value.error_code == "INVALID_PARAMETER_VALUE"


def is_installed(distribution: str) -> bool:
    try:
        return bool(version(distribution))
    except PackageNotFoundError:
        return False
