"""System metrics: what is sampled, under which names, and that training never notices."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import kipu
from kipu.exceptions import InvalidParameter
from kipu.fluent import system_metrics as of_runs
from kipu.system_metrics import system_metrics_monitor
from kipu.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor
from kipu.system_metrics.metrics.cpu_monitor import CPUMonitor
from kipu.system_metrics.metrics.gpu_monitor import GPUMonitor
from kipu.system_metrics.metrics.network_monitor import NetworkMonitor
from kipu.system_metrics.metrics.rocm_monitor import ROCMMonitor
from kipu.system_metrics.system_metrics_monitor import SystemMetricsMonitor

PLAIN = {
    "cpu_utilization_percentage",
    "disk_available_megabytes",
    "disk_usage_megabytes",
    "disk_usage_percentage",
    "network_receive_megabytes",
    "network_transmit_megabytes",
    "system_memory_usage_megabytes",
    "system_memory_usage_percentage",
}


@pytest.fixture(autouse=True)
def switches(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No switch is set, and what a test sets is undone."""
    for name in ("ENABLE_SYSTEM_METRICS_LOGGING", "SYSTEM_METRICS_SAMPLING_INTERVAL",
                 "SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "SYSTEM_METRICS_NODE_ID"):  # fmt: skip
        for prefix in ("MLFLOW", "KIPU"):
            monkeypatch.setenv(f"{prefix}_{name}", "")
            monkeypatch.delenv(f"{prefix}_{name}")


def eventually(true: Callable[[], bool]) -> None:
    """Wait for a condition; the time limit of the tests is the limit."""
    pause = threading.Event()
    while not true():
        pause.wait(0.01)


def latest(run_id: str) -> dict[str, float]:
    return kipu.get_run(run_id).data.metrics


def steps(run_id: str, key: str) -> list[int]:
    return [point.step for point in kipu.MlflowClient().get_metric_history(run_id, key)]


def sampler_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "SystemMetricsMonitor"]


def test_a_run_samples_the_machine_until_it_ends() -> None:
    kipu.set_system_metrics_sampling_interval(0.01)
    with kipu.start_run(log_system_metrics=True) as run:
        run_id = run.info.run_id
        eventually(lambda: len(steps(run_id, "system/cpu_utilization_percentage")) >= 3)
    assert not sampler_threads()
    metrics = latest(run_id)
    assert {f"system/{name}" for name in PLAIN} <= metrics.keys()
    assert 0 <= metrics["system/cpu_utilization_percentage"] <= 100
    assert 0 < metrics["system/system_memory_usage_percentage"] < 100
    assert metrics["system/system_memory_usage_megabytes"] > 50
    assert metrics["system/disk_available_megabytes"] >= 0
    assert metrics["system/network_receive_megabytes"] >= 0
    seen = steps(run_id, "system/cpu_utilization_percentage")
    assert seen == list(range(len(seen)))


def test_a_resumed_run_goes_on_with_the_next_step() -> None:
    with kipu.start_run() as run:
        run_id = run.info.run_id
        first = SystemMetricsMonitor(run_id)
        first.collect_metrics()
        first.publish_metrics(first.aggregate_metrics())
        kipu.log_metric("loss", 1.0, step=99)  # no system metric
    kipu.set_system_metrics_sampling_interval(0.01)
    with kipu.start_run(run_id=run_id, log_system_metrics=True):
        eventually(lambda: len(steps(run_id, "system/disk_usage_percentage")) >= 3)
    assert steps(run_id, "system/disk_usage_percentage")[:3] == [0, 1, 2]


def test_nothing_is_sampled_unless_it_is_wanted() -> None:
    with kipu.start_run():
        assert not sampler_threads()
    kipu.enable_system_metrics_logging()
    with kipu.start_run(log_system_metrics=False):
        assert not sampler_threads()
    with kipu.start_run():
        assert len(sampler_threads()) == 1
    kipu.disable_system_metrics_logging()
    with kipu.start_run():
        assert not sampler_threads()


def test_the_environment_wins_over_the_arguments() -> None:
    with kipu.start_run() as run:
        plain = SystemMetricsMonitor(run.info.run_id)
        assert (plain.sampling_interval, plain.samples_before_logging) == (10, 1)
        kipu.set_system_metrics_sampling_interval(0.5)
        kipu.set_system_metrics_samples_before_logging(7)
        kipu.set_system_metrics_node_id("rank0")
        set_ = SystemMetricsMonitor(run.info.run_id, 3, 2, node_id="mine")
        assert (set_.sampling_interval, set_.samples_before_logging) == (0.5, 7)
        assert set_.node_id == "rank0"
        kipu.set_system_metrics_sampling_interval(-1)
        with pytest.raises(InvalidParameter, match="above 0"):
            SystemMetricsMonitor(run.info.run_id)


def test_the_node_stands_in_the_keys() -> None:
    with kipu.start_run() as run:
        for rank in ("rank0", "rank1"):
            monitor = SystemMetricsMonitor(run.info.run_id, node_id=rank)
            monitor.collect_metrics()
            monitor.publish_metrics(monitor.aggregate_metrics())
    keys = set(latest(run.info.run_id))
    for rank in ("rank0", "rank1"):
        assert {f"system/{rank}/{name}" for name in PLAIN} <= keys


def test_a_point_is_the_mean_of_its_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    seen = iter([99.0, 10.0, 20.0, 30.05])
    monkeypatch.setattr(psutil, "cpu_percent", lambda: next(seen))
    monitor = CPUMonitor()  # takes the first one, which means nothing
    for _ in range(3):
        monitor.collect_metrics()
    assert monitor.aggregate_metrics()["cpu_utilization_percentage"] == 20.0
    monitor.clear_metrics()
    assert monitor.aggregate_metrics() == {}


def test_network_traffic_is_counted_from_the_start_of_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import psutil

    seen = iter([(5e6, 1e6), (6e6, 1e6), (9e6, 3e6)])

    def counters() -> Any:
        received, sent = next(seen)
        return SimpleNamespace(bytes_recv=received, bytes_sent=sent)

    monkeypatch.setattr(psutil, "net_io_counters", counters)
    monitor = NetworkMonitor()
    monitor.collect_metrics()
    monitor.collect_metrics()
    assert monitor.aggregate_metrics() == {
        "network_receive_megabytes": 4.0,
        "network_transmit_megabytes": 2.0,
    }


def test_without_psutil_one_warning_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in [one for one in sys.modules if one.startswith("kipu.system_metrics.")]:
        if name != "kipu.system_metrics.settings":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psutil", None)
    with kipu.start_run(log_system_metrics=True) as run:
        kipu.log_metric("loss", 1.0)
    assert latest(run.info.run_id) == {"loss": 1.0}
    (warning,) = caplog.messages
    assert "psutil" in warning
    assert "kipu[system-metrics]" in warning


def test_a_switch_that_cannot_be_read_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "often")
    with kipu.start_run(log_system_metrics=True):
        kipu.log_metric("loss", 1.0)
    (warning,) = caplog.messages
    assert "'often'" in warning


class Broken(BaseMetricsMonitor):
    """A sampler whose hardware went away."""

    def collect_metrics(self) -> None:
        raise OSError("gone")

    def aggregate_metrics(self) -> dict[str, float]:
        return self._averages()


def test_a_sampler_that_fails_is_one_warning_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with kipu.start_run() as run:
        monitor = SystemMetricsMonitor(run.info.run_id)
        monitor.monitors.insert(0, Broken())
        for _ in range(3):
            monitor.collect_metrics()
        monitor.publish_metrics(monitor.aggregate_metrics())
    assert f"system/{min(PLAIN)}" in latest(run.info.run_id)
    assert caplog.messages == ["System metrics go on without what Broken reads: gone"]


def test_a_deleted_run_stops_its_sampler_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = kipu.MlflowClient()
    run_id = client.create_run("0").info.run_id
    monitor = SystemMetricsMonitor(run_id, sampling_interval=0.001)
    client.delete_run(run_id)
    monitor.start()
    eventually(lambda: not sampler_threads())
    monitor.finish()
    (warning,) = caplog.messages
    assert run_id in warning
    assert "deleted" in warning


def test_a_run_that_this_process_ends_stops_its_sampler() -> None:
    client = kipu.MlflowClient()
    run_id = client.create_run("0").info.run_id
    monitor = SystemMetricsMonitor(run_id, sampling_interval=0.01)
    monitor.start()
    eventually(lambda: bool(latest(run_id)))
    client.set_terminated(run_id)
    eventually(lambda: not sampler_threads())
    monitor.finish()
    client.update_run(run_id, "RUNNING")
    before = len(steps(run_id, "system/disk_usage_percentage"))
    monitor.start()
    eventually(lambda: len(steps(run_id, "system/disk_usage_percentage")) > before)
    monitor.finish()


def test_a_sampler_that_hangs_does_not_hold_up_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(system_metrics_monitor, "_FINISH_WAIT_S", 0.01)
    hangs, release = threading.Event(), threading.Event()

    class Hanging(Broken):
        def collect_metrics(self) -> None:
            hangs.set()
            release.wait()

    with kipu.start_run() as run:
        monitor = SystemMetricsMonitor(run.info.run_id, sampling_interval=0.001)
        monitor.monitors = [Hanging()]
        monitor.start()
        hangs.wait()
        monitor.finish()
        release.set()
    eventually(lambda: not sampler_threads())
    assert caplog.messages == ["A sampler of system metrics does not answer; it is left behind."]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_samples_nothing_and_leaves_the_parent_alone() -> None:
    kipu.set_system_metrics_sampling_interval(0.01)
    with kipu.start_run(log_system_metrics=True) as run:
        pid = os.fork()
        if not pid:
            os._exit(7 if sampler_threads() or of_runs._monitors else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        eventually(lambda: bool(latest(run.info.run_id)))
        assert len(sampler_threads()) == 1


class FakeNvml(ModuleType):
    """The driver's library of a machine with two GPUs, the second without a power meter."""

    class NVMLError(Exception):
        pass

    def __init__(self) -> None:
        super().__init__("pynvml")
        self.nvmlInit = lambda: None
        self.nvmlDeviceGetCount = lambda: 2
        self.nvmlDeviceGetHandleByIndex = lambda at: at
        self.nvmlDeviceGetMemoryInfo = lambda _at: SimpleNamespace(used=20e9, total=80e9)
        self.nvmlDeviceGetUtilizationRates = lambda at: SimpleNamespace(gpu=40 + at, memory=1)
        self.nvmlDeviceGetEnforcedPowerLimit = lambda _at: 700_000

    def nvmlDeviceGetPowerUsage(self, at: int) -> int:  # noqa: N802 - the library's name
        if at == 1:
            raise self.NVMLError("Not Supported")
        return 350_000


def test_nvidia_gpus_have_mlflows_names_and_units(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml())
    monitor = GPUMonitor()
    monitor.collect_metrics()
    monitor.collect_metrics()
    assert monitor.aggregate_metrics() == {
        "gpu_0_memory_usage_percentage": 25.0,
        "gpu_0_memory_usage_megabytes": 20_000.0,
        "gpu_0_utilization_percentage": 40.0,
        "gpu_0_power_usage_watts": 350.0,
        "gpu_0_power_usage_percentage": 50.0,
        "gpu_1_memory_usage_percentage": 25.0,
        "gpu_1_memory_usage_megabytes": 20_000.0,
        "gpu_1_utilization_percentage": 41.0,
    }
    assert caplog.messages == ["System metrics go on without the power of GPU 1: Not Supported"]


def test_the_gpus_of_the_machine_are_part_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", FakeNvml())
    kipu.set_system_metrics_sampling_interval(0.01)
    with kipu.start_run(log_system_metrics=True) as run:
        eventually(lambda: "system/gpu_1_utilization_percentage" in latest(run.info.run_id))
    assert latest(run.info.run_id)["system/gpu_0_power_usage_watts"] == 350.0


def fake_pyrsmi() -> ModuleType:
    """One card with two dies, of which the second has no power meter."""
    rocml = SimpleNamespace(
        smi_initialize=lambda: None,
        smi_get_device_count=lambda: 2,
        smi_get_device_average_power=lambda at: 250.0 if at == 0 else -1,
        smi_get_device_memory_used=lambda _at: 32e9,
        smi_get_device_memory_total=lambda _at: 64e9,
        smi_get_device_utilization=lambda at: 90 + at,
    )
    module = ModuleType("pyrsmi")
    module.rocml = rocml  # type: ignore[attr-defined]
    return module


def fake_amdsmi() -> ModuleType:
    """One card, as ROCm 7.1 describes it."""
    module: Any = ModuleType("amdsmi")
    module.amdsmi_init = lambda: None
    module.amdsmi_get_processor_handles = lambda: ["card"]
    module.amdsmi_get_gpu_vram_usage = lambda _card: {"vram_used": 1000, "vram_total": 4000}
    module.amdsmi_get_gpu_activity = lambda _card: {"gfx_activity": 12}
    module.amdsmi_get_power_info = lambda _card: {
        "average_socket_power": "N/A",
        "current_socket_power": 150,
        "power_limit": 750_000_000,
    }
    fake: ModuleType = module
    return fake


def test_amd_gpus_have_mlflows_names_and_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrsmi", fake_pyrsmi())
    monitor = ROCMMonitor()
    monitor.collect_metrics()
    assert monitor.aggregate_metrics() == {
        f"gpu_{at}_{name}": value + (at if name == "utilization_percentage" else 0)
        for at in (0, 1)
        for name, value in {
            "memory_usage_percentage": 50.0,
            "memory_usage_gigabytes": 32.0,
            "utilization_percentage": 90.0,
            "power_usage_watts": 250.0,
            "power_usage_percentage": 50.0,
        }.items()
    }


def test_amd_gpus_are_read_with_the_library_of_rocm_where_pyrsmi_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyrsmi", None)
    monkeypatch.setitem(sys.modules, "amdsmi", fake_amdsmi())
    monitor = ROCMMonitor()
    monitor.collect_metrics()
    assert monitor.aggregate_metrics() == {
        "gpu_0_memory_usage_percentage": 25.0,
        "gpu_0_memory_usage_gigabytes": 1.0,
        "gpu_0_utilization_percentage": 12.0,
        "gpu_0_power_usage_watts": 150.0,
        "gpu_0_power_usage_percentage": 20.0,
    }


def test_a_machine_without_gpus_is_no_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("pynvml", "pyrsmi", "amdsmi"):
        monkeypatch.setitem(sys.modules, name, None)
    with caplog.at_level(logging.INFO), kipu.start_run(log_system_metrics=True):
        pass
    assert not caplog.messages
