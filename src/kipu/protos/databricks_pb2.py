"""Numbers of error codes, under the path that MLflow's users know; nothing here is a protobuf."""

from __future__ import annotations

from collections.abc import Mapping

from kipu.exceptions import ERROR_CODES


class _ErrorCode:
    """Names and numbers of error codes, asked as one asks a protobuf's enumeration."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._numbers = numbers
        self._names = {number: name for name, number in numbers.items()}

    def Name(self, number: int) -> str:  # noqa: N802 - protobuf's name
        """The name of a code.

        Raises:
            ValueError: No code has this number.
        """
        if number not in self._names:
            raise ValueError(f"No error code has the number {number!r}.")
        return self._names[number]

    def Value(self, name: str) -> int:  # noqa: N802 - protobuf's name
        """The number of a code.

        Raises:
            ValueError: No code has this name.
        """
        if name not in self._numbers:
            raise ValueError(f"No error code has the name {name!r}.")
        return self._numbers[name]

    def keys(self) -> list[str]:
        """All names, in the order of the numbers."""
        return list(self._numbers)

    def values(self) -> list[int]:
        """All numbers, in order."""
        return list(self._numbers.values())

    def items(self) -> list[tuple[str, int]]:
        """All names with their numbers, in order."""
        return list(self._numbers.items())


ErrorCode = _ErrorCode(ERROR_CODES)

INTERNAL_ERROR = ERROR_CODES["INTERNAL_ERROR"]
TEMPORARILY_UNAVAILABLE = ERROR_CODES["TEMPORARILY_UNAVAILABLE"]
IO_ERROR = ERROR_CODES["IO_ERROR"]
BAD_REQUEST = ERROR_CODES["BAD_REQUEST"]
DEADLINE_EXCEEDED = ERROR_CODES["DEADLINE_EXCEEDED"]
CANCELLED = ERROR_CODES["CANCELLED"]
RESOURCE_EXHAUSTED = ERROR_CODES["RESOURCE_EXHAUSTED"]
ABORTED = ERROR_CODES["ABORTED"]
NOT_FOUND = ERROR_CODES["NOT_FOUND"]
ALREADY_EXISTS = ERROR_CODES["ALREADY_EXISTS"]
UNAUTHENTICATED = ERROR_CODES["UNAUTHENTICATED"]
INVALID_PARAMETER_VALUE = ERROR_CODES["INVALID_PARAMETER_VALUE"]
ENDPOINT_NOT_FOUND = ERROR_CODES["ENDPOINT_NOT_FOUND"]
MALFORMED_REQUEST = ERROR_CODES["MALFORMED_REQUEST"]
INVALID_STATE = ERROR_CODES["INVALID_STATE"]
PERMISSION_DENIED = ERROR_CODES["PERMISSION_DENIED"]
FEATURE_DISABLED = ERROR_CODES["FEATURE_DISABLED"]
CUSTOMER_UNAUTHORIZED = ERROR_CODES["CUSTOMER_UNAUTHORIZED"]
REQUEST_LIMIT_EXCEEDED = ERROR_CODES["REQUEST_LIMIT_EXCEEDED"]
RESOURCE_CONFLICT = ERROR_CODES["RESOURCE_CONFLICT"]
UNPARSEABLE_HTTP_ERROR = ERROR_CODES["UNPARSEABLE_HTTP_ERROR"]
NOT_IMPLEMENTED = ERROR_CODES["NOT_IMPLEMENTED"]
DATA_LOSS = ERROR_CODES["DATA_LOSS"]
INVALID_STATE_TRANSITION = ERROR_CODES["INVALID_STATE_TRANSITION"]
COULD_NOT_ACQUIRE_LOCK = ERROR_CODES["COULD_NOT_ACQUIRE_LOCK"]
RESOURCE_ALREADY_EXISTS = ERROR_CODES["RESOURCE_ALREADY_EXISTS"]
RESOURCE_DOES_NOT_EXIST = ERROR_CODES["RESOURCE_DOES_NOT_EXIST"]
QUOTA_EXCEEDED = ERROR_CODES["QUOTA_EXCEEDED"]
MAX_BLOCK_SIZE_EXCEEDED = ERROR_CODES["MAX_BLOCK_SIZE_EXCEEDED"]
MAX_READ_SIZE_EXCEEDED = ERROR_CODES["MAX_READ_SIZE_EXCEEDED"]

__all__ = ["ErrorCode", *ERROR_CODES]
