"""The OpenAPI document tells of every route, and of nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from starlette.routing import BaseRoute, Mount, Route

from kipu.server.app import _routes
from kipu.wire.openapi import document

# Pages and files of the UI, and the document itself.
NO_API = {"/{path}", "/assets/{path}", "/static-files/{path}", "/openapi.json"}


def endpoints(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from endpoints(route.routes, prefix + route.path)
        elif isinstance(route, Route):
            path = prefix + route.path.replace(":path}", "}")
            for method in (route.methods or set()) - {"HEAD"}:
                if path not in NO_API:
                    yield method.lower(), path


def test_every_route_is_described() -> None:
    described = {
        (method, path) for path, methods in document()["paths"].items() for method in methods
    }
    # One upload and one search exist for the UI's prefix only, in MLflow.
    served = set(endpoints(_routes()))
    assert served == described


def test_every_reference_leads_to_a_schema() -> None:
    told = document()
    names = set(told["components"]["schemas"])
    used = {ref.rpartition("/")[2] for ref in references(told)}
    assert used <= names


def references(node: Any) -> Iterator[str]:
    match node:
        case {"$ref": ref}:
            yield ref
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def test_the_document_can_be_written_by_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kipu.wire.openapi"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == document()


def test_a_request_is_described_with_its_fields() -> None:
    told = document()
    asked = told["paths"]["/api/2.0/mlflow/runs/get"]["get"]["parameters"]
    assert [(field["name"], field["in"]) for field in asked] == [
        ("run_id", "query"), ("run_uuid", "query"),
    ]  # fmt: skip
    create = told["components"]["schemas"]["CreateExperiment"]
    assert create["required"] == ["name"]
    assert "additionalProperties" not in create
