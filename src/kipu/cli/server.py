"""``kipu server`` and ``kipu ui``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kipu.cli import foreign

F = TypeVar("F", bound=Callable[..., Any])


def _options(command: F) -> F:
    """What both commands take, in the order of the help page."""
    for option in reversed([*_OPTIONS, *foreign.OPTIONS]):
        command = option(command)
    return command


_OPTIONS = [
    click.option(
        "--host", "-h", envvar="MLFLOW_HOST", default="127.0.0.1", show_default=True,
        help="Address to listen on; 0.0.0.0 for all of the machine's.",
    ),
    click.option(
        "--port", "-p", envvar="MLFLOW_PORT", type=int, default=5000, show_default=True,
        help="Port to listen on.",
    ),
    click.option(
        "--backend-store-uri", envvar="MLFLOW_BACKEND_STORE_URI",
        help="Where runs are kept: a folder or sqlite:///file.db.  [default: ./mlruns]",
    ),
    click.option(
        "--default-artifact-root", envvar="MLFLOW_DEFAULT_ARTIFACT_ROOT",
        help="Where new experiments keep artifacts, if not behind this server.",
    ),
    click.option(
        "--serve-artifacts/--no-serve-artifacts", envvar="MLFLOW_SERVE_ARTIFACTS", default=True,
        show_default=True, help="Whether clients reach artifacts through this server.",
    ),
    click.option(
        "--artifacts-only", envvar="MLFLOW_ARTIFACTS_ONLY", is_flag=True,
        help="Serve artifacts and nothing else.",
    ),
    click.option(
        "--artifacts-destination", envvar="MLFLOW_ARTIFACTS_DESTINATION",
        help="Where the server keeps its artifacts.  [default: beside the runs in a folder store,"
        " else ./mlartifacts]",
    ),
    click.option(
        "--workers", "-w", envvar="MLFLOW_WORKERS", type=int, default=1, show_default=True,
        help="Processes; one is enough for most teams.",
    ),
    click.option("--static-prefix", envvar="MLFLOW_STATIC_PREFIX", help="Prefix of all paths."),
    click.option(
        "--allowed-hosts", envvar="MLFLOW_SERVER_ALLOWED_HOSTS",
        help="Host headers to accept, comma separated with wildcards; * for all.",
    ),
    click.option(
        "--cors-allowed-origins", envvar="MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
        help="Foreign pages that may call, comma separated; * for all.",
    ),
    click.option(
        "--x-frame-options", envvar="MLFLOW_SERVER_X_FRAME_OPTIONS", default="SAMEORIGIN",
        show_default=True, help="SAMEORIGIN, DENY or NONE.",
    ),
    click.option(
        "--disable-security-middleware", envvar="MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE",
        is_flag=True, help="Check neither Host nor Origin.",
    ),
]  # fmt: skip


@click.command()
@_options
def server(**settings: Any) -> None:
    """Serve the REST API and the UI for a team, or for this machine.

    Other options of ``mlflow server`` are accepted with a word where they have no effect here, and
    refused where a user would rely on them: logins, workspaces, encryption.
    """
    _serve(settings)


@click.command()
@_options
def ui(**settings: Any) -> None:
    """Look at the runs of ./mlruns in the browser (the same as ``kipu server``)."""
    _serve(settings)


def _serve(settings: dict[str, Any]) -> None:
    others = {name: settings.pop(name) for name in foreign.NAMES}
    foreign.judge(others, settings["backend_store_uri"])
    if settings["artifacts_only"] and settings["backend_store_uri"]:
        raise click.UsageError("A server with --artifacts-only has no --backend-store-uri.")
    from kipu.server.serve import ServerSettings, serve

    serve(ServerSettings(**settings))
