"""``kipu sync``."""

from __future__ import annotations

from pathlib import Path

import click

from kipu.cli.tables import echo_table


@click.command()
@click.argument("places", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what waits, and send nothing.")
def sync(places: tuple[Path, ...], dry_run: bool) -> None:
    """Send metric points and models that wait on this disk to their stores.

    They wait when a training process was killed, or ended while its server was away. PLACES are
    folders of journals; without any, those of this user and of the current tracking URI.
    """
    from kipu.client.sync import replay, send_models, waiting_journals, waiting_models

    waiting, models = waiting_journals(places), waiting_models(places)
    if not waiting and not models:
        click.echo("Nothing waits: every point is in its store.")
        return
    if dry_run:
        if waiting:
            rows = [(one.points, one.target, one.path) for one in waiting]
            echo_table(["Points", "Target", "Journal"], rows)
        if models:
            sizes = [(one.model_id, one.size, one.target, one.folder) for one in models]
            echo_table(["Model", "Bytes", "Target", "Folder"], sizes)
        return
    left, models_left = 0, 0
    for target, done in replay(waiting):
        click.echo(f"{target}: {done.points} points sent from {done.files} journals.")
        left += done.left
    for target, sent, still in send_models(models):
        click.echo(f"{target}: the files of {sent} models sent.")
        models_left += still
    if left:
        raise click.ClickException(f"{left} points still wait; run `kipu sync` again later.")
    if models_left:
        raise click.ClickException(f"{models_left} models still wait; run `kipu sync` again later.")
