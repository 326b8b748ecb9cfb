"""The type hints of a model's ``predict``, and input that is checked by them."""

from __future__ import annotations

import inspect
import logging
import typing
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types.type_hints import (
    InvalidTypeHint,
    TypeFromExample,
    TypeHints,
    as_hinted,
    frame_as_hinted,
    needs_example,
    schema_of_list_hint,
)

_log = logging.getLogger(__name__)
_ALLOWED = {"self", "context", "model_input", "params"}


class FuncInfo(NamedTuple):
    """The hint that a function's input is checked by, and the argument's name."""

    input_type_hint: Any
    input_param_name: str


def takes_context(function: Callable[..., Any]) -> bool:
    """Whether the first argument of a ``predict`` is the context, whatever it is called."""
    parameters = inspect.signature(function).parameters
    others = [name for name in parameters if name not in ("self", "params")]
    return "context" in parameters or len(others) == 2


def hints_of(function: Callable[..., Any], input_at: int) -> TypeHints:
    """The hints of a function.

    Args:
        function: A ``predict``, or any function or object that can be called.
        input_at: Which argument is the input, not counting ``self``.

    Raises:
        InvalidParameter: It has fewer arguments.
    """
    if not hasattr(function, "__annotations__"):
        function = function.__call__  # type: ignore[operator]
    if not function.__annotations__:
        return TypeHints()
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    if input_at >= len(names):
        raise InvalidParameter(f"The function has no argument number {input_at}: {names}.")
    try:
        hints = typing.get_type_hints(function)
    except Exception as error:
        _log.warning("The type hints of %r cannot be read: %r", function, error)
        return TypeHints()
    return TypeHints(hints.get(names[input_at]), hints.get("return"))


def checking_info(function: Callable[..., Any]) -> FuncInfo | None:
    """What a ``predict`` is checked by, None for a hint that data is not checked by.

    Raises:
        MlflowException: The hint lacks the types of its items.
    """
    names = check_arguments(function, "predict")
    at = 1 if takes_context(function) else 0
    hint = hints_of(function, at).input
    if hint is None or needs_example(hint) or hint is TypeFromExample:
        return None
    try:
        schema_of_list_hint(hint)
    except InvalidTypeHint as error:
        raise MlflowException(
            f"{error.message} Correct the type hint of predict, or take it away; then data is not "
            "checked.",
            error.error_code,
        ) from error
    except Exception as error:
        warnings.warn(f"Data is not checked by the type hint of predict. {error}", stacklevel=4)
        return None
    return FuncInfo(hint, names[at])


def check_arguments(function: Callable[..., Any], name: str) -> list[str]:
    """The names of a method's arguments but ``self``.

    Warns:
        FutureWarning: Some have names that MLflow will refuse.
    """
    names = [one for one in inspect.signature(function).parameters if one != "self"]
    if unknown := sorted(set(names) - _ALLOWED):
        warnings.warn(
            f"The arguments of {name} are called context, model_input and params; these have other "
            f"names, which MLflow will refuse one day: {unknown}.",
            FutureWarning,
            stacklevel=4,
        )
    return names


def pyfunc(func: Callable[..., Any]) -> Callable[..., Any]:
    """Check the input of a function by its type hint, where that is a supported one.

    Args:
        func: A ``predict`` of a model, or a function with one argument.

    Example:
        >>> @kipu.pyfunc.utils.pyfunc
        ... def predict(model_input: list[str]) -> list[str]:
        ...     return [text.upper() for text in model_input]
    """
    return checked(func, checking_info(func))


def checked(func: Callable[..., Any], func_info: FuncInfo | None) -> Callable[..., Any]:
    """A function whose input is checked; the function itself can be had from it."""

    @wraps(func)
    def predict(*args: Any, **kwargs: Any) -> Any:
        if func_info is not None:
            args, kwargs = checked_arguments(
                args,
                kwargs,
                input_place(func),
                func_info.input_type_hint,
                func_info.input_param_name,
            )
        return func(*args, **kwargs)

    predict._is_pyfunc = True  # type: ignore[attr-defined]
    predict._checked = (func, func_info)  # type: ignore[attr-defined]
    return predict


def input_place(func: Callable[..., Any]) -> int:
    """Where the input stands among all arguments, ``self`` too."""
    return ("self" in inspect.signature(func).parameters) + takes_context(func)


def checked_arguments(
    args: tuple[Any, ...], kwargs: dict[str, Any], at: int, hint: Any, name: str
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call with the input checked.

    Raises:
        MlflowException: It is not what the hint says.
    """
    if name in kwargs:
        return args, kwargs | {name: _checked_input(kwargs[name], hint)}
    if len(args) > at:
        return (*args[:at], _checked_input(args[at], hint), *args[at + 1 :]), kwargs
    return args, kwargs


def _checked_input(data: Any, hint: Any) -> Any:
    try:
        return as_hinted(frame_as_hinted(data, hint), hint)
    except MlflowException:
        raise
    except Exception as error:
        raise MlflowException(f"The input cannot be checked by {hint}: {error}") from error
