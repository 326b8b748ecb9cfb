"""What is known of the prediction that is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Context:
    """One prediction.

    Args:
        request_id: The request that asked for it.
        is_evaluate: Whether it is part of an evaluation.
        dependencies_schemas: What the model says of its sources.
        model_id: The logged model that predicts.
        endpoint_name: The endpoint that was asked.
        **kwargs: Ignored.
    """

    def __init__(
        self,
        request_id: str | None = None,
        is_evaluate: bool = False,
        dependencies_schemas: dict[str, Any] | None = None,
        model_id: str | None = None,
        endpoint_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.request_id = request_id
        self.is_evaluate = is_evaluate
        self.dependencies_schemas = dependencies_schemas
        self.model_id = model_id
        self.endpoint_name = endpoint_name

    def update(self, **kwargs: Any) -> None:
        """Set some fields.

        Raises:
            AttributeError: There is no such field.
        """
        for name, value in kwargs.items():
            if not hasattr(self, name):
                raise AttributeError(f"A prediction's context has no field {name!r}.")
            setattr(self, name, value)


_current: ContextVar[Context | None] = ContextVar("prediction", default=None)


@contextmanager
def set_prediction_context(context: Context | None) -> Iterator[None]:
    """Let this be the prediction that is under way, in this thread and block.

    Raises:
        TypeError: It is something else.
    """
    if context is not None and not isinstance(context, Context):
        raise TypeError(f"A Context is expected, not {context!r}.")
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def get_prediction_context() -> Context | None:
    """The prediction that is under way, None without one."""
    return _current.get()


__all__ = ["Context", "get_prediction_context", "set_prediction_context"]
