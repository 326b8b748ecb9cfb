from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from kipu import exceptions
from kipu.exceptions import MlflowException, ResourceNotFound, RestException
from kipu.protos import databricks_pb2

STATUS = {
    "INTERNAL_ERROR": 500, "TEMPORARILY_UNAVAILABLE": 503, "IO_ERROR": 500, "BAD_REQUEST": 400,
    "DEADLINE_EXCEEDED": 504, "CANCELLED": 499, "RESOURCE_EXHAUSTED": 429, "ABORTED": 409,
    "NOT_FOUND": 404, "ALREADY_EXISTS": 409, "UNAUTHENTICATED": 401,
    "INVALID_PARAMETER_VALUE": 400, "ENDPOINT_NOT_FOUND": 404, "MALFORMED_REQUEST": 500,
    "INVALID_STATE": 500, "PERMISSION_DENIED": 403, "FEATURE_DISABLED": 500,
    "CUSTOMER_UNAUTHORIZED": 401, "REQUEST_LIMIT_EXCEEDED": 429, "RESOURCE_CONFLICT": 409,
    "UNPARSEABLE_HTTP_ERROR": 500, "NOT_IMPLEMENTED": 501, "DATA_LOSS": 500,
    "INVALID_STATE_TRANSITION": 500, "COULD_NOT_ACQUIRE_LOCK": 500, "RESOURCE_ALREADY_EXISTS": 400,
    "RESOURCE_DOES_NOT_EXIST": 404, "QUOTA_EXCEEDED": 500, "MAX_BLOCK_SIZE_EXCEEDED": 500,
    "MAX_READ_SIZE_EXCEEDED": 500,
}  # fmt: skip


@pytest.mark.parametrize("code", STATUS)
def test_each_code_has_its_status_by_name_and_by_number(code: str) -> None:
    number = databricks_pb2.ErrorCode.Value(code)
    assert getattr(databricks_pb2, code) == number
    assert databricks_pb2.ErrorCode.Name(number) == code
    for given in (code, number):
        error = MlflowException("no", given)
        assert (error.error_code, error.get_http_status_code()) == (code, STATUS[code])


def test_the_table_above_is_complete() -> None:
    assert databricks_pb2.ErrorCode.keys() == list(STATUS)
    assert databricks_pb2.ErrorCode.items()[0] == ("INTERNAL_ERROR", 1)
    assert sorted(databricks_pb2.ErrorCode.values()) == databricks_pb2.ErrorCode.values()


def test_what_is_no_code_has_neither_name_nor_number() -> None:
    with pytest.raises(ValueError, match="99999"):
        databricks_pb2.ErrorCode.Name(99999)
    with pytest.raises(ValueError, match="NOPE"):
        databricks_pb2.ErrorCode.Value("NOPE")
    assert MlflowException("no", 99999).error_code == "INTERNAL_ERROR"


def test_the_body_names_state_and_class_as_mlflow_does() -> None:
    assert json.loads(ResourceNotFound("gone", position=3).serialize_as_json()) == {
        "error_code": "RESOURCE_DOES_NOT_EXIST",
        "message": "gone",
        "sqlstate": "KAM00",
        "error_class": "RESOURCE_NOT_FOUND",
        "position": 3,
    }
    own = MlflowException("no", "BAD_REQUEST", sqlstate="42000", error_class="MINE")
    assert json.loads(own.serialize_as_json())["sqlstate"] == "42000"
    assert json.loads(own.serialize_as_json())["error_class"] == "MINE"
    assert "sqlstate" not in json.loads(MlflowException("no", "ABORTED").serialize_as_json())


@pytest.mark.parametrize(
    ("body", "code", "status", "message", "state"),
    [
        (
            {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "m"},
            "RESOURCE_DOES_NOT_EXIST", 404, "RESOURCE_DOES_NOT_EXIST: m", "KAMC2",
        ),
        (
            {"error_code": "INVALID_STATE", "message": "m", "sqlstate": "XX001"},
            "INVALID_STATE", 500, "INVALID_STATE: m", "XX001",
        ),
        ({"error_code": "404", "message": "m"}, "ENDPOINT_NOT_FOUND", 404, "404: m", "KAMC2"),
        ({"error_code": 409, "message": "m"}, "ALREADY_EXISTS", 409, "409: m", None),
        ({"error_code": "NEW_ONE", "message": "m"}, "INTERNAL_ERROR", 500, "NEW_ONE: m", "XXMC0"),
        ({}, "INTERNAL_ERROR", 500, "INTERNAL_ERROR: Response: {}", "XXMC0"),
    ],
)  # fmt: skip
def test_a_servers_answer_becomes_an_error(
    body: dict[str, Any], code: str, status: int, message: str, state: str | None
) -> None:
    error = RestException(body)
    found = (error.error_code, error.get_http_status_code(), error.message, error.sqlstate)
    assert found == (code, status, message, state)
    assert error.json == body


def test_a_bare_status_is_named() -> None:
    named = exceptions.HTTP_STATUS_TO_ERROR_CODE
    assert [named[status] for status in (400, 401, 403, 404, 409, 429, 500, 503)] == [
        "BAD_REQUEST", "UNAUTHENTICATED", "PERMISSION_DENIED", "ENDPOINT_NOT_FOUND",
        "ALREADY_EXISTS", "RESOURCE_EXHAUSTED", "INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE",
    ]  # fmt: skip


def test_errors_that_mlflow_code_catches_are_there() -> None:
    for kind in (
        exceptions.ExecutionException,
        exceptions.MissingConfigException,
        exceptions.InvalidUrlException,
    ):
        refused = kind.invalid_parameter_value("no", hint="yes")
        assert type(refused) is kind
        assert (refused.error_code, refused.json_kwargs) == (
            "INVALID_PARAMETER_VALUE",
            {"hint": "yes"},
        )
    absent = exceptions.MlflowNotImplementedException()
    assert (absent.message, absent.error_code, absent.get_http_status_code()) == (
        "", "NOT_IMPLEMENTED", 501,
    )  # fmt: skip


@pytest.mark.parametrize(
    "error",
    [
        MlflowException("no", "BAD_REQUEST", sqlstate="42000", hint="yes"),
        RestException({"error_code": "INVALID_STATE", "message": "m"}),
        exceptions.MlflowNotImplementedException("no"),
        ResourceNotFound("gone"),
    ],
)
def test_an_error_travels_between_processes(error: MlflowException) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert vars(arrived) == vars(error)
    assert str(arrived) == str(error)
