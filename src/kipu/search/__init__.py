"""The filter language: text -> tree, or an error that points at the character; and its meaning."""

from kipu.search.errors import InvalidSearch
from kipu.search.evaluate import SortValue, compare, matches, sort_entities, sort_key, sort_value
from kipu.search.grammar import (
    parse_experiment_filter,
    parse_experiment_order,
    parse_logged_model_filter,
    parse_run_filter,
    parse_run_order,
)
from kipu.search.model_orders import ModelOrder, OnDataset, parse_logged_model_order, read_datasets
from kipu.search.numbers import is_numeric, number_in
from kipu.search.pages import PageKey, decode_token, encode_token
from kipu.search.printer import print_field, print_filter, print_order
from kipu.search.regular import is_rlike
from kipu.search.tree import And, Comparison, Field, Node, Not, Or, OrderBy

__all__ = [
    "And",
    "Comparison",
    "Field",
    "InvalidSearch",
    "ModelOrder",
    "Node",
    "Not",
    "OnDataset",
    "Or",
    "OrderBy",
    "PageKey",
    "SortValue",
    "compare",
    "decode_token",
    "encode_token",
    "is_numeric",
    "is_rlike",
    "matches",
    "number_in",
    "parse_experiment_filter",
    "parse_experiment_order",
    "parse_logged_model_filter",
    "parse_logged_model_order",
    "parse_run_filter",
    "parse_run_order",
    "print_field",
    "print_filter",
    "print_order",
    "read_datasets",
    "sort_entities",
    "sort_key",
    "sort_value",
]
