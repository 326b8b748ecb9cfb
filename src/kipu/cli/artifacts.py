"""``kipu artifacts``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kipu.cli.failures import PlainSpoken
from kipu.cli.target import client

_run = click.option("--run-id", "-r", required=True, help="The run's id.")
_path = click.option("--artifact-path", "-a", help="Below the run's artifact root.")


@click.group(cls=PlainSpoken)
def artifacts() -> None:
    """Put, list and get the files of runs, under the tracking URI of the environment."""


@artifacts.command("log-artifact")
@click.option(
    "--local-file", "-l", required=True, help="What to upload.",
    type=click.Path(exists=True, dir_okay=False),
)  # fmt: skip
@_run
@_path
def log_artifact(local_file: str, run_id: str, artifact_path: str | None) -> None:
    """Upload a file to a run."""
    client().log_artifact(run_id, local_file, artifact_path)
    click.echo(
        f"Logged artifact from local file {local_file} to artifact_path={artifact_path}", err=True
    )


@artifacts.command("log-artifacts")
@click.option(
    "--local-dir", "-l", required=True, help="The folder to upload.",
    type=click.Path(exists=True, file_okay=False),
)  # fmt: skip
@_run
@_path
def log_artifacts(local_dir: str, run_id: str, artifact_path: str | None) -> None:
    """Upload all files of a folder to a run."""
    client().log_artifacts(run_id, local_dir, artifact_path)
    click.echo(
        f"Logged artifact from local dir {local_dir} to artifact_path={artifact_path}", err=True
    )


@artifacts.command("list")
@_run
@_path
def list_artifacts(run_id: str, artifact_path: str | None) -> None:
    """List a run's files as JSON."""
    found = client().list_artifacts(run_id, artifact_path)
    # Letter for letter what MLflow prints: other languages' clients read it.
    click.echo(f"[{', '.join(_entry(file.to_dictionary()) for file in found)}]")


@artifacts.command()
@click.option("--run-id", "-r", help="The run's id.")
@click.option("--artifact-path", "-a", help="Below the run's artifact root.")
@click.option("--artifact-uri", "-u", help="Instead of both: runs:/, mlflow-artifacts:/, a path.")
@click.option("--dst-path", "-d", type=click.Path(path_type=Path), help="Where to.")
def download(
    run_id: str | None, artifact_path: str | None, artifact_uri: str | None, dst_path: Path | None
) -> None:
    """Download a file or folder, and print where it is now."""
    from kipu.fluent.downloads import download_artifacts

    if (run_id is None) == (artifact_uri is None):
        raise click.UsageError("Name the run (--run-id) or the artifact (--artifact-uri).")
    if artifact_uri is not None and artifact_path is not None:
        raise click.UsageError("--artifact-path goes with --run-id.")
    place = download_artifacts(
        artifact_uri=artifact_uri,
        run_id=run_id,
        artifact_path=(artifact_path or "") if run_id else None,
        dst_path=str(dst_path) if dst_path else None,
    )
    click.echo(place)


def _entry(fields: dict[str, object]) -> str:
    return json.dumps({key: value for key, value in fields.items() if value is not None}, indent=2)
