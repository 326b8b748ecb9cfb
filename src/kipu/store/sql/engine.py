"""One database: how it is opened, read from and written to, by many threads and processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from kipu.exceptions import MlflowException, Unavailable
from kipu.search import is_rlike
from kipu.store.sql.connections import Connections
from kipu.store.sql.writer import BUSY_TIMEOUT_S, Writer

T = TypeVar("T")


class Database:
    """A database with snapshots to read and transactions to write.

    Args:
        url: ``sqlite:///`` and the path of the file.
        durable: Whether a commit survives a power cut. Without it, the last moments may be lost
            then, but never to a crash of the process.
    """

    def __init__(self, url: str, durable: bool) -> None:
        self.path = file_of(url)
        self.engine = sqlite_engine(self.path, durable)
        self._connections = Connections(self.engine.connect)
        self._writer = Writer(self._connections)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A read transaction: all of its statements see one moment of the database."""
        db = self._connections.borrow()
        healthy = False
        try:
            db.exec_driver_sql("BEGIN")
            yield db
        except sa.exc.OperationalError as error:
            raise self._explained(error) from error
        finally:
            try:
                db.rollback()
                healthy = True
            finally:
                self._connections.give_back(db, broken=not healthy)

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run ``work`` in a transaction; see ``Writer.run``.

        Raises:
            Unavailable: The database cannot be written to.
        """
        try:
            return self._writer.run(work)
        except sa.exc.OperationalError as error:
            raise self._explained(error) from error

    def write_if_free(self, work: Callable[[sa.Connection], None]) -> bool:
        """Run ``work`` in a transaction if nobody else is writing; whether it was committed."""
        return self._writer.run_if_free(work)

    def tidy(self, statement: str) -> None:
        """Run a statement that is a transaction of its own, to its end.

        Raises:
            Unavailable: Others write to the database without a pause.
        """
        db = self._connections.borrow()
        try:
            # Not ``execute``, which stops at the first row of a statement without columns.
            connection: Any = db.connection.dbapi_connection
            connection.executescript(statement)
        except sqlite3.OperationalError as error:
            raise Unavailable(f"The database {self.path} cannot be tidied: {error}.") from error
        finally:
            self._connections.give_back(db)

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()

    def _explained(self, error: sa.exc.OperationalError) -> MlflowException:
        text = str(error.orig)
        match text:
            case "database is locked" | "database table is locked":
                why = f"Another process has been writing to it for more than {BUSY_TIMEOUT_S} s."
            case "database or disk is full":
                why = "The disk is full; free some space and try again."
            case "attempt to write a readonly database":
                why = "It cannot be written to; check the permissions of the file and its folder."
            case "unable to open database file":
                why = "It cannot be opened; check that its folder exists and may be written to."
            case _ if text.startswith("disk I/O error"):
                why = "The disk reports an error (disk I/O error)."
            case _:
                return MlflowException(f"The database {self.path}: {text}.")
        return Unavailable(f"The database {self.path}: {why}")


def file_of(url: str) -> str:
    """The file that a URL ``sqlite:///<path>`` names; the path may be percent-encoded."""
    return unquote(url.partition(":///")[2].partition("?")[0])


def sqlite_engine(path: str, durable: bool) -> sa.Engine:
    """An engine on a SQLite file that leaves transactions to its user."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=path),
        poolclass=NullPool,
        connect_args={
            "timeout": BUSY_TIMEOUT_S,
            "check_same_thread": False,  # a connection has one borrower at a time
            "isolation_level": None,  # BEGIN is ours, else reads would not be snapshots
            "cached_statements": 256,
        },
    )
    settings = (
        f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}",
        # As MLflow has it, and as an index can serve it.
        "PRAGMA case_sensitive_like = ON",
        "PRAGMA cache_size = -16000",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA journal_size_limit = 67108864",
    )

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        for setting in settings:
            connection.execute(setting)
        add_functions(connection)

    return engine


def add_functions(connection: Any) -> None:
    """Let SQLite search by regular expressions, without the dangers of SQLAlchemy's way."""
    connection.create_function("regexp", 2, _regexp, deterministic=True)


def _regexp(pattern: str, text: str | None) -> bool | None:
    return None if text is None else is_rlike(text, pattern)
