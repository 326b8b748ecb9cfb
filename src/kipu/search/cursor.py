"""A place in the tokens of one text, and the errors that can be raised there."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from kipu.search.errors import InvalidSearch
from kipu.search.lexer import Name, Token, tokens
from kipu.search.tree import Field
from kipu.search.vocabulary import Vocabulary

# Words that no field can be called without backticks.
_RESERVED = ("AND", "OR", "NOT")


class Cursor:
    """Takes the tokens of one text one after the other."""

    def __init__(self, text: str, part: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._part = part
        self._vocabulary = vocabulary
        self._tokens = tokens(text, part)
        self._next = 0

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

    def _take_keyword(self, *keywords: str) -> str:
        """The keyword, if it is one of these; else nothing is taken and the answer is empty."""
        keyword = self._token.keyword
        if keyword not in keywords:
            return ""
        self._take()
        return keyword

    def _take_name(self, wanted: str) -> Token:
        token = self._token
        if token.kind == "text" and token.source[0] == '"' and self._part == "filter":
            # MLflow reads a bare attribute in double quotes, not in single ones.
            self._take()
            return token._replace(value=Name(None, token.value, token.position))
        if token.kind != "name" or token.keyword in _RESERVED:
            raise self._expected(wanted)
        return self._take()

    def _error(self, problem: str, token: Token | None = None) -> InvalidSearch:
        position = (token or self._token).position
        return InvalidSearch(problem, self._text, position, self._part)

    def _expected(self, wanted: str) -> InvalidSearch:
        token = self._token
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


def described(field: Field) -> str:
    """A field in a message."""
    return f"{field.kind} {field.key!r}"
