"""Reads requests and writes answers; every leniency of MLflow's wire lives here.

Proper JSON passes msgspec once. Only what it refuses is looked at again: names in camelCase,
nulls, unknown fields, bare NaN tokens, JSON within a JSON string, true for 1, numbers as text in
any spelling that Python reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import msgspec
from msgspec import inspect
from starlette.requests import Request
from starlette.responses import Response

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.wire.message import encode

T = TypeVar("T")
P = ParamSpec("P")

MAX_JSON_BYTES = 64 << 20
# What takes milliseconds to read is read in a thread.
LONG_BYTES = 1 << 20


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what may block, in the server's threads."""
    loop = asyncio.get_running_loop()
    if kwargs:
        return await loop.run_in_executor(None, lambda: function(*args, **kwargs))
    return await loop.run_in_executor(None, function, *args)


class Json(Response):
    """An answer that is JSON already."""

    media_type = "application/json"


def answer(message: Any, status: int = 200) -> Response:
    """An answer from a struct."""
    return Json(encode(message), status)


def error_answer(error: MlflowException) -> Response:
    """An error as clients of MLflow know it."""
    return Json(error.serialize_as_json(), error.get_http_status_code())


def query(request: Request, kind: type[T]) -> T:
    """What a GET request asks; repeated keys make a list, or else the first one holds.

    As with MLflow, a query has no names in camelCase.

    Raises:
        InvalidParameter: Something is missing or of the wrong type.
    """
    said = request.query_params
    shape = cast("inspect.StructType", _shape(kind))
    given: dict[str, Any] = {}
    for field in shape.fields:
        values = said.getlist(field.name)
        if values:
            given[field.name] = values if _is_list(field.type) else values[0]
    return _convert(_fitted(given, shape), kind)


async def query_or_body(request: Request, kind: type[T]) -> T:
    """What a GET request asks, in its query or else, as MLflow allows, in a JSON body."""
    if request.scope["query_string"]:
        return query(request, kind)
    return parse(await read_body(request), kind)


async def body(request: Request, kind: type[T]) -> T:
    """What a request with a body asks; one that changes or deletes need not say it is JSON.

    Raises:
        InvalidParameter: It is not JSON by its content type, or something is missing or of the
            wrong type.
    """
    text = await json_text(request)
    if len(text) > LONG_BYTES:
        return await in_thread(parse, text, kind)
    return parse(text, kind)


async def json_text(request: Request) -> bytes:
    """The body of a request that says it is JSON.

    Raises:
        InvalidParameter: It says something else, or is too long.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json" and request.method in ("POST", "PUT"):
        raise InvalidParameter(
            "The Content-Type must be application/json,"
            + (f" not {content_type!r}." if content_type else " and the request has none.")
        )
    return await read_body(request)


async def read_body(request: Request) -> bytes:
    """The whole body.

    Raises:
        InvalidParameter: It is longer than ``MAX_JSON_BYTES``.
    """
    limit = MAX_JSON_BYTES
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_long(limit)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_long(limit)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_long(limit: int) -> InvalidParameter:
    return InvalidParameter(
        f"The body is longer than the {limit >> 20} MiB that this request may have."
    )


class _NamesRun(Protocol):
    run_id: str
    run_uuid: str


def run_id_of(asked: _NamesRun) -> str:
    """The run that a request is about, under its new or its old name.

    Raises:
        InvalidParameter: It names none.
    """
    run_id = asked.run_id or asked.run_uuid
    if not run_id:
        raise InvalidParameter("run_id is required and must not be empty.")
    return run_id


def parse(text: bytes, kind: type[T]) -> T:
    """Read JSON, leniently where it must be.

    Raises:
        InvalidParameter: Something is missing or of the wrong type.
    """
    try:
        return cast("T", _decoder(kind).decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    return _convert(_fitted(_loads(text), _shape(kind)), kind)


def _is_list(shape: inspect.Type) -> bool:
    if isinstance(shape, inspect.Metadata):
        return _is_list(shape.type)
    return isinstance(shape, inspect.ListType)


def _make_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=False)


_decoder: Callable[[Any], msgspec.json.Decoder[Any]] = cache(_make_decoder)
_shape: Callable[[Any], inspect.Type] = cache(inspect.type_info)


def _loads(body: bytes) -> dict[str, Any]:
    """The object in a text that is perhaps no JSON, perhaps a JSON string that holds JSON.

    Raises:
        InvalidParameter: A text in it has half of a surrogate pair, which nothing can store.
    """
    text: bytes | str = body
    for _ in range(2):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        if not isinstance(data, str):
            # As an escape, or as bytes that are no UTF-8 but that Python's reader takes.
            if b"\\u" in body or b"\xed" in body:
                _check_unicode(data)
            return data if isinstance(data, dict) else {}
        text = data
    return {}


def _check_unicode(data: Any) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise InvalidParameter(
            f"The request has a text with {half}, half of a surrogate pair, which is no character."
        ) from None


def _fitted(value: Any, shape: inspect.Type) -> Any:
    """``value`` with the names and kinds that ``shape`` has, where they mean the same."""
    match shape:
        case inspect.StructType() if isinstance(value, Mapping):
            return _fitted_fields(value, shape)
        case inspect.ListType() if isinstance(value, list):
            return [_fitted(item, shape.item_type) for item in value if item is not None]
        case inspect.UnionType():
            inside = [kind for kind in shape.types if not isinstance(kind, inspect.NoneType)]
            return _fitted(value, inside[0]) if len(inside) == 1 else value
        case inspect.Metadata():
            return _fitted(value, shape.type)
        case inspect.FloatType() | inspect.IntType() if isinstance(value, bool):
            return int(value)
        case inspect.FloatType() | inspect.IntType() if isinstance(value, str):
            return _number(value, isinstance(shape, inspect.IntType))
        case inspect.LiteralType() if isinstance(value, str) and value.isdecimal():
            return int(value)
        case inspect.BoolType() if isinstance(value, str):
            return {"true": True, "false": False}.get(value.lower(), value)
        case _:
            return value


def _number(text: str, whole: bool) -> int | float | str:
    """The number in a text, in any spelling of Python's; the text if there is none."""
    if whole:
        with contextlib.suppress(ValueError):
            return int(text)
    try:
        value = float(text)
    except ValueError:
        return text
    # R writes whole numbers as 1e+05; msgspec refuses what is not whole.
    return value if math.isfinite(value) or not whole else text


def _fitted_fields(given: Mapping[str, Any], shape: inspect.StructType) -> dict[str, Any]:
    fitted = {}
    for field in shape.fields:
        value = given.get(field.name)
        camel = _camel(field.name)
        if camel != field.name and not field.required and given.get(camel) is not None:
            if value is not None:
                raise InvalidParameter(f"Give {field.name} or {camel}, not both.")
            value = given[camel]
        if value is not None:
            fitted[field.name] = _fitted(value, field.type)
    return fitted


@cache
def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _convert(data: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(data, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidParameter(_sentence(str(error))) from None


_AT = re.compile(r" - at `\$\.?(.*)`$")
_MISSING = re.compile(r"Object missing required field `(.*)`")
_EMPTY = re.compile(r"Expected `(?:str|array)` of length >= 1$")


def _sentence(complaint: str) -> str:
    """What msgspec says of a wrong field, for people."""
    at = _AT.search(complaint)
    where = at[1] if at else ""
    complaint = _AT.sub("", complaint)
    if missing := _MISSING.match(complaint):
        return f"{where + '.' if where else ''}{missing[1]} is required."
    if _EMPTY.match(complaint):
        return f"{where} is required and must not be empty."
    return f"Wrong value for {where or 'the request'}: {complaint[:1].lower()}{complaint[1:]}."
