"""The whole store on a database."""

from __future__ import annotations

from kipu.store.sql.adopt import SqlAdoption
from kipu.store.sql.deliveries import SqlDeliveries
from kipu.store.sql.ended_runs import SqlEndedRuns
from kipu.store.sql.engine import Database
from kipu.store.sql.links import SqlLinks
from kipu.store.sql.locations import Locations
from kipu.store.sql.logged_models import SqlLoggedModels
from kipu.store.sql.model_versions import SqlModelVersions
from kipu.store.sql.names import Names
from kipu.store.sql.purge import SqlPurge
from kipu.store.sql.registered_models import SqlRegisteredModels
from kipu.store.sql.runs import SqlRuns
from kipu.store.sql.schema import prepare
from kipu.store.sql.searches import SqlSearches
from kipu.store.sql.views import SqlViews
from kipu.store.sql.webhooks import SqlWebhooks


class SqlStore(
    SqlSearches,
    SqlRuns,
    SqlEndedRuns,
    SqlLinks,
    SqlLoggedModels,
    SqlRegisteredModels,
    SqlModelVersions,
    SqlViews,
    SqlWebhooks,
    SqlDeliveries,
    SqlPurge,
    SqlAdoption,
):
    """Keeps ``BackingStore``'s promises on a database that SQLAlchemy opens; today on SQLite.

    Args:
        url: ``sqlite:///`` and the path of the file, which is made if it is not there.
        artifact_root: Absolute path or URI below which experiments without a location of their own
            keep their artifacts.
        durable: Whether what was acknowledged survives a power cut, not only a crash.
        portable: Whether locations below the root are kept relative to it, because the artifacts
            travel with the database.
        home: See ``Locations``.

    Raises:
        MlflowException: The database is another program's, or of a newer Kipu.
        Unavailable: It cannot be opened.
    """

    def __init__(
        self,
        url: str,
        artifact_root: str,
        durable: bool = False,
        portable: bool = False,
        home: str | None = None,
    ) -> None:
        self._locations = Locations(artifact_root, portable, home)
        self._names = Names()
        self._places: dict[str, tuple[int, int]] = {}
        self._homes: dict[int, str] = {}
        self._database = Database(url, durable)
        prepare(self._database.engine, self._database.path, self._locations.of_new_experiment("0"))

    def close(self) -> None:
        """Close all connections; the database folds its write-ahead log into the file."""
        self._database.close()
