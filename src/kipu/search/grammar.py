"""Reads filters and orders of all that is searched, and knows the orders left unsaid."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.exceptions import InvalidParameter
from kipu.search.errors import InvalidSearch
from kipu.search.orders import OrderParser
from kipu.search.parser import Parser
from kipu.search.tree import Field, Node, OrderBy
from kipu.search.vocabulary import EXPERIMENTS, LOGGED_MODELS, RUNS, Vocabulary

_START_TIME = Field("attribute", "start_time")
_RUN_ID = Field("attribute", "run_id")
_CREATION_TIME = Field("attribute", "creation_time")
_EXPERIMENT_ID = Field("attribute", "experiment_id")

_MOST_SORTED_BY = 20


def parse_run_filter(text: str | None) -> Node | None:
    """Read a filter of runs; None when it lets everything through.

    Raises:
        InvalidSearch: The filter cannot be read.
    """
    return read_filter(text, RUNS)


def parse_experiment_filter(text: str | None) -> Node | None:
    """Read a filter of experiments; None when it lets everything through.

    Raises:
        InvalidSearch: The filter cannot be read.
    """
    return read_filter(text, EXPERIMENTS)


def parse_logged_model_filter(text: str | None) -> Node | None:
    """Read a filter of logged models; None when it lets everything through.

    Raises:
        InvalidSearch: The filter cannot be read.
    """
    return read_filter(text, LOGGED_MODELS)


def parse_run_order(order_by: Sequence[str] | None) -> list[OrderBy]:
    """Read an order of runs, and add what settles ties: newest first, then run id.

    Raises:
        InvalidSearch: An element cannot be read, or a field comes twice.
    """
    order = read_order(order_by, RUNS)
    fields = {part.field for part in order}
    if _START_TIME not in fields:
        order.append(OrderBy(_START_TIME, ascending=False))
    if _RUN_ID not in fields:
        order.append(OrderBy(_RUN_ID))
    return order


def parse_experiment_order(order_by: Sequence[str] | None) -> list[OrderBy]:
    """Read an order of experiments, and add what settles ties.

    Raises:
        InvalidSearch: An element cannot be read.
    """
    order = read_order(order_by, EXPERIMENTS)
    if not order:
        return [OrderBy(_CREATION_TIME, ascending=False), OrderBy(_EXPERIMENT_ID)]
    if _EXPERIMENT_ID not in {part.field for part in order}:
        order.append(OrderBy(_EXPERIMENT_ID, ascending=False))
    return order


def read_filter(text: str | None, vocabulary: Vocabulary) -> Node | None:
    """Read a filter in the names of a vocabulary; None when it lets everything through.

    Raises:
        InvalidSearch: The filter cannot be read.
    """
    if not text:
        return None
    if not isinstance(text, str):
        raise InvalidParameter(f"A filter is a text, not {type(text).__name__}.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        problem = "half of a surrogate pair is no character."
        raise InvalidSearch(problem, text, error.start) from error
    return Parser(text, "filter", vocabulary).filter()


def read_order(order_by: Sequence[str] | None, vocabulary: Vocabulary) -> list[OrderBy]:
    """Read an order in the names of a vocabulary, as far as it is said.

    Raises:
        InvalidSearch: An element cannot be read.
    """
    if isinstance(order_by, str):
        raise InvalidParameter(f"order_by is a list of texts, not one text; use [{order_by!r}].")
    order_by = order_by or ()
    if len(order_by) > _MOST_SORTED_BY:
        raise InvalidParameter(f"order_by has at most {_MOST_SORTED_BY} elements.")
    order: list[OrderBy] = []
    for text in order_by:
        if not isinstance(text, str):
            raise InvalidParameter(f"order_by is a list of texts; found {text!r} in it.")
        part = OrderParser(text, "order_by", vocabulary).order()
        if part.field not in {known.field for known in order}:
            order.append(part)
        elif vocabulary.refuses_repeated_order:
            raise InvalidSearch("this field is in the order already.", text, 0, "order_by")
    return order
