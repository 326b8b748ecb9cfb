"""A step: one thing done with a client, and what came of it as JSON."""

from __future__ import annotations

import math
import re
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

STEPS: dict[str, Callable[[Walk], Any]] = {}
"""Every step by its name, ``<file>: <what it does>``, in the order in which they are walked."""


def step(
    action: Callable[[Walk], Any], area: str | None = None, name: str | None = None
) -> Callable[[Walk], Any]:
    """Add a step; left out, its file is its area and its function's name says what it does."""
    area = area or action.__module__.rpartition(".")[2].replace("_", " ")
    full = f"{area}: {name or action.__name__.replace('_', ' ')}"
    assert full not in STEPS, full
    STEPS[full] = action
    return action


class Walk:
    """One client on one server, going through all steps.

    Args:
        mlflow: The client's module: ``kipu`` or ``mlflow``.
        prefix: What every name begins with that is made here, so that walks on one server do not
            meet; masked in what they report.
    """

    def __init__(self, mlflow: Any, prefix: str) -> None:
        self.mlflow = mlflow
        self.client = mlflow.MlflowClient()
        self.prefix = prefix
        self.area = ""
        self._made: dict[tuple[str, str], Any] = {}

    def name(self, text: str) -> str:
        """A name that no other walk uses."""
        return self.prefix + text

    def experiment(self, name: str | None = None) -> str:
        """The id of the experiment of this name, made when first asked for; else the area's own."""
        name = self.name(name or self.area)
        made: str = self.once(f"experiment {name}", lambda: self.client.create_experiment(name))
        return made

    def once(self, what: str, make: Callable[[], Any]) -> Any:
        """What a step of this area needs and another may have made already."""
        if (self.area, what) not in self._made:
            self._made[self.area, what] = make()
        return self._made[self.area, what]

    def run(self, name: str, experiment: str | None = None, **more: Any) -> str:
        """A new run's id."""
        made = self.client.create_run(self.experiment(experiment), run_name=name, **more)
        return str(made.info.run_id)

    def tick(self) -> None:
        """Wait for the next millisecond, so that what is made now is newer than what was."""
        now = time.time_ns() // 1_000_000
        while time.time_ns() // 1_000_000 <= now + 1:
            pass

    def read(self, run_id: str) -> Any:
        """The run, as its store has it."""
        return self.client.get_run(run_id)

    def outcome(self, action: Callable[[], Any]) -> Any:
        """What the action gives or how it fails, without ids and times."""
        try:
            return plain(action())
        except self.mlflow.exceptions.MlflowException as error:
            text = {} if error.message else {"message": ""}
            return {"error": error.error_code, "status": error.get_http_status_code()} | text
        except Exception as error:
            return {"raised": _public(type(error))}

    def outcomes(self, **actions: Callable[[], Any]) -> dict[str, Any]:
        """Several outcomes by name; one that fails leaves the others alone."""
        return {name: self.outcome(action) for name, action in actions.items()}

    def each(self, values: Iterable[Any], action: Callable[[Any], Any]) -> list[Any]:
        """The outcome for each value."""
        return [[plain(value), self.outcome(lambda v=value: action(v))] for value in values]

    def folder(self) -> Path:
        """A new folder of this machine."""
        return Path(tempfile.mkdtemp())

    def walk(self) -> dict[str, Any]:
        """Go through all steps."""
        return {name: self._take(name, action) for name, action in STEPS.items()}

    def _take(self, name: str, action: Callable[[Walk], Any]) -> Any:
        self.area = name.partition(":")[0]
        try:
            return self.outcome(lambda: action(self))
        finally:
            while self.mlflow.active_run():
                self.mlflow.end_run()


def _public(cls: type) -> str:
    # Python's own names mean the same to both clients.
    return cls.__name__ if cls.__module__ == "builtins" else "an exception of a library"


def plain(value: Any) -> Any:
    """A value as JSON that two clients write the same."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else repr(value)
        case dict():
            return {str(key): plain(value[key]) for key in sorted(value, key=str)}
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=repr)
        case list() | tuple():
            return [plain(item) for item in value]
        case Path():
            return value.name
        case _ if hasattr(value, "item") and getattr(value, "size", 0) == 1:
            return plain(value.item())
        case _ if isinstance(value, Iterable):
            return [plain(item) for item in value]
        case _:
            return f"<{type(value).__name__}>"


_RANDOM_NAME = re.compile(r"\b[a-z]+-[a-z]+-\d{1,4}\b")
_PLACE = re.compile(r"mlflow-artifacts:/\d+")
_HEX_ID = re.compile(r"\b(m-)?[0-9a-f]{32}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def masked(value: Any, prefix: str, clock: tuple[int, int]) -> Any:
    """The value without what differs from walk to walk: prefix, ids, random names and times.

    An id becomes ``<id N>``, numbered in the order of appearance, so that it stays visible which
    are the same.

    Args:
        value: Plain JSON.
        prefix: The walk's prefix.
        clock: When the walk began and ended, in milliseconds since the epoch.
    """
    seen: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return seen.setdefault(found[0], f"<id {len(seen) + 1}>")

    def mask(value: Any) -> Any:
        match value:
            case bool() | None:
                return value
            case int() if clock[0] <= value <= clock[1]:
                return "<now>"
            case str() if value.isdigit() and clock[0] <= int(value) <= clock[1]:
                return "<now>"
            case str():
                value = _PLACE.sub("mlflow-artifacts:/<experiment>", value)
                text = _RANDOM_NAME.sub("<random name>", value.replace(prefix, ""))
                return _HEX_ID.sub(number, text)
            case dict():
                return {mask(key): mask(item) for key, item in value.items()}
            case list():
                return [mask(item) for item in value]
            case _:
                return value

    return mask(value)
