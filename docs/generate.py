"""Writes the reference pages that follow from the code: settings and commands.

python docs/generate.py          # write
python docs/generate.py --check  # say whether they are current
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kipu import environment_variables
from kipu.cli.main import main as kipu
from kipu.environment_variables.accepted import ACCEPTED
from kipu.environment_variables.setting import Setting

HERE = Path(__file__).parent


def settings() -> str:
    """The page of environment variables."""
    known = [
        setting
        for setting in vars(environment_variables).values()
        if isinstance(setting, Setting) and setting not in ACCEPTED
    ]
    return (
        "# Settings\n\nRead from the environment at each use. A setting named `MLFLOW_X` may also"
        " be given as `KIPU_X`, which wins.\n\n"
        f"{_table(known, 'meaning')}\n"
        "## Without effect\n\nMLflow obeys these; Kipu accepts them, so that scripts and plug-ins"
        f" that set or read them go on to work.\n\n{_table(ACCEPTED, 'why it has none')}"
    )


def _table(settings: list[Setting[Any]], last: str) -> str:
    head = f"| name | default | {last} |\n|---|---|---|\n"
    rows = (f"| `{one.name}` | `{one.default}` | {one.meaning} |\n" for one in settings)
    return head + "".join(rows)


def commands() -> str:
    """The page of the command line: each command's own help."""
    parts = ["# Commands\n\nEach command says the same with `--help`."]

    def add(command: click.Command, path: str) -> None:
        context = click.Context(command, info_name=path, terminal_width=100)
        parts.append(f"## `{path}`\n\n```text\n{command.get_help(context)}\n```")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found
                add(found, f"{path} {name}")

    add(kipu, "kipu")
    return "\n\n".join(parts) + "\n"


PAGES = {"settings.md": settings, "cli.md": commands}


def stale() -> list[str]:
    """The pages that differ from what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (HERE / name).exists() or (HERE / name).read_text() != page()
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(f"Run `make docs`; out of date: {', '.join(stale())}" if stale() else 0)
    for name, page in PAGES.items():
        (HERE / name).write_text(page())
