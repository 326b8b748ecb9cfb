"""Versions of libraries."""

from __future__ import annotations

import importlib.metadata
import sys


def installed_version(library: str, distributions: tuple[str, ...] = ()) -> str | None:
    """The version of an imported library, else of the first distribution that is installed."""
    told = getattr(sys.modules.get(library), "__version__", None)
    if isinstance(told, str):
        return told
    for name in (*distributions, library):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def is_between(version: str, lowest: str, highest: str) -> bool:
    """Whether a version lies in a range; ``highest`` counts with all its patch releases.

    A pre-release counts as the release that it is about to be.
    """
    have, low, high = _numbers(version), _numbers(lowest), _numbers(highest)[:2]
    return low <= have and have[: len(high)] <= high


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("+")[0].split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
    return tuple(numbers)
