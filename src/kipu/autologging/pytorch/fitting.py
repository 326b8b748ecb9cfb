"""Logs what a Lightning trainer fits."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.patching import Call
from kipu.autologging.pytorch.checkpoint_callback import MlflowModelCheckpointCallback
from kipu.autologging.pytorch.library import LIGHTNING_VERSIONS, PYTORCH
from kipu.autologging.pytorch.recorder import Recorder
from kipu.autologging.sessions import paused
from kipu.autologging.versions import is_between
from kipu.client import MlflowClient
from kipu.entities import Param
from kipu.flavors.pytorch.saving import log_model
from kipu.fluent.artifacts import log_artifact, log_text
from kipu.fluent.logged_models import finalize_logged_model, initialize_logged_model
from kipu.models.model_signature import ModelSignature, infer_signature

_STOPPING = ("monitor", "mode", "patience", "min_delta", "stopped_epoch")


def is_led_by_another(trainer: Any, *args: Any, **kwargs: Any) -> bool:
    """Whether another process of the same training logs it."""
    return not getattr(trainer, "is_global_zero", True)


def fit(name: str, call: Call, trainer: Any, *args: Any, **kwargs: Any) -> None:
    """What runs in place of ``Trainer.fit``.

    Args:
        name: The Lightning whose trainer it is.
        call: The call.
        trainer: The trainer.
        *args: The model, and its data.
        **kwargs: See there.
    """
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        fitting = _Fitting(name, call, trainer, Path(folder))
        fitting.begin()
        try:
            call.original(trainer, *args, **kwargs)
        except BaseException:
            fitting.fail()
            raise
        fitting.end()


class _Fitting:
    """One call of ``Trainer.fit``."""

    def __init__(self, name: str, call: Call, trainer: Any, folder: Path) -> None:
        self._lightning = sys.modules[name]
        self._call, self._trainer = call, trainer
        self._shapes = folder / "shapes.json"
        self._client = MlflowClient()
        self._run_id = call.run_id
        self._model_id: str | None = None
        self._recorder: Recorder | None = None
        self._stopping: Any = None
        self._added: list[Any] = []

    @guarded(PYTORCH)
    def begin(self) -> None:
        """Log what is known before, and add the callbacks."""
        version = str(self._lightning.__version__)
        if not is_between(version, *LIGHTNING_VERSIONS):
            PYTORCH.warn(
                "Lightning %s is not among the tested versions, %s to %s.",
                version, *LIGHTNING_VERSIONS,
            )  # fmt: skip
        self._note_stopping()
        if self._call.option("log_models"):
            self._model_id = initialize_logged_model("model", self._run_id).model_id
        self._add_recorder()
        if self._call.option("checkpoint"):
            self._add_checkpoints()

    @guarded(PYTORCH)
    def fail(self) -> None:
        """Say that no model comes of it."""
        self._take_checkpoints_off()
        if self._recorder is not None:
            self._recorder.end()
        if self._model_id is not None:
            finalize_logged_model(self._model_id, "FAILED")

    def end(self) -> None:
        """Log what came of it."""
        self._take_checkpoints_off()
        if self._recorder is not None:
            self._recorder.end()
        self._log_stopping()
        self._log_summary()
        if self._model_id is not None:
            self._log_model(self._model_id)
            self._log_restored()

    def _note_stopping(self) -> None:
        for one in self._trainer.callbacks:
            if isinstance(one, self._lightning.callbacks.EarlyStopping):
                self._stopping = one
        if self._stopping is not None:
            told = {key: getattr(self._stopping, key, None) for key in _STOPPING}
            params = [Param(key, str(value)) for key, value in told.items()]
            self._client.log_batch(self._run_id, params=params)

    def _add_recorder(self) -> None:
        callbacks = self._trainer.callbacks
        # That of an earlier fit stays with the trainer, for the tests that follow it.
        self._recorder = next((one for one in callbacks if isinstance(one, Recorder)), None)
        if self._recorder is None:
            self._recorder = Recorder()
            callbacks.append(self._recorder)
        wants_shapes = self._model_id is not None and self._call.option("log_model_signatures")
        self._recorder.log_to(
            self._client, self._run_id, self._model_id,
            self._call.option("log_every_n_epoch"), self._call.option("log_every_n_step"),
            self._shapes if wants_shapes else None,
        )  # fmt: skip

    def _add_checkpoints(self) -> None:
        callbacks = self._trainer.callbacks
        found = [one for one in callbacks if isinstance(one, MlflowModelCheckpointCallback)]
        if not found:
            option = self._call.option
            found = [
                MlflowModelCheckpointCallback(
                    option("checkpoint_monitor"), option("checkpoint_mode"),
                    option("checkpoint_save_best_only"), option("checkpoint_save_weights_only"),
                    option("checkpoint_save_freq"),
                )
            ]  # fmt: skip
            callbacks += found
            self._added = found
        for one in found:
            one.log_to(self._client, self._run_id)

    @guarded(PYTORCH)
    def _take_checkpoints_off(self) -> None:
        """Leave the trainer without what was added, which would log its later trainings, too."""
        for one in self._added:
            self._trainer.callbacks.remove(one)
        self._added = []

    @guarded(PYTORCH)
    def _log_stopping(self) -> None:
        stopping = self._stopping
        if stopping is None or not stopping.stopped_epoch:
            return
        told = {
            "stopped_epoch": stopping.stopped_epoch,
            "restored_epoch": stopping.stopped_epoch - max(1, stopping.patience),
            "best_score": float(stopping.best_score),
            "wait_count": stopping.wait_count,
        }
        for key, value in told.items():
            self._client.log_metric(self._run_id, key, value, model_id=self._model_id)

    @guarded(PYTORCH)
    def _log_summary(self) -> None:
        summarized = sys.modules[f"{self._lightning.__name__}.utilities.model_summary"].ModelSummary
        summary = str(summarized(self._trainer.lightning_module, max_depth=-1))
        log_text(summary, "model_summary.txt", self._run_id)

    @guarded(PYTORCH)
    def _log_model(self, model_id: str) -> None:
        with paused():
            log_model(
                self._trainer.lightning_module,
                name="model",
                registered_model_name=self._call.option("registered_model_name"),
                model_id=model_id,
                signature=self._signature(),
                serialization_format="pickle",
            )

    @guarded(PYTORCH)
    def _log_restored(self) -> None:
        """Log the best of Lightning's own checkpoints, where training stopped early."""
        best = getattr(self._trainer.checkpoint_callback, "best_model_path", "")
        if self._stopping is not None and best:
            log_artifact(best, "restored_model_checkpoint", run_id=self._run_id)

    @guarded(PYTORCH)
    def _signature(self) -> ModelSignature | None:
        if not self._shapes.is_file():
            return None
        import numpy as np

        told = json.loads(self._shapes.read_text("utf-8"))
        # A batch of one is as good as a large one: how many there are may vary.
        taken, given = [np.zeros([1, *shape[1:]] if shape else [], kind) for kind, shape in told]
        return infer_signature(taken, given)
