"""``kipu runs``."""

from __future__ import annotations

import click
import msgspec

from kipu.cli.searches import all_pages, filtered
from kipu.cli.tables import echo_table, local_time
from kipu.cli.target import client
from kipu.entities import PagedList, Run, ViewType

_id = click.option("--run-id", required=True, help="The run's id.")


@click.group()
def runs() -> None:
    """Make, list, show, delete and restore runs, under the tracking URI of the environment."""


@runs.command("list")
@click.option("--experiment-id", envvar="MLFLOW_EXPERIMENT_ID", required=True, help="Of which.")
@click.option("--view", "-v", default="active_only", help="active_only, deleted_only or all.")
@filtered
def list_runs(
    experiment_id: str,
    view: str,
    filter_string: str | None,
    order_by: tuple[str, ...],
    max_results: int | None,
) -> None:
    """List an experiment's runs, newest first."""
    stage = ViewType.from_string(view)

    def page(wanted: int, token: str | None) -> PagedList[Run]:
        return client().search_runs(
            [experiment_id], filter_string or "", stage, wanted, list(order_by), token
        )

    echo_table(
        ["Date", "Name", "ID"],
        [
            (local_time(run.info.start_time), run.info.run_name, run.info.run_id)
            for run in all_pages(page, max_results)
        ],
    )


@runs.command()
@_id
def describe(run_id: str) -> None:
    """Show a run as JSON."""
    text = msgspec.json.encode(client().get_run(run_id).to_dictionary())
    click.echo(msgspec.json.format(text, indent=4))


@runs.command()
@_id
def delete(run_id: str) -> None:
    """Mark a run deleted; it can be restored."""
    client().delete_run(run_id)
    click.echo(f"Run with ID {run_id} has been deleted.")


@runs.command()
@_id
def restore(run_id: str) -> None:
    """Bring a deleted run back."""
    client().restore_run(run_id)
    click.echo(f"Run with id {run_id} has been restored.")


@runs.command()
@click.option("--experiment-id", envvar="MLFLOW_EXPERIMENT_ID", help="In which, by id.")
@click.option("--experiment-name", envvar="MLFLOW_EXPERIMENT_NAME", help="In which, by name.")
@click.option("--run-name", help="Left out, a random one.")
@click.option("--description", help="The run's note, in Markdown.")
@click.option("--tags", "-t", multiple=True, help="key=value; may be given several times.")
@click.option(
    "--status", type=click.Choice(["FINISHED", "FAILED", "KILLED"], case_sensitive=False),
    default="FINISHED", help="How the run ends.",
)  # fmt: skip
@click.option("--parent-run-id", help="The run it is nested under.")
def create(
    experiment_id: str | None,
    experiment_name: str | None,
    run_name: str | None,
    description: str | None,
    tags: tuple[str, ...],
    status: str,
    parent_run_id: str | None,
) -> None:
    """Make a run and end it at once; prints it as JSON."""
    if (experiment_id is None) == (experiment_name is None):
        raise click.UsageError("Name the experiment: --experiment-id or --experiment-name.")
    pairs: dict[str, str] = {}
    for tag in tags:
        key, equals, value = tag.partition("=")
        if not equals or not key:
            raise click.UsageError(f"The tag {tag!r} is not key=value.")
        if key in pairs:
            raise click.UsageError(f"The tag {key!r} is given twice.")
        pairs[key] = value
    from kipu import fluent

    if experiment_name is not None:
        fluent.set_experiment(experiment_name)
    fluent.start_run(
        experiment_id=experiment_id,
        run_name=run_name,
        tags=pairs or None,
        description=description,
        nested=parent_run_id is not None,
        parent_run_id=parent_run_id,
    )
    run = fluent.active_run()
    fluent.end_run(status)
    if run is not None:
        info = run.info
        fields = {
            "run_id": info.run_id,
            "run_name": info.run_name,
            "experiment_id": info.experiment_id,
            "status": status,
        }
        click.echo(msgspec.json.format(msgspec.json.encode(fields), indent=2))
