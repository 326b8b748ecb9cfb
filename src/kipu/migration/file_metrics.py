"""Metric files of MLflow's file layout: one line a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kipu.entities import Metric
from kipu.exceptions import InvalidParameter
from kipu.migration.files import Report, keyed
from kipu.service.values import check_time

PointName = tuple[str, int, int, str, str | None, str | None]
"""What tells a run's point from its others: key, timestamp, step, value and data set."""


def run_metrics(
    folder: Path, run_id: str, models: Mapping[PointName, str], report: Report
) -> list[Metric]:
    """The points of a run, in order of arrival in each file.

    Args:
        folder: The run's ``metrics``.
        run_id: The run.
        models: The models that have points of this run. The run's own lines do not name them.
        report: Is told of lines that cannot be read.
    """
    points = []
    for key, path, text in keyed(folder, "metric", report):
        for number, line in _lines(path, text, report):
            try:
                point = _point(key, line.split(" "), run_id)
            except ValueError as error:
                report(path, f"Line {number}: {error}")
                continue
            model_id = models.get(point_name(point)) if models else None
            points.append(_of_model(point, model_id) if model_id else point)
    return points


def model_metrics(folder: Path, model_id: str, report: Report) -> list[Metric]:
    """The points of a logged model; each names its run."""
    points = []
    for key, path, text in keyed(folder, "metric", report):
        for number, line in _lines(path, text, report):
            fields = line.split(" ")
            try:
                if len(fields) < 4:
                    raise ValueError(f"{line!r} has {len(fields)} fields, not 4 or more.")
                point = _point(key, fields[:3] + fields[4:], fields[3])
            except ValueError as error:
                report(path, f"Line {number}: {error}")
            else:
                points.append(_of_model(point, model_id))
    return points


def point_name(point: Metric) -> PointName:
    """What tells a point of a run from the others; NaN equals itself here."""
    return (
        point.key, point.timestamp, point.step, repr(point.value),
        point.dataset_name, point.dataset_digest,
    )  # fmt: skip


def _lines(path: Path, text: str, report: Report) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file that say something."""
    *whole, rest = text.split("\n")
    if not text.strip():
        report(path, "It holds no point.")
        return
    for number, line in enumerate(whole, 1):
        if line := line.rstrip("\r"):
            yield number, line
    if rest:
        # It may have been "12" that was cut to "1", which nobody can see.
        report(path, f"Line {len(whole) + 1}: {rest!r} was not written to its end; left out.")


def _point(key: str, fields: list[str], run_id: str) -> Metric:
    """The point of a line: timestamp, value, perhaps step, perhaps data set and digest."""
    if len(fields) not in (2, 3) and len(fields) < 5:
        raise ValueError(f"{' '.join(fields)!r} has {len(fields)} fields; a point has 2, 3 or 5.")
    try:
        timestamp, value = int(fields[0]), float(fields[1])
        step = int(fields[2]) if len(fields) > 2 else 0
    except ValueError:
        raise ValueError(
            f"{' '.join(fields)!r} is no point: timestamp, value and step are numbers."
        ) from None
    try:
        check_time(key, timestamp, step)
    except InvalidParameter as error:
        raise ValueError(error.message) from None
    # A name may have spaces, a digest has none.
    name, digest = (" ".join(fields[3:-1]), fields[-1]) if len(fields) > 3 else (None, None)
    return Metric(key, value, timestamp, step, None, name, digest, run_id)


def _of_model(point: Metric, model_id: str) -> Metric:
    return Metric(
        point.key, point.value, point.timestamp, point.step, model_id,
        point.dataset_name, point.dataset_digest, point.run_id,
    )  # fmt: skip
