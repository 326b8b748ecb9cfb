"""A library whose training is logged by itself: its options, and the switch for it."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import logging
import sys
from collections.abc import Callable
from typing import Any, ParamSpec

from kipu.autologging.import_hooks import when_imported
from kipu.autologging.quiet import muted
from kipu.autologging.sessions import innermost
from kipu.autologging.versions import installed_version, is_between
from kipu.exceptions import InvalidParameter

_log = logging.getLogger(__name__)
Given = ParamSpec("Given")

INTEGRATIONS: dict[str, dict[str, Any]] = {}
"""The options of each integration that was switched on or off, by name."""


class Integration:
    """One library and its options.

    Args:
        name: As the tag ``mlflow.autologging`` tells it, such as ``sklearn``.
        library: The module whose import turns the patches on, such as ``sklearn``.
        versions: The lowest and the highest version that it is tested with.
        distributions: Names of the packages that bring the library, where they differ.

    Attributes:
        is_configured_globally: Whether ``kipu.autolog()`` gave the options, not the library's own.
    """

    def __init__(
        self,
        name: str,
        *,
        library: str,
        versions: tuple[str, str],
        distributions: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.library = library
        self.versions = versions
        self.is_configured_globally = False
        self._distributions = distributions
        self._undo: list[Callable[[], None]] = []
        self._last_complaint = ""
        self._switched = 0

    @property
    def options(self) -> dict[str, Any]:
        """The arguments of the last ``autolog`` call with defaults; empty if there was none."""
        return INTEGRATIONS.get(self.name, {})

    def option(self, name: str, default: Any = None) -> Any:
        """One of the options."""
        return self.options.get(name, default)

    @property
    def is_disabled(self) -> bool:
        """Whether its training is not logged: never switched on, off again, or untested."""
        if self.option("disable", True):
            return True
        return bool(self.option("disable_for_unsupported_versions")) and not self.is_tested()

    def is_tested(self) -> bool:
        """Whether the version that is installed lies in the range of those tested."""
        version = installed_version(self.library, self._distributions)
        return version is None or is_between(version, *self.versions)

    def switch(self, install: Callable[Given, None]) -> Callable[Given, None]:
        """Make the library's public ``autolog`` function of one that puts the patches on.

        The result stores the options, takes patches of an earlier call off, and calls the function
        once the library is imported. It never imports the library itself.

        Args:
            install: Has MLflow's arguments, ``disable`` and ``silent`` among them.
        """
        signature = inspect.signature(install)

        @functools.wraps(install)
        def autolog(*args: Given.args, **kwargs: Given.kwargs) -> None:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            self._configure(dict(bound.arguments))
            if self.option("disable"):
                return
            if not _is_installed(self.library):
                raise ModuleNotFoundError(
                    f"Training with {self.library} can be logged once it is installed; there is "
                    f"no module named {self.library!r}.",
                    name=self.library,
                )
            turn = self._switched
            when_imported(self.library, lambda: self._install(turn, install, args, kwargs))

        autolog.integration = self  # type: ignore[attr-defined]
        return autolog

    def on_revert(self, undo: Callable[[], None]) -> None:
        """Remember what takes a patch off again."""
        self._undo.append(undo)

    def warn(self, text: str, *given: object) -> None:
        """Log a warning, unless the user wants silence."""
        if not self.option("silent"):
            _log.warning(text, *given)

    def inform(self, text: str, *given: object) -> None:
        """Log what happens, unless the user wants silence."""
        if not self.option("silent"):
            _log.info(text, *given)

    def complain(self, error: BaseException) -> None:
        """Warn that logging failed, once for each training."""
        call = innermost()
        text = f"{type(error).__name__}: {error}"
        if call is not None:
            if call.has_complained:
                return
            call.has_complained = True
        elif text == self._last_complaint:
            return
        self._last_complaint = text
        self.warn("Training goes on, but logging of %s failed. %s", self.name, text)
        _log.debug("Where it failed", exc_info=error)

    def _configure(self, options: dict[str, Any]) -> None:
        tags = options.get("extra_tags")
        if tags is not None and not isinstance(tags, dict):
            raise InvalidParameter(f"extra_tags is a dict, not a {type(tags).__name__}.")
        INTEGRATIONS[self.name] = options
        self.is_configured_globally = False
        self._switched += 1
        while self._undo:
            self._undo.pop()()

    def _install(
        self,
        turn: int,
        install: Callable[..., None],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        if turn != self._switched:  # switched again before the library was imported
            return
        if not self.is_tested():
            version = installed_version(self.library, self._distributions)
            if self.is_disabled:
                return
            self.warn(
                "%s %s is not among the tested versions, %s to %s.",
                self.library, version, *self.versions,
            )  # fmt: skip
        try:
            with muted():
                install(*args, **kwargs)
        except Exception as error:
            self.complain(error)


def is_disabled(name: str) -> bool:
    """Whether training with a library is not logged: no such integration, or switched off."""
    return bool(INTEGRATIONS.get(name, {}).get("disable", True))


def _is_installed(library: str) -> bool:
    top = library.partition(".")[0]
    if top in sys.modules:
        return True
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False
