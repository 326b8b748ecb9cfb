"""What the requests are made of, so that each convention can be tried on every field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from kipu.wire.endpoints import ENDPOINTS, Endpoint

JSON = "application/json"
ENDLESS = ("/api/kipu/1/changes",)


def described(kind: Any) -> inspect.StructType:
    """The fields of a struct."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    return told


def bare(shape: inspect.Type) -> inspect.Type:
    """A field's type without what says that it may be left out."""
    if isinstance(shape, inspect.Metadata):
        return bare(shape.type)
    if isinstance(shape, inspect.UnionType):
        (inner,) = (one for one in shape.types if not isinstance(one, inspect.NoneType))
        return bare(inner)
    return shape


def good(shape: inspect.Type) -> Any:
    """A value that such a field takes."""
    match bare(shape):
        case inspect.StructType() as struct:
            return {field.name: good(field.type) for field in struct.fields if field.required}
        case inspect.ListType(item_type=item):
            return [good(item)]
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.FloatType():
            return 0.5
        case inspect.IntType():
            return 1
        case inspect.BoolType():
            return True
        case inspect.DictType():
            return {}
        case inspect.StrType(pattern=str()):
            return "1" * 8  # of a hash
        case _:
            return "1"


def wrong(shape: inspect.Type) -> list[Any]:
    """Values of other JSON types."""
    match bare(shape):
        case inspect.StructType():
            return ["text", 5, ["text"]]
        case inspect.ListType(item_type=item):
            inside = [[one] for one in wrong(item) if not isinstance(one, list)]
            return ["text", 5, {"a": 1}, *inside]
        case inspect.LiteralType():
            return ["NO_SUCH_STATE", 99, {}, []]
        case inspect.FloatType():
            return ["text", {}, [], "0x10", "1,5"]
        case inspect.IntType():
            return ["text", {}, [], 1.5, "1.5", "NaN", 2**64, str(2**64)]
        case inspect.BoolType():
            return ["text", {}, []]
        case inspect.DictType():
            return ["text", 5, []]
        case _:
            return [5, 1.5, True, {"a": 1}, ["text"]]


class Case(NamedTuple):
    """A field of a request, and where the request goes."""

    endpoint: Endpoint
    field: inspect.Field

    @property
    def body(self) -> dict[str, Any]:
        """A whole request that has the field, each value of the right type."""
        asked: dict[str, Any] = good(described(self.endpoint.asked))
        return asked | {self.field.name: good(self.field.type)}

    def __str__(self) -> str:
        return f"{self.endpoint.method} {self.endpoint.path}: {self.field.name}"


def is_struct(kind: Any) -> bool:
    """Whether this is a request with fields."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def asking() -> list[Endpoint]:
    """Every endpoint that is asked something with fields and answers once; twins are left out."""
    return [
        each
        for each in ENDPOINTS
        if is_struct(each.asked) and not is_twin(each) and each.path not in ENDLESS
    ]


def is_twin(endpoint: Endpoint) -> bool:
    """Whether the same code answers at another address."""
    bare_path = endpoint.path.replace("/ajax-api/", "/api/", 1)
    return bare_path != endpoint.path and endpoint._replace(path=bare_path) in ENDPOINTS


def in_body() -> list[Endpoint]:
    """Those that are asked in a JSON body."""
    return [each for each in asking() if each.method != "GET" and each.body_type == JSON]


def fields(endpoints: list[Endpoint]) -> list[Case]:
    """Every field of these endpoints."""
    return [Case(each, field) for each in endpoints for field in described(each.asked).fields]


def kinds() -> list[type]:
    """Every request's struct, once."""
    return sorted({each.asked for each in asking()}, key=lambda kind: str(kind.__name__))


PATHS: Mapping[str, str] = MappingProxyType({"path": "a/b", "version": "1"})


def filled(path: str) -> str:
    """A path with something for each of its names."""
    for name in _names(path):
        path = path.replace("{" + name + "}", PATHS.get(name, "nobody"))
    return path


def _names(path: str) -> Iterator[str]:
    for part in path.split("{")[1:]:
        yield part.partition("}")[0]
