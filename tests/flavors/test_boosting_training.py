"""Training with XGBoost, LightGBM and CatBoost logs what it logs with MLflow."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu
import kipu.catboost
import kipu.lightgbm
import kipu.xgboost
from kipu.autologging.boosting.models import rows_of

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]

DIFFERENCES = {
    # MLflow's own order differs from one process to the next, so that it may be Kipu's.
    r"/feature_importance_\w+\.svg$|/skops_trusted_types/\d$": "vectors, too; types have no order",
    r"/learning_curve_\w+\.(json|png|svg)$": "MLflow draws no learning curves",
    r"^registered/\d+/1$": "a version is text, as over HTTP",
    r"^(runs|models)/2/(params|artifacts|inputs)": "MLflow logs only the model of a random forest",
}


def test_training_is_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike("train_boosting.py", DIFFERENCES)
    assert len(ours["runs"]) == 13
    assert {one["status"] for one in ours["runs"]} == {"FINISHED"}
    drawn = [
        (run, content)
        for run in ours["runs"]
        for name, content in run["artifacts"].items()
        if name.startswith("learning_curve_") and name.endswith(".json")
    ]
    scores = sorted(curve["score"] for _, curve in drawn)
    assert scores == ["merror", "mlogloss", "multi_error", "multi_logloss"]
    for run, curve in drawn:
        assert curve["kind"] == "learning_curve"
        assert curve["sizes"] == [1, 2, 3, 4]
        for data in ("train", "test"):
            measured = [value for _, value in run["metrics"][f"{data}-{curve['score']}"]]
            assert curve[data]["mean"] == pytest.approx(measured)


def test_training_with_catboost_is_logged(trained: Any) -> None:
    ours = trained("train_catboost.py")
    kind, stopping, by_function, ranks, categories, coloured = ours["runs"]
    assert kind["tags"] == {"mlflow.autologging": "catboost", "team": "blue"}
    assert set(kind["metrics"]) == {"learn-MultiClass", "learn-TotalF1:average_Macro"}
    assert [step for step, _ in kind["metrics"]["learn-MultiClass"]] == [0, 1, 2]
    assert kind["params"]["iterations"] == "3"
    assert kind["params"]["loss_function"] == "MultiClass"
    importance = kind["artifacts"]["feature_importance_PredictionValuesChange.json"]
    assert sum(importance.values()) == pytest.approx(100)
    assert "feature_importance_PredictionValuesChange.svg" in kind["artifacts"]
    assert [one["tags"] for one in kind["inputs"]] == [{"mlflow.data.context": "train"}]

    assert stopping["params"]["mine"] == "1"
    assert stopping["params"]["early_stopping_rounds"] == "3"
    assert stopping["tags"] == {}
    curve = [value for _, value in stopping["metrics"]["validation-RMSE"]]
    ((_, best),), ((_, last),) = (
        stopping["metrics"][name] for name in ("best_iteration", "stopped_iteration")
    )
    assert curve[-1] == curve[int(best)] == min(curve)
    assert len(curve) == int(last) + 2
    assert [one["tags"]["mlflow.data.context"] for one in stopping["inputs"]] == ["train", "eval"]

    assert by_function["params"]["learning_rate"]  # chosen by CatBoost
    assert [step for step, _ in categories["metrics"]["learn-RMSE"]] == [0, 3, 6, 7, 8]
    assert [run["outputs"] for run in (ranks, coloured)] == [[], []]
    assert coloured["params"]["cat_features"] == "['colour']"

    first = ours["models"][0]
    assert first["MLmodel"]["flavors"]["catboost"]["model_type"] == "CatBoostClassifier"
    assert "input_example.json" in first["files"]
    assert len(first["MLmodel"]["signature"]["inputs"]) == 4
    assert {one["status"] for one in ours["models"]} == {"READY"}
    assert len(ours["registered"]) == 2


@pytest.fixture
def store(tmp_path: Path) -> Iterator[kipu.MlflowClient]:
    """A store of its own; whatever was switched on is off afterwards."""
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    kipu.set_experiment("boosting")
    try:
        yield kipu.MlflowClient()
    finally:
        for library in (kipu.catboost, kipu.lightgbm, kipu.xgboost):
            library.autolog(disable=True)


def runs(client: kipu.MlflowClient) -> list[Any]:
    found = client.search_experiments()
    return list(client.search_runs([one.experiment_id for one in found]))


def line() -> tuple[Any, Any]:
    import numpy as np

    column = np.arange(60.0)
    return column[:, None], column


def test_the_callers_callbacks_are_called_and_his_list_stays(store: Any) -> None:
    import lightgbm

    seen: list[int] = []
    own = [lambda env: seen.append(env.iteration)]
    kipu.lightgbm.autolog(log_models=False)
    data = lightgbm.Dataset(*line())
    lightgbm.train({"verbose": -1}, data, 2, None, None, None, None, False, own)
    assert seen == [0, 1]
    assert len(own) == 1
    (run,) = runs(store)
    assert run.data.params["keep_training_booster"] == "False"


def test_the_round_in_which_a_callback_stops_is_logged(store: Any) -> None:
    import xgboost

    kipu.xgboost.autolog(log_models=False)
    matrix = xgboost.DMatrix(*line())
    stops = xgboost.callback.EarlyStopping(rounds=1, maximize=True, metric_name="rmse")
    told: dict[str, Any] = {}
    more: dict[str, Any] = {"evals_result": told, "verbose_eval": False}
    xgboost.train({}, matrix, 9, evals=[(matrix, "t")], callbacks=[stops], **more)
    (run,) = runs(store)
    points = store.get_metric_history(run.info.run_id, "t-rmse")
    assert [one.value for one in points] == told["t"]["rmse"]
    assert len(points) == 2


def test_training_goes_on_where_nothing_can_be_logged(
    store: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import lightgbm
    import xgboost

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    for name in ("log_batch", "log_inputs", "create_logged_model", "log_dict", "log_stream"):
        monkeypatch.setattr(kipu.MlflowClient, name, refuse)
    kipu.xgboost.autolog()
    kipu.lightgbm.autolog()
    matrix = xgboost.DMatrix(*line())
    booster = xgboost.train({}, matrix, 3, evals=[(matrix, "t")], verbose_eval=False)
    assert booster.num_boosted_rounds() == 3
    assert lightgbm.LGBMRegressor(n_estimators=3, verbose=-1).fit(*line()).n_iter_ == 3
    complaints = [one for one in caplog.messages if "the disk is full" in one]
    assert len([one for one in complaints if one.startswith("Training goes on")]) == 2


def test_an_error_of_the_training_marks_run_and_model(store: Any) -> None:
    import xgboost

    kipu.xgboost.autolog()
    with pytest.raises(xgboost.core.XGBoostError, match="no-such-objective"):
        xgboost.train({"objective": "no-such-objective"}, xgboost.DMatrix(*line()), 1)
    (run,) = runs(store)
    assert run.info.status == "FAILED"
    (model,) = store.search_logged_models([run.info.experiment_id])
    assert model.status == "FAILED"


def test_functions_that_cross_validate_make_no_runs(store: Any) -> None:
    import catboost
    import lightgbm
    import xgboost

    for library in (kipu.catboost, kipu.lightgbm, kipu.xgboost):
        library.autolog(log_models=False, log_datasets=False)
    x, y = line()
    xgboost.cv({}, xgboost.DMatrix(x, y), 2)
    lightgbm.cv({"verbose": -1}, lightgbm.Dataset(x, y), 2, stratified=False)
    quiet = {"verbose": False, "allow_writing_files": False}
    catboost.cv(
        catboost.Pool(x, y), {"loss_function": "RMSE", "iterations": 1, **quiet}, fold_count=2
    )
    assert runs(store) == []


def test_runs_of_the_caller_are_left_alone_if_asked(store: Any) -> None:
    import catboost

    kipu.catboost.autolog(exclusive=True)
    with kipu.start_run():
        catboost.CatBoostRegressor(iterations=1, verbose=0, allow_writing_files=False).fit(*line())
    (run,) = runs(store)
    assert run.data.params == {}


def test_a_data_set_of_lightgbm_is_pickled_without_kipu(store: Any) -> None:
    import pickle

    import lightgbm

    kipu.lightgbm.autolog()
    assert b"kipu" not in pickle.dumps(lightgbm.Dataset(*line()))


def test_big_data_is_described_by_its_first_rows(store: Any) -> None:
    import numpy as np
    import xgboost

    data = np.random.default_rng(0).random((30_000, 7), np.float32)
    kipu.xgboost.autolog(log_models=False)
    xgboost.train({"max_depth": 1}, xgboost.DMatrix(data, data[:, 0]), 1)
    (run,) = runs(store)
    (used,) = run.inputs.dataset_inputs
    assert used.dataset.digest == kipu.data.from_numpy(data).digest
    told = json.loads(used.dataset.profile)
    assert told == {
        "features_shape": [30_000, 7],
        "features_size": 210_000,
        "features_nbytes": 840_000,
    }


def test_what_can_be_read_once_is_left_for_the_training(store: Any) -> None:
    import lightgbm
    import xgboost

    kipu.xgboost.autolog(log_models=False)
    matrix = xgboost.DMatrix(*line())
    told: dict[str, Any] = {}
    more: dict[str, Any] = {"evals_result": told, "verbose_eval": False}
    xgboost.train({}, matrix, 2, evals=zip([matrix], ["t"], strict=True), **more)
    assert len(told["t"]["rmse"]) == 2
    kipu.lightgbm.autolog(log_models=False)
    data = lightgbm.Dataset(*line())
    booster = lightgbm.train({"verbose": -1}, data, 2, valid_sets=data, valid_names="t")
    assert list(booster.best_score) == ["t"]
    assert [len(run.inputs.dataset_inputs) for run in runs(store)] == [2, 1]


def test_random_numbers_of_the_caller_are_not_used_up(store: Any) -> None:
    import random

    import lightgbm
    import numpy as np
    import xgboost

    kipu.xgboost.autolog()
    kipu.lightgbm.autolog()
    random.seed(7)
    np.random.seed(7)
    xgboost.XGBRegressor(n_estimators=1).fit(*line())
    lightgbm.train({"verbose": -1}, lightgbm.Dataset(*line()), 1)
    drawn = (random.random(), np.random.rand())
    random.seed(7)
    np.random.seed(7)
    assert drawn == (random.random(), np.random.rand())


def test_no_kind_of_importance_is_none(store: Any) -> None:
    import xgboost

    kipu.xgboost.autolog(log_models=False, importance_types=[])
    xgboost.train({}, xgboost.DMatrix(*line()), 1)
    (run,) = runs(store)
    assert store.list_artifacts(run.info.run_id) == []


def test_training_functions_pickle_and_chunks_of_data_are_not_copied() -> None:
    import lightgbm
    import numpy as np
    import xgboost

    kipu.lightgbm.autolog()
    kipu.xgboost.autolog()
    try:
        for function in (lightgbm.train, xgboost.train, xgboost.sklearn.train):
            assert pickle.loads(pickle.dumps(function)) is function
        chunks = [np.ones((100, 3)), np.zeros((100, 3))]
        data_set = lightgbm.Dataset(chunks)
        assert np.array_equal(rows_of(data_set), np.ones((5, 3)))
    finally:
        kipu.lightgbm.autolog(disable=True)
        kipu.xgboost.autolog(disable=True)
