"""What a server is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServerSettings:
    """Settings of ``kipu server``, named as its options.

    ``backend_store_uri``, ``default_artifact_root`` and ``artifacts_destination`` that are left
    out lie in the folder ``mlruns`` of the working directory. Lists are comma separated.
    """

    host: str = "127.0.0.1"
    port: int = 5000
    backend_store_uri: str | None = None
    default_artifact_root: str | None = None
    artifacts_destination: str | None = None
    serve_artifacts: bool = True
    artifacts_only: bool = False
    workers: int = 1
    static_prefix: str | None = None
    allowed_hosts: str | None = None
    cors_allowed_origins: str | None = None
    x_frame_options: str = "SAMEORIGIN"
    disable_security_middleware: bool = False

    @property
    def prefix(self) -> str:
        """The prefix of all paths: empty, or with a slash before and none behind."""
        bare = (self.static_prefix or "").strip("/")
        return f"/{bare}" if bare else ""
