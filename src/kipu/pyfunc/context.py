"""What a model can know of the request that it answers, under the path that MLflow's users know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass
class Context:
    """One request: its id, who makes it of whom, and what the model's tools expect."""

    request_id: str | None = None
    is_evaluate: bool = False
    dependencies_schemas: dict[str, Any] | None = None
    model_id: str | None = None
    endpoint_name: str | None = None


_current: ContextVar[Context | None] = ContextVar("kipu_prediction_context", default=None)


@contextmanager
def set_prediction_context(context: Context | None) -> Iterator[None]:
    """In the block, and in what runs in its context, this is the request that is answered."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def get_prediction_context() -> Context | None:
    """The request that is answered just now, or None."""
    return _current.get()


__all__ = ["Context", "get_prediction_context", "set_prediction_context"]
