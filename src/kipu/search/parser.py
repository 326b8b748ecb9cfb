"""The grammar of filters: tokens -> tree.

    filter     := [either]
    either     := all {OR all}
    all        := part {AND part}
    part       := NOT part | ( either ) | comparison
    comparison := field comparator value | field [NOT] IN list | field [NOT] BETWEEN value AND value
                | field IS [NOT] NULL | number comparator field [comparator number]

As in MLflow, an AND too many is ignored: at the beginning, at the end, and after another one. All
but the comparisons with AND between them is an extension of that language.
"""

from __future__ import annotations

from kipu.search.cursor import described
from kipu.search.lexer import Name, Token
from kipu.search.tree import And, Comparison, Field, FieldKind, Node, Not, Operator, Or
from kipu.search.values import ValueReader
from kipu.search.vocabulary import Rule

_TURNED: dict[str, Operator] = {
    "=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">=",
}  # fmt: skip
_NEGATED: dict[str, Operator] = {
    "IN": "NOT IN",
    "LIKE": "NOT LIKE",
    "ILIKE": "NOT ILIKE",
    "RLIKE": "NOT RLIKE",
    "BETWEEN": "NOT BETWEEN",
}
# What every engine can take in one statement.
_MOST_COMPARISONS = 100
_DEEPEST = 20


class Parser(ValueReader):
    """Recursive descent over the tokens of one filter."""

    _comparisons = 0

    def filter(self) -> Node | None:
        """The text as a filter."""
        if self._at("end"):
            raise self._error("it is blank. Leave it out, or write a comparison.")
        self._skip_ands()
        if self._at("end"):
            return None
        tree = self._either(depth=0)
        if not self._at("end"):
            raise self._expected("AND, OR or the end of the filter")
        return tree

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._take_keyword("OR"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._part_of_all(depth)]
        while self._skip_ands():
            if self._at("end") and not depth:
                break
            parts.append(self._part_of_all(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _part_of_all(self, depth: int) -> Node:
        opening = self._token
        if depth > _DEEPEST:
            raise self._error(f"parentheses and NOT go at most {_DEEPEST} deep.")
        if self._take_keyword("NOT"):
            return Not(self._part_of_all(depth + 1))
        if not self._at("("):
            return self._comparison()
        self._take()
        tree = self._either(depth + 1)
        if self._at("end"):
            raise self._error("this ( is never closed.", opening)
        if not self._at(")"):
            raise self._expected("AND, OR or )")
        self._take()
        return tree

    def _skip_ands(self) -> bool:
        found = False
        while self._take_keyword("AND"):
            found = True
        return found

    # Comparisons

    def _comparison(self) -> Node:
        self._comparisons += 1
        if self._comparisons > _MOST_COMPARISONS:
            raise self._error(f"there are more than {_MOST_COMPARISONS} comparisons.")
        if self._at("number"):
            return self._number_first()
        field, rule = self._field()
        operator = self._operator(field, rule)
        return Comparison(field, operator, self._value(operator, rule))

    def _number_first(self) -> Node:
        """``1 < metrics.m``, and perhaps ``<= 5`` behind it."""
        number = self._take()
        place = self._token
        if place.source not in _TURNED:
            raise self._expected("a comparator such as <")
        self._take()
        field, rule = self._field()
        turned = _TURNED[place.source]
        self._check(turned, field, rule, place)
        first = Comparison(field, turned, self._literal(number, turned, rule))
        if not self._at("comparator"):
            return first
        place = self._token
        if place.source[:1] != _TURNED[turned][:1] or place.source[:1] not in ("<", ">"):
            raise self._error("both comparators of a range point the same way: 1 < metrics.m <= 5.")
        operator = self._operator(field, rule)
        return And((first, Comparison(field, operator, self._value(operator, rule))))

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

    def _operator(self, field: Field, rule: Rule) -> Operator:
        place = self._token
        operator = self._any_operator()
        self._check(operator, field, rule, place)
        return operator

    def _check(self, operator: Operator, field: Field, rule: Rule, place: Token) -> None:
        if operator not in rule.operators:
            known = ", ".join(rule.operators)
            raise self._error(f"{described(field)} compares with {known}; not {operator}.", place)

    def _any_operator(self) -> Operator:
        match self._token.keyword or self._token.source:
            case "=" | "!=" | ">" | ">=" | "<" | "<=" as operator:
                self._take()
                return operator
            case "LIKE" | "ILIKE" | "RLIKE" | "IN" | "BETWEEN" as operator:
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
                word = self._take_keyword(*_NEGATED)
                if not word:
                    raise self._expected("IN, LIKE, ILIKE, RLIKE or BETWEEN after NOT")
                return _NEGATED[word]
            case other:
                hint = {"==": "; equality is =", "<>": "; inequality is !="}.get(other, "")
                raise self._expected(f"a comparator such as = or !={hint}")
