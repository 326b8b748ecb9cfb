"""The files that tell a model's environment: requirements.txt, conda.yaml, python_env.yaml."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from kipu.models.requirements import (
    CONSTRAINTS_FILE,
    is_mlflow,
    merge_requirements,
    mlflow_requirement,
    read_requirements,
)

REQUIREMENTS_FILE = "requirements.txt"
CONDA_FILE = "conda.yaml"
PYTHON_FILE = "python_env.yaml"

_BUILD_PACKAGES = ("pip", "setuptools", "wheel")


def check_environment_arguments(
    conda_env: Any, pip_requirements: Any, extra_pip_requirements: Any
) -> None:
    """Check that a model's environment is given in one way.

    Raises:
        ValueError: It is given in several.
    """
    given = {
        "conda_env": conda_env,
        "pip_requirements": pip_requirements,
        "extra_pip_requirements": extra_pip_requirements,
    }
    names = [name for name, one in given.items() if one is not None]
    if len(names) > 1:
        raise ValueError(f"Give one of these, not several: {', '.join(names)}.")


def write_environment(
    folder: Path,
    default_requirements: Iterable[str] | None,
    conda_env: str | dict[str, Any] | None = None,
    pip_requirements: str | Iterable[str] | None = None,
    extra_pip_requirements: str | Iterable[str] | None = None,
) -> list[str]:
    """Write the files, and answer with the requirements.

    Args:
        folder: The model's.
        default_requirements: What the model needs as far as is known.
        conda_env: A conda environment, or the path of its file; used as it is.
        pip_requirements: Lines or a file, instead of the default ones.
        extra_pip_requirements: Lines or a file, besides the default ones.
    """
    if conda_env is not None:
        environment = _read_conda(conda_env)
        found = read_requirements(pip_part(environment))
        lines = found.lines
        if not any(map(is_mlflow, lines)):
            lines.insert(0, mlflow_requirement())
    else:
        environment = default_conda_environment([])
        if pip_requirements is not None:
            found = read_requirements(pip_requirements)
            lines = found.lines
        else:
            found = read_requirements(extra_pip_requirements)
            lines = [*(default_requirements or ()), *found.lines]
        if not any(map(is_mlflow, lines)):
            lines.insert(0, mlflow_requirement())
        lines = merge_requirements(lines)
    if found.constraints:
        lines.append(f"-c {CONSTRAINTS_FILE}")
        (folder / CONSTRAINTS_FILE).write_text("\n".join(found.constraints), "utf-8")
    with_pip_part(environment, lines)
    (folder / CONDA_FILE).write_text(yaml.safe_dump(environment, default_flow_style=False), "utf-8")
    (folder / REQUIREMENTS_FILE).write_text("\n".join(lines), "utf-8")
    python = {
        "python": platform.python_version(),
        "build_dependencies": [_with_version(name, "==") for name in _BUILD_PACKAGES],
        "dependencies": [f"-r {REQUIREMENTS_FILE}"],
    }
    written = yaml.safe_dump(python, sort_keys=False, default_flow_style=False)
    (folder / PYTHON_FILE).write_text(written, "utf-8")
    return lines


def default_conda_environment(requirements: Iterable[str]) -> dict[str, Any]:
    """A conda environment of this Python, with these requirements for pip."""
    lines = list(requirements)
    if lines and not any(map(is_mlflow, lines)):
        lines.insert(0, mlflow_requirement())
    return {
        "channels": ["conda-forge"],
        "dependencies": [
            f"python={platform.python_version()}",
            # Newer ones take a while to reach conda.
            _with_version("pip", "<="),
            {"pip": lines},
        ],
        "name": "mlflow-env",
    }


def pip_part(environment: dict[str, Any]) -> list[str]:
    """The requirements for pip in a conda environment."""
    for one in environment.get("dependencies") or ():
        if isinstance(one, dict) and "pip" in one:
            return list(one["pip"])
    return []


def with_pip_part(environment: dict[str, Any], lines: list[str]) -> None:
    """Put requirements for pip into a conda environment."""
    others = [one for one in environment.get("dependencies") or () if not _is_pip(one)]
    environment["dependencies"] = [*others, {"pip": list(lines)}]


def _is_pip(dependency: object) -> bool:
    return isinstance(dependency, dict) and "pip" in dependency


def _read_conda(given: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(given, str):
        environment: dict[str, Any] = yaml.safe_load(Path(given).read_text("utf-8"))
        return environment
    if not isinstance(given, dict):
        raise TypeError(
            f"conda_env is the path of a file or a dictionary, not a {type(given).__name__}."
        )
    return dict(given)


def _with_version(name: str, operator: str) -> str:
    try:
        return f"{name}{operator}{version(name)}"
    except PackageNotFoundError:
        return name
