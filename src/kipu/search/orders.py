"""The grammar of one element of an order: field [ASC | DESC]."""

from __future__ import annotations

from kipu.search.cursor import Cursor
from kipu.search.lexer import Name
from kipu.search.tree import Field, OrderBy


class OrderParser(Cursor):
    """Reads one element of an order."""

    def order(self) -> OrderBy:
        """The text as one element of an order."""
        field = self._field()
        direction = self._take_keyword("ASC", "DESC")
        if not self._at("end"):
            raise self._expected("ASC, DESC or the end; one list element sorts by one field")
        return OrderBy(field, direction != "DESC")

    def _field(self) -> Field:
        if self._at("text") and self._token.source[0] == '"':
            # MLflow takes the whole identifier in double quotes here, though not in a filter.
            entity, dot, key = self._token.value.partition(".")
            name = Name(entity, key, 0) if dot else Name(None, entity, 0)
            self._take()
        else:
            name = self._take_name("a field to sort by").value
        vocabulary = self._vocabulary
        kind = "attribute" if name.entity is None else vocabulary.entities.get(name.entity)
        if kind not in vocabulary.order_kinds:
            known = ", ".join(
                entity for entity, of in vocabulary.entities.items() if of in vocabulary.order_kinds
            )
            raise self._error(
                f"no {name.entity!r} to sort by; use one of {known}.", self._tokens[0]
            )
        if kind == "attribute":
            key = vocabulary.order_aliases.get(name.key, name.key)
            known_names = vocabulary.order_names or tuple(vocabulary.named[kind])
            if key not in known_names:
                raise self._unknown(kind, name, known_names)
            return Field(kind, key)
        return Field(kind, name.key)
