"""Handles on writes that go on in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kipu.exceptions import MlflowException


class Pending(Protocol):
    """A write whose end can be waited for; futures are such."""

    def result(self) -> object:
        """Wait, and raise what went wrong."""
        ...


class RunOperations:
    """What ``synchronous=False`` answers.

    Args:
        operation_futures: The writes.
    """

    def __init__(self, operation_futures: Sequence[Pending] | None) -> None:
        self._operation_futures = list(operation_futures or ())

    def wait(self) -> None:
        """Wait until everything is stored.

        Raises:
            MlflowException: Something could not be stored.
        """
        failures = []
        for future in self._operation_futures:
            try:
                future.result()
            except Exception as failure:
                failures.append(failure)
        if failures:
            told = "; ".join(str(failure) for failure in failures)
            raise MlflowException(f"{len(failures)} background write(s) failed: {told}")


def get_combined_run_operations(
    run_operations_list: Sequence[RunOperations],
) -> RunOperations | None:
    """One handle for several, or None for none."""
    if len(run_operations_list) < 2:
        return run_operations_list[0] if run_operations_list else None
    return RunOperations(
        [future for one in run_operations_list for future in one._operation_futures]
    )
