"""Logs the losses of a training loop that somebody has written, without a trainer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from kipu.autologging.patching import tags_of_runs
from kipu.autologging.pytorch.library import PYTORCH
from kipu.autologging.pytorch.readings import Readings
from kipu.autologging.sessions import innermost, is_paused
from kipu.client import MlflowClient
from kipu.entities import Metric
from kipu.fluent.active import active_run
from kipu.fluent.endings import when_run_ends
from kipu.fluent.runs import start_run

LOSS = "loss"
RATE = "learning_rate"
_BEFORE_SCALING = "_kipu_before_scaling"


_loop: _Loop | None = None


class _Loop:
    """The curves of one run.

    Attributes:
        step: How many steps an optimizer has made.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.step = 0
        self._client = MlflowClient()
        self.readings = Readings(self._write)
        when_run_ends(run_id, self._end)

    def _end(self) -> None:
        global _loop
        self.readings.write()
        if _loop is self:
            _loop = None

    def _write(self, points: list[Metric]) -> None:
        self._client.log_batch(self.run_id, metrics=points)


def watch() -> None:
    """Log from now on, until the integration is switched off or anew.

    These functions are put around PyTorch's without the engine's: they are called at each step, and
    neither begin a run nor are told of errors of the training.
    """
    import torch
    from torch.optim.optimizer import register_optimizer_step_post_hook

    _put_around(torch.Tensor, "backward", _with_loss)
    _put_around(torch.amp.GradScaler, "scale", _with_scale)
    PYTORCH.on_revert(register_optimizer_step_post_hook(_after_step).remove)


def _put_around(owner: type, name: str, around: Callable[[Any], Any]) -> None:
    own = vars(owner)[name]
    new = functools.wraps(own)(around(own))
    setattr(owner, name, new)

    def undo() -> None:
        if vars(owner)[name] is new:
            setattr(owner, name, own)

    PYTORCH.on_revert(undo)


def _with_loss(backward: Any) -> Any:
    def logged(loss: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            value = getattr(loss, _BEFORE_SCALING, loss)
            loop = _current() if value.numel() == 1 else None
            if loop is not None:
                loop.readings.add(LOSS, value, loop.step)
        except Exception as error:
            PYTORCH.complain(error)
        return backward(loss, *args, **kwargs)

    return logged


def _with_scale(scale: Any) -> Any:
    """What is scaled for half precision is told as it was before."""

    def logged(scaler: Any, outputs: Any) -> Any:
        scaled = scale(scaler, outputs)
        if hasattr(scaled, "detach"):
            setattr(scaled, _BEFORE_SCALING, outputs.detach())
        return scaled

    return logged


def _after_step(optimizer: Any, args: Any, kwargs: Any) -> None:
    try:
        loop = _current()
        if loop is None:
            return
        for place, group in enumerate(optimizer.param_groups):
            loop.readings.add(f"{RATE}_{place}" if place else RATE, group["lr"], loop.step)
        loop.step += 1
        loop.readings.write_if_due()
    except Exception as error:
        PYTORCH.complain(error)


def _current() -> _Loop | None:
    """The loop of the active run, started if there is none; None for what is not to be logged."""
    global _loop
    if innermost() is not None or is_paused():
        return None
    active = active_run()
    if _loop is not None and active is not None and _loop.run_id == active.info.run_id:
        return _loop
    if _is_led_by_another() or (active is not None and PYTORCH.option("exclusive")):
        return None
    if active is None:
        active = start_run(tags=tags_of_runs(PYTORCH))
    _loop = _Loop(active.info.run_id)
    return _loop


def _is_led_by_another() -> bool:
    """Whether another process of the same training logs it."""
    from torch import distributed

    is_one_of_many = distributed.is_available() and distributed.is_initialized()
    return bool(is_one_of_many and distributed.get_rank() != 0)
