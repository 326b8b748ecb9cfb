"""A process that has just begun: a working directory of its own, nothing chosen, nothing open."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in an empty folder; its ``mlruns`` is the default store."""
    from kipu.client import opening, uris
    from kipu.fluent import active, experiments

    monkeypatch.chdir(tmp_path)
    for name in (
        "TRACKING_URI",
        "REGISTRY_URI",
        "EXPERIMENT_ID",
        "EXPERIMENT_NAME",
        "RUN_ID",
        "ACTIVE_MODEL_ID",
    ):
        for prefix in ("MLFLOW", "KIPU"):
            # Set first, so that what a test writes into the environment is undone, too.
            monkeypatch.setenv(f"{prefix}_{name}", "")
            monkeypatch.delenv(f"{prefix}_{name}")
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(uris, "_tracking_uri", None)
    monkeypatch.setattr(uris, "_registry_uri", None)
    monkeypatch.setattr(experiments, "_chosen", None)
    yield tmp_path
    while active.state.stack:
        active.state.pop()
    active.state.last_run_id = None
    active.state.forget_model()
    opening.close_all()


@pytest.fixture(scope="session")
def shim_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the package named ``mlflow``."""
    folder = tmp_path_factory.mktemp("dist")
    shutil.copytree(Path(__file__).parents[2] / "shim", folder / "shim")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=folder / "shim",
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def shim_site(shim_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``PYTHONPATH`` that holds this package."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target"]
    subprocess.run([*pip, str(target), str(shim_wheel)], check=True, capture_output=True)
    return target
