"""Python files that a model brings along."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter

CODE_FOLDER = "code"
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


def copy_code_paths(code_paths: list[str] | None, folder: Path) -> str | None:
    """Copy files and folders into the model's code folder, and answer with its name.

    Raises:
        TypeError: They are no list.
        InvalidParameter: One cannot be copied.
    """
    if code_paths is None:
        return None
    if not isinstance(code_paths, list):
        raise TypeError(f"code_paths is a list, not a {type(code_paths).__name__}.")
    for code_path in code_paths:
        copy_into(code_path, folder / CODE_FOLDER)
    return CODE_FOLDER


def copy_into(source: str | Path, folder: Path) -> Path:
    """Copy a file, or a folder with its name, and answer with the copy.

    Raises:
        InvalidParameter: It cannot be copied.
    """
    given = Path(source)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / given.resolve().name
    try:
        if given.is_dir():
            shutil.copytree(given, target, ignore=_IGNORED, dirs_exist_ok=True)
        else:
            shutil.copy2(given, target)
    except OSError as error:
        raise InvalidParameter(
            f"{str(source)!r} cannot be copied into the model: {error}"
        ) from error
    return target


def copy_imported_code(modules: Iterable[str], folder: Path) -> str | None:
    """Copy those of some modules that lie below the working directory into the code folder.

    Answers:
        The folder's name, None if there are none.
    """
    here, copied = Path.cwd(), False
    for name in _with_parents(modules):
        relative = Path(*name.split("."))
        for place in (relative / "__init__.py", relative.with_suffix(".py")):
            if (here / place).is_file():
                target = folder / CODE_FOLDER / place
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(here / place, target)
                copied = True
    return CODE_FOLDER if copied else None


def add_code_to_path(folder: Path, conf: dict[str, Any]) -> None:
    """Let Python find the files that the model brought along."""
    if code := conf.get(CODE_FOLDER):
        place = str(folder / code)
        if place not in sys.path:
            sys.path.insert(0, place)


def _with_parents(modules: Iterable[str]) -> set[str]:
    found = set[str]()
    for name in modules:
        parts = name.split(".")
        found |= {".".join(parts[: at + 1]) for at in range(len(parts))}
    return found
