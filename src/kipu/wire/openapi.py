"""The OpenAPI document, built from the structs; ``python -m kipu.wire.openapi`` prints it."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import msgspec

from kipu.version import __version__
from kipu.wire.endpoints import ENDPOINTS, Endpoint
from kipu.wire.message import ErrorAnswer

_REF = "#/components/schemas/{name}"
_JSON = "application/json"
Schema = dict[str, Any]


def document() -> dict[str, Any]:
    """Every endpoint, its request and its answer, as OpenAPI 3.1."""
    kinds = {kind for each in ENDPOINTS for kind in (each.asked, each.answer) if _is_struct(kind)}
    ordered = [*sorted(kinds, key=lambda kind: kind.__name__), ErrorAnswer]
    _, components = msgspec.json.schema_components(ordered, ref_template=_REF)
    schemas = {name: _open(schema) for name, schema in components.items()}
    paths: dict[str, dict[str, Any]] = {}
    for each in ENDPOINTS:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kipu", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _open(schema: Schema) -> Schema:
    """The schema without what only the decoder needs: unknown fields are in fact ignored."""
    return {key: value for key, value in schema.items() if key != "additionalProperties"}


def _operation(each: Endpoint, schemas: dict[str, Schema]) -> Schema:
    operation: Schema = {"responses": _responses(each.answer)}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", each.path)
    ]
    in_query = each.method == "GET" or each.body_type != _JSON
    if _is_struct(each.asked):
        operation["summary"] = (each.asked.__doc__ or "").split(".")[0].split(";")[0]
        if in_query:
            parameters += _parameters(schemas[each.asked.__name__])
        else:
            operation["requestBody"] = _content(_ref(each.asked), _JSON)
    if each.body_type != _JSON:
        operation["requestBody"] = _content({"type": "string", "format": "binary"}, each.body_type)
    if parameters:
        operation["parameters"] = parameters
    return operation


def _parameters(schema: Schema) -> list[Schema]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _responses(kind: Any) -> Schema:
    answered: Schema = {"description": "Done."}
    if kind is not None:
        answered["content"] = {_JSON: {"schema": _ref(kind)}}
    failed = {"description": "An error.", "content": {_JSON: {"schema": _ref(ErrorAnswer)}}}
    return {"200": answered, "default": failed}


def _content(schema: Schema, kind: str) -> Schema:
    return {"required": True, "content": {kind: {"schema": schema}}}


def _ref(kind: Any) -> Schema:
    return {"$ref": _REF.format(name=kind.__name__)}


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
    sys.stdout.write("\n")
