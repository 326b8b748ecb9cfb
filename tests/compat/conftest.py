"""Two clients and two servers: ours, and the official ones in an environment of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu
from kipu.testing.server import ServerProcess, kipu_server

HERE = Path(__file__).parent
Client = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def official_python() -> str:
    """The interpreter that has MLflow."""
    usual = HERE.parents[1] / ".venv-mlflow/bin/python"
    python = os.environ.get("KIPU_TEST_MLFLOW_PYTHON", str(usual))
    if not Path(python).exists():
        missing = f"No official MLflow at {python}: run `make test-compat`."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return python


@pytest.fixture(scope="session")
def official_server(
    official_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("official")
    command = [
        official_python, "-m", "mlflow", "server", "--port", "{port}", "--workers", "1",
        "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination", str(folder / "artifacts"), "--disable-security-middleware",
    ]  # fmt: skip
    server = ServerProcess(command, folder)
    server.start()
    yield server
    server.kill(signal.SIGTERM)


@pytest.fixture(scope="session")
def our_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with kipu_server(tmp_path_factory.mktemp("ours")) as server:
        yield server


def run_script(python: str, module: str, uri: str, script: str, cwd: Path) -> dict[str, Any]:
    """Run a script of this folder with a client against a server; what it prints last is JSON."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_", "PYTHON"))}
    if module == "kipu":  # the one under test, wherever it is installed from
        kept["PYTHONPATH"] = str(Path(kipu.__file__).parents[1])
    done = subprocess.run(
        [python, str(HERE / script), module, uri],
        cwd=cwd, env=kept | {"DO_NOT_TRACK": "true"}, capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture
def official_client(official_python: str, tmp_path: Path) -> Client:
    return lambda uri, script: run_script(official_python, "mlflow", uri, script, tmp_path)


@pytest.fixture
def our_client(tmp_path: Path) -> Client:
    return lambda uri, script: run_script(sys.executable, "kipu", uri, script, tmp_path)
