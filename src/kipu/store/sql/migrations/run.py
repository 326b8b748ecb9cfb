"""Runs the revisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_FOLDER = Path(__file__).parent


def upgrade(db: sa.Connection, revision: str = "head") -> None:
    """Bring the schema to a revision, inside the transaction of ``db``."""

    def steps(current: tuple[str, ...], _context: MigrationContext) -> Any:
        return scripts()._upgrade_revs(revision, current)  # type: ignore[arg-type]

    context = MigrationContext.configure(db, opts={"fn": steps})
    with Operations.context(context):
        context.run_migrations()


def scripts() -> ScriptDirectory:
    """The revisions."""
    return ScriptDirectory(str(_FOLDER))
