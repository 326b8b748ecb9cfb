"""Training with scikit-learn under ``autolog()``: MLflow's runs, and training left as it is."""

from __future__ import annotations

import inspect
import io
import json
import logging
import pickle
import subprocess
import sys
import textwrap
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu
import kipu.sklearn
from kipu.autologging.sklearn.data import dataset_of
from kipu.autologging.sklearn.search import as_csv
from kipu.autologging.sklearn.storing import RunLog
from kipu.entities import Run
from kipu.exceptions import InvalidParameter

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]

PLOTS = (
    r"^runs/\d+/artifacts/training_(confusion_matrix|roc_curve|precision_recall_curve)\.(json|svg)$"
)
ALSO_AS_NUMBERS = {PLOTS: "plots are there as vectors and as numbers, too"}


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[None]:
    before = kipu.get_tracking_uri()
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    kipu.set_experiment("here")
    yield
    kipu.sklearn.autolog(disable=True)
    kipu.set_tracking_uri(before)


@pytest.fixture
def data() -> tuple[Any, Any]:
    from sklearn.datasets import load_iris

    x, y = load_iris(return_X_y=True)
    return x[:100], y[:100]


def logged() -> list[Run]:
    """All runs, oldest first."""
    return list(reversed(kipu.search_runs(output_format="list")))  # type: ignore[arg-type]


def test_estimators_are_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike("train_sklearn.py", ALSO_AS_NUMBERS)
    assert len(ours["runs"]) == 13
    assert all(run["status"] == "FINISHED" for run in ours["runs"])


def test_searches_are_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike("train_sklearn_search.py", ALSO_AS_NUMBERS)
    assert [run["parent"] for run in ours["runs"]] == [None] * 5 + [0, 0, 1, 1, 2, 2, 3, 3]


def test_each_estimator_that_learns_is_patched_and_no_other() -> None:
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
    from sklearn.pipeline import Pipeline
    from sklearn.utils import all_estimators

    kipu.sklearn.autolog()
    known = {kind for _, kind in all_estimators()} | {GridSearchCV, RandomizedSearchCV, Pipeline}
    patched = {kind for kind in known if hasattr(kind.fit, "_kipu_integration")}
    missing = {kind.__module__.split(".")[1] for kind in known - patched}
    assert missing == {
        "compose", "feature_extraction", "feature_selection", "impute", "preprocessing",
    }  # fmt: skip
    assert {kind.__name__ for kind in known - patched if ".compose." in kind.__module__} == {
        "ColumnTransformer"
    }
    kipu.sklearn.autolog(disable=True)
    assert not any(hasattr(kind.fit, "_kipu_integration") for kind in known)


def test_an_error_of_the_training_reaches_the_caller_and_fails_the_run() -> None:
    from sklearn.linear_model import LogisticRegression

    kipu.sklearn.autolog()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LogisticRegression().fit([[1.0], [2.0]], [0])
    (run,) = logged()
    assert run.info.status == "FAILED"
    assert run.data.params["C"] == "1.0"


def test_a_store_that_fails_costs_one_warning_and_no_training(
    data: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from sklearn.linear_model import LogisticRegression

    expected = LogisticRegression().fit(*data).coef_

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    for name in ("batch", "inputs", "metrics", "text"):
        monkeypatch.setattr(RunLog, name, broken)
    kipu.sklearn.autolog(log_models=False)
    with caplog.at_level(logging.WARNING):
        model = LogisticRegression().fit(*data)
    assert (model.coef_ == expected).all()
    told = [one.getMessage() for one in caplog.records]
    assert told == ["Training goes on, but logging of sklearn failed. OSError: the disk is full"]


def test_what_one_step_cannot_store_does_not_keep_the_others_from_it(
    data: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    kipu.sklearn.autolog(serialization_format="skops")
    own = make_pipeline(FunctionTransformer(lambda x: x * 2), LogisticRegression())
    with caplog.at_level(logging.WARNING):
        own.fit(*data)
    assert "types that skops does not trust" in caplog.text
    (run,) = logged()
    assert run.data.metrics["training_score"] == 1.0
    (model,) = kipu.search_logged_models(output_format="list")
    assert (run.info.status, str(model.status)) == ("FINISHED", "FAILED")


def test_models_are_stored_in_the_format_and_under_the_name_that_are_asked_for(data: Any) -> None:
    from sklearn.linear_model import LogisticRegression

    kipu.sklearn.autolog(serialization_format="skops", registered_model_name="line")
    LogisticRegression().fit(*data)
    info = kipu.models.get_model_info("models:/line/1")
    assert info.flavors["sklearn"]["serialization_format"] == "skops"


def test_options_that_no_training_could_follow_are_refused_at_once() -> None:
    with pytest.raises(InvalidParameter, match="max_tuning_runs is None or at least 0, not -1"):
        kipu.sklearn.autolog(max_tuning_runs=-1)
    with pytest.raises(InvalidParameter, match="no serialization format 'joblib'"):
        kipu.sklearn.autolog(serialization_format="joblib")


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_parallel_fits_within_a_fit_make_no_runs(data: Any, backend: str) -> None:
    import joblib
    from sklearn.ensemble import BaggingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, make_scorer
    from sklearn.model_selection import GridSearchCV

    kipu.sklearn.autolog(log_models=False, max_tuning_runs=0)
    with joblib.parallel_backend(backend, n_jobs=2):
        BaggingClassifier(LogisticRegression(), n_estimators=4, n_jobs=2).fit(*data)
        GridSearchCV(
            LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, scoring=make_scorer(accuracy_score)
        ).fit(*data)
    assert [run.data.tags["estimator_name"] for run in logged()] == [
        "BaggingClassifier", "GridSearchCV",
    ]  # fmt: skip


def test_cross_validation_makes_no_runs_even_if_it_was_imported_before(data: Any) -> None:
    import joblib
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict, cross_val_score, learning_curve

    kipu.sklearn.autolog()
    assert len(cross_val_score(LogisticRegression(), *data, cv=3)) == 3
    cross_val_predict(LogisticRegression(), *data, cv=2)
    learning_curve(LogisticRegression(), *data, cv=2, train_sizes=[0.5], shuffle=True)
    with joblib.parallel_backend("threading", n_jobs=2):
        cross_val_score(LogisticRegression(), *data, cv=2)
    assert logged() == []


def test_fits_in_threads_of_the_caller_have_runs_of_their_own(data: Any) -> None:
    from sklearn.linear_model import LogisticRegression

    kipu.sklearn.autolog(log_models=False)
    strengths = [0.1, 0.2, 0.3, 0.4]
    threads = [
        threading.Thread(target=lambda c=one: LogisticRegression(C=c).fit(*data))  # type: ignore[misc]
        for one in strengths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = logged()
    assert sorted(float(run.data.params["C"]) for run in runs) == strengths
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert all("training_score" in run.data.metrics for run in runs)


def test_functions_and_methods_look_and_pickle_as_before(data: Any) -> None:
    import sklearn.metrics
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import make_scorer
    from sklearn.pipeline import make_pipeline

    pipe = make_pipeline(LogisticRegression())
    before = [inspect.signature(one) for one in (pipe.fit, pipe.predict, pipe.score)]
    kipu.sklearn.autolog(log_models=False)
    assert [inspect.signature(one) for one in (pipe.fit, pipe.predict, pipe.score)] == before
    assert pickle.loads(pickle.dumps(sklearn.metrics.f1_score)) is sklearn.metrics.f1_score
    pickle.loads(pickle.dumps(make_scorer(sklearn.metrics.f1_score)))
    fitted = pipe.fit(*data)
    assert not [name for name in vars(fitted) if "mlflow" in name or "kipu" in name]
    assert not hasattr(make_pipeline(LogisticRegression()).fit(*data), "transform")


def test_searches_and_scorers_of_before_pickle_as_before(data: Any) -> None:
    import sklearn.metrics
    import sklearn.model_selection._search as search
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    before = sklearn.metrics.f1_score
    scorer = sklearn.metrics.make_scorer(before)
    kipu.sklearn.autolog(log_models=False, max_tuning_runs=0)
    fitted = GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]}, cv=2, scoring="accuracy")
    fitted.fit(*data)
    for thing in (fitted, scorer, before):
        pickle.loads(pickle.dumps(thing))
    # What goes to other processes.
    assert pickle.loads(pickle.dumps(search._fit_and_score)) is search._fit_and_score
    kipu.sklearn.autolog(disable=True)
    assert sklearn.metrics.f1_score is before


def test_metrics_pickle_whichever_libraries_are_logged(data: Any) -> None:
    import sklearn.metrics
    from sklearn.linear_model import LogisticRegression

    before = sklearn.metrics.f1_score
    kipu.sklearn.autolog(log_models=False)
    found = sklearn.metrics.f1_score
    try:
        kipu.xgboost.autolog()
        kipu.sklearn.autolog(log_models=False)
        assert pickle.loads(pickle.dumps(found)) is found
        kipu.xgboost.autolog(disable=True)
        found(data[1], LogisticRegression().fit(*data).predict(data[0]), average="micro")
        assert any(key.startswith("f1_score") for key in logged()[0].data.metrics)
    finally:
        kipu.xgboost.autolog(disable=True)
        kipu.sklearn.autolog(disable=True)
    assert sklearn.metrics.f1_score is before


def test_a_sparse_matrix_is_described_without_its_zeros() -> None:
    import numpy as np
    import scipy.sparse
    from sklearn.naive_bayes import MultinomialNB

    kipu.sklearn.autolog(log_models=False)
    counts = scipy.sparse.eye(2_000, 20_000, format="csr")
    classes = np.arange(2_000) % 2
    tracemalloc.start()
    try:
        MultinomialNB().fit(counts, classes)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000  # with its zeros, 320 MB
    finally:
        tracemalloc.stop()
    told = logged()[0].inputs.dataset_inputs[0].dataset
    assert json.loads(told.profile)["features_shape"] == [2_000, 20_000]
    small = scipy.sparse.eye(20, 30, format="csr")
    as_is, whole = dataset_of(small, classes[:20]), dataset_of(small.toarray(), classes[:20])
    assert as_is is not None
    assert whole is not None
    assert as_is.to_dict() == whole.to_dict()


def test_the_program_draws_the_random_numbers_that_it_would_draw(data: Any) -> None:
    import numpy as np
    from sklearn.dummy import DummyClassifier

    kipu.sklearn.autolog()
    np.random.seed(0)
    expected = np.random.rand()
    np.random.seed(0)
    DummyClassifier(strategy="stratified").fit(*data)
    assert np.random.rand() == expected


def test_scores_are_of_the_data_as_it_was_given(data: Any) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = data
    plain = make_pipeline(StandardScaler(), LogisticRegression()).fit(x.copy(), y)
    expected = plain.predict_proba(x)[:, 1]
    kipu.sklearn.autolog(log_models=False)
    make_pipeline(StandardScaler(copy=False), LogisticRegression()).fit(x.copy(), y)
    from sklearn.metrics import log_loss

    (run,) = logged()
    assert run.data.metrics["training_log_loss"] == pytest.approx(log_loss(y, expected))


def test_a_halving_search_has_runs_below_it_too(data: Any) -> None:
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    kipu.sklearn.autolog(max_tuning_runs=2, log_models=False)
    grid = {"max_depth": [1, 2, None]}
    HalvingGridSearchCV(DecisionTreeClassifier(random_state=0), grid, cv=2).fit(*data)
    runs = logged()
    parent = next(run for run in runs if "mlflow.parentRunId" not in run.data.tags)
    assert parent.data.tags["estimator_name"] == "HalvingGridSearchCV"
    assert parent.data.params.keys() >= {"best_max_depth", "factor"}
    assert "best_cv_score" in parent.data.metrics
    children = [run for run in runs if run is not parent]
    assert len(children) == 2
    assert all("n_resources" in run.data.metrics for run in children)


def test_a_search_that_keeps_no_model_has_its_runs(data: Any) -> None:
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    kipu.sklearn.autolog(max_tuning_runs=None, log_models=False)
    x, y = data
    GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2, refit=False).fit(x, pd.Series(y))
    runs = logged()
    assert len(runs) == 3
    assert all(len(run.inputs.dataset_inputs) == 1 for run in runs)


@pytest.mark.filterwarnings("ignore")
def test_the_table_of_a_search_is_as_pandas_writes_it() -> None:
    import pandas as pd
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.svm import SVC

    grid: Any = [{"C": [0.1, 1.0]}, {"C": [2.0], "solver": ["lbfgs"], "tol": [1e-3, float("nan")]}]
    model = GridSearchCV(LogisticRegression(), grid, cv=2, error_score=float("nan"))
    results = model.fit(*load_iris(return_X_y=True)).cv_results_
    results["param_est"] = [SVC(C=2), None, "a,b", 'say "x"', "two\nlines"][
        : len(results["params"])
    ]
    written = io.StringIO()
    pd.DataFrame.from_dict(results).to_csv(written, index=False)
    assert as_csv(results) == written.getvalue()


def test_what_is_measured_later_goes_by_the_callers_names(data: Any) -> None:
    import sklearn.metrics
    from sklearn.linear_model import LogisticRegression

    x, y = data
    kipu.sklearn.autolog(log_models=False)
    model = LogisticRegression().fit(x, y)

    def measure(given: Any) -> float:
        return float(sklearn.metrics.accuracy_score(y, model.predict(given)))

    measure(x)
    held_out, seen = x[10:20], x[20:30]
    model.score(held_out, y[10:20])
    model.score(seen, y[20:30])
    model.score(held_out, y[10:20])
    for _ in range(2):
        model.score(x[30:40].copy(), y[30:40])
    (run,) = logged()
    assert {key for key in run.data.metrics if "training" not in key} == {
        "accuracy_score_x",
        "LogisticRegression_score_held_out",
        "LogisticRegression_score-2_seen",
        "LogisticRegression_score-3_held_out",
        "LogisticRegression_score-4_unknown_dataset",
        "LogisticRegression_score-5_unknown_dataset-2",
    }


def test_what_an_estimator_without_predict_makes_of_data_is_known_too(
    data: Any, caplog: pytest.LogCaptureFixture
) -> None:
    import sklearn.metrics
    from sklearn.decomposition import PCA

    x, y = data
    kipu.sklearn.autolog(log_models=False)
    reducer = PCA(2).fit(x)
    with caplog.at_level(logging.WARNING):
        sklearn.metrics.silhouette_score(reducer.transform(X=x), y)
    assert caplog.records == []
    (run,) = logged()
    assert "silhouette_score_x" in run.data.metrics


def test_a_run_of_the_callers_is_used_or_with_exclusive_left_alone(data: Any) -> None:
    from sklearn.linear_model import LinearRegression

    kipu.sklearn.autolog(log_models=False)
    with kipu.start_run() as mine:
        LinearRegression().fit(*data)
        assert kipu.active_run().info.run_id == mine.info.run_id  # type: ignore[union-attr]
    assert len(logged()) == 1
    kipu.sklearn.autolog(log_models=False, exclusive=True)
    with kipu.start_run():
        LinearRegression().fit(*data)
    assert [bool(run.data.params) for run in logged()] == [True, False]


def test_a_library_that_is_imported_later_is_logged(tmp_path: Path) -> None:
    script = """
        import sys
        import kipu
        kipu.sklearn.autolog(log_models=False)
        assert "sklearn" not in sys.modules
        import sklearn.linear_model, sklearn.metrics
        model = sklearn.linear_model.LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
        import sklearn.cluster
        sklearn.cluster.KMeans(1).fit([[1.0], [2.0]])
        sklearn.metrics.r2_score([1.0, 2.0], model.predict([[1.0], [2.0]]))
        runs = kipu.search_runs(output_format="list")
        names = sorted(run.data.tags["estimator_name"] for run in runs)
        assert names == ["KMeans", "LinearRegression"], names
        assert any("r2_score_unknown_dataset" in run.data.metrics for run in runs)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
