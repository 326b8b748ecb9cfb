"""Checks system metrics on a machine with real NVIDIA GPUs; stands alone, in less than a minute.

    PYTHONPATH=src python tests/gpu/check_gpu.py

Needs Kipu's dependencies, ``psutil`` and ``nvidia-ml-py``, no network. PyTorch keeps the first GPU
busy where it is installed; else CUDA's driver alone allocates memory on it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pynvml

import kipu

INTERVAL_S = 0.25
SECONDS = 8.0
GIGABYTE = 1_000_000_000

_passed = _failed = 0


def check(sentence: str, holds: bool, seen: object = "") -> None:
    """Count and print one check."""
    global _passed, _failed
    _passed, _failed = _passed + holds, _failed + (not holds)
    print(f"{'ok    ' if holds else 'FAILED'} {sentence}{f': {seen}' if seen != '' else ''}")


@contextmanager
def busy_gpu() -> Iterator[str]:
    """Keep GPU 0 busy, or at least fill some of its memory; tells how."""
    try:
        import torch

        torch.zeros(1, device="cuda")
    except Exception as error:
        print(f"no PyTorch on a GPU here ({type(error).__name__}: {error})")
    else:
        with _multiplying(torch):
            yield "busy"
        return
    with _allocated() as how:
        yield how


@contextmanager
def _multiplying(torch: Any) -> Iterator[None]:
    stop = threading.Event()

    def multiply() -> None:
        square = torch.rand(8192, 8192, device="cuda")
        while not stop.is_set():
            square = (square @ square).clamp_(0, 1)
            torch.cuda.synchronize()

    held = torch.ones(GIGABYTE, dtype=torch.uint8, device="cuda")
    worker = threading.Thread(target=multiply)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()
        del held


@contextmanager
def _allocated() -> Iterator[str]:
    """A gigabyte that the driver alone allocates and fills over and over."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
        context, memory = ctypes.c_void_p(), ctypes.c_uint64()
        _driver(cuda.cuInit(0))
        _driver(cuda.cuCtxCreate_v2(ctypes.byref(context), 0, 0))
        _driver(cuda.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(GIGABYTE)))
    except Exception as error:
        print(f"no CUDA driver here either ({type(error).__name__}: {error})")
        yield "idle"
        return
    stop = threading.Event()

    def fill() -> None:
        cuda.cuCtxSetCurrent(context)
        while not stop.is_set():
            for _ in range(50):
                cuda.cuMemsetD8_v2(memory, ctypes.c_ubyte(1), ctypes.c_size_t(GIGABYTE))
            cuda.cuCtxSynchronize()

    worker = threading.Thread(target=fill)
    worker.start()
    try:
        yield "busy"
    finally:
        stop.set()
        worker.join()
        cuda.cuMemFree_v2(memory)
        cuda.cuCtxDestroy_v2(context)


def _driver(status: int) -> None:
    if status:
        raise RuntimeError(f"CUDA says {status}")


def within(low: float, high: float) -> Callable[[float], bool]:
    """Whether a value lies between two others."""
    return lambda value: low <= value <= high


def main() -> None:
    """Run all checks."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        check("an NVIDIA driver is here", False, str(error))
        finish()
    count = pynvml.nvmlDeviceGetCount()
    handles = [pynvml.nvmlDeviceGetHandleByIndex(at) for at in range(count)]
    totals = [pynvml.nvmlDeviceGetMemoryInfo(handle).total / 1e6 for handle in handles]
    print(f"{count} GPUs: {', '.join(str(pynvml.nvmlDeviceGetName(one)) for one in handles)}")
    os.chdir(tempfile.mkdtemp())
    kipu.set_tracking_uri("sqlite:///gpu.db")
    kipu.set_system_metrics_sampling_interval(INTERVAL_S)
    kipu.set_system_metrics_samples_before_logging(2)

    before = pynvml.nvmlDeviceGetMemoryInfo(handles[0]).used / 1e6
    with busy_gpu() as how, kipu.start_run(log_system_metrics=True) as run:
        time.sleep(SECONDS)
    print(f"GPU 0 was {how}")

    client, run_id = kipu.MlflowClient(), run.info.run_id
    metrics = kipu.get_run(run_id).data.metrics
    check("a GPU is here", count > 0, count)
    for at in range(count):
        sane = {
            "memory_usage_percentage": within(0, 100),
            "memory_usage_megabytes": within(0, totals[at]),
            "utilization_percentage": within(0, 100),
            "power_usage_watts": within(1, 2000),
            "power_usage_percentage": within(0.1, 150),
        }
        for name, is_sane in sane.items():
            key = f"system/gpu_{at}_{name}"
            value = metrics.get(key)
            check(f"{key} is there and sane", value is not None and is_sane(value), value)
            points = client.get_metric_history(run_id, key)
            check(
                f"{key} counts its steps",
                [point.step for point in points] == list(range(len(points))) and len(points) >= 5,
                len(points),
            )
    check("no GPU too many", f"system/gpu_{count}_utilization_percentage" not in metrics)
    for name in ("cpu_utilization_percentage", "system_memory_usage_percentage"):
        check(f"system/{name} is there", f"system/{name}" in metrics, metrics.get(f"system/{name}"))
    if how == "busy":
        used = client.get_metric_history(run_id, "system/gpu_0_memory_usage_megabytes")
        most = max((point.value for point in used), default=0.0)
        check("the gigabyte shows in the memory of GPU 0", most - before > 900, f"{most - before}")
        load = client.get_metric_history(run_id, "system/gpu_0_utilization_percentage")
        highest = max((point.value for point in load), default=0.0)
        check("the work shows in the utilization of GPU 0", highest > 50, highest)
    cost()
    finish()


def finish() -> NoReturn:
    """Print the last line, and end with its status."""
    print(f"gpu check: {_passed} passed, {_failed} failed")
    sys.exit(_failed > 0)


def cost() -> None:
    """What one sample of all GPUs costs the process."""
    from kipu.system_metrics.metrics.gpu_monitor import GPUMonitor

    monitor = GPUMonitor()
    monitor.collect_metrics()
    began, used = time.perf_counter(), time.thread_time()
    for _ in range(20):
        monitor.collect_metrics()
    wall, cpu = time.perf_counter() - began, time.thread_time() - used
    print(f"a sample of all GPUs: {wall / 20 * 1e3:.2f} ms, of which {cpu / 20 * 1e3:.2f} ms CPU")
    check("a sample takes less than half a second", wall / 20 < 0.5)


if __name__ == "__main__":
    main()
