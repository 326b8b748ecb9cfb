"""The page on logged models says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kipu.client import opening

PAGE = Path(__file__).parents[2] / "docs" / "logged-models.md"


def test_every_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"):
        # Set first, so that what the example writes into the environment is undone, too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr("kipu.fluent.experiments._chosen", None)
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert examples
    for example in examples:
        exec(example, {})
    opening.close_all()
