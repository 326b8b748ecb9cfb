"""Two clients and two servers: ours, and the official ones in an environment of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import kipu
from kipu.testing.server import ServerProcess, kipu_server

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from end_state import end_state  # noqa: E402
from pairs import PAIRS, Pair  # noqa: E402

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


def run_script(python: str, script: str, *arguments: str, cwd: Path, **more: str) -> dict[str, Any]:
    """Run a script of this folder, with more in its environment; what it prints last is JSON."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_", "PYTHON"))}
    # The official client repeats what was answered with 500 for minutes.
    own = {"DO_NOT_TRACK": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    done = subprocess.run(
        [python, str(HERE / script), *arguments],
        cwd=cwd, env=kept | own | more, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture(scope="session")
def official_client(official_python: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = tmp_path_factory.mktemp("official-client")
    return lambda script, *given: run_script(official_python, script, "mlflow", *given, cwd=folder)


@pytest.fixture(scope="session")
def our_client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = tmp_path_factory.mktemp("our-client")
    # The very package that is tested here, whatever else is installed.
    sources = str(Path(kipu.__file__).parents[1])
    return lambda script, *given: run_script(
        sys.executable, script, "kipu", *given, cwd=folder, PYTHONPATH=sources
    )


@pytest.fixture(scope="session")
def uris(official_server: ServerProcess, our_server: ServerProcess) -> dict[str, str]:
    return {"mlflow": official_server.uri, "kipu": our_server.uri}


@pytest.fixture(scope="session")
def for_each_pair(official_client: Client, our_client: Client, uris: dict[str, str]) -> Any:
    """Run a script with every client on every server, two at a time."""
    clients = {"mlflow": official_client, "kipu": our_client}

    def each(script: str, prefixes: bool) -> dict[Pair, Any]:
        def run(pair: Pair) -> Any:
            client, server = pair
            more = [_prefix(pair)] if prefixes else []
            return clients[client](script, uris[server], *more)

        with ThreadPoolExecutor(2) as pool:
            return dict(zip(PAIRS, pool.map(run, PAIRS), strict=True))

    return each


@pytest.fixture(scope="session")
def walks(for_each_pair: Any) -> dict[Pair, dict[str, Any]]:
    """The outcomes of all steps."""
    result: dict[Pair, dict[str, Any]] = for_each_pair("take_walk.py", prefixes=True)
    return result


@pytest.fixture(scope="session")
def states(walks: dict[Pair, Any], uris: dict[str, str]) -> dict[Pair, dict[str, Any]]:
    """What the servers hold after the walks, part by part."""
    return {pair: end_state(uris[pair[1]], _prefix(pair)) for pair in walks}


def _prefix(pair: Pair) -> str:
    client, server = pair
    return f"{client[0]}{server[0]} walk, "
