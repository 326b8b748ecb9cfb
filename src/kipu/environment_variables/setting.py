"""One variable of the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

from kipu.exceptions import InvalidParameter

T = TypeVar("T")

_TRUE, _FALSE = ("true", "1"), ("false", "0")


def boolean(text: str) -> bool:
    """What ``true``, ``false``, ``1`` or ``0`` in any case stands for; else a ValueError."""
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


class Setting(Generic[T]):
    """One variable; each ``get`` reads the environment anew, so that it may be changed."""

    def __init__(self, name: str, parse: Callable[[str], T], default: T, meaning: str) -> None:
        self.name, self.default, self.meaning = name, default, meaning
        self._parse = parse
        self.type: Callable[[str], object] = bool if parse is boolean else parse
        bare = name.removeprefix("MLFLOW_")
        self._names = (f"KIPU_{bare}", name) if bare != name else (name,)

    def __repr__(self) -> str:
        return repr(self.name)

    def __str__(self) -> str:
        return f"{self.name} (default: {self.default})"

    def __format__(self, spec: str) -> str:
        return format(self.name, spec)

    @property
    def defined(self) -> bool:
        """Whether the environment has it."""
        return self.get_raw() is not None

    def is_set(self) -> bool:
        """Whether the environment has it."""
        return self.defined

    def get_raw(self) -> str | None:
        """The text in the environment, or None."""
        return next((os.environ[name] for name in self._names if name in os.environ), None)

    def get(self) -> T:
        """The value, or the default.

        Raises:
            InvalidParameter: The text is not of the setting's type.
        """
        raw = self.get_raw()
        if raw is None:
            return self.default
        try:
            return self._parse(raw)
        except ValueError:
            wanted = "true or false" if self._parse is boolean else self._parse.__name__
            raise InvalidParameter(f"{self.name} is {raw!r}, which is not {wanted}.") from None

    def set(self, value: T) -> None:
        """Write the value into the environment, under MLflow's name, for child processes too."""
        os.environ[self.name] = str(value)

    def unset(self) -> None:
        """Take it out of the environment, under each of its names."""
        for name in self._names:
            os.environ.pop(name, None)


def text(name: str, default: str | None, meaning: str) -> Setting[str | None]:
    """A setting that is text."""
    return Setting(name, str, default, meaning)


def number(name: str, default: int | None, meaning: str) -> Setting[int | None]:
    """A setting that is a whole number."""
    return Setting(name, int, default, meaning)


def flag(name: str, default: bool, meaning: str) -> Setting[bool]:
    """A setting that is true or false."""
    return Setting(name, boolean, default, meaning)
