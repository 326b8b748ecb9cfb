"""The callback of transformers, and accelerate's tracker, as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ecosystem


def train(folder: Path, **options: Any) -> None:
    """Train a language model of a few thousand weights for four steps, on made-up tokens."""
    import torch
    import transformers

    class Tokens(torch.utils.data.Dataset[dict[str, Any]]):
        def __len__(self) -> int:
            return 16

        def __getitem__(self, at: int) -> dict[str, Any]:
            ids = torch.tensor([(at + place) % 32 for place in range(8)])
            return {"input_ids": ids, "labels": ids}

    model = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(vocab_size=32, n_positions=16, n_embd=8, n_layer=1, n_head=1)
    )
    arguments = transformers.TrainingArguments(
        output_dir=str(folder), max_steps=4, per_device_train_batch_size=4, logging_steps=1,
        save_strategy="no", report_to=["mlflow"], use_cpu=True, disable_tqdm=True, **options,
    )  # fmt: skip
    transformers.Trainer(model=model, args=arguments, train_dataset=Tokens()).train()


def test_a_training_is_logged(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    pytest.importorskip("torch")
    import mlflow

    name = f"tokens in {store[:4]}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", name)
    monkeypatch.setenv("MLFLOW_TAGS", '{"release": "RC1"}')
    monkeypatch.setenv("MLFLOW_FLATTEN_PARAMS", "1")
    train(tmp_path / "out", run_name="tiny")

    client = mlflow.MlflowClient(store)
    experiment = client.get_experiment_by_name(name)
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.info.status, run.info.run_name) == ("FINISHED", "tiny")
    assert run.data.tags["release"] == "RC1"
    assert run.data.params["max_steps"] == "4"
    assert run.data.params["n_embd"] == "8"
    assert len(run.data.params) > 100
    losses = client.get_metric_history(run.info.run_id, "loss")
    assert [point.step for point in losses] == [1, 2, 3, 4]
    assert run.data.metrics["train_loss"] > 0


def test_it_goes_on_with_the_run_of_the_environment(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("transformers")
    pytest.importorskip("torch")
    import mlflow

    client = mlflow.MlflowClient(store)
    run = client.create_run("0", tags={"kept": "yes"})
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    monkeypatch.setenv("MLFLOW_RUN_ID", run.info.run_id)
    train(tmp_path / "out")

    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert found.data.tags["kept"] == "yes"
    assert found.data.metrics["epoch"] == 1.0


def test_a_run_that_is_active_is_used_and_left_to_its_owner(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("transformers")
    pytest.importorskip("torch")
    import mlflow

    mlflow.set_tracking_uri(store)
    with mlflow.start_run() as run:
        train(tmp_path / "out")
        assert mlflow.active_run() is not None
        mlflow.log_metric("own", 1.0)
    found = mlflow.MlflowClient(store).get_run(run.info.run_id)
    assert found.data.metrics["own"] == 1.0
    assert "loss" in found.data.metrics


def test_accelerates_tracker_logs(store: str, tmp_path: Path) -> None:
    pytest.importorskip("accelerate")
    import mlflow
    from accelerate.tracking import MLflowTracker

    name = f"tracker in {store[:4]}"
    mlflow.set_tracking_uri(store)
    tracker = MLflowTracker(experiment_name=name, run_name="tracked")
    tracker.start()
    tracker.store_init_configuration({"rate": 0.1, "depth": 3})
    tracker.log({"loss": 0.5, "note": "not a number"}, step=2)
    (tmp_path / "notes.txt").write_text("good")
    tracker.log_artifact(str(tmp_path / "notes.txt"))
    tracker.finish()

    client = mlflow.MlflowClient(store)
    (experiment,) = client.search_experiments(filter_string=f"name = '{name}'")
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.info.status, run.info.run_name) == ("FINISHED", "tracked")
    assert run.data.params == {"rate": "0.1", "depth": "3"}
    assert run.data.metrics == {"loss": 0.5}
    assert [entry.path for entry in client.list_artifacts(run.info.run_id)] == ["notes.txt"]
