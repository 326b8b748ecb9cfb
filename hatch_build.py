"""Refuses to build a wheel that would show an empty page."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RequireUI(BuildHookInterface[Any]):
    """Checks that ``make ui`` has been run; an editable install needs no UI."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stop a standard build when the built UI is missing."""
        page = Path(self.root, "src/kipu/server/static/index.html")
        if version != "editable" and not page.exists():
            raise SystemExit("The UI is not built: run `make ui` first, then build again.")
