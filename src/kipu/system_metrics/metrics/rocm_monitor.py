"""AMD GPUs, read through ``pyrsmi`` or, where that is not installed, ``amdsmi``."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple, Protocol

from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor

# What MLflow divides by: pyrsmi does not tell the limit of a GPU.
_POWER_LIMIT_WATTS = 500.0


class Reading(NamedTuple):
    """One GPU at one moment; memory in bytes, power in watts."""

    memory_used: float
    memory_total: float
    utilization_percentage: float
    power: float
    power_limit: float


class Gpus(Protocol):
    """The GPUs of this machine."""

    def count(self) -> int:
        """How many there are."""
        ...

    def read(self, at: int) -> Reading:
        """What one of them does now."""
        ...


class ROCMMonitor(BaseMetricsMonitor):
    """Memory, utilization and power of every GPU of the machine.

    Raises:
        ImportError: Neither library is installed.
        Exception: There is no driver.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gpus = _open()
        self.num_gpus = self._gpus.count()

    def collect_metrics(self) -> None:
        """Take one sample of each GPU."""
        for at in range(self.num_gpus):
            self._attempt(f"GPU {at}", partial(self._read, at))

    def _read(self, at: int) -> None:
        now = self._gpus.read(at)
        share = round(now.memory_used / now.memory_total * 100, 1)
        self._metrics[f"gpu_{at}_memory_usage_percentage"].append(share)
        self._metrics[f"gpu_{at}_memory_usage_gigabytes"].append(now.memory_used / 1e9)
        self._metrics[f"gpu_{at}_utilization_percentage"].append(now.utilization_percentage)
        self._metrics[f"gpu_{at}_power_usage_watts"].append(now.power)
        self._metrics[f"gpu_{at}_power_usage_percentage"].append(now.power / now.power_limit * 100)

    def aggregate_metrics(self) -> dict[str, float]:
        """The mean of the samples."""
        return self._averages()


def _open() -> Gpus:
    try:
        return _Pyrsmi()
    except ImportError:
        return _Amdsmi()


class _Pyrsmi:
    """GPUs as ``pyrsmi`` shows them; it answers -1 for what it cannot read."""

    def __init__(self) -> None:
        from pyrsmi import rocml  # noqa: PLC0415 - seldom there

        self._smi: Any = rocml
        rocml.smi_initialize()
        # Half of a card with two dies has no power of its own: the die before it tells for both.
        self._meters: list[int] = []
        for at in range(self.count()):
            own = rocml.smi_get_device_average_power(at) >= 0
            self._meters.append(at if own or not self._meters else self._meters[-1])

    def count(self) -> int:
        return int(self._smi.smi_get_device_count())

    def read(self, at: int) -> Reading:
        return Reading(
            self._smi.smi_get_device_memory_used(at),
            self._smi.smi_get_device_memory_total(at),
            self._smi.smi_get_device_utilization(at),
            self._smi.smi_get_device_average_power(self._meters[at]),
            _POWER_LIMIT_WATTS,
        )


class _Amdsmi:
    """GPUs as ``amdsmi`` shows them, the library that comes with ROCm 6 and later."""

    def __init__(self) -> None:
        import amdsmi  # noqa: PLC0415 - seldom there

        self._smi: Any = amdsmi
        amdsmi.amdsmi_init()
        self._handles: list[Any] = amdsmi.amdsmi_get_processor_handles()

    def count(self) -> int:
        return len(self._handles)

    def read(self, at: int) -> Reading:
        handle = self._handles[at]
        memory = self._smi.amdsmi_get_gpu_vram_usage(handle)  # in MiB
        power = self._smi.amdsmi_get_power_info(handle)
        limit = float(power["power_limit"])
        return Reading(
            memory["vram_used"] * 2.0**20,
            memory["vram_total"] * 2.0**20,
            self._smi.amdsmi_get_gpu_activity(handle)["gfx_activity"],
            _first_number(power.get("average_socket_power"), power.get("current_socket_power")),
            limit / 1e6 if limit > 100_000 else limit,  # microwatts since ROCm 7.1
        )


def _first_number(*values: Any) -> float:
    """The first that is a number: ``amdsmi`` says "N/A" of what a GPU does not have."""
    return next(float(value) for value in values if isinstance(value, (int, float)))
