"""What a regular expression says, as a tree."""

from __future__ import annotations

from typing import NamedTuple

_MOST_COPIES = 200
_DEEPEST = 20
_MOST_MEMBERS = 200


class PatternError(ValueError):
    """A pattern that cannot be read, wrong at ``position``, in characters from 0."""

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(problem)
        self.position = position


class Chars(NamedTuple):
    """A set of characters."""

    ranges: tuple[tuple[str, str], ...] = ()
    classes: str = ""
    negated: bool = False

    def has(self, char: str) -> bool:
        """Whether the character is in the set."""
        found = any(low <= char <= high for low, high in self.ranges)
        return (found or any(_is_of(char, one) for one in self.classes)) != self.negated

    def has_in_any_case(self, char: str) -> bool:
        """Whether a character that lost its case is in the set, or its capital is."""
        positive = self._replace(negated=False)
        return (
            positive.has(char) or (char.isascii() and positive.has(char.upper()))
        ) != self.negated


def _is_of(char: str, name: str) -> bool:
    match name.lower():
        case "d":
            found = "0" <= char <= "9"
        case "w":
            found = char.isalnum() or char == "_"
        case _:
            found = char.isspace()
    return found != name.isupper()


class Begin(NamedTuple):
    """The place before the first character."""


class End(NamedTuple):
    """The place behind the last character."""


class Sequence(NamedTuple):
    """All parts, one after the other."""

    parts: tuple[PatternTree, ...]


class Choice(NamedTuple):
    """One of the parts."""

    parts: tuple[PatternTree, ...]


class Repeat(NamedTuple):
    """The part at least and at most so many times."""

    part: PatternTree
    least: int
    most: int | None


PatternTree = Chars | Begin | End | Sequence | Choice | Repeat


class Reader:
    """Pattern -> tree, from a character on."""

    def __init__(self, pattern: str, start: int) -> None:
        self._pattern = pattern
        self._at = start
        self._depth = 0

    def tree(self) -> PatternTree:
        """The pattern as a tree.

        Raises:
            PatternError: Where and why it cannot be read.
        """
        tree = self._choice()
        if self._at < len(self._pattern):
            raise PatternError("this ) closes nothing.", self._at)
        return tree

    def _choice(self) -> PatternTree:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> PatternTree:
        parts: list[PatternTree] = []
        while self._char and self._char not in "|)":
            parts.append(self._repeated(self._item()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: PatternTree) -> PatternTree:
        start = self._at
        if isinstance(part, Begin | End) and self._char and self._char in "*+?{":
            raise PatternError(f"a place cannot be repeated by this {self._char}.", start)
        if self._take("*"):
            part = Repeat(part, 0, None)
        elif self._take("+"):
            part = Repeat(part, 1, None)
        elif self._take("?"):
            part = Repeat(part, 0, 1)
        elif self._take("{"):
            part = Repeat(part, *self._bounds(start))
        else:
            return part
        # Whether as much or as little as possible is the same to the question if there is a match.
        self._take("?")
        if self._char and self._char in "*+?{":
            raise PatternError(f"nothing to repeat before this {self._char}.", self._at)
        return part

    def _bounds(self, start: int) -> tuple[int, int | None]:
        closing = self._pattern.find("}", self._at)
        least, comma, most = self._pattern[self._at : closing].partition(",")
        numbers = [one for one in (least, most) if one]
        well = closing >= 0 and least and all(one.isascii() and one.isdigit() for one in numbers)
        if not well or any(len(one) > 3 or int(one) > _MOST_COPIES for one in numbers):
            raise PatternError(
                f"expected {{n}}, {{n,}} or {{n,m}} of at most {_MOST_COPIES}; a brace itself is"
                " written \\{.",
                start,
            )
        self._at = closing + 1
        low = int(least)
        high = (int(most) if most else None) if comma else low
        if high is not None and high < low:
            raise PatternError("the first number is the smaller one.", start)
        return low, high

    def _item(self) -> PatternTree:
        start, char = self._at, self._next()
        match char:
            case ".":
                return Chars((("\n", "\n"),), negated=True)
            case "^":
                return Begin()
            case "$":
                return End()
            case "(":
                return self._group(start)
            case "[":
                return self._set(start)
            case "\\":
                escaped = self._escaped(start)
                return escaped if isinstance(escaped, Chars) else _one(escaped)
            case "*" | "+" | "?" | "{":
                raise PatternError(f"nothing to repeat before this {char}.", start)
            case _:
                return _one(char)

    def _group(self, start: int) -> PatternTree:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PatternError(f"groups go at most {_DEEPEST} deep.", start)
        if self._char == "?" and not self._take("?:"):
            raise PatternError("of groups with (? there is only (?: and, at first, (?i).", start)
        tree = self._choice()
        if not self._take(")"):
            raise PatternError("this ( is never closed.", start)
        self._depth -= 1
        return tree

    def _set(self, start: int) -> Chars:
        negated = self._take("^")
        ranges: list[tuple[str, str]] = []
        classes = ""
        first = True
        while first or self._char != "]":
            if not self._char:
                raise PatternError("this [ is never closed; one itself is written \\[.", start)
            if len(ranges) + len(classes) == _MOST_MEMBERS:
                raise PatternError(f"a set has at most {_MOST_MEMBERS} members.", start)
            first = False
            place = self._at
            low = self._member()
            if isinstance(low, Chars):
                classes += low.classes
                continue
            high = low
            if self._char == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("", "]"):
                self._next()
                end = self._member()
                if isinstance(end, Chars) or end < low:
                    raise PatternError("this range ends before it begins.", place)
                high = end
            ranges.append((low, high))
        self._next()
        return Chars(tuple(ranges), classes, negated)

    def _member(self) -> str | Chars:
        start, char = self._at, self._next()
        return self._escaped(start) if char == "\\" else char

    def _escaped(self, start: int) -> str | Chars:
        char = self._next()
        if char and char in "dDwWsS":
            return Chars(classes=char)
        if char in ("n", "t", "r"):
            return {"n": "\n", "t": "\t", "r": "\r"}[char]
        if not char or char.isalnum():
            raise PatternError(f"there is no \\{char}; known are \\d \\w \\s \\D \\W \\S.", start)
        return char

    @property
    def _char(self) -> str:
        """The character ahead; empty at the end."""
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._char
        self._at += len(char)
        return char

    def _take(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found


def _one(char: str) -> Chars:
    return Chars(((char, char),))
