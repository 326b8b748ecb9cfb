"""``kipu db``."""

from __future__ import annotations

import click


@click.group()
def db() -> None:
    """Look after a tracking database."""


@db.command()
@click.argument("url")
def upgrade(url: str) -> None:
    """Bring the database at URL up to the schema of this Kipu, or make it.

    URL is sqlite:///file.db, or the folder of a store. Copy it before, as before any migration. All
    of it happens in one transaction: what is broken off leaves the database as it was. A database
    of MLflow's is refused untouched.
    """
    from kipu.store.open import upgrade_store

    before, now = upgrade_store(url)
    if before is None:
        click.echo(f"Made a new database with schema {now}.")
    elif before == now:
        click.echo(f"The database is up to date: it has schema {now}.")
    else:
        click.echo(f"Upgraded the database from schema {before} to {now}.")


@db.command("migrate-to-default-workspace")
@click.argument("url")
@click.option("--dry-run/--no-dry-run", default=False, help="Accepted for MLflow's sake.")
@click.option("--verbose", "-v", is_flag=True, help="Accepted for MLflow's sake.")
@click.option("--yes", "-y", is_flag=True, help="Accepted for MLflow's sake.")
def migrate_to_default_workspace(url: str, dry_run: bool, verbose: bool, yes: bool) -> None:
    """Nothing to do: a database of Kipu's has one workspace."""
    click.echo("No rows need to be moved: a database of Kipu's has one workspace.")
