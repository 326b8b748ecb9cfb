"""Expects an error by its code, which is what survives the way over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kipu.exceptions import MlflowException

ABSENT_RUN = "f" * 32
ABSENT_EXPERIMENT = "999999999999999999"


@contextmanager
def refused(error_code: str, *mentioned: str) -> Iterator[None]:
    """Pass if the block raises an error with this code, whose message names all of these."""
    with pytest.raises(MlflowException) as caught:
        yield
    assert caught.value.error_code == error_code, caught.value
    for text in mentioned:
        assert text in caught.value.message
