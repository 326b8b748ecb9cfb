"""The options of commands that list what a search finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kipu.entities import PagedList

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

_PAGE = 1000


def filtered(command: Command) -> Command:
    """Give a command ``--filter``, ``--order-by`` and ``--max-results``."""
    for option in (
        click.option("--max-results", type=int, help="At most so many."),
        click.option(
            "--order-by",
            multiple=True,
            help="A field to sort by, and perhaps DESC; may be given several times.",
        ),
        click.option(
            "--filter", "filter_string", help="Only those, in the language of docs/search.md."
        ),
    ):
        command = option(command)
    return command


def all_pages(page: Callable[[int, str | None], PagedList[T]], max_results: int | None) -> list[T]:
    """What a search finds, at most ``max_results``; ``page`` takes a size and a token."""
    found: list[T] = []
    token = None
    while max_results is None or len(found) < max_results:
        some = page(_PAGE if max_results is None else min(_PAGE, max_results - len(found)), token)
        found += some
        token = some.token
        if not token:
            break
    return found
