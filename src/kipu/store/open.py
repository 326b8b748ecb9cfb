"""From a tracking URI to where it leads, and to the store that is there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote, urlsplit

from kipu.environment_variables import KIPU_HOME
from kipu.exceptions import InvalidParameter

if TYPE_CHECKING:
    from kipu.store.sql.store import SqlStore

DATABASE = "kipu.db"
"""The database of a store that is a folder."""

JOURNAL = "journal"
PROXY_ROOT = "mlflow-artifacts:/"

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")
_OTHERS = ("databricks", "databricks-uc", "uc")
_SUPPORTED = (
    "a folder (a path or file: URI), an SQLite database (sqlite:///file.db) or a server "
    "(http:// or https://)"
)


@dataclass(frozen=True)
class Place:
    """Where a tracking URI leads; all paths are absolute.

    Attributes:
        uri: What was asked for.
        kind: What it names.
        database: The file of the database, or the server's address.
        journal: The folder of the journals of this store's clients.
        artifact_root: Where artifacts go by default; a server says so itself.
    """

    uri: str
    kind: Literal["folder", "sqlite", "http"]
    database: str
    journal: Path
    artifact_root: str | None

    @property
    def folder(self) -> Path | None:
        """The folder that holds database and artifacts, if the store is one."""
        return Path(self.database).parent if self.kind == "folder" else None


def locate(uri: str) -> Place:
    """Find out where a tracking URI leads, without going there.

    Raises:
        InvalidParameter: It names nothing that Kipu can open.
    """
    found = _SCHEME.match(uri)
    scheme = found[1].lower() if found else ""
    if not uri.strip() or uri in _OTHERS:
        raise InvalidParameter(f"The tracking URI {uri!r} must name {_SUPPORTED}.")
    match scheme.partition("+")[0]:
        case "" | "file":
            return _folder(uri, scheme)
        case "sqlite":
            return _sqlite(uri)
        case "http" | "https":
            return Place(uri, "http", uri, _journal_of_server(uri), None)
    raise InvalidParameter(
        f"The tracking URI is of the kind {scheme!r}, which Kipu cannot open yet; it can be "
        f"{_SUPPORTED}."
    )


def is_databricks_uri(uri: str | None) -> bool:
    """Whether a URI names Databricks, which Kipu does not speak to."""
    return uri == "databricks" or (uri or "").startswith("databricks:")


def open_store(
    uri: str,
    artifact_root: str | None = None,
    durable: bool = False,
    portable: bool | None = None,
) -> SqlStore:
    """Open the folder or database that a tracking URI names; what is not there is made.

    Args:
        uri: See ``locate``. A server's store is ``kipu.store.rest.RestStore``.
        artifact_root: Where artifacts go by default, if not where ``locate`` says.
        durable: Whether what was acknowledged survives a power cut, not only a crash.
        portable: Whether locations below the root are kept relative to it. Left out, those of a
            folder are, because its artifacts travel with it, also when a server hands them out;
            a server that keeps them elsewhere says False.

    Raises:
        MlflowException: There is something else, or it cannot be opened; the message says what to
            do.
    """
    from kipu.store.sql.store import SqlStore  # noqa: PLC0415 - SQLAlchemy takes its time to load

    place = locate(uri)
    if place.kind == "http":
        raise InvalidParameter(f"{uri!r} is a server; name a folder or sqlite:///file.db.")
    root, home = artifact_root or place.artifact_root or "", None
    if place.folder is not None:
        _check_folder(place.folder)
        home = place.artifact_root
        if portable is None:
            portable = root in (place.artifact_root, PROXY_ROOT)
    return SqlStore(f"sqlite:///{quote(place.database)}", root, durable, bool(portable), home)


def upgrade_store(uri: str) -> tuple[str | None, str]:
    """Bring a store's database up to date; its schema before, None where it was made, and now.

    Raises:
        InvalidParameter: The URI is a server's.
        MlflowException: The database is another program's, or of a newer Kipu.
    """
    from kipu.store.sql.schema import REVISIONS, revision_of  # noqa: PLC0415 - as above

    place = locate(uri)
    before = None if place.kind == "http" else revision_of(place.database)
    open_store(uri).close()
    return before, REVISIONS[-1]


def _folder(uri: str, scheme: str) -> Place:
    path = _file_path(uri) if scheme else uri
    folder = os.path.abspath(path)
    database = os.path.join(folder, DATABASE)
    return Place(uri, "folder", database, Path(folder, JOURNAL), folder)


def _file_path(uri: str) -> str:
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        raise InvalidParameter(
            f"The file URI {uri!r} names the host {parts.netloc!r}; a folder of this machine has "
            "three slashes, as in file:///home/me/mlruns."
        )
    return unquote(parts.path)


def _sqlite(uri: str) -> Place:
    _, slashes, rest = uri.partition(":///")
    path = unquote(rest.partition("?")[0])
    if not slashes or path in ("", ":memory:"):
        raise InvalidParameter(
            f"The tracking URI {uri!r} names no file; write sqlite:///relative/file.db or "
            "sqlite:////absolute/file.db."
        )
    database = os.path.abspath(path)
    return Place(uri, "sqlite", database, Path(f"{database}.{JOURNAL}"), os.path.abspath("mlruns"))


def _journal_of_server(uri: str) -> Path:
    parts = urlsplit(uri)
    address = parts.netloc.rpartition("@")[2].lower()  # without credentials
    name = re.sub(r"[^a-z0-9.-]+", "-", address)
    digest = blake2b(f"{address}{parts.path.rstrip('/')}".encode(), digest_size=6).hexdigest()
    home = KIPU_HOME.get() or os.path.join(
        os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state"), "kipu"
    )
    return Path(os.path.abspath(home), JOURNAL, f"{name}-{digest}")


def _check_folder(folder: Path) -> None:
    """Refuse what is no folder of Kipu and cannot become one."""
    if (folder / DATABASE).exists():
        return
    if folder.exists() and not folder.is_dir():
        raise InvalidParameter(
            f"{folder} is a file, not a folder; if it is a database, write sqlite:///{folder}."
        )
    if any(entry.parent.name.isdigit() for entry in folder.glob("*/meta.yaml")):
        raise InvalidParameter(
            f"{folder} holds runs in MLflow's own file layout; it was left untouched. Copy it with "
            f"`kipu migrate-filestore --source {folder} --target FOLDER`, or name another folder."
        )
