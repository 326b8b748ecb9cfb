"""Optuna's callback, as it is."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ecosystem


def parabola(trial) -> float:  # type: ignore[no-untyped-def]
    return float(trial.suggest_float("x", -1, 1) ** 2)


def test_each_trial_becomes_a_run(store: str) -> None:
    optuna = pytest.importorskip("optuna")
    integration = pytest.importorskip("optuna_integration.mlflow")
    import mlflow

    callback = integration.MLflowCallback(tracking_uri=store, metric_name="loss")
    study = optuna.create_study(study_name=f"parabola in {store[:4]}")
    study.optimize(parabola, n_trials=3, callbacks=[callback])

    client = mlflow.MlflowClient(store)
    experiment = client.get_experiment_by_name(study.study_name)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"])
    assert {run.info.run_name for run in runs} == {"0", "1", "2"}
    for run in runs:
        trial = study.trials[int(run.info.run_name)]
        assert run.info.status == "FINISHED"
        assert run.data.metrics == {"loss": trial.value}
        assert run.data.params == {"x": str(trial.params["x"])}
        assert run.data.tags["state"] == "COMPLETE"
        assert run.data.tags["direction"] == "MINIMIZE"


def test_the_objective_logs_into_the_run_of_its_trial(store: str) -> None:
    optuna = pytest.importorskip("optuna")
    integration = pytest.importorskip("optuna_integration.mlflow")
    import mlflow

    callback = integration.MLflowCallback(
        tracking_uri=store, metric_name="loss", mlflow_kwargs={"nested": True}
    )

    @callback.track_in_mlflow()  # type: ignore[untyped-decorator]
    def objective(trial) -> float:  # type: ignore[no-untyped-def]
        for step in range(3):
            mlflow.log_metric("inner", step * 2.0, step=step)
        return parabola(trial)

    mlflow.set_tracking_uri(store)
    study = optuna.create_study(study_name=f"nested in {store[:4]}")
    mlflow.set_experiment(study.study_name)
    with mlflow.start_run() as parent:
        study.optimize(objective, n_trials=2, callbacks=[callback])

    client = mlflow.MlflowClient(store)
    runs = client.search_runs(
        [parent.info.experiment_id],
        filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'",
    )
    assert len(runs) == 2
    for run in runs:
        points = client.get_metric_history(run.info.run_id, "inner")
        assert [(point.step, point.value) for point in points] == [(0, 0.0), (1, 2.0), (2, 4.0)]
        assert "loss" in run.data.metrics
