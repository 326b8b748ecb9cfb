"""A process that has just begun: a working directory of its own, nothing chosen, nothing open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in an empty folder; its ``mlruns`` is the default store."""
    from kipu.client import opening, uris
    from kipu.fluent import active, experiments

    monkeypatch.chdir(tmp_path)
    for name in (
        "TRACKING_URI",
        "REGISTRY_URI",
        "EXPERIMENT_ID",
        "EXPERIMENT_NAME",
        "RUN_ID",
        "ACTIVE_MODEL_ID",
    ):
        for prefix in ("MLFLOW", "KIPU"):
            # Set first, so that what a test writes into the environment is undone, too.
            monkeypatch.setenv(f"{prefix}_{name}", "")
            monkeypatch.delenv(f"{prefix}_{name}")
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(uris, "_tracking_uri", None)
    monkeypatch.setattr(uris, "_registry_uri", None)
    monkeypatch.setattr(experiments, "_chosen", None)
    yield tmp_path
    while active.state.stack:
        active.state.pop()
    active.state.last_run_id = None
    active.state.forget_model()
    opening.close_all()
