"""The files of scikit-learn models: skops, which runs no code when it is read, and pickles."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_ALLOW_PICKLE_DESERIALIZATION
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.pyfunc import pickling

SERIALIZATION_FORMAT_SKOPS = "skops"
SERIALIZATION_FORMAT_PICKLE = "pickle"
SERIALIZATION_FORMAT_CLOUDPICKLE = "cloudpickle"
SUPPORTED_SERIALIZATION_FORMATS = [
    SERIALIZATION_FORMAT_SKOPS,
    SERIALIZATION_FORMAT_PICKLE,
    SERIALIZATION_FORMAT_CLOUDPICKLE,
]

_PICKLE_FILE = "model.pkl"
_SKOPS_FILE = "model.skops"


def file_name(serialization_format: str) -> str:
    """The name of a model's file.

    Raises:
        InvalidParameter: There is no such format.
    """
    _check_format(serialization_format)
    return _SKOPS_FILE if serialization_format == SERIALIZATION_FORMAT_SKOPS else _PICKLE_FILE


def dump(model: Any, path: Path, serialization_format: str, trusted: Any = None) -> None:
    """Write a model into a file; where that fails, no file is left.

    Args:
        model: Fitted or not.
        path: The file.
        serialization_format: One of those supported.
        trusted: For skops: full names of further types that may be loaded.

    Raises:
        InvalidParameter: The format cannot hold the model, or it has types that are not trusted.
        ImportError: The format's library is not installed.
    """
    _check_format(serialization_format)
    try:
        if serialization_format == SERIALIZATION_FORMAT_SKOPS:
            _dump_skops(model, path, trusted)
        else:
            _dump_pickle(model, path, serialization_format)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def load(path: Path, serialization_format: str, trusted: Any = None) -> Any:
    """The model in a file.

    Args:
        path: The file.
        serialization_format: In which it was written.
        trusted: For skops: full names of further types that may be loaded.

    Raises:
        InvalidParameter: There is no such format, or a skops file has types that are not trusted.
        MlflowException: The settings forbid to load it.
        ImportError: The format's library is not installed.
    """
    _check_format(serialization_format)
    if not MLFLOW_ALLOW_PICKLE_DESERIALIZATION.get():
        # A skops file, too: the types to trust are read from the model itself.
        raise MlflowException(
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION forbids to load models that may run code, and a "
            f"scikit-learn model in the format {serialization_format!r} may. Set it to true for "
            "models of sources that you trust."
        )
    if serialization_format == SERIALIZATION_FORMAT_SKOPS:
        io = _skops()
        untrusted = _untrusted(path, trusted)
        if untrusted:
            raise InvalidParameter(_not_trusted(untrusted))
        return io.load(path, trusted=trusted)
    if serialization_format == SERIALIZATION_FORMAT_CLOUDPICKLE:
        return pickling.load(path)
    with path.open("rb") as file:
        return pickle.load(file)


def _check_format(name: str) -> None:
    if name not in SUPPORTED_SERIALIZATION_FORMATS:
        raise InvalidParameter(
            f"There is no serialization format {name!r}; there are: "
            f"{', '.join(SUPPORTED_SERIALIZATION_FORMATS)}."
        )


def _dump_skops(model: Any, path: Path, trusted: Any) -> None:
    io = _skops()
    try:
        io.dump(model, path)
        untrusted = _untrusted(path, trusted)
    except Exception as error:
        raise InvalidParameter(
            f"The format 'skops' cannot hold this {type(model).__name__}: {error} It takes no "
            "functions and classes that are not at the top of a module. "
            "serialization_format='cloudpickle' does; such a file may run code when it is loaded."
        ) from error
    if untrusted:
        raise InvalidParameter(_not_trusted(untrusted))


def _dump_pickle(model: Any, path: Path, serialization_format: str) -> None:
    try:
        if serialization_format == SERIALIZATION_FORMAT_CLOUDPICKLE:
            pickling.dump(model, path)
        else:
            with path.open("wb") as file:
                pickle.dump(model, file, protocol=pickle.DEFAULT_PROTOCOL)
    except (MlflowException, pickle.PicklingError, TypeError, AttributeError) as error:
        reason = error.__cause__ or error
        raise InvalidParameter(
            f"This {type(model).__name__} cannot be pickled ({serialization_format}): {reason}",
            error_class="MODEL_SERIALIZATION_FAILED",
        ) from reason


def _untrusted(path: Path, trusted: Iterable[Any] | None) -> list[str]:
    names = {_full_name(one) for one in trusted or ()}
    return [one for one in _skops().get_untrusted_types(file=path) if one not in names]


def _full_name(one: Any) -> str:
    return f"{one.__module__}.{one.__qualname__}" if isinstance(one, type) else str(one)


def _not_trusted(types: list[str]) -> str:
    return (
        f"The model has types that skops does not trust: {', '.join(types)}. If you do, list "
        f"them when you save the model: skops_trusted_types={types}; or save it with "
        "serialization_format='cloudpickle', which trusts every type."
    )


def _skops() -> Any:
    try:
        import skops.io
    except ImportError as error:
        raise ImportError(
            "scikit-learn models are saved with skops; install it with: pip install skops. Or "
            "pickle them: serialization_format='cloudpickle'."
        ) from error
    return skops.io
