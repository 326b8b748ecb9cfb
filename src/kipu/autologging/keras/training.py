"""One call of ``keras.Model.fit``: its arguments, callbacks, params and logged model."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kipu.autologging.arguments import call_arguments
from kipu.autologging.guards import guarded
from kipu.autologging.patching import Call
from kipu.autologging.random_numbers import same_random_numbers
from kipu.client import MlflowClient
from kipu.entities import LoggedModelStatus
from kipu.fluent.logged_models import initialize_logged_model
from kipu.fluent.logging import log_params

_NOT_LOGGED = ("x", "y", "callbacks", "validation_data", "verbose")


class Fit:
    """The arguments of a training.

    Args:
        call: The patched call.
        model: The Keras model.
        args: Of ``fit``, without the model.
        kwargs: The others.

    Attributes:
        call: The patched call.
        model: The Keras model.

    Raises:
        TypeError: ``fit`` does not take these.
    """

    def __init__(
        self, call: Call, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.call = call
        self.model = model
        self._bound = inspect.signature(call.function).bind(model, *args, **kwargs)

    def argument(self, name: str) -> Any:
        """What was given for an argument, or None."""
        return self._bound.arguments.get(name)

    def callbacks(self) -> list[Any]:
        """The user's."""
        given = self.argument("callbacks")
        if given is None:
            return []
        if _is_callback_list(given):
            return list(given.callbacks)
        return list(given) if isinstance(given, (list, tuple)) else [given]

    def train(self, added: list[Any]) -> Any:
        """Train with callbacks of ours after the user's, and answer with the history."""
        given = self.argument("callbacks")
        if added and not _is_callback_list(given):
            # A list of the user's stays as it is: the next training may use it again.
            self._bound.arguments["callbacks"] = [*self.callbacks(), *added]
            added = []
        with _in_callback_list(given, self.model, added):
            return self.call.original(*self._bound.args, **self._bound.kwargs)

    def log_params(self, reads_sequences: bool) -> None:
        """Log the arguments that are params, with what is known of the size of batches.

        Args:
            reads_sequences: Whether to ask a ``keras.utils.Sequence`` for its first batch.
        """
        told = call_arguments(
            self.call.function, self._bound.args[1:], self._bound.kwargs, without=_NOT_LOGGED
        )
        if told.get("batch_size") is None:
            size = guarded(self.call.integration)(self._batch_size)(reads_sequences)
            if size is not None:
                told["batch_size"] = size
        guarded(self.call.integration)(log_params)(told)

    def _batch_size(self, reads_sequences: bool) -> int | None:
        import keras

        data = self.argument("x")
        for name in ("batch_size", "_batch_size"):
            size = getattr(data, name, None)
            if size is not None:
                return int(size)
        if isinstance(data, types.GeneratorType):
            return self._peek(data)
        if reads_sequences and isinstance(data, keras.utils.Sequence) and len(data):
            with same_random_numbers():
                return _rows(data[0])
        return None

    def _peek(self, generator: Any) -> int | None:
        """Look at the first batch of a generator, and let training find it in its place."""
        try:
            first = next(generator)
        except StopIteration:
            return None
        except Exception as error:
            self._bound.arguments["x"] = _raising(error)
            return None
        self._bound.arguments["x"] = _chained(first, generator)
        return _rows(first)


@contextmanager
def new_model(call: Call) -> Iterator[str | None]:
    """Make the logged model that a training is to end in, if models are logged.

    It is FAILED where the training is.
    """
    if not call.option("log_models", True):
        yield None
        return
    made = guarded(call.integration)(initialize_logged_model)("model")
    model_id = made.model_id if made is not None else None
    try:
        yield model_id
    except BaseException:
        if model_id is not None:
            failed = LoggedModelStatus.FAILED
            guarded(call.integration)(MlflowClient().finalize_logged_model)(model_id, failed)
        raise


def store_model(call: Call, model_id: str, store: Callable[[], None]) -> None:
    """Store the files of a logged model, which is FAILED where that fails."""

    def attempt() -> None:
        try:
            store()
        except Exception:
            MlflowClient().finalize_logged_model(model_id, LoggedModelStatus.FAILED)
            raise

    guarded(call.integration)(attempt)()


def _rows(batch: Any) -> int | None:
    """The number of examples in a batch, features alone or with targets."""
    part = batch
    while isinstance(part, (tuple, list, dict)) and part:
        part = next(iter(part.values())) if isinstance(part, dict) else part[0]
    return len(part) if hasattr(part, "__len__") else None


def _chained(first: Any, rest: Any) -> Iterator[Any]:
    yield first
    yield from rest


def _raising(error: Exception) -> Iterator[Any]:
    yield from ()
    raise error


def _is_callback_list(given: Any) -> bool:
    import keras

    return isinstance(given, keras.callbacks.CallbackList)


@contextmanager
def _in_callback_list(given: Any, model: Any, added: list[Any]) -> Iterator[None]:
    """Have callbacks in a ``CallbackList`` of the user's for as long as training lasts."""
    for one in added:
        one.set_params(given.params)
        one.set_model(model)
        given.callbacks.append(one)
    try:
        yield
    finally:
        for one in added:
            given.callbacks.remove(one)
