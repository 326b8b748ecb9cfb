"""``kipu migrate-filestore``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("migrate-filestore")
@click.option(
    "--source", required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The mlruns that MLflow wrote, or the folder in which it lies.",
)  # fmt: skip
@click.option(
    "--target", required=True,
    help="A store of Kipu's that is new or empty: a folder or sqlite:///file.db.",
)  # fmt: skip
@click.option("--progress/--no-progress", default=True, help="Say what came of each experiment.")
def migrate_filestore(source: Path, target: str, progress: bool) -> None:
    """Copy a folder in MLflow's file layout into a store of Kipu's.

    Experiments, runs and models keep their ids, names, times and tags; deleted ones stay deleted.
    Artifacts stay where they are, and the source is only read. What is damaged is named with its
    reason on standard error, and the rest is copied: then the exit code is 1. A copy that was
    broken off goes on when it is started again; what is there already is passed over.
    """
    from kipu.migration.filestore import FileStore
    from kipu.store.open import open_store

    left_out = 0

    def report(path: Path, reason: str) -> None:
        nonlocal left_out
        left_out += 1
        click.echo(f"{path}: {reason}", err=True)

    files = FileStore(source, report)
    store = open_store(target)
    experiments = runs = models = present = 0
    try:
        for done in files.copy(store):
            experiments += done.id is not None
            runs, models = runs + done.runs, models + done.models
            present += done.present
            if progress and done.id is not None:
                click.echo(
                    f"{done.name} ({done.id}): {done.runs} runs and {done.models} logged models"
                )
            elif progress:
                click.echo(f"Model registry: {done.models} registered models")
    finally:
        store.close()
    click.echo(
        f"Copied {runs} runs and {models} models of {experiments} experiments to {target}."
        + (f" {present} more were there already." if present else "")
    )
    if left_out:
        raise click.ClickException(f"{left_out} pieces could not be copied; they are named above.")
