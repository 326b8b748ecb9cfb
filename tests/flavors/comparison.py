"""Where two results differ, and which of that is meant to be so."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and sentence of each difference; floats may differ by a millionth."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            place = f"{path}/{key}" if path else str(key)
            if key not in theirs:
                yield place, f"only Kipu has {_short(ours[key])}"
            elif key not in ours:
                yield place, f"only MLflow has {_short(theirs[key])}"
            else:
                yield from differences(ours[key], theirs[key], place)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, f"{path}/{place}")
    elif not _same(ours, theirs):
        yield path, f"{_short(ours)} with Kipu, {_short(theirs)} with MLflow"


def unexpected(ours: Any, theirs: Any, meant: Mapping[str, str]) -> list[str]:
    """What differs and is not meant to, and what is meant to differ and does not."""
    found = list(differences(ours, theirs))
    wrong = [
        f"{path}: {told}" for path, told in found if not any(re.search(one, path) for one in meant)
    ]
    stale = [one for one in meant if not any(re.search(one, path) for path, _ in found)]
    return [*wrong, *(f"no longer differs: {one}" for one in stale)]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return bool(one == other)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) < 300 else f"{text[:300]}..."
