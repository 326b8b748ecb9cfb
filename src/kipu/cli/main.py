"""The command ``kipu`` itself: which groups there are, and how errors look."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import ClassVar

import click

from kipu.cli.failures import PlainSpoken
from kipu.version import __version__


class Commands(PlainSpoken):
    """Loads a command's module when it is named, so that the others cost nothing."""

    places: ClassVar[dict[str, str]] = {
        "artifacts": "kipu.cli.artifacts:artifacts",
        "db": "kipu.cli.db:db",
        "doctor": "kipu.cli.doctor:doctor",
        "experiments": "kipu.cli.experiments:experiments",
        "gc": "kipu.cli.gc:gc",
        "migrate-filestore": "kipu.cli.migrate:migrate_filestore",
        "models": "kipu.cli.models:models",
        "runs": "kipu.cli.runs:runs",
        "server": "kipu.cli.server:server",
        "sync": "kipu.cli.sync:sync",
        "ui": "kipu.cli.server:ui",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, or None."""
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="kipu")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read settings (NAME=value lines) first; what is set already stays.",
)
def main(env_file: Path | None) -> None:
    """Track machine learning experiments: the whole job of MLflow Tracking, faster and smaller."""
    if env_file:
        _load_env_file(env_file)


def _load_env_file(file: Path) -> None:
    for number, line in enumerate(file.read_text().splitlines(), 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise click.ClickException(f"{file}, line {number}: {line!r} is not NAME=value.")
        os.environ.setdefault(name.strip(), value.strip().strip("'\""))
