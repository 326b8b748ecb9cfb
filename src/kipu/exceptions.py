"""Errors, their wire codes and HTTP statuses.

MlflowException            any failure; carries one of MLflow's error codes
├── RestException          an error answered by a server
├── ExecutionException, MissingConfigException, InvalidUrlException
│                          kept for MLflow code that catches them
├── MlflowNotImplementedException  501  NOT_IMPLEMENTED
├── InvalidParameter       400  INVALID_PARAMETER_VALUE
├── ResourceNotFound       404  RESOURCE_DOES_NOT_EXIST
├── ResourceExists         400  RESOURCE_ALREADY_EXISTS
├── InvalidState           500  INVALID_STATE
└── Unavailable            503  TEMPORARILY_UNAVAILABLE
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

ERROR_CODES: dict[str, int] = {
    "INTERNAL_ERROR": 1,
    "TEMPORARILY_UNAVAILABLE": 2,
    "IO_ERROR": 3,
    "BAD_REQUEST": 4,
    "DEADLINE_EXCEEDED": 7,
    "CANCELLED": 8,
    "RESOURCE_EXHAUSTED": 9,
    "ABORTED": 10,
    "NOT_FOUND": 11,
    "ALREADY_EXISTS": 12,
    "UNAUTHENTICATED": 13,
    "INVALID_PARAMETER_VALUE": 1000,
    "ENDPOINT_NOT_FOUND": 1001,
    "MALFORMED_REQUEST": 1002,
    "INVALID_STATE": 1003,
    "PERMISSION_DENIED": 1004,
    "FEATURE_DISABLED": 1005,
    "CUSTOMER_UNAUTHORIZED": 1006,
    "REQUEST_LIMIT_EXCEEDED": 1007,
    "RESOURCE_CONFLICT": 1008,
    "UNPARSEABLE_HTTP_ERROR": 1009,
    "NOT_IMPLEMENTED": 1010,
    "DATA_LOSS": 1011,
    "INVALID_STATE_TRANSITION": 2001,
    "COULD_NOT_ACQUIRE_LOCK": 2002,
    "RESOURCE_ALREADY_EXISTS": 3001,
    "RESOURCE_DOES_NOT_EXIST": 3002,
    "QUOTA_EXCEEDED": 4001,
    "MAX_BLOCK_SIZE_EXCEEDED": 4002,
    "MAX_READ_SIZE_EXCEEDED": 4003,
}
"""MLflow's error codes by name, with the numbers that its Python API accepts as ``error_code``."""

_NAMES = {number: name for name, number in ERROR_CODES.items()}

ERROR_CODE_TO_HTTP_STATUS: dict[str, int] = {
    "ABORTED": 409,
    "ALREADY_EXISTS": 409,
    "BAD_REQUEST": 400,
    "CANCELLED": 499,
    "CUSTOMER_UNAUTHORIZED": 401,
    "DATA_LOSS": 500,
    "DEADLINE_EXCEEDED": 504,
    "ENDPOINT_NOT_FOUND": 404,
    "INTERNAL_ERROR": 500,
    "INVALID_PARAMETER_VALUE": 400,
    "INVALID_STATE": 500,
    "NOT_FOUND": 404,
    "NOT_IMPLEMENTED": 501,
    "PERMISSION_DENIED": 403,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "RESOURCE_ALREADY_EXISTS": 400,
    "RESOURCE_CONFLICT": 409,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "RESOURCE_EXHAUSTED": 429,
    "TEMPORARILY_UNAVAILABLE": 503,
    "UNAUTHENTICATED": 401,
}

# What a client calls an answer whose body names no code.
HTTP_STATUS_TO_ERROR_CODE: dict[int, str] = {
    status: code for code, status in ERROR_CODE_TO_HTTP_STATUS.items()
} | {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    404: "ENDPOINT_NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL_ERROR",
}

# SQL state and class of an error that arises here, and of one that a server answered without them.
_STATES: dict[str, tuple[str, str]] = {
    "BAD_REQUEST": ("KAM00", "INVALID_PARAMETER_VALUE"),
    "CUSTOMER_UNAUTHORIZED": ("KAM00", "PERMISSION_DENIED"),
    "ENDPOINT_NOT_FOUND": ("KAM00", "RESOURCE_NOT_FOUND"),
    "FEATURE_DISABLED": ("KAM00", "FEATURE_DISABLED"),
    "INTERNAL_ERROR": ("XXM00", "CLIENT_INTERNAL_ERROR"),
    "INVALID_PARAMETER_VALUE": ("KAM00", "INVALID_PARAMETER_VALUE"),
    "INVALID_STATE": ("XXM00", "CLIENT_INTERNAL_ERROR"),
    "NOT_FOUND": ("KAM00", "RESOURCE_NOT_FOUND"),
    "PERMISSION_DENIED": ("KAM00", "PERMISSION_DENIED"),
    "RESOURCE_ALREADY_EXISTS": ("KAM00", "RESOURCE_ALREADY_EXISTS"),
    "RESOURCE_DOES_NOT_EXIST": ("KAM00", "RESOURCE_NOT_FOUND"),
    "TEMPORARILY_UNAVAILABLE": ("XXM00", "CLIENT_INTERNAL_ERROR"),
}
_ANSWERED_STATES: dict[str, tuple[str, str]] = {
    "BAD_REQUEST": ("KAMC4", "CP_INVALID_PARAMETER_VALUE"),
    "CUSTOMER_UNAUTHORIZED": ("KAMC1", "CP_PERMISSION_DENIED"),
    "ENDPOINT_NOT_FOUND": ("KAMC2", "CP_RESOURCE_NOT_FOUND"),
    "INTERNAL_ERROR": ("XXMC0", "CP_INTERNAL_ERROR"),
    "INVALID_PARAMETER_VALUE": ("KAMC4", "CP_INVALID_PARAMETER_VALUE"),
    "INVALID_STATE": ("XXMC2", "CP_INVALID_STATE"),
    "NOT_FOUND": ("KAMC2", "CP_RESOURCE_NOT_FOUND"),
    "PERMISSION_DENIED": ("KAMC1", "CP_PERMISSION_DENIED"),
    "REQUEST_LIMIT_EXCEEDED": ("KAMC3", "CP_REQUEST_RATE_LIMITED"),
    "RESOURCE_ALREADY_EXISTS": ("KAMC5", "CP_RESOURCE_CONFLICT"),
    "RESOURCE_CONFLICT": ("KAMC5", "CP_RESOURCE_CONFLICT"),
    "RESOURCE_DOES_NOT_EXIST": ("KAMC2", "CP_RESOURCE_NOT_FOUND"),
    "RESOURCE_EXHAUSTED": ("KAMC3", "CP_REQUEST_RATE_LIMITED"),
    "TEMPORARILY_UNAVAILABLE": ("XXMC1", "CP_TEMPORARILY_UNAVAILABLE"),
    "UNAUTHENTICATED": ("KAMC1", "CP_PERMISSION_DENIED"),
}


class MlflowException(Exception):  # noqa: N818 - the name is MLflow's
    """A failure with one of MLflow's error codes; everything Kipu raises on purpose is one.

    Args:
        message: What went wrong and what to do about it.
        error_code: A number or name of ``ERROR_CODES``; anything unknown is INTERNAL_ERROR.
        sqlstate: Five characters; left out, those that go with the code, if there are.
        error_class: Left out, the one that goes with the code, if there is.
        **kwargs: Further fields of the error's JSON.
    """

    _states: ClassVar[dict[str, tuple[str, str]]] = _STATES

    def __init__(
        self,
        message: object,
        error_code: int | str = ERROR_CODES["INTERNAL_ERROR"],
        sqlstate: str | None = None,
        error_class: str | None = None,
        **kwargs: Any,
    ) -> None:
        name = _NAMES.get(error_code) if isinstance(error_code, int) else error_code
        self.error_code: str = name if name in ERROR_CODES else "INTERNAL_ERROR"
        self.message = str(message)
        state, kind = self._states.get(self.error_code, (None, None))
        self.sqlstate = sqlstate or state
        self.error_class = error_class or kind
        self.json_kwargs = kwargs
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are rebuilt from ``args`` by default, which would lose code and constructor.
        return (_rebuild, (type(self), self.__dict__.copy(), self.args))

    def serialize_as_json(self) -> str:
        """The body of an error answer, as JSON text."""
        fields = {"error_code": self.error_code, "message": self.message}
        if self.sqlstate:
            fields["sqlstate"] = self.sqlstate
        if self.error_class:
            fields["error_class"] = self.error_class
        return json.dumps(fields | self.json_kwargs)

    def get_http_status_code(self) -> int:
        """The HTTP status that goes with the error code."""
        return ERROR_CODE_TO_HTTP_STATUS.get(self.error_code, 500)

    @classmethod
    def invalid_parameter_value(
        cls,
        message: str,
        sqlstate: str | None = None,
        error_class: str | None = None,
        **kwargs: Any,
    ) -> Self:
        """An error with the code INVALID_PARAMETER_VALUE."""
        code = ERROR_CODES["INVALID_PARAMETER_VALUE"]
        return cls(message, code, sqlstate, error_class, **kwargs)


def _rebuild(
    cls: type[MlflowException], state: dict[str, Any], args: tuple[Any, ...]
) -> MlflowException:
    error = cls.__new__(cls)
    error.__dict__.update(state)
    error.args = args
    return error


class ExecutionException(MlflowException):
    """A project's execution failed; kept so that MLflow code can catch it."""


class MissingConfigException(MlflowException):
    """A configuration file is not there; kept so that MLflow code can catch it."""


class InvalidUrlException(MlflowException):
    """A request went to no web address; kept so that MLflow code can catch it."""


class MlflowNotImplementedException(MlflowException):
    """What was asked for does not exist; plug-ins raise it for what their store cannot do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message, "NOT_IMPLEMENTED")


class RestException(MlflowException):
    """A server answered an error.

    Args:
        json: The body: ``error_code`` (a name, or an HTTP status), ``message``, and whatever else
            the server said.

    Attributes:
        http_status: The answer's, where it is known.
    """

    _states = _ANSWERED_STATES
    http_status: int | None = None

    def __init__(self, json: dict[str, Any]) -> None:
        self.json = json
        code = json.get("error_code", "INTERNAL_ERROR")
        extra = {
            key: value
            for key, value in json.items()
            if key not in ("error_code", "message", "sqlstate", "error_class")
        }
        text = json.get("message", "Response: " + str(json))
        # By name: a subclass may also be one of the classes below, with a constructor of its own.
        MlflowException.__init__(
            self,
            f"{code}: {text}",
            HTTP_STATUS_TO_ERROR_CODE.get(int(code), code) if str(code).isdecimal() else code,
            json.get("sqlstate"),
            json.get("error_class"),
            **extra,
        )


class _Coded(MlflowException):
    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, message: str, **kwargs: Any) -> None:
        super().__init__(message, self.code, **kwargs)


class InvalidParameter(_Coded):
    """The caller passed something that cannot be stored or understood."""

    code = "INVALID_PARAMETER_VALUE"


class ResourceNotFound(_Coded):
    """Nothing of this kind has this id or name."""

    code = "RESOURCE_DOES_NOT_EXIST"


class ResourceExists(_Coded):
    """The name is taken."""

    code = "RESOURCE_ALREADY_EXISTS"


class InvalidState(_Coded):
    """The thing exists, but its state forbids what was asked."""

    code = "INVALID_STATE"


class Unavailable(_Coded):
    """The store or server cannot be reached now; the same call may succeed later."""

    code = "TEMPORARILY_UNAVAILABLE"


def code_of_status(status: int) -> str:
    """The error code that a client derives from a bare HTTP status."""
    return HTTP_STATUS_TO_ERROR_CODE.get(status, "INTERNAL_ERROR")
