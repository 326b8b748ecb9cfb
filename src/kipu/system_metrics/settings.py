"""The switches; they live in the environment, so that child processes see them too."""

from __future__ import annotations

from kipu.environment_variables import (
    MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING,
    MLFLOW_SYSTEM_METRICS_NODE_ID,
    MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING,
    MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL,
)


def enable_system_metrics_logging() -> None:
    """Sample CPU, memory, disk, network and GPUs in every run that starts from now on."""
    MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING.set(True)


def disable_system_metrics_logging() -> None:
    """Undo ``enable_system_metrics_logging``."""
    MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING.set(False)


def set_system_metrics_sampling_interval(interval: float | None) -> None:
    """Seconds between samples of system metrics; None means the default of 10."""
    if interval is None:
        MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL.unset()
    else:
        MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL.set(interval)


def set_system_metrics_samples_before_logging(samples: int | None) -> None:
    """How many samples of system metrics make one point; None means the default of 1."""
    if samples is None:
        MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.unset()
    else:
        MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING.set(samples)


def set_system_metrics_node_id(node_id: str | None) -> None:
    """A name for this machine or rank in the keys of system metrics; None means none."""
    if node_id is None:
        MLFLOW_SYSTEM_METRICS_NODE_ID.unset()
    else:
        MLFLOW_SYSTEM_METRICS_NODE_ID.set(node_id)
