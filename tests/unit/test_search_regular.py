"""Regular expressions find what Python's find, and cannot be made to take long."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.search import InvalidSearch, is_rlike, parse_run_filter
from kipu.search.pattern_tree import PatternError
from kipu.search.regular import check_pattern

pieces = st.sampled_from(
    ("a", "b", "1", "-", "(", "(?:", ")", "|", "*", "+", "?", "[", "[^", "]", "^", "$", ".", "{2}",
     "{1,}", "{0,2}", r"\d", r"\W", r"\s", "a-b", "]", "\n")
)  # fmt: skip
texts = st.text(alphabet="ab1-_ \nA", max_size=8)


# Python warns of sets that a later version may read in another way.
@pytest.mark.filterwarnings("ignore::FutureWarning")
@settings(max_examples=500, deadline=None)
@given(st.lists(pieces, max_size=8).map("".join), st.lists(texts, min_size=1, max_size=4))
def test_what_is_accepted_means_what_it_means_in_python(pattern: str, some: list[str]) -> None:
    with suppress(PatternError):
        check_pattern(pattern)
        # There, $ also fits before a newline at the end.
        expected = re.compile(re.sub(r"\$(?![^\[]*\])", r"\\Z", pattern), re.ASCII)
        for text in some:
            assert is_rlike(text, pattern) == bool(expected.search(text)), text


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("^res", "resnet", "ResNet"),
        ("(?i)^res", "ResNet", "a res"),
        ("(?i)[^a]", "b", "A"),
        ("(?i)[A-C]x", "bX", "dx"),
        (r"^\d{2,3}$", "123", "1234"),
        (r"^v\d+(\.\d+)*$", "v1.20.3", "v1."),
        (r"\{a\}", "x{a}", "a"),
        (r"^\w+$", "größe_1", "a b"),
        ("[]a]", "]", "b"),
        (r"[\w-]+@", "a-b@", "@"),
        ("^a*?b$", "aab", "aabc"),
        ("^$", "", "a"),
        (r"\t|\n", "a\nb", "tn"),
        ("a.c", "abc", "a\nc"),
    ],
)
def test_the_known_parts_of_the_language(pattern: str, fits: str, fails: str) -> None:
    assert is_rlike(fits, pattern)
    assert not is_rlike(fails, pattern)


@pytest.mark.parametrize(
    ("pattern", "position", "why"),
    [
        ("a(b", 1, "never closed"),
        ("ab)", 2, "closes nothing"),
        ("[ab", 0, "never closed"),
        ("*a", 0, "nothing to repeat"),
        ("a**", 2, "nothing to repeat"),
        ("^*", 1, "cannot be repeated"),
        ("a{x}", 1, "expected {n}"),
        ("a{3,2}", 1, "smaller"),
        ("a{1000}", 1, "at most 200"),
        (r"(a)\1", 3, "there is no"),
        (r"\b", 0, "there is no"),
        ("a\\", 1, "there is no"),
        ("(?=a)", 0, r"\(\?:"),
        ("[b-a]", 1, "before it begins"),
        (r"[a-\d]", 1, "before it begins"),
        ("(((a{20}){20}){20})", 0, "too large"),
        ("((((){200}){200}){200}){200}", 0, "too large"),
        ("|" * 10_000, 0, "too large"),
        ("[" + "ab" * 101 + "]", 0, "at most 200 members"),
        ("(" * 21 + ")" * 21, 20, "at most 20 deep"),
    ],
)
def test_what_is_no_pattern_is_refused_at_the_character(
    pattern: str, position: int, why: str
) -> None:
    with pytest.raises(InvalidSearch, match=why) as refused:
        parse_run_filter(f"params.p RLIKE '{pattern}'")
    assert refused.value.position == 16 + position


def test_no_pattern_keeps_the_reader_busy() -> None:
    start = time.process_time()
    assert not is_rlike("a" * 6000 + "b", "(a+)+$")
    assert not is_rlike("a" * 6000 + "b", "^(a|a)*(a|a)*(a|a)*$")
    assert not is_rlike("ab" * 3000, "(a|b)*a(a|b){30}c")
    assert time.process_time() - start < 2


def test_many_characters_do_not_fill_the_memory_of_a_pattern() -> None:
    everything = "".join(map(chr, range(0x20, 0xD800)))
    assert is_rlike(everything + "!", "[^!]!$")
    assert not is_rlike(everything, "[^!]!$")
