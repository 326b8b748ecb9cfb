"""All providers of tags, in order: later ones win, and the caller's own tags over all."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from kipu.fluent.context.git import GitContext
from kipu.fluent.context.notebook import NotebookContext
from kipu.fluent.context.process import ProcessContext
from kipu.fluent.context.provider import RunContextProvider
from kipu.plugins import Registry

_log = logging.getLogger(__name__)
providers: Registry[RunContextProvider] = Registry(
    "mlflow.run_context_provider", ProcessContext, GitContext, NotebookContext
)


def resolve_tags(
    tags: Mapping[str, Any] | None = None,
    ignore: Iterable[type[RunContextProvider]] | None = None,
) -> dict[str, Any]:
    """The tags of a run that starts now.

    Args:
        tags: The caller's, which win.
        ignore: Providers not to ask.
    """
    skipped = tuple(ignore or ())
    found: dict[str, Any] = {}
    for provider in providers:
        if isinstance(provider, skipped):
            continue
        try:
            if provider.in_context():
                found |= provider.tags()
        except Exception as error:
            _log.warning("%s gave no tags: %s", type(provider).__name__, error)
    return found | dict(tags or {})
