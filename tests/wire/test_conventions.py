"""The conventions of MLflow's wire hold on every endpoint and every field."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect
from starlette.testclient import TestClient

from kipu.exceptions import InvalidParameter
from kipu.server.http import parse
from kipu.testing.served import application
from kipu.wire.endpoints import ENDPOINTS, Endpoint

sys.path.insert(0, str(Path(__file__).parent))

from shapes import (
    JSON,
    Case,
    asking,
    bare,
    described,
    fields,
    filled,
    good,
    in_body,
    kinds,
    wrong,
)

# Whose query is not a message of MLflow's: it reads these names and nothing else.
PLAIN_QUERIES = ("/get-artifact", "/upload-artifact", "/metrics/get-history-bulk", "/api/kipu/")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One for all: what these tests send hardly writes anything."""
    app = application(tmp_path_factory.mktemp("server"))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def each(endpoints: list[Endpoint]) -> Any:
    names = [f"{one.method} {one.path}" for one in endpoints]
    return pytest.mark.parametrize("endpoint", endpoints, ids=names)


def send(server: TestClient, endpoint: Endpoint, body: Any) -> Any:
    return server.request(endpoint.method, filled(endpoint.path), json=body)


def is_told(got: Any) -> bool:
    """Whether an answer is an error as clients of MLflow know it."""
    told = got.json()
    return (
        got.headers["content-type"] == JSON
        and isinstance(told.get("error_code"), str)
        and isinstance(told.get("message"), str)
        and bool(told["message"])
    )


def read(kind: Any, body: Any) -> Any:
    return msgspec.to_builtins(parse(json.dumps(body).encode(), kind))


@each(in_body())
def test_a_value_of_another_type_is_a_clean_refusal(server: TestClient, endpoint: Endpoint) -> None:
    for case in fields([endpoint]):
        for value in wrong(case.field.type):
            got = send(server, endpoint, case.body | {case.field.name: value})
            assert got.status_code in (400, 404), (case.field.name, value, got.text)
            assert is_told(got), (case.field.name, value, got.text)
            if got.status_code == 400:
                assert got.json()["error_code"] == "INVALID_PARAMETER_VALUE", got.text
                assert case.field.name in got.json()["message"], (value, got.text)


@each([one for one in asking() if one.method == "GET"])
def test_a_word_for_a_number_in_a_query_is_a_clean_refusal(
    server: TestClient, endpoint: Endpoint
) -> None:
    asked = good(described(endpoint.asked))
    for field in described(endpoint.asked).fields:
        if isinstance(bare(field.type), inspect.IntType | inspect.FloatType | inspect.LiteralType):
            query = asked | {field.name: "word"}
            got = server.get(filled(endpoint.path), params=query)
            assert got.status_code == 400, (field.name, got.text)
            assert got.json()["error_code"] == "INVALID_PARAMETER_VALUE"
            assert field.name in got.json()["message"]


@each([one for one in in_body() if one.method in ("POST", "PUT")])
def test_a_body_must_say_that_it_is_json(server: TestClient, endpoint: Endpoint) -> None:
    for kind in ("text/plain", "", "application/jsonx", "text/json"):
        got = server.request(
            endpoint.method, filled(endpoint.path), content=b"{}", headers={"Content-Type": kind}
        )
        assert got.status_code == 400, got.text
        assert got.json()["error_code"] == "INVALID_PARAMETER_VALUE"
        assert "Content-Type" in got.json()["message"]


@each(asking())
def test_a_body_that_cannot_be_read_is_no_accident(server: TestClient, endpoint: Endpoint) -> None:
    for text in (b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe\x00"):
        got = server.request(
            endpoint.method, filled(endpoint.path), content=text, headers={"Content-Type": JSON}
        )
        assert got.status_code < 500, (text, got.text)
        if got.status_code >= 400:
            assert is_told(got)


@each(
    [
        one for one in asking()
        if one.method == "GET" and not any(part in one.path for part in PLAIN_QUERIES)
    ]
)  # fmt: skip
def test_a_get_request_may_ask_in_a_body(server: TestClient, endpoint: Endpoint) -> None:
    asked = good(described(endpoint.asked))
    by_query = server.get(filled(endpoint.path), params=asked)
    by_body = server.request("GET", filled(endpoint.path), json=asked)
    assert (by_body.status_code, by_body.json()) == (by_query.status_code, by_query.json())


def test_a_slash_too_many_is_another_address(server: TestClient) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.path.startswith("/api/") and "{path}" not in endpoint.path:
            path = filled(endpoint.path) + "/"
            got = server.request(endpoint.method, path, json={}, follow_redirects=False)
            assert got.status_code in (404, 405), (endpoint, got.text)
            assert is_told(got), endpoint


def test_every_endpoint_has_its_twin() -> None:
    lonely = [
        endpoint
        for endpoint in ENDPOINTS
        if endpoint.path.startswith(("/api/2.0/", "/api/3.0/"))
        and endpoint._replace(path=f"/ajax-{endpoint.path[1:]}") not in ENDPOINTS
    ]
    assert not lonely


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
class TestReading:
    def test_integers_may_be_text_in_every_spelling(self, kind: Any) -> None:
        for field in described(kind).fields:
            if isinstance(bare(field.type), inspect.IntType):
                usual = read(kind, whole(kind) | {field.name: 100})
                for spelling in ("100", "1e+02", 1e2, " 100 ", "+100", "1E2", "1_00"):
                    assert read(kind, whole(kind) | {field.name: spelling}) == usual, spelling

    def test_doubles_may_be_text_in_every_spelling(self, kind: Any) -> None:
        for field in described(kind).fields:
            if isinstance(bare(field.type), inspect.FloatType):
                usual = read(kind, whole(kind) | {field.name: 0.5})
                for spelling in ("0.5", ".5", "5e-1", " 0.5 ", "+0.5"):
                    assert read(kind, whole(kind) | {field.name: spelling}) == usual, spelling

    def test_doubles_may_be_beyond_numbers(self, kind: Any) -> None:
        for field in described(kind).fields:
            if isinstance(bare(field.type), inspect.FloatType):
                for spelling, value in (
                    ("Infinity", "inf"), ("-Infinity", "-inf"), ("NaN", "nan"), ("inf", "inf"),
                    ("1e400", "inf"), (float("inf"), "inf"), (float("nan"), "nan"),
                ):  # fmt: skip
                    asked = parse(json.dumps(whole(kind) | {field.name: spelling}).encode(), kind)
                    assert str(getattr(asked, field.name)) == value, spelling

    def test_unknown_fields_are_ignored(self, kind: Any) -> None:
        assert read(kind, whole(kind) | {"no_such_field": {"a": [1]}}) == read(kind, whole(kind))

    def test_null_is_as_good_as_nothing(self, kind: Any) -> None:
        for field in described(kind).fields:
            if not field.required:
                asked = whole(kind) | {field.name: None}
                assert read(kind, asked) == read(kind, whole(kind)), field.name

    def test_json_may_come_in_json(self, kind: Any) -> None:
        assert read(kind, json.dumps(whole(kind))) == read(kind, whole(kind))

    def test_optional_names_may_be_in_camel_case(self, kind: Any) -> None:
        for field in described(kind).fields:
            camel = camel_case(field.name)
            if field.required or camel == field.name:
                continue
            value = good(field.type)
            usual = read(kind, whole(kind) | {field.name: value})
            assert read(kind, whole(kind) | {camel: value}) == usual
            with pytest.raises(InvalidParameter, match="not both"):
                read(kind, whole(kind) | {camel: value, field.name: value})

    def test_states_go_by_name_or_number(self, kind: Any) -> None:
        for field in described(kind).fields:
            shape = bare(field.type)
            if isinstance(shape, inspect.LiteralType):
                numbers = [value for value in shape.values if isinstance(value, int)]
                for number in numbers:
                    usual = read(kind, whole(kind) | {field.name: number})
                    assert read(kind, whole(kind) | {field.name: str(number)}) == usual


def whole(kind: Any) -> dict[str, Any]:
    """A request with what it must have."""
    asked: dict[str, Any] = good(described(kind))
    return asked


def camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


REQUIRED = [case for case in fields(in_body()) if case.field.required]


@pytest.mark.parametrize("case", REQUIRED, ids=str)
def test_a_required_field_that_is_missing_is_named(server: TestClient, case: Case) -> None:
    body = {name: value for name, value in case.body.items() if name != case.field.name}
    got = send(server, case.endpoint, body)
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert f"{case.field.name} is required" in got.json()["message"]


def test_of_a_repeated_key_that_is_no_list_the_first_holds(server: TestClient) -> None:
    path = "/api/2.0/mlflow/experiments/get"
    got = server.get(path, params=[("experiment_id", "0"), ("experiment_id", "1")])
    assert got.json()["experiment"]["experiment_id"] == "0"


def test_a_query_has_no_camel_case(server: TestClient) -> None:
    got = server.get("/api/2.0/mlflow/experiments/get", params={"experimentId": "0"})
    assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("half", [{"dataset_name": "d"}, {"dataset_digest": "d"}])
def test_a_point_names_a_data_set_as_a_whole_or_not_at_all(
    server: TestClient, half: dict[str, str]
) -> None:
    made = server.post("/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}).json()
    run_id = made["run"]["info"]["run_id"]
    point = {"key": "k", "value": 1.0, "timestamp": 1, **half}
    for path, body in (
        ("log-metric", {"run_id": run_id, **point}),
        ("log-batch", {"run_id": run_id, "metrics": [point]}),
    ):
        got = server.post(f"/api/2.0/mlflow/runs/{path}", json=body)
        assert (got.status_code, got.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
