"""``import kipu``: cheap, complete, and plain after the first use."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

import pytest

import kipu

HEAVY = """
    sqlalchemy alembic starlette uvicorn numpy pandas msgspec http.client urllib.request ssl click
    yaml matplotlib PIL sklearn torch tensorflow asyncio importlib.metadata
"""
# Python without kipu, and without what editable installs load at the start.
PROGRAM = """
import json, sys, time
before = set(sys.modules)
began = time.perf_counter()
import kipu
took = time.perf_counter() - began
print(json.dumps({"took": took, "loaded": sorted(set(sys.modules) - before)}))
"""


def python(program: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_importing_kipu_loads_next_to_nothing() -> None:
    loaded = python(PROGRAM)["loaded"]
    assert [name for name in HEAVY.split() if name in loaded] == []
    assert len(loaded) < 20


def test_importing_kipu_is_quick() -> None:
    assert min(python(PROGRAM)["took"] for _ in range(5)) < 0.060


def test_importing_kipu_takes_little_memory() -> None:
    measure = """
import resource
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import kipu
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    assert python(measure) < 25 * 1024


def test_every_name_is_there_and_none_raises() -> None:
    assert set(kipu.__all__) <= set(dir(kipu))
    for name in dir(kipu):
        getattr(kipu, name)


def test_the_table_of_homes_and_the_list_of_names_agree() -> None:
    modules = {name for name in kipu.__all__ if name not in kipu._HOME_OF and name[0].islower()}
    for name in modules:
        assert getattr(kipu, name) is importlib.import_module(f"kipu.{name}")
    assert set(kipu._HOME_OF) | modules | {"VERSION", "__version__"} == set(kipu.__all__)
    for name, home in kipu._HOME_OF.items():
        assert getattr(kipu, name) is getattr(importlib.import_module(home), name)


def test_after_the_first_use_a_name_is_a_plain_attribute() -> None:
    assert kipu.log_metric is vars(kipu)["log_metric"]


def test_attributes_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kipu, "log_metric", print)
    assert kipu.log_metric is print


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'log_metrik'"):
        kipu.log_metrik  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("tracking", "MlflowClient"),
        ("tracking.client", "MlflowClient"),
        ("tracking.fluent", "_get_experiment_id"),
        ("tracking.fluent", "_active_experiment_id"),
        ("tracking.context", "resolve_tags"),
        ("tracking.context.registry", "resolve_tags"),
        ("utils.mlflow_tags", "MLFLOW_RUN_NAME"),
        ("utils.validation", "MAX_PARAM_VAL_LENGTH"),
        ("utils.validation", "validate_param_and_metric_name"),
        ("utils.name_utils", "_generate_random_name"),
        ("utils.async_logging.run_operations", "RunOperations"),
        ("store.entities", "PagedList"),
        ("store.entities.paged_list", "PagedList"),
        ("store.tracking", "SEARCH_MAX_RESULTS_THRESHOLD"),
        ("entities.run_status", "RunStatus"),
        ("entities.metric", "Metric"),
        ("exceptions", "RestException"),
        ("config", "enable_async_logging"),
        ("system_metrics", "enable_system_metrics_logging"),
    ],
)
def test_deeper_paths_that_other_packages_import_are_there(path: str, name: str) -> None:
    assert hasattr(importlib.import_module(f"kipu.{path}"), name)
