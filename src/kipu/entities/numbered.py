"""States that MLflow knows by number, and the wire by name."""

from __future__ import annotations

from kipu.exceptions import InvalidParameter


class Numbered:
    """The names of numbered states, and back.

    Args:
        what: One of them, for messages.
        numbers: Their numbers by name.
    """

    def __init__(self, what: str, numbers: dict[str, int]) -> None:
        self._what, self._numbers = what, numbers
        self._names = {number: name for name, number in numbers.items()}

    def number(self, name: str) -> int:
        """The number of a name.

        Raises:
            InvalidParameter: No state has this name.
        """
        try:
            return self._numbers[name]
        except KeyError:
            known = ", ".join(self._numbers)
            raise InvalidParameter(f"No {self._what} {name!r}; one of {known}.") from None

    def name(self, number: int) -> str:
        """The name of a number.

        Raises:
            InvalidParameter: No state has this number.
        """
        try:
            return self._names[number]
        except KeyError:
            known = ", ".join(map(str, self._names))
            raise InvalidParameter(f"No {self._what} {number!r}; one of {known}.") from None

    def all(self) -> list[int]:
        """Every number."""
        return list(self._names)
