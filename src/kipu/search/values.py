"""The values that fields are compared with: literals, lists of them, and the ends of a range."""

from __future__ import annotations

from kipu.search.cursor import Cursor
from kipu.search.errors import InvalidSearch
from kipu.search.lexer import Token
from kipu.search.pattern_tree import PatternError
from kipu.search.regular import check_pattern
from kipu.search.tree import Operator, Value
from kipu.search.vocabulary import ORDERING, PATTERNS, RANGES, Rule

Literal = int | float | str

_LONGEST_PATTERN = 10_000
_MOST_VALUES = 10_000
_NEEDED = {
    "text": "a text in quotes",
    "text or number": "a text in quotes or a number",
    "bare text": "a text",
    "bare text or number": "a text",
    "experiment id": "an experiment id in quotes",
    "whole": "a whole number without quotes",
    "quoted whole": "a whole number",
}
_NUMBER = "a number without quotes"
_EXAMPLES = {
    "text": "('a', 'b')",
    "text or number": "('a', 'b') or (1, 2)",
    "bare text": "('a', 'b')",
    "bare text or number": "('a', 'b')",
    "experiment id": "('1', '2')",
}


class ValueReader(Cursor):
    """Reads what stands behind a comparator."""

    _listed = 0

    def _value(self, operator: Operator, rule: Rule) -> Value:
        if operator in ("IS NULL", "IS NOT NULL"):
            return None
        if operator in ("IN", "NOT IN"):
            return self._list(operator, rule)
        if operator not in RANGES:
            return self._literal(self._take(), operator, rule)
        low = self._literal(self._take(), operator, rule)
        if not self._take_keyword("AND"):
            raise self._expected("AND and the other end of the range")
        return low, self._literal(self._take(), operator, rule)

    def _list(self, operator: Operator, rule: Rule) -> tuple[Literal, ...]:
        wanted = f"a list, such as {_EXAMPLES.get(rule.type, '(1, 2)')}"
        if not self._at("("):
            raise self._expected(wanted)
        self._take()
        values: list[Literal] = []
        while not self._at(")"):
            self._listed += 1
            if self._listed > _MOST_VALUES:
                raise self._error(f"there are more than {_MOST_VALUES} values in its lists.")
            token = self._take()
            value = self._literal(token, operator, rule)
            if values and isinstance(value, str) != isinstance(values[0], str):
                raise self._error("texts and numbers do not go into one list.", token)
            values.append(value)
            if not self._at(","):
                break
            self._take()
        if not values:
            raise self._expected(wanted)
        if not self._at(")"):
            raise self._expected(", or )")
        self._take()
        return tuple(values)

    def _literal(self, token: Token, operator: Operator, rule: Rule) -> Literal:
        """The value of one token, of the type that the field has under this operator."""
        of_numbers = operator in ORDERING or operator in RANGES
        match rule.type, token.kind:
            case "text or number" | "bare text or number", _ if of_numbers:
                if token.kind != "number":
                    raise self._refused(token, _NUMBER)
                return float(token.value)
            case "bare text" | "bare text or number", "name" | "number":
                return token.source
            case "text" | "text or number" | "bare text" | "bare text or number", "text":
                return self._quoted(token, operator)
            case "experiment id", "text":
                return self._experiment_id(token)
            case "number" | "text or number", "number" if operator not in PATTERNS:
                return float(token.value)
            case "time", "number":
                return float(token.value) if isinstance(token.value, float) else int(token.value)
            case "whole" | "quoted whole", "number" if isinstance(token.value, int):
                return token.value
            case "quoted whole", "text" if _is_whole(token.value):
                return int(token.value)
        wanted = _NEEDED.get(rule.type, _NUMBER)
        raise self._refused(token, _NEEDED["text"] if operator in PATTERNS else wanted)

    def _refused(self, token: Token, wanted: str) -> InvalidSearch:
        self._next = self._tokens.index(token)
        return self._expected(wanted)

    def _quoted(self, token: Token, operator: Operator) -> str:
        text = str(token.value)
        if operator in PATTERNS and len(text) > _LONGEST_PATTERN:
            raise self._error(f"a pattern has at most {_LONGEST_PATTERN} characters.", token)
        if operator in ("RLIKE", "NOT RLIKE"):
            try:
                check_pattern(text)
            except PatternError as error:
                # The pattern begins behind its quote.
                place = token._replace(position=token.position + 1 + error.position)
                raise self._error(f"the regular expression: {error}", place) from error
        return text

    def _experiment_id(self, token: Token) -> str:
        """The id in its one spelling; ids are compared as numbers."""
        text = str(token.value).strip()
        if not _is_whole(text):
            shown = repr(token.value)
            raise self._error(f"{shown} is no experiment id, a whole number in quotes.", token)
        return str(int(text))


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 19
