"""pip requirements as text: read from lines and files, merged, pinned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from kipu.version import MLFLOW_VERSION

_FORM = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]*)\])?\s*"
    r"\(?(?P<specifier>(?:[<>=!~][^;()]*)?)\)?\s*(?:;\s*(?P<marker>.+))?"
)
_FILE = re.compile(r"(-r|--requirement|-c|--constraint)\s+(.+)")
_OURS = re.compile(r"/mlflow|mlflow@git")
CONSTRAINTS_FILE = "constraints.txt"


class Requirement(NamedTuple):
    """One requirement, taken apart."""

    name: str
    extras: frozenset[str] = frozenset()
    specifier: str = ""
    marker: str = ""

    def __str__(self) -> str:
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        marker = f"; {self.marker}" if self.marker else ""
        return f"{self.name}{extras}{self.specifier}{marker}"

    def merged(self, other: Requirement) -> Requirement:
        """What both ask for."""
        parts = dict.fromkeys(_parts(self.specifier) + _parts(other.specifier))
        return self._replace(extras=self.extras | other.extras, specifier=",".join(parts))


class Requirements(NamedTuple):
    """Requirements, and the constraints that go with them."""

    lines: list[str]
    constraints: list[str]


def parse_requirement(text: str) -> Requirement | None:
    """A requirement taken apart, or None for a URL, a path or an option of pip."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    extras = frozenset(one.strip() for one in (found["extras"] or "").split(",") if one.strip())
    specifier = found["specifier"].replace(" ", "")
    return Requirement(found["name"], extras, specifier, (found["marker"] or "").strip())


def normal_name(name: str) -> str:
    """A distribution's name in the spelling by which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_requirements(given: str | Iterable[str] | None) -> Requirements:
    """Requirements from lines or a file; files that they name are read, too.

    Args:
        given: Lines such as ``scikit-learn>=1.4`` or ``-r more.txt``, or the path of a file.

    Raises:
        TypeError: It is something else.
    """
    if given is None:
        return Requirements([], [])
    if isinstance(given, str):
        found = list(_read_file(Path(given), False))
    else:
        lines = list(given) if isinstance(given, Iterable) else [given]
        if not all(isinstance(line, str) for line in lines):
            raise TypeError(
                "Requirements are the path of a file, or an iterable of texts, not a "
                f"{type(given).__name__}."
            )
        found = list(_read_lines(lines, Path.cwd(), False))
    return Requirements(
        [line for line, is_constraint in found if not is_constraint],
        [line for line, is_constraint in found if is_constraint],
    )


def merge_requirements(lines: Iterable[str]) -> list[str]:
    """Requirements with one line for each distribution, in the order of their first."""
    merged: dict[object, Requirement | str] = {}
    for line in lines:
        one = parse_requirement(line)
        if one is None:
            merged[line] = line
            continue
        key = (normal_name(one.name), one.marker)
        before = merged.get(key)
        merged[key] = before.merged(one) if isinstance(before, Requirement) else one
    return [str(one) for one in merged.values()]


def pinned(distribution: str, module: str | None = None) -> str:
    """The requirement for exactly the installed version, such as ``scikit-learn==1.5.0``.

    Args:
        distribution: As it is installed.
        module: A module of it that tells ``__version__``, should its metadata be missing.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    try:
        installed = version(distribution)
    except PackageNotFoundError:
        installed = str(__import__(module or distribution).__version__)
    # A local label (+cu121) names a build that no index offers.
    return f"{distribution}=={installed.partition('+')[0]}"


def mlflow_requirement() -> str:
    """The line that every model's requirements begin with."""
    return f"mlflow=={MLFLOW_VERSION}"


def is_mlflow(line: str) -> bool:
    """Whether a requirement brings what loads the model: MLflow, or Kipu."""
    one = parse_requirement(line)
    if one is not None:
        return normal_name(one.name) in ("mlflow", "mlflow-skinny", "kipu")
    return _OURS.search(line.replace(" ", "").lower()) is not None


def _parts(specifier: str) -> list[str]:
    return [part for part in specifier.split(",") if part]


def _read_file(path: Path, is_constraint: bool) -> Iterator[tuple[str, bool]]:
    lines = path.read_text("utf-8").splitlines()
    yield from _read_lines(lines, path.parent, is_constraint)


def _read_lines(
    lines: Iterable[str], folder: Path, is_constraint: bool
) -> Iterator[tuple[str, bool]]:
    for line in _joined(lines):
        if not line or line.startswith("#"):
            continue
        if named := _FILE.fullmatch(line):
            yield from _read_file(folder / named[2], named[1] in ("-c", "--constraint"))
        else:
            yield line, is_constraint


def _joined(lines: Iterable[str]) -> Iterator[str]:
    begun = ""
    for raw in lines:
        line = begun + raw.strip().partition(" #")[0].rstrip()
        begun = line[:-1] if line.endswith("\\") else ""
        if not begun:
            yield line
    if begun:
        yield begun
