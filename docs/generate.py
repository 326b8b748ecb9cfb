"""Writes the reference pages that follow from the code: settings and commands.

python docs/generate.py          # write
python docs/generate.py --check  # say whether they are current
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kipu import environment_variables
from kipu.cli.main import main as kipu

HERE = Path(__file__).parent


def settings() -> str:
    """The page of environment variables."""
    rows = [
        f"| `{setting.name}` | `{setting.default}` | {setting.meaning} |"
        for setting in vars(environment_variables).values()
        if isinstance(setting, environment_variables.Setting)
    ]
    head = (
        "# Settings\n\nRead from the environment at each use. A setting named `MLFLOW_X` may also"
        " be given as `KIPU_X`, which wins.\n\n| name | default | meaning |\n|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


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
