"""``kipu gc``."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

import click

_AGE = re.compile(
    r"(?:(?P<days>\d*\.?\d+)d)?(?:(?P<hours>\d*\.?\d+)h)?"
    r"(?:(?P<minutes>\d*\.?\d+)m)?(?:(?P<seconds>\d*\.?\d+)s)?"
)


def _age(_ctx: click.Context, _param: click.Parameter, text: str) -> timedelta:
    """A time span such as ``1d2h3m4s``."""
    found = _AGE.fullmatch(text)
    if not text or found is None:
        raise click.BadParameter(f"{text!r} is no time span; write one such as 30d or 1d2h3m4s.")
    return timedelta(**{unit: float(part) for unit, part in found.groupdict("0").items()})


def _ids(_ctx: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Ids with commas between them."""
    ids = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    if text is not None and not ids:
        raise click.BadParameter("name at least one id.")
    return ids


@click.command()
@click.option(
    "--older-than", callback=_age, default="0s", help="Spare what was deleted since: 30d."
)
@click.option(
    "--backend-store-uri",
    help="The store: a folder or sqlite:///file.db.  [default: the tracking URI, else ./mlruns]",
)
@click.option(
    "--artifacts-destination", envvar="MLFLOW_ARTIFACTS_DESTINATION",
    help="Where the store's server keeps the artifacts that it hands out.",
)  # fmt: skip
@click.option("--run-ids", callback=_ids, help="Only these runs, comma separated.")
@click.option(
    "--experiment-ids", callback=_ids,
    help="Only these experiments, with all of their runs and models.",
)  # fmt: skip
@click.option("--logged-model-ids", callback=_ids, help="Only these logged models.")
@click.option("--tracking-uri", help="The store's server, to remove artifacts through it.")
@click.option("--workspace", hidden=True)
@click.option("--all-workspaces", is_flag=True, help="Accepted for MLflow's sake; there is one.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def gc(
    older_than: timedelta,
    backend_store_uri: str | None,
    artifacts_destination: str | None,
    run_ids: tuple[str, ...],
    experiment_ids: tuple[str, ...],
    logged_model_ids: tuple[str, ...],
    tracking_uri: str | None,
    workspace: str | None,
    all_workspaces: bool,
    dry_run: bool,
) -> None:
    """Remove deleted runs, models and experiments for good, with their artifacts.

    Without any ids it removes everything that is deleted; with some, only what they name. The names
    of removed experiments are free again, and the space goes back to the disk. A server may run on
    the store meanwhile. What an interruption leaves half done, the next gc completes.
    """
    from kipu.client.purge import Kept, Purge
    from kipu.client.uris import get_tracking_uri

    uri = tracking_uri or get_tracking_uri()
    server = uri if urlsplit(uri).scheme in ("http", "https") else None
    purge = Purge(backend_store_uri or uri, artifacts_destination, server)
    deleted_by = time.time_ns() // 1_000_000 - int(older_than.total_seconds() * 1000)
    plan = purge.store.plan_purge(deleted_by, run_ids, experiment_ids, logged_model_ids)
    for sentence in plan.kept:
        click.echo(sentence, err=True)
    if dry_run:
        for kind, some in zip(_KINDS, plan[:3], strict=True):
            for one in some:
                click.echo(f"{_KINDS[kind]} with ID {one.id} would be permanently deleted.")
        return
    stays = 0
    for done in purge.run(plan):
        if isinstance(done, Kept):
            stays += 1
            click.echo(done.sentence, err=True)
        else:
            click.echo(f"{_KINDS[done.kind]} with ID {done.id} has been permanently deleted.")
    click.echo(
        f"Freed {size(purge.artifact_bytes + purge.database_bytes)} of disk: "
        f"{size(purge.artifact_bytes)} of artifacts, {size(purge.database_bytes)} of the database."
    )
    if stays:
        raise click.ClickException(f"{stays} could not be removed; see above, and run gc again.")


_KINDS = {"run": "Run", "logged model": "Logged model", "experiment": "Experiment"}


def size(count: float) -> str:
    """A number of bytes for people."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
