"""Searching runs, as a pandas frame or a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, overload

from kipu.client import MlflowClient
from kipu.entities import Run, ViewType
from kipu.exceptions import InvalidParameter
from kipu.fluent.experiments import (
    current_experiment_id,
    get_experiment_by_name,
    search_experiments,
)

if TYPE_CHECKING:
    import pandas as pd

SEARCH_MAX_RESULTS_PANDAS = 100_000
_PAGE = 10_000
_INFO = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: Sequence[str] | None = None,
    output_format: Literal["pandas"] = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame: ...


@overload
def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: Sequence[str] | None = None,
    *,
    output_format: Literal["list"],
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> list[Run]: ...


def search_runs(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str = "",
    run_view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int = SEARCH_MAX_RESULTS_PANDAS,
    order_by: Sequence[str] | None = None,
    output_format: str = "pandas",
    search_all_experiments: bool = False,
    experiment_names: Sequence[str] | None = None,
) -> pd.DataFrame | list[Run]:
    """The runs that match, all pages of them.

    Args:
        experiment_ids: Where to look; left out, in the current experiment.
        filter_string: Such as ``metrics.loss < 0.1 AND params.model = 'cnn'``.
        run_view_type: Active ones, deleted ones, or all.
        max_results: At most so many.
        order_by: Such as ``["metrics.loss ASC"]``; left out, newest first.
        output_format: ``pandas`` for a frame with the columns run_id, experiment_id, status,
            artifact_uri, start_time, end_time, ``metrics.*``, ``params.*`` and ``tags.*``;
            ``list`` for ``Run`` objects.
        search_all_experiments: Whether no ids and no names mean all active experiments.
        experiment_names: Names instead of ids; unknown ones are passed over.

    Raises:
        InvalidParameter: Filter or order cannot be read, or ids and names are both given.
        ValueError: There is no such output format.

    Example:
        >>> kipu.search_runs(filter_string="metrics.loss < 0.1", output_format="list")
    """
    if output_format not in ("pandas", "list"):
        raise ValueError(f"output_format is 'pandas' or 'list', not {output_format!r}.")
    ids = _experiment_ids(experiment_ids, experiment_names, search_all_experiments)
    client = MlflowClient()
    runs = (
        _all_pages(client, ids, filter_string, run_view_type, max_results, order_by) if ids else []
    )
    return runs if output_format == "list" else _frame(runs)


def _experiment_ids(
    ids: Sequence[str] | None, names: Sequence[str] | None, everywhere: bool
) -> list[str]:
    if ids and names:
        raise InvalidParameter("search_runs takes experiment_ids or experiment_names, not both.")
    if ids:
        return [ids] if isinstance(ids, str) else list(ids)
    if names:
        found = [get_experiment_by_name(name) for name in names if name is not None]
        return [experiment.experiment_id for experiment in found if experiment is not None]
    if everywhere:
        return [experiment.experiment_id for experiment in search_experiments()]
    return [current_experiment_id()]


def _all_pages(
    client: MlflowClient,
    ids: list[str],
    filter_string: str,
    run_view_type: int,
    max_results: int | None,
    order_by: Sequence[str] | None,
) -> list[Run]:
    runs, token = list[Run](), None
    while max_results is None or len(runs) < max_results:
        size = _PAGE if max_results is None else min(_PAGE, max_results - len(runs))
        page = client.search_runs(ids, filter_string, run_view_type, size, order_by, token)
        runs += page
        token = page.token
        if not token:
            break
    return runs


def _frame(runs: Sequence[Run]) -> pd.DataFrame:
    try:
        import pandas  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError(
            "search_runs answers with a pandas frame; install it with: pip install 'kipu[pandas]', "
            "or ask for output_format='list'."
        ) from error
    data = _columns(runs)
    for name in ("start_time", "end_time"):
        # Whole columns at once; run by run this was the slowest part.
        data[name] = pandas.to_datetime(
            pandas.Series(data[name], dtype="Int64"), unit="ms", utc=True
        )
    for name in data:
        if name.startswith("metrics."):
            data[name] = pandas.Series(data[name], dtype="float64")
    return pandas.DataFrame(data)


def run_rows(
    client: MlflowClient, experiment_ids: Sequence[str]
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """All active runs of some experiments as a table: its columns, and its rows, newest first.

    Cells are as in the frame of ``search_runs``, without pandas; missing ones are None.
    """
    data = _columns(_all_pages(client, list(experiment_ids), "", ViewType.ACTIVE_ONLY, None, None))
    for name in ("start_time", "end_time"):
        data[name] = [
            None if time is None else datetime.fromtimestamp(time / 1000, UTC)
            for time in data[name]
        ]
    return list(data), zip(*data.values(), strict=True)


def _columns(runs: Sequence[Run]) -> dict[str, Any]:
    data: dict[str, Any] = {name: [getattr(run.info, name) for run in runs] for name in _INFO}
    for kind in ("metrics", "params", "tags"):
        values = [getattr(run.data, kind) for run in runs]
        for key in dict.fromkeys(key for one in values for key in one):
            data[f"{kind}.{key}"] = [one.get(key) for one in values]
    return data
