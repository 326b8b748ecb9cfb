"""The package named ``mlflow`` that is Kipu."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import kipu
from kipu.version import MLFLOW_VERSION

SHIM = Path(__file__).parents[2] / "shim"


def ask(shim_site: Path, program: str) -> Any:
    source = str(Path(kipu.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", f"import json\n{program}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=shim_site,
        env={"PYTHONPATH": f"{shim_site}:{source}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_module_is_kipus(shim_site: Path) -> None:
    program = """
import mlflow, kipu
import mlflow.tracking.context.registry, mlflow.entities.run_status
import kipu.tracking.context.registry
from mlflow.tracking import MlflowClient
from mlflow.entities import Metric
from mlflow.store.entities.paged_list import PagedList
print(json.dumps([
    mlflow.entities is kipu.entities,
    mlflow.tracking is kipu.tracking,
    mlflow.tracking.context.registry is kipu.tracking.context.registry,
    MlflowClient is kipu.MlflowClient is mlflow.MlflowClient,
    Metric is kipu.entities.Metric,
    mlflow.exceptions.MlflowException is kipu.MlflowException,
    mlflow.log_metric is kipu.log_metric,
    kipu.entities.__spec__.name == "kipu.entities",
    "log_metric" in dir(mlflow),
]))
"""
    assert all(ask(shim_site, program))


def test_paths_that_others_reach_after_a_bare_import(shim_site: Path) -> None:
    program = """
import mlflow
print(json.dumps([
    mlflow.utils.validation.MAX_PARAM_VAL_LENGTH,
    mlflow.utils.mlflow_tags.MLFLOW_RUN_NAME,
    mlflow.utils.async_logging.run_operations.RunOperations.__name__,
    mlflow.tracking.fluent.start_run.__name__,
    mlflow.tracking.context.registry.resolve_tags.__name__,
    mlflow.tracking.client.MlflowClient.__name__,
]))
"""
    assert ask(shim_site, program) == [
        6000, "mlflow.runName", "RunOperations", "start_run", "resolve_tags", "MlflowClient",
    ]  # fmt: skip


def test_importing_it_stays_cheap(shim_site: Path) -> None:
    program = """
import sys, mlflow
print(json.dumps([name for name in ("numpy", "msgspec", "sqlalchemy") if name in sys.modules]))
"""
    assert ask(shim_site, program) == []


def test_it_is_detected(shim_site: Path) -> None:
    program = """
import importlib.util, importlib.metadata, mlflow, mlflow.version
print(json.dumps([
    importlib.util.find_spec("mlflow") is not None,
    importlib.util.find_spec("mlflow.tracking") is not None,
    importlib.util.find_spec("mlflow.gateway") is None,
    importlib.metadata.version("mlflow"), mlflow.__version__, mlflow.version.VERSION,
]))
"""
    assert ask(shim_site, program) == [True, True, True, *[MLFLOW_VERSION] * 3]


def test_what_kipu_lacks_is_not_there(shim_site: Path) -> None:
    program = """
import mlflow
try:
    import mlflow.gateway
except ModuleNotFoundError as error:
    missing = error.name
for name in dir(mlflow):
    getattr(mlflow, name)
print(json.dumps([missing, hasattr(mlflow, "nonsense")]))
"""
    assert ask(shim_site, program) == ["mlflow.gateway", False]


def test_its_modules_are_replaced_in_place_without_harm_to_kipu(
    shim_site: Path, tmp_path: Path
) -> None:
    # As MONAI does.
    program = f"""
import types
import mlflow
mlflow.set_tracking_uri({str(tmp_path / "runs")!r})
mlflow.entities = types.SimpleNamespace(mine=True)
with mlflow.start_run() as run:
    mlflow.log_metric("loss", 0.5, 3)
print(json.dumps([mlflow.entities.mine, mlflow.get_run(run.info.run_id).data.metrics]))
"""
    assert ask(shim_site, program) == [True, {"loss": 0.5}]


def test_a_module_runs_as_a_program(shim_site: Path) -> None:
    program = """
import runpy, contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    found = runpy.run_module("mlflow.utils.name_utils")
print(json.dumps(found["_generate_random_name"]()))
"""
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d+", ask(shim_site, program))


def test_the_wheel_holds_one_distribution_and_the_metadata_of_another(shim_wheel: Path) -> None:
    with zipfile.ZipFile(shim_wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if "mlflow-3" in name)).decode()
        record = archive.read("kipu_mlflow-0.1.0.dist-info/RECORD").decode()
    assert {name.split("/")[0] for name in names if name.split("/")[0].endswith("dist-info")} == {
        "kipu_mlflow-0.1.0.dist-info"
    }
    assert f"Name: mlflow\nVersion: {MLFLOW_VERSION}\n" in metadata
    assert all(name in record for name in names)


def test_the_versions_agree() -> None:
    project = tomllib.loads((SHIM / "pyproject.toml").read_text())["project"]
    assert project["version"] == kipu.__version__
    assert project["dependencies"] == [f"kipu=={kipu.__version__}"]
    assert project["scripts"] == {"mlflow": "kipu.cli:main"}
