"""CPU and memory."""

from __future__ import annotations

import psutil

from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor


class CPUMonitor(BaseMetricsMonitor):
    """Utilization of all cores since the last sample, and main memory."""

    def __init__(self) -> None:
        super().__init__()
        psutil.cpu_percent()  # the first answer of a process means nothing

    def collect_metrics(self) -> None:
        """Take one sample."""
        self._metrics["cpu_utilization_percentage"].append(psutil.cpu_percent())
        memory = psutil.virtual_memory()
        self._metrics["system_memory_usage_megabytes"].append(memory.used / 1e6)
        self._metrics["system_memory_usage_percentage"].append(memory.used / memory.total * 100)

    def aggregate_metrics(self) -> dict[str, float]:
        """The mean of the samples."""
        return self._averages()
