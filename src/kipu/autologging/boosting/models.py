"""Models that a training makes, and the sample of its data that goes with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from weakref import WeakKeyDictionary

from kipu.autologging.patching import Call
from kipu.autologging.samples import ROWS, example_and_signature
from kipu.client import MlflowClient
from kipu.entities import LoggedModelStatus
from kipu.fluent.logged_models import initialize_logged_model
from kipu.models.model_signature import infer_signature


def first_rows(data: Any) -> Any:
    """A copy of the first rows.

    Args:
        data: A frame, an array, a list, ... of shape (rows, features).

    Raises:
        Exception: They cannot be told apart.
    """
    if isinstance(data, str) or hasattr(data, "__fspath__"):
        raise TypeError("the data is read from a file")
    return deepcopy(data[:ROWS])


class Sample:
    """The first rows of a training's data, taken before anything can change them.

    Args:
        data: What there is to train on.
        take: Takes the rows.
    """

    def __init__(self, data: Any, take: Callable[[Any], Any] = first_rows) -> None:
        self._rows, self._error = None, ""
        try:
            self._rows = take(data)
        except Exception as error:
            self._error = f"of a {type(data).__name__} there is no sample: {error}"

    def rows(self) -> Any:
        """A copy of the rows.

        Raises:
            ValueError: There are none.
        """
        if self._error:
            raise ValueError(self._error)
        return deepcopy(self._rows)


# Not an attribute: it would go into pickles of the data set, which need no Kipu.
_samples: WeakKeyDictionary[Any, Sample] = WeakKeyDictionary()


def keep_sample(holder: Any, data: Any) -> None:
    """Keep a sample of what a library's own data set is made of, as long as that lives."""
    if data is not None:
        _samples[holder] = Sample(data)


def rows_of(holder: Any) -> Any:
    """The sample that was kept with a library's data set.

    Raises:
        ValueError: There is none.
    """
    sample = _samples.get(holder)
    if sample is None:
        raise ValueError(
            f"the {type(holder).__name__} was made before automatic logging was switched on."
        )
    return sample.rows()


def described(call: Call, rows: Callable[[], Any], predict: Callable[[Any], Any]) -> dict[str, Any]:
    """The input example and the signature, as ``log_model`` takes them."""
    example, signature = example_and_signature(
        call.integration, rows, lambda sample: infer_signature(sample, predict(deepcopy(sample)))
    )
    # False: not inferred a second time from the example where it failed, or is not wanted.
    return {"input_example": example, "signature": False if signature is None else signature}


@contextmanager
def new_model(call: Call, is_wanted: bool) -> Iterator[str | None]:
    """A model that metrics can belong to before it is there; FAILED if training is.

    Args:
        call: The training, which happens in the block.
        is_wanted: Whether there is to be one.
    """
    model_id = None
    if is_wanted:
        try:
            model_id = initialize_logged_model("model").model_id
        except Exception as error:
            call.integration.complain(error)
    try:
        yield model_id
    except BaseException:
        if model_id is not None:
            try:
                MlflowClient().finalize_logged_model(model_id, LoggedModelStatus.FAILED)
            except Exception as error:
                call.integration.complain(error)
        raise
