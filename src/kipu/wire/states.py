"""States by name or number, as requests spell them."""

from __future__ import annotations

from typing import Literal

from kipu.entities import RunStatus, ViewType

View = Literal["ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, 2, 3]
Status = Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED", 1, 2, 3, 4, 5]


def view_number(view: View) -> int:
    """The number of a view, as stores take it."""
    return ViewType.from_string(view) if isinstance(view, str) else view


def view_name(view: int) -> View:
    """The name of a view, as the wire has it."""
    return ViewType.to_string(view).upper()  # type: ignore[return-value]


def status_name(status: Status | None) -> str | None:
    """The name of a status, as stores take it."""
    return RunStatus.to_string(status) if isinstance(status, int) else status
