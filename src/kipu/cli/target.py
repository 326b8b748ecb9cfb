"""Which store or server the commands speak to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kipu.client import MlflowClient


def client() -> MlflowClient:
    """A client of the tracking URI that the environment names, or of ``./mlruns``."""
    from kipu.client import MlflowClient

    return MlflowClient()
