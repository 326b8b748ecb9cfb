"""``kipu models``: predicting here and in environments of a model's own, servers, images."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result

import kipu.pyfunc
from kipu.cli import main
from kipu.exceptions import MlflowException
from kipu.models import infer_signature
from kipu.models.own_environments import prepare

Do = Callable[..., Result]
FRAME = pd.DataFrame({"a": [1.0, 2.0]})
ASKED = '{"dataframe_split": {"columns": ["a"], "data": [[1], [2]]}, "params": {"by": 3}}'
TRIPLE = {"predictions": [{"a": 3.0}, {"a": 6.0}]}
SOURCE = """
import kipu

class Product(kipu.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input * params["by"]

kipu.models.set_model(Product())
"""


@pytest.fixture
def do(fresh: Path) -> Do:
    return lambda *words, **more: CliRunner().invoke(main, ["models", *words], **more)


@pytest.fixture
def model(fresh: Path) -> Path:
    """A model that multiplies, and requires nothing that must be fetched."""
    (fresh / "code.py").write_text(SOURCE)
    folder = fresh / "model"
    signature = infer_signature(FRAME, FRAME, params={"by": 2.0})
    kipu.pyfunc.save_model(
        str(folder), python_model="code.py", signature=signature, pip_requirements=["kipu"]
    )
    return folder


def test_a_model_predicts_on_files_and_on_what_comes_in(do: Do, model: Path) -> None:
    Path("in.json").write_text(ASKED)
    here = ("predict", "-m", str(model), "--env-manager", "local")
    done = do(*here, "-i", "in.json", "-o", "out.json")
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(Path("out.json").read_text()) == TRIPLE
    assert json.loads(do(*here, input=ASKED).stdout) == TRIPLE
    done = do(*here, "-t", "csv", input="a\n1\n")
    assert done.stdout == '{"predictions": [{"a": 2.0}]}'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-t", "xml"), "'json' or 'csv'"),
        (("--env-manager", "other"), "local, virtualenv, uv, conda"),
        (("-r", "x==1"), "environment of the model's own"),
        (("--env", "A=1"), "environment of the model's own"),
        (("-i", "absent.json"), "absent.json cannot be read"),
        ((), "This is no JSON"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    do: Do, model: Path, words: tuple[str, ...], told: str
) -> None:
    done = do("predict", "-m", str(model), "--env-manager", "local", *words, input="?")
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_requirements_are_added_and_removed(do: Do, model: Path) -> None:
    there = ("update-pip-requirements", "-m", str(model))
    assert do(*there, "add", "numpy>=1", "six").exit_code == 0
    assert (model / "requirements.txt").read_text().splitlines()[-2:] == ["numpy>=1", "six"]
    assert do(*there, "remove", "six").exit_code == 0
    assert "six" not in (model / "conda.yaml").read_text()
    assert do(*there, "replace", "six").exit_code == 2
    assert (
        do(*there, "add", "own @ https://example.com/own.whl", "a[b]>=1,<2; x=='y'").exit_code == 0
    )
    before = (model / "requirements.txt").read_text()
    for wrong in ("a=1", "-r more.txt", "a b", "a==", ""):
        done = do(*there, "add", "--", "six", wrong)
        assert (done.exit_code, f"no requirements: {wrong!r}" in done.stderr) == (1, True)
    assert (model / "requirements.txt").read_text() == before


@contextmanager
def served(model: Path, *words: str) -> Iterator[str]:
    command = [
        sys.executable, "-m", "kipu", "models", "serve", "-m", str(model), "-p", "0",
        *words,
    ]  # fmt: skip
    path = str(Path(kipu.__file__).parents[1])
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": path, **os.environ}
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[4].rstrip("/")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def asked(uri: str, body: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(
        uri, body.encode() if body else None, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class TestAnEnvironmentOfItsOwn:
    """Made once, with what the model requires and nothing else."""

    @pytest.fixture(autouse=True)
    def offline(self, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let pip find one small package, and Kipu the libraries that are installed here."""
        wheels = fresh / "wheels"
        wheels.mkdir()
        write_wheel(wheels)
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
        monkeypatch.setenv("MLFLOW_ENV_ROOT", str(fresh / "envs"))
        places = [str(Path(kipu.__file__).parents[1]), *(p for p in sys.path if "site-" in p)]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(places))

    @pytest.fixture
    def tiny(self, model: Path) -> Path:
        """The model, which now requires the small package, and uses it."""
        described = {"python": sys.version.split()[0], "dependencies": ["-r requirements.txt"]}
        (model / "python_env.yaml").write_text(yaml.safe_dump(described))
        (model / "requirements.txt").write_text("tiny==1.0\n")
        code = model / "code.py"
        code.write_text(
            code.read_text().replace("        return", "        import tiny\n        return")
        )
        return model

    @pytest.mark.slow
    def test_it_is_made_once_and_predicts(self, tiny: Path, fresh: Path) -> None:
        with pytest.raises(ModuleNotFoundError, match="tiny"):
            kipu.models.predict(str(tiny), ASKED, env_manager="local")
        kipu.models.predict(str(tiny), ASKED, output_path="out.json", extra_envs={"A": "1"})
        assert json.loads(Path("out.json").read_text()) == TRIPLE
        (made,) = (one for one in (fresh / "envs").iterdir() if one.is_dir())
        before = (made / "complete").stat().st_mtime_ns
        done = CliRunner().invoke(main, ["models", "prepare-env", "-m", str(tiny)])
        assert done.exit_code == 0, done.output
        assert (made / "complete").stat().st_mtime_ns == before
        with pytest.raises(MlflowException, match="ended with status 1"):
            kipu.models.predict(str(tiny), '{"other": 1}')
        with served(tiny) as uri:
            assert json.loads(asked(f"{uri}/invocations", ASKED)[1]) == TRIPLE

    @pytest.mark.slow
    def test_one_that_serves_nothing_is_refused(
        self, tiny: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PYTHONPATH")
        with pytest.raises(MlflowException, match="--install-mlflow"):
            prepare(tiny, "virtualenv")

    @pytest.mark.slow
    def test_one_that_cannot_be_made_leaves_nothing(self, tiny: Path, fresh: Path) -> None:
        (tiny / "requirements.txt").write_text("tiny==2.0\n")
        with pytest.raises(MlflowException, match="cannot be made"):
            prepare(tiny, "virtualenv")
        assert [one for one in (fresh / "envs").iterdir() if one.is_dir()] == []

    def test_a_missing_program_is_named(
        self, tiny: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(fresh))
        monkeypatch.delenv("CONDA_EXE", raising=False)
        for manager in ("uv", "conda"):
            with pytest.raises(MlflowException, match=f"The program {manager} is not installed"):
                prepare(tiny, manager)
        described = tiny / "python_env.yaml"
        described.write_text("python: 3.7.1\n")
        with pytest.raises(MlflowException, match=r"Python 3\.7, which is not installed"):
            prepare(tiny, "virtualenv")


def write_wheel(folder: Path) -> None:
    with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        wheel.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(
            "tiny-1.0.dist-info/RECORD",
            "tiny.py,,\ntiny-1.0.dist-info/METADATA,,\ntiny-1.0.dist-info/WHEEL,,\n"
            "tiny-1.0.dist-info/RECORD,,\n",
        )


class TestTheServer:
    """``kipu models serve`` as a process."""

    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_it_answers(self, model: Path, workers: str) -> None:
        with served(model, "-w", workers, "--no-conda") as uri:
            status, text = asked(f"{uri}/invocations", ASKED)
            assert (status, json.loads(text)) == (200, TRIPLE)
            assert asked(f"{uri}/ping") == asked(f"{uri}/health") == (200, "\n")
            assert asked(f"{uri}/version")[0] == 200
            status, text = asked(f"{uri}/invocations", "{}")
            assert (status, json.loads(text)["error_code"]) == (400, "BAD_REQUEST")
            assert asked(f"{uri}/other")[0] == 404

    def test_a_slow_model_is_not_waited_for(self, model: Path) -> None:
        code = model / "code.py"
        wait = "        import threading; threading.Event().wait(2)\n        return"
        code.write_text(code.read_text().replace("        return", wait))
        with served(model, "-t", "1", "--no-conda") as uri:
            status, text = asked(f"{uri}/invocations", ASKED)
            assert (status, text) == (504, "The model did not answer within 1 seconds.")

    def test_it_tells_why_it_cannot_start(self, do: Do, model: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            done = do("serve", "-m", str(model), "-p", port, "--no-conda")
            assert done.exit_code == 1
            assert "in use" in done.stderr
        done = do("serve", "-m", str(model), "--enable-mlserver")
        assert (done.exit_code, "no MLServer" in done.stderr) == (2, True)
        assert do("serve", "-m", str(model), "-w", "0").exit_code == 2


class TestImages:
    """What is written for docker."""

    def test_a_model_is_copied_and_its_requirements_installed(self, do: Do, model: Path) -> None:
        assert do("generate-dockerfile", "-m", str(model), "-d", "out").exit_code == 0
        lines = Path("out/Dockerfile").read_text().splitlines()
        version = ".".join(map(str, sys.version_info[:2]))
        assert lines[0] == f"FROM python:{version}-slim"
        assert "COPY model_dir /opt/ml/model" in lines
        assert "RUN cd /opt/ml/model && pip install --no-cache-dir -r requirements.txt" in lines
        assert json.loads(lines[-1].removeprefix("ENTRYPOINT "))[-4:] == [
            "--host", "0.0.0.0", "--port", "8080"
        ]  # fmt: skip
        assert Path("out/model_dir/MLmodel").exists()

    def test_an_environment_is_made_in_the_image(self, do: Do, model: Path, fresh: Path) -> None:
        (fresh / "source").mkdir()
        (fresh / "source/pyproject.toml").write_text("")
        words = ("-m", str(model), "-d", "out", "--env-manager", "uv", "--install-java")
        done = do("generate-dockerfile", *words, "--mlflow-home", "source", "--install-mlflow")
        assert done.exit_code == 0, done.output
        text = Path("out/Dockerfile").read_text()
        assert "default-jre" in text
        assert "COPY kipu_source /opt/kipu" in text
        assert '"prepare-env", "-m", "/opt/ml/model", "--env-manager", "uv", "--install' in text
        assert Path("out/kipu_source/pyproject.toml").exists()

    def test_without_a_model_the_mounted_one_is_served(self, do: Do) -> None:
        assert do("generate-dockerfile").exit_code == 0
        text = Path("mlflow-dockerfile/Dockerfile").read_text()
        assert "COPY" not in text
        assert '"--env-manager", "virtualenv"' in text
        for manager in ("local", "conda"):
            assert do("generate-dockerfile", "--env-manager", manager).exit_code == 1

    def test_docker_is_called_where_it_is(
        self, do: Do, model: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(fresh / "bin"))
        done = do("build-docker", "-m", str(model))
        assert done.exit_code == 1
        assert "docker, which is not installed" in done.stderr
        docker = fresh / "bin/docker"
        docker.parent.mkdir()
        docker.write_text(f'#!/bin/sh\necho "$@" > {fresh}/called\n[ -f "$4/Dockerfile" ]\n')
        docker.chmod(0o755)
        words = ("-m", str(model), "-n", "image", "--env-manager", "local")
        assert do("build-docker", *words).exit_code == 0
        assert (fresh / "called").read_text().startswith("build -t image ")
