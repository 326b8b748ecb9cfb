"""Where a walk may end otherwise than with the official client on the official server.

Each row names an entry of ``docs/differences.md``. A row that no longer differs fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Difference(NamedTuple):
    """An intended difference.

    Args:
        entry: The heading in ``docs/differences.md``.
        concerns: Whether a client and a server, each ``kipu`` or ``mlflow``, end otherwise.
    """

    entry: str
    concerns: Callable[[str, str], bool]


def _of_client(entry: str, *names: str) -> dict[str, Difference]:
    """What our client does on any server."""
    return dict.fromkeys(names, Difference(entry, lambda client, server: client == "kipu"))


def _of_server(entry: str, *names: str) -> dict[str, Difference]:
    """What our server does for any client."""
    return dict.fromkeys(names, Difference(entry, lambda client, server: server == "kipu"))


def _of_either(entry: str, *names: str) -> dict[str, Difference]:
    """What our client does on any server, and our server for any client."""
    return dict.fromkeys(
        names, Difference(entry, lambda client, server: "kipu" in (client, server))
    )


def _of_both(entry: str, *names: str) -> dict[str, Difference]:
    """What our client and our server do together."""
    return dict.fromkeys(names, Difference(entry, lambda client, server: client == server))


STEPS = {
    **_of_client(
        "Wrong types raise MlflowException",
        "experiments: names that are no text are refused",
        "metrics: steps beyond int64 are refused",
        "metrics: times beyond int64 are refused",
        "metrics: what is no number is refused",
        "params and tags: keys that are no text are refused",
        "runs: ids that are no text are refused",
        "runs: is not ended with a number as status",
        "runs: is not ended with a status that is none",
        "runs: is not updated to a status that is none",
        "runs: two at once need nesting",
        "artifacts: are listed within the run only",
        "logged models: data sets need a name",
        "logged models: is not finished with a status that is none",
        "logged models: ordered by [{'ascending': True}]",
    ),
    **_of_client(
        "What was not said is None",
        "logged models: what was not said of it is empty",
        "registry: what was not said is empty",
    ),
    **_of_client(
        "Nothing is no error",
        "logged models: a run may make none",
        "logged models: no experiment has none",
    ),
    **_of_either(
        "Files by the URI of their model", "registry: a file is read by its logged models uri"
    ),
    **_of_client(
        "Errors have a code",
        "registry: a model is not renamed to nothing",
        "registry: a stage without versions has no artifacts",
        "registry: what is no version is not copied",
    ),
    **_of_both("A version knows its logged model", "registry: a version knows its logged model"),
    **_of_client("Missing folders", "artifacts: a missing folders files cannot be logged"),
    **_of_client(
        "Paths out of a run",
        "artifacts: out of the run cannot be downloaded",
        "artifacts: paths out of the run are refused",
    ),
    **_of_both("Percent signs in names of files", "artifacts: a percent sign is kept"),
    **_of_server("JSON is read whole", "inputs: names and digests are needed"),
    **_of_server("Empty files have a size", "artifacts: an empty file is a file"),
    **_of_server(
        "Filters go further",
        "logged models: found by 'tags.team IS NULL'",
        "registry: models by \"`name` = 'x'\"",
        "registry: models by \"name = 'a' OR name = 'b'\"",
        "search experiments: refused: \"(name = 'a')\"",
        "search experiments: refused: \"name IN ('x')\"",
        "search runs: refused: \"params.lr RLIKE 'x'\"",
        "search runs: refused: 'metrics.acc IS NULL'",
        "search runs: refused: 'params.lr = 0.1'",
    ),
    **_of_server(
        "Filters are read to their end",
        "search runs: refused: 'metrics.acc > 0 metrics.acc < 1'",
        "search runs: refused: \"params. = 'x'\"",
    ),
    **_of_client(
        "Tags are made text",
        "experiments: tags that are no text are made text",
        "runs: tags that are no text are made text",
    ),
    **_of_client(
        "A state that forbids is told at once", "experiments: renaming a deleted one is refused"
    ),
    **_of_server(
        "Restoring an experiment leaves what was deleted before",
        "experiments: a run deleted by itself comes back with its experiment",
    ),
    **_of_server("Ids that cannot be", "experiments: ids that are no ids are refused"),
    **_of_server(
        "The code says what was wrong",
        "experiments: renaming to a taken name is refused",
        "runs: in an unknown experiment is refused",
    ),
    **_of_server(
        "The caller's mistakes are the caller's",
        "logged models: a metric is compared with a number only",
        "logged models: page tokens that are none are refused",
        "registry: only staging and production push others out",
        "registry: pages of less than no models",
    ),
    **_of_server(
        "What is not there meets no comparison",
        "logged models: found by \"source_run_id != 'x'\"",
    ),
}
"""By the name of a step."""

STATE = {
    **_of_client(
        "A version is noted once",
        "logged model registry / known to its version",
        "logged model registry / to register",
    ),
    **_of_server(
        "A version knows its logged model",
        "registered model from a logged model",
        "registered model knows its model",
    ),
    **_of_server("JSON is read whole", "run inputs / without a name"),
    **_of_both("Percent signs in names of files", "run artifacts / percent"),
    **_of_server("Empty files have a size", "run artifacts / an empty file"),
    **_of_client(
        "Tags are made text",
        "experiment with a number as tag",
        "run fluent runs / number as tag",
        "run runs / number as tag",
    ),
    **_of_server(
        "Restoring an experiment leaves what was deleted before",
        "run restored after a run / alone",
    ),
    **_of_server("Numbers keep their sign", "run metrics / minus zero"),
}
"""By the name of a part of the end state."""

WIRE = {
    **_of_server(
        "JSON is read whole",
        "NaN that was a bare token",
        "a list for a body",
        "a data set without a name",
    ),
    **_of_server(
        "Answers are JSON",
        "a file put",
        "a folder got",
        "a wrong method",
        "a route that is not there",
    ),
}
"""By the name of a request."""
