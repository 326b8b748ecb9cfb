"""Filters and orders of registered models and their versions as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from kipu.entities.tag_names import IS_PROMPT_TAG
from kipu.exceptions import InvalidParameter
from kipu.search import And, Comparison, Field, Node, Not, Or, OrderBy, PageKey, encode_token
from kipu.store.sql.keyset import SortColumn, behind
from kipu.store.sql.registry_tables import (
    model_version_tags,
    model_versions,
    registered_model_tags,
    registered_models,
)
from kipu.store.sql.search_conditions import Condition, compare

START = PageKey((), 0)
"""The key of the first page, which only a page of nothing hands out."""

_IS_PROMPT = Field("tag", IS_PROMPT_TAG)
_HAS = 0


def _prompt(owner: sa.Table, tags: sa.Table) -> Condition:
    """That a model is a prompt, by a tag of its own or of one of its versions."""
    prompts = sa.select(tags.c.model_no).where(tags.c.key == IS_PROMPT_TAG, tags.c.value == "true")
    return owner.c.model_no.in_(prompts)


class Searched(NamedTuple):
    """What is searched: its table and that of its tags, its attributes, and which are prompts."""

    table: sa.Table
    tags: sa.Table
    attributes: Mapping[str, sa.Column[Any]]
    is_prompt: Condition


MODELS = Searched(
    registered_models,
    registered_model_tags,
    {
        "name": registered_models.c.name,
        "last_updated_timestamp": registered_models.c.last_updated_timestamp,
    },
    _prompt(registered_models, registered_model_tags),
)
VERSIONS = Searched(
    model_versions,
    model_version_tags,
    {
        "name": registered_models.c.name,
        "run_id": model_versions.c.run_id,
        "source_path": model_versions.c.source,
        "version_number": model_versions.c.version,
        "creation_timestamp": model_versions.c.creation_timestamp,
        "last_updated_timestamp": model_versions.c.last_updated_timestamp,
    },
    _prompt(model_versions, model_version_tags),
)


def matching(
    searched: Searched,
    select: sa.Select[Any],
    tree: Node | None,
    order: Sequence[OrderBy],
    limit: int,
    after: PageKey | None,
) -> sa.Select[Any]:
    """The rows of a page, and one more if there is a next page.

    Args:
        searched: What the rows are.
        select: All of them, with their attributes.
        tree: What they must meet.
        order: How they are sorted; the last field tells all of them apart.
        limit: How many there are on a page.
        after: The key that the previous page gave.

    Raises:
        InvalidParameter: The page key belongs to another order.
    """
    columns = [SortColumn(searched.attributes[part.field.key], part.ascending) for part in order]
    if tree is not None:
        select = select.where(_condition(searched, tree))
    if not _asks_for_prompts(tree):
        select = select.where(sa.not_(searched.is_prompt))
    if after is not None and after != START:
        select = select.where(behind(columns, _values(after, columns)))
    return select.order_by(*(column.clause for column in columns)).limit(limit + 1)


def next_token(
    searched: Searched,
    order: Sequence[OrderBy],
    rows: Sequence[sa.Row[Any]],
    limit: int,
    after: PageKey | None,
) -> str | None:
    """The token of the page that follows these rows of ``matching``; None if there is none."""
    if len(rows) <= limit:
        return None
    if limit == 0:
        return encode_token(after or START)
    last = rows[limit - 1]._mapping
    sort = tuple((_HAS, last[searched.attributes[part.field.key]]) for part in order)
    return encode_token(PageKey(sort, 0))


def _values(after: PageKey, columns: Sequence[SortColumn]) -> list[Any]:
    types = [column.type.python_type for column, _ in columns]
    values = [value for _, value in after.sort]
    if [type(value) for value in values] != types:
        raise InvalidParameter(
            "The page token belongs to another order; ask for the first page again."
        )
    return values


def _condition(searched: Searched, node: Node) -> Condition:
    """What a filter sets; never NULL, so that ``Not`` means what it says."""
    match node:
        case And(parts):
            return sa.and_(*(_condition(searched, part) for part in parts))
        case Or(parts):
            return sa.or_(*(_condition(searched, part) for part in parts))
        case Not(part):
            return sa.not_(_condition(searched, part))
        case Comparison(Field("attribute", key), comparator, value):
            column = searched.attributes[key]
            if value is None:
                # Servers keep the empty text for what was left out.
                missing = sa.func.coalesce(column, "") == ""
                return missing if comparator == "IS NULL" else sa.not_(missing)
            met = compare(column, comparator, value)
            return sa.and_(column.is_not(None), met) if column.nullable else met
        case Comparison(field, comparator, value):
            if field == _IS_PROMPT and not _asks_for_prompts(node):
                # Models without the tag are no prompts either.
                return sa.not_(searched.is_prompt)
            return _tagged(searched, field.key, comparator, value)


def _tagged(searched: Searched, key: str, comparator: str, value: Any) -> Condition:
    tag = searched.tags.alias()
    owned = [tag.c[column.name] == column for column in searched.table.primary_key]
    met = [] if value is None else [compare(tag.c.value, comparator, value)]
    found = (
        sa.select(sa.literal_column("1"))
        .where(*owned, tag.c.key == key, *met)
        .correlate(searched.table)
        .exists()
    )
    return sa.not_(found) if comparator == "IS NULL" else found


def _asks_for_prompts(node: Node | None) -> bool:
    """Whether a filter names prompts as what it wants; else it means models alone."""
    match node:
        case And(parts) | Or(parts):
            return any(map(_asks_for_prompts, parts))
        case Not(part):
            return _asks_for_prompts(part)
        case Comparison(field, operator, str(value)) if field == _IS_PROMPT:
            return (operator, value.lower()) in (("=", "true"), ("!=", "false"))
    return False
