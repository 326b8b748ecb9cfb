"""The programs of ``docs/tracking.md`` run as they stand, with ``import mlflow`` from the shim."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tracking.md").read_text()
PROGRAMS = re.findall(r"^## (.+?)\n.*?```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.M | re.S)


def test_every_program_says_what_it_prints() -> None:
    assert len(PROGRAMS) == PAGE.count("```python") == PAGE.count("\n## ")


@pytest.mark.parametrize(("title", "program", "printed"), PROGRAMS, ids=[p[0] for p in PROGRAMS])
def test_program_prints_what_the_page_shows(
    title: str, program: str, printed: str, tmp_path: Path
) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "KIPU_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": os.pathsep.join([str(ROOT / "shim/src"), str(ROOT / "src")])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == printed
