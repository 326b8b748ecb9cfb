"""Two interpreters with the same ML libraries: one has Kipu and the shim, one has MLflow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import pytest

import kipu

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from comparison import unexpected  # noqa: E402

QUIET = {
    "CUDA_VISIBLE_DEVICES": "", "DO_NOT_TRACK": "true", "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "TOKENIZERS_PARALLELISM": "false",
}  # fmt: skip


class Trained(Protocol):
    def __call__(self, script: str, **environment: str) -> dict[str, Any]: ...


class TrainedAlike(Protocol):
    def __call__(
        self, script: str, differences: Mapping[str, str] = {}, *, infer: bool = False
    ) -> dict[str, Any]: ...


class BothWays(Protocol):
    def __call__(self, script: str, differences: Mapping[str, str] = {}) -> None: ...


@pytest.fixture(scope="session")
def mlflow_python() -> str:
    """The interpreter that has MLflow."""
    usual = ROOT / ".venv-mlflow/bin/python"
    python = os.environ.get("KIPU_TEST_MLFLOW_PYTHON", str(usual))
    if not Path(python).exists():
        missing = f"No official MLflow at {python}: run `make test-flavors`."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return python


@pytest.fixture(autouse=True)
def left_as_found() -> Iterator[None]:
    """Choose no store and no experiment for the tests that come after."""
    yield
    from kipu.client import opening, uris
    from kipu.fluent import experiments

    while kipu.active_run():
        kipu.end_run()
    opening.close_all()
    uris._tracking_uri = experiments._chosen = None
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"):
        os.environ.pop(name, None)


@pytest.fixture
def with_kipu(tmp_path: Path) -> Any:
    """Run drive.py with Kipu."""
    paths = [str(Path(kipu.__file__).parents[1]), str(ROOT / "shim/src")]
    return lambda *given, **more: _drive(sys.executable, paths, tmp_path / "kipu", given, more)


@pytest.fixture
def with_mlflow(mlflow_python: str, tmp_path: Path) -> Any:
    """Run drive.py with MLflow and the same ML libraries."""
    paths = [sysconfig.get_paths()["purelib"]]
    return lambda *given, **more: _drive(mlflow_python, paths, tmp_path / "mlflow", given, more)


@pytest.fixture
def both_ways(with_kipu: Any, with_mlflow: Any, tmp_path: Path) -> BothWays:
    """Save models with both, compare them, load them with both, compare what they answer."""
    ours, theirs = str(tmp_path / "saved-by-kipu"), str(tmp_path / "saved-by-mlflow")

    def check(script: str, differences: Mapping[str, str] = {}) -> None:
        saved = _at_once(
            lambda: with_kipu("models", "save", script, ours),
            lambda: with_mlflow("models", "save", script, theirs),
        )
        for models in saved:
            assert models, f"{script} saved nothing"
            for model in models.values():
                model["texts"] = _without_versions(model["texts"])
        of_answers = {k: v for k, v in differences.items() if k.startswith("^answers/")}
        of_files = {k: v for k, v in differences.items() if k not in of_answers}
        _expect(unexpected(*saved, of_files), "saved")

        def answers(run: Any) -> list[Any]:
            return [run("models", "answers", script, place) for place in (ours, theirs)]

        (own, others), (crossed, official) = _at_once(
            lambda: answers(with_kipu), lambda: answers(with_mlflow)
        )
        assert official.keys() == saved[1].keys()
        broken = {name: told for name, told in official.items() if "not loaded" in str(told)}
        assert broken == {}, "MLflow cannot load its own"
        own, others, crossed, official = (
            {"answers": one} for one in (own, others, crossed, official)
        )
        _expect(unexpected(others, official, of_answers), "saved by MLflow, loaded by Kipu")
        _expect(unexpected(own, official, of_answers), "saved by Kipu, loaded by Kipu")
        _expect(unexpected(crossed, official, {}), "saved by Kipu, loaded by MLflow")

    return check


@pytest.fixture
def trained(with_kipu: Any) -> Trained:
    """Run a training script with Kipu; what the store holds then."""
    return lambda script, **environment: with_kipu("train", script, **environment)


@pytest.fixture
def trained_alike(with_kipu: Any, with_mlflow: Any) -> TrainedAlike:
    """Run a training script with both, and compare what the stores hold then."""

    def check(
        script: str, differences: Mapping[str, str] = {}, *, infer: bool = False
    ) -> dict[str, Any]:
        more = {"INFER": "1"} if infer else {}
        ours, theirs = _at_once(
            lambda: with_kipu("train", script, **more), lambda: with_mlflow("train", script, **more)
        )
        if not infer:
            for model in (*ours["models"], *theirs["models"]):
                for name in ("requirements.txt", "conda.yaml", "python_env.yaml"):
                    model.get("texts", {}).pop(name, None)
        assert theirs["runs"], f"{script} made no run with MLflow"
        _expect(unexpected(ours, theirs, differences), script)
        return dict(ours)

    return check


def _drive(
    python: str, paths: list[str], folder: Path, given: tuple[str, ...], more: dict[str, str]
) -> Any:
    folder.mkdir(exist_ok=True)
    out = folder / "told.json"
    out.unlink(missing_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_", "PYTHON"))}
    own = {
        "PYTHONPATH": os.pathsep.join(paths),
        "KIPU_HOME": str(folder / "home"),
        "HOME": str(folder),
    }
    done = subprocess.run(
        [python, str(HERE / "drive.py"), *given, str(out)],
        cwd=folder, env=kept | QUIET | own | more, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, f"{python}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
    return json.loads(out.read_text())


def _expect(wrong: list[str], what: str) -> None:
    """Fail with all that is wrong, a line each."""
    assert not wrong, "\n".join([what, *wrong])


def _at_once(*calls: Any) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result() for one in [pool.submit(call) for call in calls]]


def _without_versions(texts: dict[str, str]) -> dict[str, str]:
    """Lines of requirements in their order, without the versions of what two environments have."""
    return {
        name: [line.partition("==")[0] for line in text.splitlines()]
        if "example" not in name
        else text
        for name, text in texts.items()
    }
