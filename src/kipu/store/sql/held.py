"""Tables read through the index that we choose, not through the one that a planner guesses.

SQLite keeps no statistics on its own, and without them it takes an index on a value for the rows
of one run, or walks all runs for a value that one of them has. Other engines plan for themselves.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_shared: dict[tuple[type[_Held], str], Any] = {}


class _Held(sa.Alias):
    index: ClassVar[str]

    @classmethod
    def shared(cls, table: sa.Table) -> Self:
        """The same alias each time, as making one takes longer than reading a few rows.

        A subquery has at most one of them, and none that is correlated with another.
        """
        held: Self | None = _shared.get((cls, table.name))
        if held is None:
            held = _shared[cls, table.name] = cls.of(table, cls.__name__)
        return held

    @classmethod
    def of(cls, table: sa.Table, name: str | None = None) -> Self:
        """An alias of the table that SQLite reads in this way."""
        held: Self = cls._construct(table, name=name)
        return held


class ByKey(_Held):
    """A table read by its primary key: the rows of one run."""

    inherit_cache = True
    index = "sqlite_autoindex_{}_1"


class ByValue(_Held):
    """A table read by its index on values: the runs that have one."""

    inherit_cache = True
    index = "{}_by_value"


class ByNumber(_Held):
    """Params read by their index on numbers: the runs where one is a number."""

    inherit_cache = True
    index = "{}_by_number"


@compiles(ByKey, "sqlite")
@compiles(ByValue, "sqlite")
@compiles(ByNumber, "sqlite")
def _compile(held: _Held, compiler: SQLCompiler, **how: Any) -> str:
    text: str = compiler.visit_alias(held, **how)  # type: ignore[no-untyped-call]
    if not how.get("asfrom"):
        return text
    return f"{text} INDEXED BY {held.index.format(held.element.description)}"


@compiles(ByKey)
@compiles(ByValue)
@compiles(ByNumber)
def _compile_elsewhere(held: _Held, compiler: SQLCompiler, **how: Any) -> str:
    return str(compiler.visit_alias(held, **how))  # type: ignore[no-untyped-call]
