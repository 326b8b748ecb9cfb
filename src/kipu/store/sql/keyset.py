"""Pages of rows that are sorted by columns of their own: the next begins behind the last row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa


class SortColumn(NamedTuple):
    """A column that is never NULL, and its direction."""

    column: sa.ColumnElement[Any]
    ascending: bool

    @property
    def clause(self) -> sa.ColumnElement[Any]:
        """The column as ``order_by`` takes it."""
        return self.column if self.ascending else self.column.desc()


def behind(columns: Sequence[SortColumn], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """That a row comes after the one that has these values; the last column settles all ties."""
    condition: sa.ColumnElement[bool] = sa.false()
    for (column, ascending), value in reversed(list(zip(columns, values, strict=True))):
        beyond = column > value if ascending else column < value
        condition = sa.or_(beyond, sa.and_(column == value, condition))
    return condition
