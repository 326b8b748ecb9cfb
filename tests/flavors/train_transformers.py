"""A tiny BERT learns to tell two sentences apart, once in its own run and once in the caller's."""

from __future__ import annotations

import time
from typing import Any

import mlflow.transformers
import torch
from sklearn.linear_model import LogisticRegression
from tiny_transformers import bert, tokens
from transformers import Trainer, TrainerCallback, TrainingArguments

TEXTS = ["the cat sees a dog", "this bird sleeps now"] * 4


class Rows(torch.utils.data.Dataset):  # type: ignore[type-arg]
    def __len__(self) -> int:
        return len(TEXTS)

    def __getitem__(self, at: int) -> dict[str, Any]:
        told = tokens()(TEXTS[at], padding="max_length", max_length=8)
        return {**{key: torch.tensor(one) for key, one in told.items()}, "labels": at % 2}


class Clock(TrainerCallback):  # type: ignore[misc]
    """Equal points within one millisecond would be stored as one, which depends on the machine."""

    def on_log(self, *args: Any, **more: Any) -> None:
        now = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 == now:
            pass


def trainer(folder: str, **more: Any) -> Trainer:
    arguments = TrainingArguments(
        folder, num_train_epochs=2, per_device_train_batch_size=4, logging_steps=1, seed=1,
        eval_strategy="epoch", save_strategy="no", use_cpu=True, disable_tqdm=True,
        **more,
    )  # fmt: skip
    return Trainer(bert(), arguments, train_dataset=Rows(), eval_dataset=Rows(),
                   compute_metrics=measured, callbacks=[Clock()])  # fmt: skip


def measured(answers: Any) -> dict[str, float]:
    # A metric that trains a model itself: no run of its own.
    LogisticRegression().fit(answers.predictions, answers.label_ids)
    return {"right (%)": float((answers.predictions.argmax(-1) == answers.label_ids).mean())}


mlflow.autolog(silent=True)
trainer("own").train()
with mlflow.start_run(run_name="caller's", tags={"who": "me"}):
    trainer("callers").train()
    mlflow.log_metric("after", 1.0)
trainer("reported", report_to="mlflow", run_name="reported").train()
