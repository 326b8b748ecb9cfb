from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kipu.store.sql import keys

INT64 = range(-(1 << 63), 1 << 63)
HEX = "0123456789abcdef"
run_ids = st.text(HEX, min_size=32, max_size=32) | st.text("09aAfgz-_:é!", max_size=8)


def test_keys_are_63_bits_and_stable() -> None:
    assert keys.key_id("loss") == keys.value_hash("loss")
    assert 0 <= keys.key_id("loss") < 1 << 63


def test_sources_are_told_apart_and_none_is_zero() -> None:
    assert keys.source_id(None, None, None) == 0
    given_ids = {
        keys.source_id("ab", "c", None),
        keys.source_id("a", "bc", None),
        keys.source_id("a", None, "bc"),
        keys.source_id(None, "a", "bc"),
    }
    assert len(given_ids) == 4
    assert 0 not in given_ids


@given(st.integers(0, 1 << 42), st.integers(0, 1 << 42), run_ids, run_ids)
def test_newer_runs_have_greater_numbers(a: int, b: int, x: str, y: str) -> None:
    if a < b:
        assert keys.run_no(a, x) < keys.run_no(b, y)


@settings(max_examples=500)
@given(st.integers(-(1 << 70), 1 << 70), run_ids, run_ids)
def test_ties_descend_by_run_id_and_fit_64_bits(start: int, x: str, y: str) -> None:
    if x < y:
        assert keys.run_no(start, x) >= keys.run_no(start, y)
    assert keys.run_no(start, x) in INT64
