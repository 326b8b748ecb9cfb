"""Whatever a request or an answer holds comes back from its JSON."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

import kipu.wire
from kipu.wire.message import Answer, Asked, encode, number
from kipu.wire.webhooks import Webhook


def structs(base: type) -> Iterator[type]:
    """All requests or answers, and their parts."""
    for kind in base.__subclasses__():
        yield kind
        yield from structs(kind)


for module in pkgutil.iter_modules(kipu.wire.__path__):
    importlib.import_module(f"kipu.wire.{module.name}")
KINDS = sorted({*structs(Asked), *structs(Answer)}, key=lambda kind: kind.__qualname__)
# Of a webhook few states and events are possible; ``test_webhooks`` tries them.
BOTH_WAYS = [
    kind
    for kind in KINDS
    if hasattr(kind, "of") and callable(vars(kind).get("entity")) and kind is not Webhook
]
DOUBLE = {inspect.FloatType, inspect.StrType}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def values(shape: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of a type."""
    match shape:
        case inspect.StructType(cls=cls, fields=fields):
            given = {field.name: values(field.type) for field in fields if field.required}
            maybe = {field.name: values(field.type) for field in fields if not field.required}
            return st.fixed_dictionaries(given, optional=maybe).map(lambda one: cls(**one))
        case inspect.ListType(item_type=item, min_length=length):
            return st.lists(values(item), min_size=length or 0, max_size=3)
        case inspect.UnionType(types=types) if {*map(type, types)} == DOUBLE:
            return st.floats(allow_nan=False).map(number)
        case inspect.UnionType(types=(inspect.StrType(), inspect.NoneType())):
            return st.none() | st.text(min_size=1, max_size=12)  # an empty text is nothing, too
        case inspect.UnionType(types=types):
            return st.one_of(*map(values, types))
        case inspect.Metadata(type=inner):
            return values(inner)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(values(key), values(value), max_size=3)
        case inspect.LiteralType(values=known):
            return st.sampled_from(known)
        case inspect.IntType(ge=least, le=most):
            least = -(2**63) if least is None else least
            return st.integers(least, 2**63 - 1 if most is None else most)
        case inspect.StrType(pattern=str() as pattern):
            return st.from_regex(pattern, fullmatch=True)
        case inspect.StrType(min_length=length):
            return st.text(min_size=length or 0, max_size=12)
        case inspect.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.AnyType():
            return JSON
        case _:
            raise AssertionError(f"no values known of {shape}")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_is_encoded_reads_back(kind: type, data: st.DataObject) -> None:
    message = data.draw(values(inspect.type_info(kind)))
    assert msgspec.json.decode(encode(message), type=kind) == message


@pytest.mark.parametrize("kind", BOTH_WAYS, ids=lambda kind: kind.__qualname__)
@settings(max_examples=50, deadline=None)
@given(st.data())
def test_an_entity_survives_the_wire(kind: Any, data: st.DataObject) -> None:
    entity = data.draw(values(inspect.type_info(kind))).entity()
    sent = encode(kind.of(entity))
    assert msgspec.json.decode(sent, type=kind).entity() == entity
