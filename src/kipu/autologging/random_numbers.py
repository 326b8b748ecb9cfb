"""Random numbers of the caller's program."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Let the program draw the random numbers that it would draw without what is done here."""
    python, numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
