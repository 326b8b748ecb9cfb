"""TensorBoard's files of a training, kept among the run's artifacts."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from types import TracebackType
from typing import Any, Self

from kipu.autologging.guards import guarded
from kipu.autologging.keras.integrations import TENSORFLOW
from kipu.autologging.keras.training import Fit
from kipu.fluent.artifacts import log_artifacts

_FOLDER = "tensorboard_logs"


class TensorBoardLogs:
    """Where TensorBoard's files of a training are: the user's own folder, or a temporary one.

    Attributes:
        callbacks: What is to write them, if the user does not.
    """

    def __init__(self, fit: Fit) -> None:
        self._fit = fit
        self._folder = ""
        self._is_temporary = False
        self.callbacks: list[Any] = []

    def __enter__(self) -> Self:
        """Find the folder, or make one."""
        guarded(TENSORFLOW)(self._prepare)()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove a temporary folder."""
        if self._is_temporary:
            shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> None:
        """Copy the files to the run."""
        if self._folder:
            log_artifacts(self._folder, _FOLDER, run_id=self._fit.call.run_id)

    def _prepare(self) -> None:
        import keras

        from kipu.autologging.keras.callbacks import tensorboard

        for one in self._fit.callbacks():
            if isinstance(one, keras.callbacks.TensorBoard):
                self._folder = str(one.log_dir)
                return
        if importlib.util.find_spec("tensorboard") is None:
            TENSORFLOW.inform("TensorBoard is not installed, so its files are not logged.")
            return
        self._folder = tempfile.mkdtemp(prefix="kipu-")
        self._is_temporary = True
        self.callbacks = [tensorboard(self._folder)]
