"""What a database holds when it is opened: made if fresh, moved forward if old, else refused."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from kipu.exceptions import MlflowException, Unavailable
from kipu.store.sql.tables import experiments, metadata
from kipu.store.sql.writer import BUSY_TIMEOUT_S

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every schema that Kipu ever had, oldest first; the last one is today's."""

_version = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def prepare(engine: sa.Engine, path: str, default_location: str) -> None:
    """Leave today's schema in the database, with the experiment ``Default``.

    Args:
        engine: Opens the database.
        path: Its file.
        default_location: Where the artifacts of ``Default`` go if it must be made.

    Raises:
        MlflowException: The file is something else, or of a newer Kipu.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        with engine.connect() as db:
            revision = _revision(db, path)
            if revision is None:
                with _alone(path):
                    _create(db, path, default_location)
            elif revision != REVISIONS[-1]:
                with _alone(path):
                    _migrate(db, path)
    except sa.exc.OperationalError as error:
        raise _cannot_open(path, error) from error
    except sa.exc.DatabaseError as error:
        raise _no_database(path) from error


def revision_of(path: str) -> str | None:
    """The schema of a file, None where it is empty or not there.

    Raises:
        MlflowException: The file is something else, or of a newer Kipu.
    """
    if not os.path.exists(path):
        return None
    engine = sa.create_engine(sa.URL.create("sqlite", database=path), poolclass=sa.pool.NullPool)
    try:
        with engine.connect() as db:
            return _revision(db, path)
    except sa.exc.OperationalError as error:
        raise _cannot_open(path, error) from error
    except sa.exc.DatabaseError as error:
        raise _no_database(path) from error


def _cannot_open(path: str, error: sa.exc.OperationalError) -> Unavailable:
    return Unavailable(f"The database {path} cannot be opened: {error.orig}.")


def _no_database(path: str) -> MlflowException:
    return MlflowException(
        f"{path} is not a database; name another file, or move it out of the way."
    )


def _revision(db: sa.Connection, path: str) -> str | None:
    """The schema that the database has, None while it has none."""
    rows = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    tables = {name for (name,) in rows}
    if not tables:
        return None
    if "run_directory" not in tables:
        raise MlflowException(_stranger(db, path, tables))
    revision = str(db.scalar(sa.select(_version.c.version_num)))
    if revision not in REVISIONS:
        raise MlflowException(
            f"The database {path} was written by a newer Kipu (its schema is {revision}, this Kipu "
            f"knows {REVISIONS[-1]}); upgrade Kipu to open it."
        )
    return revision


def _stranger(db: sa.Connection, path: str, tables: set[str]) -> str:
    if {"runs", "experiments"} <= tables:
        columns = db.exec_driver_sql("SELECT name FROM pragma_table_info('runs')")
        if ("run_uuid",) in columns.all():
            return (
                f"The database {path} belongs to MLflow and was left untouched; a future "
                "'kipu import' will copy it, until then name another file for Kipu."
            )
    return (
        f"The database {path} belongs to another program (its tables: "
        f"{', '.join(sorted(tables)[:5])}) and was left untouched; name another file."
    )


def _create(db: sa.Connection, path: str, default_location: str) -> None:
    db.rollback()
    # Before there is any table, or it never takes effect; WAL writes the first page.
    db.exec_driver_sql("PRAGMA auto_vacuum = INCREMENTAL")
    _use_wal(db)
    db.rollback()
    db.exec_driver_sql("BEGIN IMMEDIATE")
    if _revision(db, path) is None:  # nobody was faster
        metadata.create_all(db, checkfirst=False)
        _version.create(db, checkfirst=False)
        db.execute(_version.insert().values(version_num=REVISIONS[-1]))
        now = time.time_ns() // 1_000_000
        db.execute(
            experiments.insert().values(
                experiment_id=0,
                name="Default",
                artifact_location=default_location,
                lifecycle_stage="active",
                creation_time=now,
                last_update_time=now,
            )
        )
    db.commit()


def _use_wal(db: sa.Connection) -> None:
    """Switch to write-ahead logging; SQLite does not wait here for those who look in, so do it."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            if db.exec_driver_sql("PRAGMA journal_mode = WAL").scalar() == "wal":
                return
        except sa.exc.OperationalError:
            if time.monotonic() > deadline:
                raise
        if time.monotonic() > deadline:
            raise Unavailable(
                "The file system of the database does not support SQLite's write-ahead log; put "
                "the database on a local disk."
            )
        time.sleep(0.005)


def _migrate(db: sa.Connection, path: str) -> None:
    from kipu.store.sql.migrations.run import upgrade  # noqa: PLC0415 - alembic is slow to load

    db.rollback()
    db.exec_driver_sql("BEGIN IMMEDIATE")
    if _revision(db, path) != REVISIONS[-1]:
        upgrade(db)
    db.commit()


@contextlib.contextmanager
def _alone(path: str) -> Iterator[None]:
    """Keep other processes from making or changing the schema of the same file meanwhile.

    Where the file system has no locks, the transaction alone must do.
    """
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    folder = os.open(Path(path).parent, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
