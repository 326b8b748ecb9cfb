"""A store for packages that think they talk to MLflow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kipu.testing.server import kipu_server


@pytest.fixture(autouse=True)
def shim() -> None:
    """See to it that ``mlflow`` is the shim, or skip."""
    mlflow = pytest.importorskip("mlflow", reason="needs kipu-mlflow: make test-ecosystem")
    import kipu

    assert mlflow.MlflowClient is kipu.MlflowClient, f"{mlflow.__file__} is not the shim"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kipu_server(tmp_path_factory.mktemp("server")) as process:
        yield process.uri


@pytest.fixture(params=["folder", "server"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URI of a store, with nothing chosen in this process."""
    import mlflow

    from kipu.client import opening, uris
    from kipu.fluent import experiments

    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "KIPU_"))]:
        monkeypatch.delenv(name)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"):
        # Set first, so that what a package writes into the environment is undone, too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(uris, "_tracking_uri", None)
    monkeypatch.setattr(experiments, "_chosen", None)
    folder = (tmp_path / "runs").as_uri()
    yield request.getfixturevalue("server") if request.param == "server" else folder
    while mlflow.active_run():
        mlflow.end_run()
    opening.close_all()
