"""LIKE patterns: ``%`` is any run of characters, ``_`` is one, and nothing escapes them."""

from __future__ import annotations

import re
from functools import lru_cache

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def fold(text: str) -> str:
    """What ILIKE compares: only A to Z lose their case, as with SQLite and so with MLflow."""
    return text.translate(_LOWER)


def is_like(text: str, pattern: str) -> bool:
    """Whether the whole text fits the pattern, case included."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *rest = (_segment(part) for part in pattern.split("%"))
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    # The leftmost place for a middle segment is as good as any, so a match never comes back to it.
    found = "".join(f"(?>.*?{part})" for part in middle if part)
    return re.compile(f"{first}{found}.*{last}", re.DOTALL)


def _segment(text: str) -> str:
    return "".join("." if char == "_" else re.escape(char) for char in text)
