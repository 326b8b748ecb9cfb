"""Logs ``paddle.Model.fit``: optimizer, metrics of each epoch, early stopping and the model."""

from __future__ import annotations

from typing import Any

from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.flavors.paddle import log_model
from kipu.fluent.artifacts import log_text
from kipu.fluent.logged_models import initialize_logged_model
from kipu.fluent.logging import log_metrics, log_params

PADDLE = Integration(
    "paddle", library="paddle", versions=("2.6.0", "3.3.1"), distributions=("paddlepaddle",)
)


@PADDLE.switch
def autolog(
    log_every_n_epoch: int = 1,
    log_models: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log each ``paddle.Model.fit``.

    Args:
        log_every_n_epoch: Log the metrics of every n-th epoch.
        log_models: Whether to log the model.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        silent: Whether to say nothing.
        registered_model_name: Register each model under this name.
        extra_tags: Labels of every run that is started.
    """
    import paddle

    patch(PADDLE, paddle.Model, "fit", _fit, manages_run=True)


def _fit(call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
    import paddle

    guard = guarded(PADDLE)
    given = list(kwargs.get("callbacks") or ())
    stopping = next((one for one in given if isinstance(one, paddle.callbacks.EarlyStopping)), None)
    if stopping is not None:
        guard(log_params)(_settings(stopping))
    model_id = guard(_begin_model)() if call.option("log_models") else None
    ours = guard(_callback)(call, model_id)
    if ours is not None:
        kwargs["callbacks"] = [*given, ours]
    call.original(model, *args, **kwargs)
    if stopping is not None and stopping.stopped_epoch:
        told = {"stopped_epoch": stopping.stopped_epoch, "best_value": _number(stopping.best_value)}
        guard(log_metrics)(told, model_id=model_id)
    guard(_log_summary)(model)
    if call.option("log_models"):
        registered = call.option("registered_model_name")
        guard(log_model)(model, name="model", registered_model_name=registered, model_id=model_id)


def _begin_model() -> str:
    return initialize_logged_model("model").model_id


def _settings(stopping: Any) -> dict[str, Any]:
    names = ("monitor", "patience", "min_delta", "baseline")
    return {name: getattr(stopping, name) for name in names if hasattr(stopping, name)}


def _log_summary(model: Any) -> None:
    log_text(str(model.summary()), "model_summary.txt")


def _number(value: Any) -> float:
    """A metric as PaddlePaddle tells it: a number, or a list of one."""
    return float(value[0] if isinstance(value, (list, tuple)) else value)


def _callback(call: Call, model_id: str | None) -> Any:
    """A callback of PaddlePaddle's; its class can be made only once the library is there."""
    import paddle

    class Metrics(paddle.callbacks.Callback):  # type: ignore[misc]
        epoch = 0

        @guarded(PADDLE)
        def on_train_begin(self, logs: Any = None) -> None:
            optimizer = self.model._optimizer
            log_params(
                {
                    "optimizer_name": type(optimizer).__name__,
                    "learning_rate": optimizer._learning_rate,
                }
            )

        @guarded(PADDLE)
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch % call.option("log_every_n_epoch", 1) == 0:
                self.epoch = epoch
                self._log(logs, "")

        @guarded(PADDLE)
        def on_eval_end(self, logs: Any = None) -> None:
            self._log(logs, "eval_")

        def _log(self, logs: Any, prefix: str) -> None:
            metrics = {f"{prefix}{key}": _number(value) for key, value in (logs or {}).items()}
            log_metrics(metrics, step=self.epoch, model_id=model_id)

    return Metrics()
