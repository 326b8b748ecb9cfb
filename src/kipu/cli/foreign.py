"""Options of MLflow's server that Kipu has no use for: accepted, with a word, or refused.

What only tunes MLflow's own machinery is passed over. What promises something that users rely on,
such as logins, is refused: a server without it would be a trap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

OPTIONS = [
    click.option("--registry-store-uri", envvar="MLFLOW_REGISTRY_STORE_URI", hidden=True),
    click.option(
        "--read-replica-backend-store-uri", envvar="MLFLOW_READ_REPLICA_BACKEND_STORE_URI",
        hidden=True,
    ),
    click.option("--gunicorn-opts", envvar="MLFLOW_GUNICORN_OPTS", hidden=True),
    click.option("--waitress-opts", hidden=True),
    click.option("--uvicorn-opts", envvar="MLFLOW_UVICORN_OPTS", hidden=True),
    click.option("--dev", is_flag=True, hidden=True),
    click.option("--expose-prometheus", envvar="MLFLOW_EXPOSE_PROMETHEUS", hidden=True),
    click.option("--app-name", hidden=True),
    click.option("--workspace-store-uri", envvar="MLFLOW_WORKSPACE_STORE_URI", hidden=True),
    click.option("--enable-workspaces/--disable-workspaces", default=False, hidden=True),
]  # fmt: skip
NAMES = (
    "registry_store_uri", "read_replica_backend_store_uri", "gunicorn_opts", "waitress_opts",
    "uvicorn_opts", "dev", "expose_prometheus", "app_name", "workspace_store_uri",
    "enable_workspaces",
)  # fmt: skip

_PASSED_OVER = {
    "read_replica_backend_store_uri": "reads and writes go to the one store",
    "gunicorn_opts": "Kipu brings its own server; --workers sets its processes",
    "waitress_opts": "Kipu brings its own server; --workers sets its processes",
    "uvicorn_opts": "Kipu sets its server up by itself; --workers sets its processes",
    "dev": "there is no development mode",
    "expose_prometheus": "there are no Prometheus metrics",
}
_SECRETIVE = ("ssl", "keyfile", "certfile")


def judge(given: Mapping[str, Any], backend_store_uri: str | None) -> None:
    """Say on standard error which of these options are passed over.

    Args:
        given: The options by name, as click gives them.
        backend_store_uri: The store that the server was told to open.

    Raises:
        click.UsageError: One of them asks for something that users would miss.
    """
    if given["app_name"]:
        raise click.UsageError(
            f"--app-name {given['app_name']}: Kipu has no logins yet, and would serve everybody. "
            "Put a proxy that asks for passwords before it."
        )
    if given["enable_workspaces"] or given["workspace_store_uri"]:
        raise click.UsageError(
            "Kipu has one workspace; run a server with a store of its own for each team."
        )
    if given["registry_store_uri"] not in (None, backend_store_uri):
        raise click.UsageError(
            "Kipu keeps the model registry in its one store; leave --registry-store-uri out, or "
            "give it the value of --backend-store-uri."
        )
    for name, why in _PASSED_OVER.items():
        value = given[name]
        option = f"--{name.replace('_', '-')}"
        if value and any(word in str(value) for word in _SECRETIVE):
            raise click.UsageError(
                f"{option} {value!r}: Kipu does not encrypt by itself, and would serve in the "
                "clear. Put a proxy with the certificate before it."
            )
        if value:
            click.echo(f"{option} has no effect: {why}.", err=True)
