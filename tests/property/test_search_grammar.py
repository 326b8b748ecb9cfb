from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kipu.search import (
    And,
    Comparison,
    Field,
    InvalidSearch,
    Node,
    Not,
    Or,
    OrderBy,
    PageKey,
    decode_token,
    encode_token,
    parse_experiment_filter,
    parse_experiment_order,
    parse_logged_model_filter,
    parse_run_filter,
    parse_run_order,
    print_filter,
    print_order,
)
from kipu.search.pattern_tree import PatternError
from kipu.search.registry import (
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    parse_model_version_filter,
    parse_registered_model_filter,
)
from kipu.search.regular import check_pattern
from kipu.search.tree import Operator
from kipu.search.vocabulary import (
    EXPERIMENTS,
    LOGGED_MODELS,
    OPTIONAL,
    ORDERING,
    PATTERNS,
    RANGES,
    RUNS,
    Rule,
    Vocabulary,
)

texts = st.text(max_size=12).filter(lambda text: not ("'" in text and '"' in text))
keys = st.text(min_size=1, max_size=8).filter(lambda key: "`" not in key or '"' not in key)
ids = st.integers(-(10**18) + 1, 10**18 - 1).map(str)
values: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "experiment id": ids,
    "number": st.floats(allow_nan=False),
    "time": st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(allow_nan=False),
    "whole": st.integers(-(1 << 63), (1 << 63) - 1),
    "quoted whole": st.integers(-(1 << 63), (1 << 63) - 1),
    "bare text": texts,
}


def fields(vocabulary: Vocabulary) -> st.SearchStrategy[Field]:
    named = [Field(kind, key) for kind, rules in vocabulary.named.items() for key in rules]
    if not vocabulary.keyed:
        return st.sampled_from(named)
    keyed = st.builds(Field, st.sampled_from(sorted(vocabulary.keyed)), keys)
    return st.sampled_from(named) | keyed


@st.composite
def comparisons(draw: st.DrawFn, vocabulary: Vocabulary) -> Comparison:
    field = draw(fields(vocabulary))
    rule = vocabulary.keyed.get(field.kind) or vocabulary.named[field.kind][field.key]
    operator = draw(st.sampled_from(rule.operators))
    if operator in OPTIONAL:
        return Comparison(field, operator)
    one = draw(st.sampled_from(types_of(rule, operator)))
    if operator in RANGES:
        return Comparison(field, operator, draw(st.tuples(one, one)))
    many = st.lists(one, min_size=1, max_size=3).map(tuple)
    return Comparison(field, operator, draw(many if operator in ("IN", "NOT IN") else one))


def types_of(rule: Rule, operator: Operator) -> list[st.SearchStrategy[Any]]:
    """What an operator takes, for a field that takes texts and numbers."""
    if operator in ("RLIKE", "NOT RLIKE"):
        return [st.from_regex(r"[a-z .^$]*(\[\w+\]\+)?", fullmatch=True).filter(_is_pattern)]
    if rule.type not in ("text or number", "bare text or number"):
        return [values[rule.type]]
    numbers, texts = values["number"], values["text"]
    if operator in (*ORDERING, *RANGES):
        return [numbers]
    return [texts] if operator in PATTERNS or rule.type.startswith("bare") else [texts, numbers]


def _is_pattern(text: str) -> bool:
    with suppress(PatternError):
        check_pattern(text)
        return True
    return False


def filters(vocabulary: Vocabulary) -> st.SearchStrategy[Node]:
    def joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return several.map(And) | several.map(Or) | inner.map(Not)

    return st.recursive(comparisons(vocabulary), joined, max_leaves=8)


def orders(vocabulary: Vocabulary) -> st.SearchStrategy[list[OrderBy]]:
    sortable = fields(vocabulary).filter(lambda field: field.kind in vocabulary.order_kinds)
    part = st.builds(OrderBy, sortable, st.booleans())
    return st.lists(part, max_size=3, unique_by=lambda one: one.field)


@given(filters(RUNS))
def test_printed_run_filters_read_back(tree: Node) -> None:
    assert parse_run_filter(print_filter(tree)) == tree


@given(filters(EXPERIMENTS))
def test_printed_experiment_filters_read_back(tree: Node) -> None:
    assert parse_experiment_filter(print_filter(tree)) == tree


@given(filters(LOGGED_MODELS))
def test_printed_logged_model_filters_read_back(tree: Node) -> None:
    assert parse_logged_model_filter(print_filter(tree)) == tree


@given(filters(REGISTERED_MODELS))
def test_printed_registered_model_filters_read_back(tree: Node) -> None:
    assert parse_registered_model_filter(print_filter(tree)) == tree


@given(filters(MODEL_VERSIONS))
def test_printed_model_version_filters_read_back(tree: Node) -> None:
    assert parse_model_version_filter(print_filter(tree)) == tree


@given(orders(RUNS))
def test_printed_run_orders_read_back(order: list[OrderBy]) -> None:
    assert parse_run_order(print_order(order))[: len(order)] == order


@given(orders(EXPERIMENTS))
def test_printed_experiment_orders_read_back(order: list[OrderBy]) -> None:
    assert parse_experiment_order(print_order(order))[: len(order)] == order


pieces = st.sampled_from(
    ("metrics", ".", "m", "`", '"', "'", "a", " ", "=", "!=", ">", "LIKE", "IN", "NOT", "IS",
     "NULL", "(", ")", ",", "1", "-", ".5", "e9", "AND", "OR", "BETWEEN", "params.x",
     "run_id", "\n", "ä")
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join) | st.text(max_size=30))
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    for parse in (parse_run_filter, parse_experiment_filter, parse_logged_model_filter):
        try:
            tree, position = parse(text), 0
        except InvalidSearch as error:
            tree, position = None, error.position
        assert 0 <= position <= len(text)
        assert parse(print_filter(tree)) == tree


numbers = st.integers(-(1 << 63), (1 << 63) - 1)
sort_values = st.none() | numbers | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.lists(st.tuples(st.integers(0, 2), sort_values), max_size=3), numbers, numbers)
def test_page_tokens_read_back(
    sort: list[tuple[int, Any]], experiment_id: int, run_no: int
) -> None:
    key = PageKey(tuple(sort), experiment_id, run_no)
    assert decode_token(encode_token(key)) == key
