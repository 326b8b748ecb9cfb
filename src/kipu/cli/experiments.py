"""``kipu experiments``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

import click
import msgspec

from kipu.cli.searches import all_pages, filtered
from kipu.cli.tables import echo_table
from kipu.cli.target import client
from kipu.entities import Experiment, PagedList, ViewType

_id = click.option("--experiment-id", "-x", required=True, help="The experiment's id.")


@click.group()
def experiments() -> None:
    """Make, find, rename and delete experiments, under the tracking URI of the environment."""


@experiments.command()
@click.option("--experiment-name", "-n", required=True, help="Its name, not yet taken.")
@click.option("--artifact-location", "-l", help="Where its artifacts go, if not the usual place.")
def create(experiment_name: str, artifact_location: str | None) -> None:
    """Make an experiment."""
    made = client().create_experiment(experiment_name, artifact_location)
    click.echo(f"Created experiment '{experiment_name}' with id {made}")


@experiments.command()
@click.option("--view", "-v", default="active_only", help="active_only, deleted_only or all.")
@filtered
def search(
    view: str, filter_string: str | None, order_by: tuple[str, ...], max_results: int | None
) -> None:
    """List experiments."""
    stage = ViewType.from_string(view)

    def page(wanted: int, token: str | None) -> PagedList[Experiment]:
        return client().search_experiments(stage, wanted, filter_string, list(order_by), token)

    echo_table(
        ["Experiment Id", "Name", "Artifact Location"],
        [
            (one.experiment_id, one.name, one.artifact_location)
            for one in all_pages(page, max_results)
        ],
    )


@experiments.command()
@click.option("--experiment-id", "-x", help="Its id.")
@click.option("--experiment-name", "-n", help="Its name.")
@click.option("--output", type=click.Choice(["json", "table"]), default="table")
def get(experiment_id: str | None, experiment_name: str | None, output: str) -> None:
    """Show one experiment."""
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Name the experiment: --experiment-id or --experiment-name.")
    store = client()
    found = (
        store.get_experiment(experiment_id)
        if experiment_id is not None
        else store.get_experiment_by_name(str(experiment_name))
    )
    if found is None:
        raise click.ClickException(f"There is no experiment named {experiment_name!r}.")
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found.to_dictionary()), indent=2))
        return
    fields = {
        "Experiment ID": found.experiment_id,
        "Name": found.name,
        "Artifact Location": found.artifact_location,
        "Lifecycle Stage": found.lifecycle_stage,
        "Creation Time": found.creation_time or "N/A",
        "Last Update Time": found.last_update_time or "N/A",
        "Tags": ", ".join(f"{key}={value}" for key, value in found.tags.items()),
    }
    for name, value in fields.items():
        click.echo(f"{name:19}: {value}")


@experiments.command()
@_id
def delete(experiment_id: str) -> None:
    """Mark an experiment and its runs deleted; they can be restored."""
    client().delete_experiment(experiment_id)
    click.echo(f"Experiment with ID {experiment_id} has been deleted.")


@experiments.command()
@_id
def restore(experiment_id: str) -> None:
    """Bring a deleted experiment back, with the runs deleted with it."""
    client().restore_experiment(experiment_id)
    click.echo(f"Experiment with id {experiment_id} has been restored.")


@experiments.command()
@_id
@click.option("--new-name", required=True, help="Not yet taken.")
def rename(experiment_id: str, new_name: str) -> None:
    """Give an experiment another name."""
    client().rename_experiment(experiment_id, new_name)
    click.echo(f"Experiment with id {experiment_id} has been renamed to '{new_name}'.")


@experiments.command()
@_id
@click.option("--trace-archival-retention", hidden=True)
@click.option("--clear-trace-archival-retention", is_flag=True, hidden=True)
@click.option("--trace-archive-now", is_flag=True, hidden=True)
@click.option("--trace-archive-now-older-than", hidden=True)
@click.option("--clear-trace-archive-now", is_flag=True, hidden=True)
def update(experiment_id: str, **about_traces: str | bool | None) -> None:
    """Nothing to do: what MLflow's command changes are settings of traces."""
    if any(about_traces.values()):
        raise click.UsageError("Kipu keeps no traces, so there are no settings of them to change.")
    found = client().get_experiment(experiment_id)
    click.echo(f"Experiment with id {found.experiment_id} has no settings to update.")


@experiments.command()
@_id
@click.option("--filename", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where to.")
def csv(experiment_id: str, filename: Path | None) -> None:
    """Write all runs of an experiment as CSV, to standard output or a file."""
    import sys

    from kipu.fluent.search import run_rows

    store = client()
    store.get_experiment(experiment_id)
    columns, rows = run_rows(store, [experiment_id])
    if filename is None:
        _write(sys.stdout, columns, rows)
        return
    with filename.open("w", newline="", encoding="utf-8") as file:
        _write(file, columns, rows)
    click.echo(
        f"Experiment with ID {experiment_id} has been exported as a CSV to file: {filename}."
    )


def _write(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    import csv as writer

    sheet = writer.writer(out)
    sheet.writerow(columns)
    sheet.writerows(rows)
