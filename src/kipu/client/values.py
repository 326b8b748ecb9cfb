"""Numbers as training code has them: Python's, NumPy's, tensors, and text that reads as one."""

from __future__ import annotations

from kipu.exceptions import InvalidParameter

_INT64 = 2**63


def as_float(key: str, value: object) -> float:
    """The number that a metric's value stands for; tensors are copied to the host.

    Args:
        key: The metric, for the message.
        value: A number, a truth value, text such as ``"0.5"``, or an array or tensor of exactly
            one element.

    Raises:
        InvalidParameter: It stands for no number, or for several.
    """
    try:
        if isinstance(value, (int, float, str)):
            return float(value)
        item = getattr(value, "item", None)
        if item is None and hasattr(value, "numpy"):  # TensorFlow
            item = value.numpy().item
        return float(item() if callable(item) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, RuntimeError, OverflowError):
        shape = getattr(value, "shape", None)
        found = f"{type(value).__name__} of shape {tuple(shape)}" if shape else f"{value!r:.100}"
        raise InvalidParameter(
            f"The value of metric {key!r} must be a number, or an array or tensor of one element; "
            f"it is {found}."
        ) from None


def as_step(key: str, step: object) -> int:
    """The step that a whole number of any kind stands for.

    Raises:
        InvalidParameter: It is no number, no whole one, or does not fit into 64 bits.
    """
    return _whole(key, "step", step)


def as_timestamp(key: str, timestamp: object) -> int:
    """The time, in ms since the Unix epoch, that a whole number of any kind stands for.

    Raises:
        InvalidParameter: It is no number, no whole one, below 0, or does not fit into 64 bits.
    """
    time = _whole(key, "timestamp", timestamp)
    if time < 0:
        raise InvalidParameter(
            f"The timestamp of metric {key!r} must be milliseconds since 1970, 0 or more; it is "
            f"{timestamp!r}."
        )
    return time


def _whole(key: str, what: str, number: object) -> int:
    if type(number) is int and -_INT64 <= number < _INT64:
        return number
    try:
        if isinstance(number, str):
            raise TypeError
        whole: int = int(number)  # type: ignore[call-overload]
        if whole == number and -_INT64 <= whole < _INT64:
            return whole
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidParameter(
        f"The {what} of metric {key!r} must be a whole number of 64 bits, not {number!r}."
    )
