"""The samplers of system metrics of the runs that this process started."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from kipu.environment_variables import MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING

if TYPE_CHECKING:
    from kipu.system_metrics.system_metrics_monitor import SystemMetricsMonitor

_log = logging.getLogger(__name__)
_monitors: dict[str, SystemMetricsMonitor] = {}

# A forked child has neither the thread nor the active run.
os.register_at_fork(after_in_child=_monitors.clear)


def start_monitor(run_id: str, wanted: bool | None, resumed: bool) -> None:
    """Sample the machine into a run, if that is wanted; trouble is a warning, never an error.

    Args:
        run_id: The run.
        wanted: Left out, the environment decides.
        resumed: Whether the steps go on after those that the run has.
    """
    try:
        if not (MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING.get() if wanted is None else wanted):
            return
        from kipu.system_metrics.system_metrics_monitor import (  # noqa: PLC0415 - needs psutil
            SystemMetricsMonitor,
        )

        stop_monitor(run_id)
        monitor = SystemMetricsMonitor(run_id, resume_logging=resumed)
        monitor.start()
        _monitors[run_id] = monitor
    except ModuleNotFoundError as error:
        _log.warning(
            "System metrics are not logged, because the package %s is missing. Install it with "
            "`pip install 'kipu[system-metrics]'`, or switch them off with "
            "kipu.disable_system_metrics_logging().",
            error.name,
        )
    except Exception as error:
        _log.warning("System metrics are not logged: %s", error)


def stop_monitor(run_id: str) -> None:
    """Stop the sampler of a run; harmless without one."""
    monitor = _monitors.pop(run_id, None)
    if monitor is not None:
        monitor.finish()
