"""The disk that the root of the file system lies on."""

from __future__ import annotations

import os

import psutil

from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor


class DiskMonitor(BaseMetricsMonitor):
    """Used and free space."""

    def collect_metrics(self) -> None:
        """Take one sample."""
        usage = psutil.disk_usage(os.sep)
        self._metrics["disk_usage_percentage"].append(usage.percent)
        self._metrics["disk_usage_megabytes"].append(usage.used / 1e6)
        self._metrics["disk_available_megabytes"].append(usage.free / 1e6)

    def aggregate_metrics(self) -> dict[str, float]:
        """The mean of the samples."""
        return self._averages()
