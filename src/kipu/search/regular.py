r"""Regular expressions whose cost is bounded: a text is read once, whatever the pattern is.

A pattern comes from whoever may search, and an engine that tries and goes back (as Python's does)
could be kept busy for years by a short one. What needs going back, such as back-references, is
refused. Known are characters, ``.``, classes, ``\d \w \s`` and their capitals, ``^ $``, groups,
``|``, and ``* + ? {n,m}``; ``(?i)`` at the beginning lets A to Z lose their case.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from kipu.search.pattern_tree import (
    Begin,
    Chars,
    Choice,
    End,
    PatternError,
    PatternTree,
    Reader,
    Repeat,
    Sequence,
)
from kipu.search.patterns import fold

_MOST_STATES = 250
# Parts without a character make no states, and could be repeated without end.
_MOST_PARTS = 2000
_NO_CASE = "(?i)"
# Beyond this what was learned about a pattern is forgotten, so that memory stays bounded.
_MOST_LEARNED = 10_000


def check_pattern(pattern: str) -> None:
    """Refuse what is no pattern.

    Raises:
        PatternError: Where and why.
    """
    _compiled(pattern)


@lru_cache(maxsize=1024)
def is_rlike(text: str, pattern: str) -> bool:
    """Whether the pattern fits some part of the text, case included."""
    return _compiled(pattern).is_in(text)


class _Step(NamedTuple):
    """A state of the automaton: what takes it, if anything does, to which others."""

    takes: Chars | Begin | End | None
    to: tuple[int, ...]


class _Reached:
    """All states that some text leads to, and where further characters lead."""

    __slots__ = ("is_match", "is_match_at_end", "next", "states")

    def __init__(self, states: frozenset[int], is_match: bool, is_match_at_end: bool) -> None:
        self.states = states
        self.is_match = is_match
        self.is_match_at_end = is_match_at_end
        self.next: dict[str, _Reached] = {}


class _Automaton:
    """A pattern as states that are all followed at once; what was met before is looked up."""

    def __init__(self, pattern: str) -> None:
        ignores_case = pattern.startswith(_NO_CASE)
        self._has = Chars.has_in_any_case if ignores_case else Chars.has
        self._prepared = fold if ignores_case else str
        self._steps: list[_Step] = [_Step(None, ())]
        self._parts = 0
        tree = Reader(pattern, len(_NO_CASE) if ignores_case else 0).tree()
        self._first = (self._add_tree(tree, 0),)
        self._anywhere = self._closure(self._first)
        self._known: dict[frozenset[int], _Reached] = {}
        self._learned = 0
        self._start = self._reached(self._closure(self._first, is_first=True), is_first=True)

    def is_in(self, text: str) -> bool:
        """Whether some part of the text fits."""
        reached = self._start
        if reached.is_match:
            return True
        for char in self._prepared(text):
            reached = reached.next.get(char) or self._follow(reached, char)
            if reached.is_match:
                return True
        return reached.is_match_at_end

    def _follow(self, reached: _Reached, char: str) -> _Reached:
        if self._learned > _MOST_LEARNED:
            self._known, self._learned = {}, 0
            self._start.next = {}
        found: set[int] = set()
        for state in reached.states:
            takes, to = self._steps[state]
            if isinstance(takes, Chars) and self._has(takes, char):
                found.update(to)
        states = self._closure(found) | self._anywhere
        following = self._known.get(states)
        if following is None:
            following = self._known[states] = self._reached(states)
            self._learned += len(states)
        reached.next[char] = following
        self._learned += 1
        return following

    def _reached(self, states: frozenset[int], is_first: bool = False) -> _Reached:
        at_end = self._closure(states, is_first, is_last=True)
        return _Reached(states, 0 in states, 0 in at_end)

    def _closure(
        self, states: Iterable[int], is_first: bool = False, is_last: bool = False
    ) -> frozenset[int]:
        """What is reached without a character."""
        found: set[int] = set()
        ahead = list(states)
        while ahead:
            state = ahead.pop()
            if state in found:
                continue
            found.add(state)
            takes, to = self._steps[state]
            match takes:
                case Begin() if is_first:
                    ahead += to
                case End() if is_last:
                    ahead += to
                case None:
                    ahead += to
        return frozenset(found)

    def _add(self, takes: Chars | Begin | End | None, *to: int) -> int:
        if len(self._steps) == _MOST_STATES:
            raise _too_large()
        self._steps.append(_Step(takes, to))
        return len(self._steps) - 1

    def _add_tree(self, tree: PatternTree, to: int) -> int:
        """The state from which the tree leads to another state."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise _too_large()
        match tree:
            case Sequence(parts):
                for part in reversed(parts):
                    to = self._add_tree(part, to)
                return to
            case Choice(parts):
                return self._add(None, *(self._add_tree(part, to) for part in parts))
            case Repeat(part, least, most):
                return self._add_repeat(part, least, most, to)
            case _:
                return self._add(tree, to)

    def _add_repeat(self, part: PatternTree, least: int, most: int | None, to: int) -> int:
        if most is None:
            loop = self._add(None)
            self._steps[loop] = _Step(None, (self._add_tree(part, loop), to))
            to = loop
        else:
            behind = to
            for _ in range(most - least):
                to = self._add(None, self._add_tree(part, to), behind)
        for _ in range(least):
            to = self._add_tree(part, to)
        return to


def _too_large() -> PatternError:
    return PatternError("it is too large; the counts in braces make it so.", 0)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> _Automaton:
    return _Automaton(pattern)
