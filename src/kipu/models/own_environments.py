"""Environments that models get of their own: made by what the model requires, kept for next time.

Each lies in a folder named by the digest of all that went into it, below ``MLFLOW_ENV_ROOT``. A
file tells that it is complete; one that a dead process left half made is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import yaml

from kipu.environment_variables import MLFLOW_ENV_ROOT
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.environment import CONDA_FILE, PYTHON_FILE, REQUIREMENTS_FILE, pip_part
from kipu.models.requirements import CONSTRAINTS_FILE
from kipu.version import __version__

MANAGERS = ("local", "virtualenv", "uv", "conda")
_COMPLETE = "complete"
_STANDARD_ERROR = 2
_FIND = (
    "import importlib.util as u\n"
    "found = [n for n in ('kipu', 'mlflow') if getattr(u.find_spec(n), 'origin', None)]\n"
    "print(*found[:1])"
)


class OwnEnvironment(NamedTuple):
    """An environment that is ready.

    Args:
        python: Its interpreter.
        module: What serves models there: ``kipu``, or ``mlflow`` where Kipu is not installed.
    """

    python: str
    module: str

    @property
    def command(self) -> list[str]:
        """How a command line begins that handles models there."""
        return [self.python, "-m", self.module, "models"]


def check_manager(name: str) -> None:
    """Check the name of what makes environments.

    Raises:
        InvalidParameter: There is no such.
    """
    if name not in MANAGERS:
        raise InvalidParameter(f"The env_manager is one of {', '.join(MANAGERS)}, not {name!r}.")


def prepare(
    folder: Path, manager: str, install_kipu: bool = False, overrides: Sequence[str] = ()
) -> OwnEnvironment:
    """Make the environment that a model requires, unless it is there.

    Args:
        folder: The model's.
        manager: ``virtualenv``, ``uv`` or ``conda``.
        install_kipu: Install this version of Kipu there.
        overrides: Requirements that go before the model's.

    Raises:
        MlflowException: The manager or the version of Python is not installed, an installation
            failed, or the environment would have nothing that serves models.
    """
    recipe = _Recipe.of(folder, manager, [*overrides, *([kipu_source()] if install_kipu else [])])
    root = Path(MLFLOW_ENV_ROOT.get()).expanduser()
    root.mkdir(parents=True, exist_ok=True)
    place = root / f"kipu-{recipe.digest()}"
    python = str(place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    with _alone(place):
        if not (place / _COMPLETE).exists():
            shutil.rmtree(place, ignore_errors=True)
            try:
                _make(recipe, folder, place, python)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
            (place / _COMPLETE).touch()
    return OwnEnvironment(python, _module_there(python))


def kipu_source() -> str:
    """What to tell pip for this version of Kipu: the folder that it came from, or its name."""
    try:
        told = distribution("kipu").read_text("direct_url.json")
    except PackageNotFoundError:
        told = None
    source = urlsplit(json.loads(told)["url"]) if told else None
    if source is not None and source.scheme == "file" and Path(unquote(source.path)).exists():
        return unquote(source.path)
    return f"kipu=={__version__}"


class _Recipe(NamedTuple):
    manager: str
    python: str
    build: list[str]
    dependencies: list[str]
    last: list[str]
    texts: list[str]

    @classmethod
    def of(cls, folder: Path, manager: str, last: list[str]) -> _Recipe:
        names = (PYTHON_FILE, REQUIREMENTS_FILE, CONSTRAINTS_FILE, CONDA_FILE)
        texts = {
            name: (folder / name).read_text("utf-8") for name in names if (folder / name).exists()
        }
        if manager == "conda" and CONDA_FILE not in texts:
            raise MlflowException(f"The model has no {CONDA_FILE}, which conda needs.")
        python, build, dependencies = _told(texts)
        return cls(manager, python, build, dependencies, last, list(texts.values()))

    def digest(self) -> str:
        # It goes on to need the Python that it was made with.
        return hashlib.sha256(json.dumps([*self, sys.prefix]).encode()).hexdigest()[:32]


def _told(texts: dict[str, str]) -> tuple[str, list[str], list[str]]:
    """The version of Python, what builds packages, and the requirements, as a model's files say."""
    if PYTHON_FILE in texts:
        told: dict[str, Any] = yaml.safe_load(texts[PYTHON_FILE]) or {}
        version = str(told.get("python") or platform.python_version())
        return version, told.get("build_dependencies") or [], told.get("dependencies") or []
    requirements = [f"-r {REQUIREMENTS_FILE}"] if REQUIREMENTS_FILE in texts else []
    if CONDA_FILE not in texts:
        return platform.python_version(), [], requirements
    conda = yaml.safe_load(texts[CONDA_FILE]) or {}
    pins = [one for one in conda.get("dependencies") or () if isinstance(one, str)]
    version = next((one for one in pins if one.startswith("python=")), platform.python_version())
    return version.removeprefix("python").strip("="), [], requirements or pip_part(conda)


def _make(recipe: _Recipe, folder: Path, place: Path, python: str) -> None:
    match recipe.manager:
        case "conda":
            conda = os.environ.get("CONDA_EXE") or _program("conda")
            _run([conda, "env", "create", "--quiet", "-p", str(place), "-f", CONDA_FILE], folder)
            install = [python, "-m", "pip", "install"]
            steps = [recipe.last]
        case "uv":
            uv = _program("uv")
            _run([uv, "venv", "--python", recipe.python, str(place)], folder)
            install = [uv, "pip", "install", "--python", python]
            steps = [recipe.build, recipe.dependencies, recipe.last]
        case _:
            _run([_interpreter(recipe.python), "-m", "venv", str(place)], folder)
            install = [python, "-m", "pip", "install", "--disable-pip-version-check"]
            steps = [recipe.build, recipe.dependencies, recipe.last]
    for step in steps:
        if step:
            # A line such as "-r requirements.txt" is two words of a command.
            words = [
                word for line in step for word in (line.split(" ", 1) if line[0] == "-" else [line])
            ]
            _run([*install, *words], folder)


def _run(command: list[str], folder: Path) -> None:
    """Run a program in the model's folder; what it says goes to standard error."""
    done = subprocess.run(command, cwd=folder, stdout=_STANDARD_ERROR, check=False)
    if done.returncode:
        raise MlflowException(
            "The model's environment cannot be made; what went wrong stands above. The command was:"
            f" {' '.join(command)}"
        )


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MlflowException(
            f"The program {name} is not installed here. Install it, or use another --env-manager."
        )
    return found


def _interpreter(version: str) -> str:
    """A Python of the same minor version."""
    wanted = ".".join(version.split(".")[:2])
    if wanted == ".".join(platform.python_version_tuple()[:2]):
        return sys.executable
    found = shutil.which(f"python{wanted}")
    if found is None:
        raise MlflowException(
            f"The model was saved in Python {wanted}, which is not installed here. Install it, or "
            "use uv as --env-manager, which fetches it, or local, which goes without."
        )
    return found


def _module_there(python: str) -> str:
    done = subprocess.run([python, "-c", _FIND], capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise MlflowException(
            "The model requires neither Kipu nor MLflow, so nothing serves it in an environment of "
            "its own. Give --install-mlflow, which installs Kipu there."
        )
    return done.stdout.strip()


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Keep other processes from making the same environment meanwhile."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    with Path(f"{place}.lock").open("w") as lock:
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
