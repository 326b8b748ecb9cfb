"""The thread that samples the machine and logs into a run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from kipu.client import MlflowClient
from kipu.client.recorder import Recorder
from kipu.environment_variables import (
    MLFLOW_SYSTEM_METRICS_NODE_ID,
    MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL,
)
from kipu.exceptions import InvalidParameter
from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor
from kipu.system_metrics.metrics.cpu_monitor import CPUMonitor
from kipu.system_metrics.metrics.disk_monitor import DiskMonitor
from kipu.system_metrics.metrics.gpu_monitor import GPUMonitor
from kipu.system_metrics.metrics.network_monitor import NetworkMonitor
from kipu.system_metrics.metrics.rocm_monitor import ROCMMonitor

_log = logging.getLogger(__name__)

_PREFIX = "system/"
# A sample takes milliseconds, unless a broken driver never answers.
_FINISH_WAIT_S = 5.0


class SystemMetricsMonitor:
    """Samples CPU, memory, disk, network and GPUs from ``start`` to ``finish``.

    Every ``sampling_interval`` it takes a sample, and every ``samples_before_logging`` samples it
    logs their means as ``system/cpu_utilization_percentage`` and so on; the steps count up. The
    environment variables ``MLFLOW_SYSTEM_METRICS_*`` win over the arguments. Points go through the
    journal, so a server that is slow or away does not hold it up.

    Args:
        run_id: The run to log into.
        sampling_interval: Seconds between samples.
        samples_before_logging: How many samples make one point.
        resume_logging: Whether the steps go on after the last one that the run has.
        node_id: A name for this machine or rank, put into the keys: ``system/<node>/...``.
        tracking_uri: The store of the run; left out, the one in use.

    Raises:
        InvalidParameter: The interval or the number of samples is not above 0.
        ImportError: ``psutil`` is not installed.
    """

    def __init__(
        self,
        run_id: str,
        sampling_interval: float = 10,
        samples_before_logging: int = 1,
        resume_logging: bool = False,
        node_id: str | None = None,
        tracking_uri: str | None = None,
    ) -> None:
        self.sampling_interval = MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL.get() or sampling_interval
        self.samples_before_logging = (
            MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.get() or samples_before_logging
        )
        if not (self.sampling_interval > 0 and self.samples_before_logging > 0):
            raise InvalidParameter(
                "System metrics need an interval and a number of samples above 0, not "
                f"{self.sampling_interval} and {self.samples_before_logging}."
            )
        self.node_id = MLFLOW_SYSTEM_METRICS_NODE_ID.get() or node_id
        self.monitors: list[BaseMetricsMonitor] = [CPUMonitor(), DiskMonitor(), NetworkMonitor()]
        if (gpus := _gpu_monitor()) is not None:
            self.monitors.append(gpus)
        self._run_id = run_id
        self._client = MlflowClient(tracking_uri)
        self._recorder = Recorder(self._client._tracking, run_id)
        self._logging_step = self._next_step() if resume_logging else 0
        self._stop = threading.Event()
        self._process: threading.Thread | None = None
        self._failed: set[int] = set()

    def _next_step(self) -> int:
        metrics = self._client.get_run(self._run_id).data._metric_objs
        steps = [metric.step for metric in metrics if metric.key.startswith(_PREFIX)]
        return max(steps, default=-1) + 1

    def start(self) -> None:
        """Start sampling, in a thread that does not keep the process alive."""
        self._stop.clear()
        self._process = threading.Thread(
            target=self.monitor, daemon=True, name="SystemMetricsMonitor"
        )
        self._process.start()

    def monitor(self) -> None:
        """Sample and log until ``finish``, or until nothing can be logged into the run any more."""
        samples = 0
        while not self._stop.wait(self.sampling_interval):  # sleeps in C
            if self._client._tracking.has_ended(self._run_id):
                return
            self.collect_metrics()
            samples += 1
            if samples < self.samples_before_logging:
                continue
            samples = 0
            try:
                self.publish_metrics(self.aggregate_metrics())
            except Exception as error:
                _log.warning(
                    "System metrics of run %s are no longer logged: %s", self._run_id, error
                )
                return

    def collect_metrics(self) -> dict[str, Any]:
        """Take one sample; all samples since the last point, by name."""
        for at, monitor in enumerate(self.monitors):
            try:
                monitor.collect_metrics()
            except Exception as error:
                if at not in self._failed:
                    self._failed.add(at)
                    _log.warning(
                        "System metrics go on without what %s reads: %s",
                        type(monitor).__name__,
                        error,
                    )
        return {key: some for monitor in self.monitors for key, some in monitor.metrics.items()}

    def aggregate_metrics(self) -> dict[str, float]:
        """One value per name, made of the samples since the last point."""
        merged: dict[str, float] = {}
        for monitor in self.monitors:
            merged |= monitor.aggregate_metrics()
        return merged

    def publish_metrics(self, metrics: Mapping[str, float]) -> None:
        """Log values as one step of the run, and forget the samples.

        Raises:
            ResourceNotFound: No run has this id.
            InvalidParameter: The run is deleted, or a name cannot be a metric's.
        """
        prefix = f"{_PREFIX}{self.node_id}/" if self.node_id else _PREFIX
        named = {prefix + key: value for key, value in metrics.items()}
        if named:
            self._recorder.log_row(named, self._logging_step, None)
        self._logging_step += 1
        for monitor in self.monitors:
            monitor.clear_metrics()

    def finish(self) -> None:
        """Stop sampling; harmless when it was not started."""
        thread, self._process = self._process, None
        if thread is None:
            return
        self._stop.set()
        thread.join(_FINISH_WAIT_S)
        if thread.is_alive():
            _log.warning("A sampler of system metrics does not answer; it is left behind.")


def _gpu_monitor() -> BaseMetricsMonitor | None:
    """A sampler of the GPUs that this machine has and lets us see, or None."""
    for kind in (GPUMonitor, ROCMMonitor):
        try:
            monitor: BaseMetricsMonitor = kind()
        except Exception as error:
            _log.debug("%s is left out: %s", kind.__name__, error)
        else:
            return monitor
    return None
