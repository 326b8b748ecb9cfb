"""All functions that make data sets, plug-ins among them."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import Any, get_type_hints

from kipu.data.dataset import Dataset
from kipu.data.huggingface_dataset import from_huggingface
from kipu.data.numpy_dataset import from_numpy
from kipu.data.pandas_dataset import from_pandas
from kipu.data.polars_dataset import from_polars
from kipu.data.spark_dataset import from_spark, load_delta
from kipu.data.tensorflow_dataset import from_tensorflow
from kipu.exceptions import InvalidParameter

GROUP = "mlflow.dataset_constructor"
"""Entry points of this group name functions that make data sets."""

Constructor = Callable[..., Dataset]
_BUILT_IN: tuple[Constructor, ...] = (
    from_pandas,
    from_numpy,
    from_huggingface,
    from_tensorflow,
    load_delta,
    from_spark,
    from_polars,
)


def register_constructor(constructor_fn: Constructor, constructor_name: str | None = None) -> str:
    """Make a function known as ``kipu.data.<name>``.

    Args:
        constructor_fn: Takes ``name`` and ``digest``, and is annotated to return a ``Dataset``.
        constructor_name: Begins with ``from_`` or ``load_``; left out, the function's own.

    Returns:
        The name.

    Raises:
        InvalidParameter: Name or function are not like that.
    """
    name = constructor_name or constructor_fn.__name__
    _check(constructor_fn, name)
    get_registered_constructors()[name] = constructor_fn
    return name


@cache
def get_registered_constructors() -> dict[str, Constructor]:
    """The functions by name."""
    return _plugins() | {made.__name__: made for made in _BUILT_IN}


def _plugins() -> dict[str, Constructor]:
    found = {}
    for point in entry_points(group=GROUP):
        try:
            made = point.load()
            _check(made, point.name)
            found[point.name] = made
        except Exception as error:
            warnings.warn(
                f"The data set constructor {point.value} could not be loaded: {error}",
                stacklevel=3,
            )
    return found


def _check(constructor: Constructor, name: str) -> None:
    if not name.startswith(("from_", "load_")):
        raise InvalidParameter(
            f"The name of a function that makes data sets begins with from_ or load_, not {name!r}."
        )
    parameters = inspect.signature(constructor).parameters
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    for wanted in ("name", "digest"):
        if wanted not in parameters or parameters[wanted].kind not in named:
            raise InvalidParameter(f"{name} must take `{wanted}`, by name.")
    answer = _answer(constructor)
    if not (isinstance(answer, type) and issubclass(answer, Dataset)):
        raise InvalidParameter(f"{name} must be annotated to return a Dataset, not {answer!r}.")


def _answer(constructor: Constructor) -> Any:
    annotated = inspect.signature(constructor).return_annotation
    if isinstance(annotated, str):  # postponed annotations
        return get_type_hints(constructor).get("return")
    return annotated
