"""Every field of MLflow's requests is read, and every field of its answers can be sent."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import inspect

from kipu.wire.endpoints import ENDPOINTS, Endpoint

sys.path.insert(0, str(Path(__file__).parent))

from shapes import bare, described, is_struct

CONTRACT = Path(os.environ.get("KIPU_CONTRACT", Path(__file__).parents[3] / "shared" / "contract"))
pytestmark = pytest.mark.skipif(
    not CONTRACT.is_dir(), reason=f"there is no contract in {CONTRACT} (KIPU_CONTRACT names it)"
)
KINDS: dict[str, tuple[type, ...]] = {
    "string": (inspect.StrType,),
    "int32": (inspect.IntType,),
    "int64": (inspect.IntType,),
    "double": (inspect.FloatType,),
    "bool": (inspect.BoolType,),
}
# Belongs to areas that Kipu has not: traces, deployment jobs.
ELSEWHERE = {
    "trace_location", "effective_trace_archival_retention", "trace_archival_config",
    "deployment_job_id", "deployment_job_state",
}  # fmt: skip

# Described by MLflow, but never answered: the first by its server, the others by this one, whose
# stores have no parts and no addresses of their own.
NEVER_SENT = {
    "/api/2.0/mlflow/logged-models/{model_id}/tags",
    "/api/2.0/mlflow-artifacts/mpu/create/{artifact_path}",
    "/api/2.0/mlflow-artifacts/presigned/{artifact_path}",
}


@cache
def contract() -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads((CONTRACT / "rest_api.json").read_text())["endpoints"]
    return told


def served() -> list[tuple[dict[str, Any], Endpoint]]:
    """MLflow's endpoints that this server has, beside its own description of them."""
    names = {_anonymous(one): one for one in ENDPOINTS}
    pairs = []
    for told in contract():
        mine = names.get(f"{told['method']} {_bare_path(told['path'])}")
        if mine is not None:
            pairs.append((told, mine))
    return pairs


def _anonymous(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {_bare_path(endpoint.path)}"


def _bare_path(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def test_the_contract_is_about_this_server() -> None:
    assert len(served()) > 50


def test_every_field_of_a_request_is_read() -> None:
    unread = [
        f"{told['method']} {told['path']}: {field['name']}"
        for told, mine in served()
        for field in told["request"]
        if field["in"] != "path" and field["name"] not in ELSEWHERE
        if not (is_struct(mine.asked) and _field(mine.asked, field["name"]))
    ]
    assert not unread, "\n".join(unread)


def test_every_field_of_a_request_has_its_kind() -> None:
    different = []
    for told, mine in served():
        for field in told["request"]:
            found = is_struct(mine.asked) and _field(mine.asked, field["name"])
            if field["in"] == "path" or not found:
                continue
            shape = bare(found.type)
            if field.get("repeated"):
                fits = isinstance(shape, inspect.ListType)
            elif field["type"].startswith("enum "):
                fits = isinstance(shape, inspect.LiteralType)
            else:
                fits = isinstance(shape, KINDS.get(field["type"], (object,)))
            if not fits:
                different.append(f"{told['path']}: {field['name']} is {field['type']}")
    assert not different, "\n".join(different)


def test_every_field_of_an_answer_can_be_sent() -> None:
    unsent = [
        f"{told['method']} {told['path']}: {field['name']}"
        for told, mine in served()
        if is_struct(mine.answer) and told["path"] not in NEVER_SENT
        for field in told["response"]
        if field["name"] not in ELSEWHERE and not _field(mine.answer, field["name"])
    ]
    assert not unsent, "\n".join(unsent)


def _field(kind: Any, name: str) -> inspect.Field | None:
    return next((one for one in described(kind).fields if one.encode_name == name), None)
