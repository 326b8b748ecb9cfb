"""How errors look on the command line."""

from __future__ import annotations

from typing import Any

import click

from kipu.exceptions import MlflowException


class PlainSpoken(click.Group):
    """Commands whose failure is one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except MlflowException as error:
            raise click.ClickException(error.message) from error
