"""What the routes find in the application: the store, the artifacts, the settings."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request

from kipu.blobs.interface import BlobStore
from kipu.blobs.uploads import Uploads
from kipu.exceptions import Unavailable
from kipu.server.settings import ServerSettings
from kipu.service.tracking import TrackingService


class State(NamedTuple):
    """One server's parts.

    ``artifact_roots`` are the local folders whose files clients may reach; ``store_kind`` is what
    the store is called to clients; ``uploads`` takes large artifacts in parts, where these lie on a
    local disk.
    """

    tracking: TrackingService | None
    artifacts: BlobStore | None
    settings: ServerSettings
    artifact_roots: tuple[Path, ...] = ()
    store_kind: str = "sqlite"
    uploads: Uploads | None = None

    def close(self) -> None:
        """Let go of the store."""
        if self.tracking is not None:
            self.tracking.close()


def state(request: Request) -> State:
    """The parts of the server that got this request."""
    found: State = request.app.state.kipu
    return found


def tracking(request: Request) -> TrackingService:
    """The tracking service.

    Raises:
        Unavailable: This server has artifacts only.
    """
    found = state(request).tracking
    if found is None:
        raise Unavailable("This server keeps artifacts only (--artifacts-only), no runs.")
    return found


def artifacts(request: Request) -> BlobStore:
    """The artifact store behind the proxy.

    Raises:
        Unavailable: This server serves no artifacts.
    """
    found = state(request).artifacts
    if found is None:
        raise Unavailable(
            "This server serves no artifacts (--no-serve-artifacts); read them where they lie."
        )
    return found
