"""What a bug report should say."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from kipu.client.stores import without_credentials
from kipu.client.uris import get_registry_uri, get_tracking_uri
from kipu.fluent.active import active_run
from kipu.version import __version__

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_SECRET = re.compile(r"PASSWORD|TOKEN|SECRET|KEY")
_MASK = "***"


def doctor(mask_envs: bool = False) -> None:
    """Print versions and settings, to be copied into a bug report.

    Passwords and tokens are never printed.

    Args:
        mask_envs: Whether the values of all settings are hidden.
    """
    sys.stdout.write("".join(f"{line}\n" for line in _findings(mask_envs)))


def _findings(mask_envs: bool) -> Iterator[str]:
    yield f"System information: {platform.system()} {platform.version()}"
    yield f"Python version: {platform.python_version()}"
    yield f"Kipu version: {__version__}"
    yield f"Kipu module location: {Path(__file__).parent.parent}"
    yield f"Tracking URI: {_shown(get_tracking_uri())}"
    yield f"Registry URI: {_shown(get_registry_uri())}"
    if (run := active_run()) is not None:
        yield f"Active experiment ID: {run.info.experiment_id}"
        yield f"Active run ID: {run.info.run_id}"
        yield f"Active run artifact URI: {run.info.artifact_uri}"
    yield "Environment variables:"
    for name in sorted(os.environ):
        if name.startswith(("KIPU_", "MLFLOW_")):
            hidden = mask_envs or _SECRET.search(name)
            yield f"  {name}: {_MASK if hidden else _shown(os.environ[name])}"
    yield "Dependencies:"
    for name, version in _dependencies():
        yield f"  {name}: {version}"


def _shown(value: str) -> str:
    return without_credentials(value) if urlsplit(value).scheme in ("http", "https") else value


def _dependencies() -> Iterator[tuple[str, str]]:
    """What Kipu needs or can use and is installed, with its version."""
    from importlib import metadata  # noqa: PLC0415 - takes its time to load

    try:
        needed = metadata.requires("kipu") or []
    except metadata.PackageNotFoundError:  # run from its sources
        needed = []
    names = {found[0] for requirement in needed if (found := _NAME.match(requirement))}
    for name in sorted(names, key=str.lower):
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
