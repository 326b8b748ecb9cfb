"""The grammar: tokens -> tree.

    filter     := [comparison {AND comparison}]
    comparison := field comparator value | field [NOT] IN list | field IS [NOT] NULL
    order      := field [ASC | DESC]

As in MLflow, an AND too many is ignored, and OR, NOT and parentheses are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from kipu.search.errors import InvalidSearch
from kipu.search.lexer import Name, Token, tokens
from kipu.search.tree import And, Comparison, Field, FieldKind, Node, Operator, OrderBy, Value
from kipu.search.vocabulary import Rule, Vocabulary

_NOT_SUPPORTED = {
    "OR": "OR is not supported: only AND joins comparisons.",
    "NOT": "NOT is not supported before a comparison; turn the comparator round.",
    "(": "parentheses around comparisons are not supported: only AND joins them.",
}
_LIST_OF_TEXTS = "a list of quoted texts, such as ('a', 'b')"
_LONGEST_PATTERN = 10_000
# What every engine can take in one statement.
_MOST_COMPARISONS = 100
_MOST_VALUES = 10_000


class Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, part: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._part = part
        self._vocabulary = vocabulary
        self._tokens = tokens(text, part)
        self._next = 0

    def filter(self) -> Node | None:
        """The text as a filter."""
        if self._at("end"):
            raise self._error("it is blank. Leave it out, or write a comparison.")
        parts: list[Node] = []
        self._skip_ands()
        while not self._at("end"):
            if len(parts) == _MOST_COMPARISONS:
                raise self._error(f"there are more than {_MOST_COMPARISONS} comparisons.")
            parts.append(self._comparison())
            if not self._at("end") and not self._skip_ands():
                raise self._expected("AND or the end of the filter")
        if len(parts) < 2:
            return parts[0] if parts else None
        return And(tuple(parts))

    def order(self) -> OrderBy:
        """The text as one element of an order."""
        field = self._order_field()
        ascending = self._token.keyword != "DESC"
        if self._token.keyword in ("ASC", "DESC"):
            self._take()
        if not self._at("end"):
            raise self._expected("ASC, DESC or the end; one list element sorts by one field")
        return OrderBy(field, ascending)

    # Filters

    def _comparison(self) -> Comparison:
        field, rule = self._field()
        place = self._token
        operator = self._operator()
        if operator not in rule.operators:
            known = ", ".join(rule.operators)
            raise self._error(f"{_described(field)} compares with {known}; not {operator}.", place)
        if operator in ("IS NULL", "IS NOT NULL"):
            return Comparison(field, operator)
        place = self._token
        value = self._list() if operator in ("IN", "NOT IN") else self._value(rule)
        if rule.type == "experiment id":
            value = self._experiment_ids(value, place)
        if operator in ("LIKE", "ILIKE") and len(str(value)) > _LONGEST_PATTERN:
            raise self._error(f"a pattern has at most {_LONGEST_PATTERN} characters.", place)
        return Comparison(field, operator, value)

    def _field(self) -> tuple[Field, Rule]:
        token = self._take_name("a field to compare")
        name: Name = token.value
        vocabulary = self._vocabulary
        if name.entity is None:
            kind: FieldKind = "attribute"
        elif name.entity in vocabulary.entities:
            kind = vocabulary.entities[name.entity]
        else:
            known = ", ".join(vocabulary.entities)
            raise self._error(f"no {name.entity!r} to search by; use one of {known}.", token)
        if kind in vocabulary.keyed:
            return Field(kind, name.key), vocabulary.keyed[kind]
        if kind == "attribute":
            name = name._replace(key=vocabulary.aliases.get(name.key, name.key))
        rules = vocabulary.named[kind]
        if name.key in rules:
            return Field(kind, name.key), rules[name.key]
        raise self._unknown(kind, name, tuple(rules))

    def _operator(self) -> Operator:
        match self._token.keyword or self._token.source:
            case "=" | "!=" | ">" | ">=" | "<" | "<=" | "LIKE" | "ILIKE" | "IN" as operator:
                self._take()
                return operator
            case "IS":
                self._take()
                negated = self._take_keyword("NOT")
                if not self._take_keyword("NULL"):
                    raise self._expected("NULL" if negated else "NULL or NOT NULL")
                return "IS NOT NULL" if negated else "IS NULL"
            case "NOT":
                self._take()
                if not self._take_keyword("IN"):
                    raise self._expected("IN; NOT goes with IN and IS NULL only")
                return "NOT IN"
            case other:
                hint = {"==": "; equality is =", "<>": "; inequality is !="}.get(other, "")
                raise self._expected(f"a comparator such as = or !={hint}")

    def _value(self, rule: Rule) -> Value:
        token = self._token
        match rule.type, token.kind:
            case "text" | "experiment id", "text":
                self._take()
                return str(token.value)
            case "number", "number":
                self._take()
                return float(token.value)
            case "time", "number":
                self._take()
                return float(token.value) if isinstance(token.value, float) else int(token.value)
            case "whole", "number" if isinstance(token.value, int):
                self._take()
                return token.value
        wanted = {
            "text": "a text in quotes",
            "experiment id": "an experiment id in quotes",
            "whole": "a whole number without quotes",
        }.get(rule.type, "a number without quotes")
        raise self._expected(wanted)

    def _list(self) -> tuple[str, ...]:
        if not self._at("("):
            raise self._expected(_LIST_OF_TEXTS)
        self._take()
        values: list[str] = []
        while self._at("text"):
            if len(values) == _MOST_VALUES:
                raise self._error(f"there are more than {_MOST_VALUES} values in the list.")
            values.append(self._take().value)
            if not self._at(","):
                break
            self._take()
        if not self._at(")") or not values:
            raise self._expected(", or )" if values else _LIST_OF_TEXTS)
        self._take()
        return tuple(values)

    def _experiment_ids(self, value: Value, place: Token) -> Value:
        """The ids in their one spelling; they are compared as numbers."""
        if isinstance(value, tuple):
            return tuple(str(self._experiment_ids(one, place)) for one in value)
        text = str(value).strip()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
            raise self._error(f"{value!r} is no experiment id, a whole number in quotes.", place)
        return str(int(text))

    # Orders

    def _order_field(self) -> Field:
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
            if key not in vocabulary.named[kind]:
                raise self._unknown(kind, name, tuple(vocabulary.named[kind]))
            return Field(kind, key)
        return Field(kind, name.key)

    # Tokens

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _at(self, kind: str) -> bool:
        return self._token.kind == kind

    def _take(self) -> Token:
        token = self._token
        if token.kind != "end":
            self._next += 1
        return token

    def _take_keyword(self, keyword: str) -> bool:
        if self._token.keyword != keyword:
            return False
        self._take()
        return True

    def _skip_ands(self) -> bool:
        found = False
        while self._take_keyword("AND"):
            found = True
        return found

    def _take_name(self, wanted: str) -> Token:
        token = self._token
        refused = _NOT_SUPPORTED.get(token.keyword or token.source)
        if refused and self._part == "filter":
            raise self._error(refused)
        if token.kind == "text" and token.source[0] == '"' and self._part == "filter":
            # MLflow reads a bare attribute in double quotes, not in single ones.
            self._take()
            return token._replace(value=Name(None, token.value, token.position))
        if token.kind != "name":
            raise self._expected(wanted)
        return self._take()

    # Errors

    def _error(self, problem: str, token: Token | None = None) -> InvalidSearch:
        position = (token or self._token).position
        return InvalidSearch(problem, self._text, position, self._part)

    def _expected(self, wanted: str) -> InvalidSearch:
        token = self._token
        refused = _NOT_SUPPORTED.get(token.keyword or token.source)
        if refused and wanted.startswith("AND"):
            return self._error(refused)
        before = self._tokens[self._next - 1] if self._next else None
        touching = before is not None and before.end == token.position
        if before and touching and before.kind == "name" and token.kind in ("other", "number"):
            entity, _, key = before.source.rpartition(".")
            shown = f"{entity}.`{key}{token.source}...`" if entity else "params.`my key`"
            return self._error(
                "a key with other characters than letters, digits, _ and . goes into backticks:"
                f" {shown}."
            )
        if before and touching and before.kind == token.kind == "text":
            return self._error(
                "a text ends at its next quote; a text with one kind of quotes in it goes into"
                " the other kind."
            )
        found = f"found {token.source}" if token.source else "found the end"
        return self._error(f"expected {wanted}; {found}.")

    def _unknown(self, kind: str, name: Name, known: Sequence[str]) -> InvalidSearch:
        hint = ""
        if name.entity is None and name.key in self._vocabulary.entities:
            return InvalidSearch(
                f"{name.key} needs a key, directly after a dot: {name.key}.`my key`.",
                self._text,
                name.key_position,
                self._part,
            )
        if name.entity is None and "." in name.key:
            entity, _, key = name.key.partition(".")
            hint = f" Quotes go around the key alone: {entity}.`{key}`."
        elif similar := get_close_matches(name.key, known, n=1):
            hint = f" Did you mean {similar[0]}?"
        elif name.entity is None:
            others = [f"{entity}.{name.key}" for entity in ("metrics", "params", "tags")
                      if entity in self._vocabulary.entities]  # fmt: skip
            hint = f" Did you mean {' or '.join(others)}?" if others else ""
        return InvalidSearch(
            f"no {kind} {name.key!r}; one of {', '.join(known)}.{hint}",
            self._text,
            name.key_position,
            self._part,
        )


def _described(field: Field) -> str:
    return f"{field.kind} {field.key!r}"
