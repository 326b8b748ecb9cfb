"""What Kipu does around ``Trainer.train`` that MLflow leaves to transformers' own callback."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu
from kipu.autologging.transformers import autolog, callback

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]

TEXTS = ["the cat sees a dog", "this bird sleeps now"] * 2


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    before = kipu.get_tracking_uri()
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    yield
    autolog(disable=True)
    while kipu.active_run():
        kipu.end_run()
    kipu.set_tracking_uri(before)


def trainer(fails_at: int | None = None, **more: Any) -> Any:
    import torch
    from tiny_transformers import bert, tokens
    from transformers import Trainer, TrainingArguments

    class Rows(torch.utils.data.Dataset):  # type: ignore[type-arg]
        def __len__(self) -> int:
            return len(TEXTS)

        def __getitem__(self, at: int) -> dict[str, Any]:
            if at == fails_at:
                raise ZeroDivisionError("bad row")
            told = tokens()(TEXTS[at], padding="max_length", max_length=8)
            rows = {key: torch.tensor(one) for key, one in told.items()}
            return {**rows, "labels": torch.tensor(at % 2)}

    arguments = TrainingArguments(
        "out", num_train_epochs=1, per_device_train_batch_size=2, logging_steps=1, seed=1,
        use_cpu=True, disable_tqdm=True, **{"save_strategy": "no"} | more,
    )  # fmt: skip
    rows = Rows()
    return Trainer(
        bert(), arguments, train_dataset=rows, eval_dataset=rows, processing_class=tokens()
    )


def runs() -> list[Any]:
    return kipu.search_runs(output_format="list", order_by=["start_time ASC"])


def test_no_module_named_mlflow_is_needed() -> None:
    assert importlib.util.find_spec("mlflow") is None
    autolog(extra_tags={"who": "me"})
    trainer(run_name="tiny").train()
    (run,) = runs()
    assert (run.info.status, run.info.run_name) == ("FINISHED", "tiny")
    assert run.data.tags["who"] == "me"
    assert run.data.params["hidden_size"] == "16"
    assert run.data.metrics["train_loss"] > 0
    assert kipu.active_run() is None


def test_later_evaluation_belongs_to_the_run_and_further_training_does_not() -> None:
    autolog()
    tiny = trainer()
    tiny.train()
    tiny.evaluate()
    tiny.train()
    first, second = runs()
    assert "eval_loss" in first.data.metrics
    assert "eval_loss" not in second.data.metrics
    assert second.data.params.keys() == first.data.params.keys()
    autolog(disable=True)
    tiny.train()
    assert len(runs()) == 2


def test_a_training_that_fails_marks_its_run() -> None:
    autolog()
    with pytest.raises(ZeroDivisionError, match="bad row"):
        trainer(fails_at=3).train()
    assert [run.info.status for run in runs()] == ["FAILED"]
    assert kipu.active_run() is None


def test_a_callers_run_stays_open() -> None:
    autolog()
    with kipu.start_run() as run:
        trainer().train()
        assert kipu.active_run() is run
    assert len(runs()) == 1
    autolog(exclusive=True)
    with kipu.start_run():
        trainer().train()
    assert runs()[1].data.params == {}


def test_the_model_is_logged_only_if_asked_of_transformers_itself() -> None:
    autolog(log_models=True)
    tiny = trainer()
    tiny.train()
    (run,) = runs()
    (made,) = run.outputs.model_outputs
    assert made.step == 2
    model = kipu.pyfunc.load_model(f"models:/{made.model_id}")
    labels = model.predict(TEXTS)["label"].tolist()
    assert len(labels) == 4
    assert tiny.model.training
    autolog.integration.options.clear()
    kipu.autolog(log_models=True, silent=True)
    trainer().train()
    kipu.autolog(disable=True)
    assert runs()[1].data.metrics["train_loss"] == run.data.metrics["train_loss"]
    assert not runs()[1].outputs.model_outputs


def test_broken_logging_is_one_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    autolog()

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(callback, "log_metrics", broken)
    with caplog.at_level(logging.WARNING, logger="kipu"):
        result = trainer().train()
    assert result.metrics["train_loss"] > 0
    assert [one.getMessage() for one in caplog.records if "disk full" in one.getMessage()] == [
        "Training goes on, but logging of transformers failed. OSError: disk full"
    ]
    assert runs()[0].info.status == "FINISHED"


def test_settings_of_the_environment_are_those_of_transformers_own_callback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_FLATTEN_PARAMS", "1")
    monkeypatch.setenv("MLFLOW_MAX_LOG_PARAMS", "150")
    monkeypatch.setenv("MLFLOW_TAGS", '{"release": "1"}')
    monkeypatch.setenv("MLFLOW_NESTED_RUN", "TRUE")
    autolog()
    with kipu.start_run() as parent:
        trainer().train()
    child = runs()[1]
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert child.data.tags["release"] == "1"
    assert child.data.params["id2label.0"] == "LABEL_0"
    assert len(child.data.params) == 150
    monkeypatch.setenv("DISABLE_MLFLOW_INTEGRATION", "TRUE")
    trainer().train()
    assert len(runs()) == 2


def test_checkpoints_are_logged_if_transformers_setting_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_MLFLOW_LOG_ARTIFACTS", "1")
    autolog()
    trainer(save_strategy="epoch").train()
    (run,) = runs()
    (made,) = run.outputs.model_outputs
    assert kipu.get_logged_model(made.model_id).name == "checkpoint-2"
