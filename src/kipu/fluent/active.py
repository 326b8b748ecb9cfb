"""The active run: a stack of nested runs in each thread."""

from __future__ import annotations

import logging
import os
import threading
from types import TracebackType
from typing import Any

from kipu.client import MlflowClient
from kipu.client.recorder import Recorder
from kipu.client.tracking import Tracking
from kipu.entities import Run
from kipu.environment_variables import (
    LEGACY_ACTIVE_MODEL_ID,
    MLFLOW_ACTIVE_MODEL_ID,
    MLFLOW_ENABLE_ASYNC_LOGGING,
    MLFLOW_RUN_ID,
)
from kipu.exceptions import Unavailable
from kipu.fluent.endings import tell_that_run_ends
from kipu.fluent.system_metrics import stop_monitor

_log = logging.getLogger(__name__)


class ActiveRun(Run):
    """A run as a context manager: it ends with the block, FAILED if the block raises."""

    def __init__(self, run: Run, tracking: Tracking | None = None) -> None:
        super().__init__(run.info, run.data, run.inputs, run.outputs)
        self._tracking = tracking

    def __reduce__(self) -> tuple[Any, ...]:
        # The store and its journal belong to this process.
        return (ActiveRun, (Run(self.info, self.data, self.inputs, self.outputs),))

    def __enter__(self) -> ActiveRun:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # By id: tools such as tuners end a run and start it again inside the block.
        if any(run.info.run_id == self.info.run_id for run in state.stack):
            end_run("FINISHED" if exc_type is None else "FAILED")


class _State(threading.local):
    """What one thread has: its runs, innermost last, and the function that logs into that one."""

    def __init__(self) -> None:
        self.stack: list[ActiveRun] = []
        self.recorder: Recorder | None = None
        self.last_run_id: str | None = None
        self.last_model_id: str | None = None
        self._model_id: str | None = None
        self._model_is_chosen = False

    @property
    def model_id(self) -> str | None:
        """The model to which metrics belong that name none: the one chosen, or the environment's.

        As with MLflow, a thread looks into the environment once.
        """
        if not self._model_is_chosen:
            self._model_id = MLFLOW_ACTIVE_MODEL_ID.get() or LEGACY_ACTIVE_MODEL_ID.get() or None
            self._model_is_chosen = True
        return self._model_id

    @model_id.setter
    def model_id(self, model_id: str | None) -> None:
        self._model_id, self._model_is_chosen = model_id, True
        self.renew()

    def forget_model(self) -> None:
        """Look into the environment again."""
        self._model_is_chosen = False
        self.last_model_id = None

    def push(self, run: ActiveRun) -> None:
        self.stack.append(run)
        _open_runs[id(run)] = run
        self.renew()

    def pop(self) -> ActiveRun:
        run = self.stack.pop()
        _open_runs.pop(id(run), None)
        self.last_run_id = run.info.run_id
        self.renew()
        return run

    def renew(self) -> None:
        """Make the function that logs into the innermost run, as the settings are now."""
        run = self.stack[-1] if self.stack else None
        # Points that may belong to a model take the longer way.
        if run is None or run._tracking is None or self.model_id or _made_models(run):
            self.recorder = None
        else:
            later = MLFLOW_ENABLE_ASYNC_LOGGING.get()
            self.recorder = Recorder(run._tracking, run.info.run_id, answers=later)


def _made_models(run: Run) -> bool:
    return bool(run.outputs and run.outputs.model_outputs)


state = _State()
_open_runs: dict[int, ActiveRun] = {}
"""The active runs of all threads."""


def _forget() -> None:
    # As with MLflow, a forked child has no active run: two processes would end the same run.
    state.stack, state.recorder, state.last_run_id = [], None, None
    _open_runs.clear()
    state.forget_model()


os.register_at_fork(after_in_child=_forget)


def active_run() -> ActiveRun | None:
    """The innermost run of this thread that has not ended, or None.

    It tells what the run was when it started; ``get_run`` reads it anew.
    """
    return state.stack[-1] if state.stack else None


def latest_run() -> ActiveRun | None:
    """The run that started last in any thread and has not ended, or None."""
    return next(reversed(list(_open_runs.values())), None)


def end_run(status: str = "FINISHED") -> None:
    """End this thread's active run, once all of its points are stored; harmless without one.

    Args:
        status: ``FINISHED``, ``FAILED`` or ``KILLED``.
    """
    end_active_run(status)


def end_active_run(status: str) -> bool:
    """Do what ``end_run`` does, and tell whether the store could be told.

    A store that is away is no reason to raise where training has just succeeded: its points are
    safe in the journal, and only the status is missing.
    """
    if not state.stack:
        return True
    MLFLOW_RUN_ID.unset()
    run = state.pop()
    run_id, tracking = run.info.run_id, run._tracking
    stop_monitor(run_id)
    tell_that_run_ends(run_id)
    try:
        if tracking is None or tracking.finish(run_id):
            client_of(run).set_terminated(run_id, status)
            return True
    except Unavailable:
        pass
    _log.warning(
        "%s is away. %d metric points wait in the journal until it is back or `kipu sync` sends "
        "them; the run %s stays RUNNING there until it is told otherwise.",
        tracking.server or tracking.uri if tracking else "The store",
        tracking.journal.pending if tracking else 0,
        run_id,
    )
    return False


def client_of(run: ActiveRun) -> MlflowClient:
    """A client of the store that the run lives in, even if another was chosen since."""
    return MlflowClient(run._tracking.uri) if run._tracking else MlflowClient()
