"""What Spark tells after each action: which files and tables it has read.

Spark calls a ``QueryExecutionListener`` in the JVM; py4j lets a Python object be one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.fluent.active import client_of, latest_run
from kipu.fluent.context.provider import RunContextProvider
from kipu.fluent.context.registry import providers
from kipu.service.limits import MAX_TAG_VAL_LENGTH

SPARK = Integration(
    "spark", library="pyspark.sql", versions=("3.4.4", "4.3.0"), distributions=("pyspark",)
)
TAG = "sparkDatasourceInfo"

# Spark reads the head of a file as text to infer its columns.
_UNTOLD_FORMAT = "text"
_CHECKPOINT = re.compile(r".*\d+\.checkpoint(\.\d+\.\d+)?\.parquet")

_lock = threading.Lock()
_waiting: dict[str, None] = {}
_heard: dict[int, tuple[Any, Any]] = {}
_made: list[RunContextProvider] = []


class Read(NamedTuple):
    """A file or table that was read.

    Args:
        path: Its URI, or its name.
        format: Such as ``csv``.
    """

    path: str
    format: str

    @property
    def line(self) -> str:
        """Its line in the tag."""
        return f"path={self.path},format={self.format}"


class _Listener:
    """Called by Spark in the JVM, on a thread of its own."""

    def onSuccess(self, function: str, execution: Any, duration_ns: int) -> None:  # noqa: N802
        note(execution)

    def onFailure(self, function: str, execution: Any, error: Any) -> None:  # noqa: N802
        """What failed has not read its data."""

    def toString(self) -> str:  # noqa: N802
        return "kipu.spark.autolog"

    class Java:
        implements = ("org.apache.spark.sql.util.QueryExecutionListener",)


class _WaitingReads(RunContextProvider):
    """Gives runs that start later what was read while there was none."""

    def in_context(self) -> bool:
        return bool(_waiting) and not SPARK.is_disabled

    def tags(self) -> dict[str, str]:
        with _lock:
            return {TAG: _tag_of(list(_waiting))}


@guarded(SPARK)
def listen(session: Any) -> None:
    """Have a session tell what it reads, unless it does already."""
    if not hasattr(session, "_jsparkSession"):  # Spark Connect: the JVM is elsewhere
        return
    from pyspark.java_gateway import ensure_callback_server_started

    place = session._jsparkSession.hashCode()
    with _lock:
        if place in _heard:
            return
        ensure_callback_server_started(session.sparkContext._gateway)
        manager, listener = session._jsparkSession.listenerManager(), _Listener()
        manager.register(listener)
        _heard[place] = (manager, listener)
        if not _made:
            _made.append(_WaitingReads())
            providers.register(lambda: _made[0])


def stop_listening() -> None:
    """Have no session tell any more."""
    with _lock:
        for manager, listener in _heard.values():
            _unregister(manager, listener)
        _heard.clear()
        _waiting.clear()


@guarded(SPARK)
def note(execution: Any) -> None:
    """Log what an action has read.

    Args:
        execution: Spark's ``QueryExecution``.
    """
    if SPARK.is_disabled:
        return
    lines = [read.line for read in reads_of(execution) if _is_told(read)]
    run = latest_run()
    if run is None:
        with _lock:
            _waiting.update(dict.fromkeys(lines))
    elif lines:
        client, run_id = client_of(run), run.info.run_id
        before = client.get_run(run_id).data.tags.get(TAG, "").splitlines()
        told = [line for line in dict.fromkeys(lines) if line not in before]
        if told:
            client.set_tag(run_id, TAG, _tag_of([*before, *told]))


def reads_of(execution: Any) -> Iterator[Read]:
    """The files and tables in the plan of an action."""
    leaves = execution.analyzed().collectLeaves()
    for place in range(leaves.size()):
        leaf = leaves.apply(place)
        match leaf.getClass().getSimpleName():
            case "LogicalRelation":
                yield from _read_of_files(leaf.relation())
            case "DataSourceV2Relation" | "DataSourceV2ScanRelation":
                yield from _read_of_table(leaf.table())


def _read_of_files(relation: Any) -> Iterator[Read]:
    if relation.getClass().getSimpleName() == "HadoopFsRelation":
        roots = relation.location().rootPaths()
        path = roots.head().toString() if roots.nonEmpty() else "unknown"
        yield Read(path, relation.fileFormat().shortName())


def _read_of_table(table: Any) -> Iterator[Read]:
    if "datasources.v2" in table.getClass().getName():
        form = table.formatName().lower()
        # The table's name is its format and its path.
        yield Read(re.sub(f"^{form} ", "", table.name(), flags=re.IGNORECASE), form)


def _is_told(read: Read) -> bool:
    return read.format != _UNTOLD_FORMAT and not _CHECKPOINT.fullmatch(read.path)


def _tag_of(lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= MAX_TAG_VAL_LENGTH else f"{text[: MAX_TAG_VAL_LENGTH - 3]}..."


@guarded(SPARK)
def _unregister(manager: Any, listener: Any) -> None:
    manager.unregister(listener)
