"""NVIDIA GPUs, read through the driver's library."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor


class GPUMonitor(BaseMetricsMonitor):
    """Memory, utilization and power of every GPU of the machine, numbered as the driver does.

    Raises:
        ImportError: ``nvidia-ml-py`` is not installed.
        Exception: There is no driver (``pynvml.NVMLError``).
    """

    def __init__(self) -> None:
        import pynvml  # noqa: PLC0415 - seldom there

        super().__init__()
        self._nvml: Any = pynvml
        pynvml.nvmlInit()
        self.num_gpus: int = pynvml.nvmlDeviceGetCount()
        self.gpu_handles = [pynvml.nvmlDeviceGetHandleByIndex(at) for at in range(self.num_gpus)]

    def collect_metrics(self) -> None:
        """Take one sample of each GPU; what one of them cannot tell is left out."""
        readings: tuple[tuple[str, Callable[[int, Any], None]], ...] = (
            ("memory", self._read_memory),
            ("utilization", self._read_utilization),
            ("power", self._read_power),
        )
        for at, handle in enumerate(self.gpu_handles):
            for name, read in readings:
                self._attempt(f"{name} of GPU {at}", partial(read, at, handle))

    def _read_memory(self, at: int, handle: Any) -> None:
        memory = self._nvml.nvmlDeviceGetMemoryInfo(handle)
        share = round(memory.used / memory.total * 100, 1)
        self._metrics[f"gpu_{at}_memory_usage_percentage"].append(share)
        self._metrics[f"gpu_{at}_memory_usage_megabytes"].append(memory.used / 1e6)

    def _read_utilization(self, at: int, handle: Any) -> None:
        rates = self._nvml.nvmlDeviceGetUtilizationRates(handle)
        self._metrics[f"gpu_{at}_utilization_percentage"].append(rates.gpu)

    def _read_power(self, at: int, handle: Any) -> None:
        milliwatts = self._nvml.nvmlDeviceGetPowerUsage(handle)
        limit = self._nvml.nvmlDeviceGetEnforcedPowerLimit(handle)
        self._metrics[f"gpu_{at}_power_usage_watts"].append(milliwatts / 1000)
        self._metrics[f"gpu_{at}_power_usage_percentage"].append(milliwatts / limit * 100)

    def aggregate_metrics(self) -> dict[str, float]:
        """The mean of the samples."""
        return self._averages()
