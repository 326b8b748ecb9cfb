"""``kipu doctor``."""

from __future__ import annotations

import click


@click.command()
@click.option("--mask-envs", is_flag=True, help="Hide the values of all settings.")
def doctor(mask_envs: bool) -> None:
    """Print versions and settings, to be copied into a bug report."""
    from kipu.fluent import doctor as report

    report.doctor(mask_envs)
