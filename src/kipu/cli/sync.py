"""``kipu sync``."""

from __future__ import annotations

from pathlib import Path

import click

from kipu.cli.tables import echo_table


@click.command()
@click.argument("places", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what waits, and send nothing.")
def sync(places: tuple[Path, ...], dry_run: bool) -> None:
    """Send the metric points that wait in journals to their stores.

    Points wait when a training process was killed, or ended while its server was away. PLACES are
    folders of journals; without any, those of this user and of the current tracking URI.
    """
    from kipu.client.sync import replay, waiting_journals

    waiting = waiting_journals(places)
    if not waiting:
        click.echo("Nothing waits: every point is in its store.")
        return
    if dry_run:
        echo_table(
            ["Points", "Target", "Journal"], [(one.points, one.target, one.path) for one in waiting]
        )
        return
    left = 0
    for target, done in replay(waiting):
        click.echo(f"{target}: {done.points} points sent from {done.files} journals.")
        left += done.left
    if left:
        raise click.ClickException(f"{left} points still wait; run `kipu sync` again later.")
