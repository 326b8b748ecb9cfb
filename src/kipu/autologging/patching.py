"""Puts functions around those of a library, which log and never harm.

A replacement gets the call and the arguments, runs the original through the call, and logs before
and after. Whatever it raises itself becomes a warning; what the original raises reaches the user
as it is; what the original returns is what the user gets.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import MethodType, ModuleType
from typing import Any

from kipu.autologging.integration import Integration
from kipu.autologging.quiet import muted, unmuted
from kipu.autologging.sessions import innermost, is_paused, session, works_for_another
from kipu.entities.tag_names import MLFLOW_AUTOLOGGING
from kipu.fluent.active import active_run, end_run
from kipu.fluent.runs import start_run

Replacement = Callable[..., Any]


class Call:
    """One call of a patched function while it is logged.

    Attributes:
        integration: Whose function it is.
        function: The library's own, for its signature.
        run_id: The run to log to, the active one of this thread; empty for a patch that does not
            manage a run where none is active.
        owns_run: Whether the run was started for this call, and ends with it.
        has_complained: Whether the one warning was given.
        training_error: What the original raised, or None.
    """

    def __init__(self, integration: Integration, function: Callable[..., Any]) -> None:
        self.integration = integration
        self.run_id = ""
        self.owns_run = False
        self.has_complained = False
        self.function = function
        self._is_done = False
        self._result: Any = None
        self.training_error: BaseException | None = None

    def original(self, *args: Any, **kwargs: Any) -> Any:
        """Train: call the library's function, whose own warnings are shown as ever."""
        try:
            with unmuted():
                self._result = self.function(*args, **kwargs)
        except BaseException as error:
            self.training_error = error
            raise
        self._is_done, self.training_error = True, None
        return self._result

    def option(self, name: str, default: Any = None) -> Any:
        """One of the integration's options."""
        return self.integration.option(name, default)

    def finish(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the user gets: what the original answered or raised.

        The replacement may have failed before it came to the original, which then runs now.
        """
        if self.training_error is not None:
            raise self.training_error
        return self._result if self._is_done else self.function(*args, **kwargs)


def patch(
    integration: Integration,
    owner: Any,
    name: str,
    replacement: Replacement,
    *,
    manages_run: bool = False,
    nested: bool = False,
    unless: Callable[..., bool] | None = None,
) -> None:
    """Replace a function or method until the integration is switched off or anew.

    Args:
        integration: Whose options decide.
        owner: The module or class that has it; a class may have inherited it.
        name: Its name.
        replacement: ``replacement(call, *args, **kwargs)``, with the object first among the
            arguments of a method.
        manages_run: Whether to start a run where none is active. It is FINISHED when the
            replacement returns, FAILED when it or the original raises.
        nested: Whether to log within another patched call of this thread, too.
        unless: Given the call's arguments, tells that it is none to log, such as that of a process
            that trains along with the one that logs. No run is started then.

    Raises:
        AttributeError: The owner has no such function.
    """
    found = inspect.getattr_static(owner, name)
    if getattr(found, "_kipu_integration", None) is integration:
        return
    settings = (integration, replacement, manages_run, nested, unless)
    new = _around(found, settings)
    if isinstance(owner, ModuleType):
        # By these a pickle finds it; where it was defined there is still the library's own.
        new.__module__ = owner.__name__
    is_own = not isinstance(owner, type) or name in vars(owner)
    setattr(owner, name, new)

    def undo() -> None:
        if inspect.getattr_static(owner, name, None) is new:
            if is_own:
                setattr(owner, name, found)
            else:
                delattr(owner, name)

    integration.on_revert(undo)


def _around(found: Any, settings: tuple[Any, ...]) -> Any:
    if isinstance(found, (staticmethod, classmethod)):
        inner = _logged(found.__func__, *settings)
        return type(found)(inner)
    # Not by inspect.isroutine, which takes any descriptor for a method.
    if callable(found) or not hasattr(found, "__get__"):
        return _logged(found, *settings)
    return _LoggedAttribute(found, settings)


def _logged(
    function: Callable[..., Any],
    integration: Integration,
    replacement: Replacement,
    manages_run: bool,
    nested: bool,
    unless: Callable[..., bool] | None,
) -> Callable[..., Any]:
    @functools.wraps(function)
    def logged(*args: Any, **kwargs: Any) -> Any:
        if not is_wanted(integration, nested) or (unless and unless(*args, **kwargs)):
            return function(*args, **kwargs)
        call = Call(integration, function)
        try:
            with session(call):
                try:
                    with muted():
                        _run(call, replacement, args, kwargs, manages_run)
                except Exception as error:
                    if error is call.training_error:
                        raise
                    integration.complain(error)
                # Still in the session: what it calls does not try again what has just failed.
                return call.finish(args, kwargs)
        finally:
            # An error knows its frames, and one of them the call: the circle would keep all that
            # was trained on in memory until Python looks for such.
            call.training_error = None

    logged._kipu_integration = integration  # type: ignore[attr-defined]
    return logged


def is_wanted(integration: Integration, nested: bool = False) -> bool:
    """Whether what this thread calls now is to be logged."""
    if integration.is_disabled or is_paused():
        return False
    outer = innermost()
    if outer is not None:
        return nested and not outer.has_complained
    if integration.option("exclusive") and active_run() is not None:
        return False
    return not works_for_another()


def _run(
    call: Call,
    replacement: Replacement,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    manages_run: bool,
) -> None:
    active = active_run()
    if active is None and manages_run:
        active = start_run(tags=tags_of_runs(call.integration))
        call.owns_run = True
        call.integration.inform(
            "The run %s logs this training with %s.", active.info.run_id, call.integration.name
        )
    call.run_id = active.info.run_id if active else ""
    if not call.owns_run:
        replacement(call, *args, **kwargs)
        return
    try:
        replacement(call, *args, **kwargs)
    except BaseException:
        _end(call, "FAILED")
        raise
    _end(call, "FINISHED")


def _end(call: Call, status: str) -> None:
    """End the call's run, and whatever it left open within; the training's error comes first."""
    try:
        while (active := active_run()) is not None:
            end_run(status)
            if active.info.run_id == call.run_id:
                return
    except Exception as error:
        call.integration.complain(error)


def tags_of_runs(integration: Integration) -> dict[str, str]:
    """The tags of each run that an integration starts."""
    extra = {str(k): str(v) for k, v in (integration.option("extra_tags") or {}).items()}
    if MLFLOW_AUTOLOGGING in extra:
        integration.warn("The tag %s cannot be among extra_tags; it is Kipu's.", MLFLOW_AUTOLOGGING)
    return {**extra, MLFLOW_AUTOLOGGING: integration.name}


class _LoggedAttribute:
    """A method behind a property or another descriptor, such as scikit-learn's ``available_if``."""

    def __init__(self, found: Any, settings: tuple[Any, ...]) -> None:
        self._found = found
        self._settings = settings
        self._kipu_integration = settings[0]
        self.__doc__ = getattr(found, "__doc__", None)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        bound = self._found.__get__(instance, owner)
        if instance is None or not callable(bound):
            return bound
        if isinstance(bound, MethodType):
            return MethodType(_logged(bound.__func__, *self._settings), bound.__self__)

        @functools.wraps(bound)
        def through(self: Any, *args: Any, **kwargs: Any) -> Any:
            return bound(*args, **kwargs)

        return functools.partial(_logged(through, *self._settings), instance)
