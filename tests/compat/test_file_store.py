"""A file store that MLflow wrote holds the same once it was copied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kipu.cli import main

pytestmark = pytest.mark.compat

SCRIPT = Path(__file__).parent / "file_store.py"
LARGEST = sys.float_info.max


def script(python: str, *words: str, **environment: str) -> str:
    return subprocess.run(
        [python, "-W", "ignore", str(SCRIPT), *words],
        env=os.environ | {"DO_NOT_TRACK": "true"} | environment,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout


def told(text: str) -> Any:
    """What the script told; a NaN equals itself."""
    return json.loads(text, parse_constant=str)


@pytest.mark.parametrize("target", ["folder", "sqlite"])
def test_a_copied_file_store_holds_what_mlflow_reads_in_it(
    official_python: str, tmp_path: Path, target: str
) -> None:
    source = tmp_path / "mlruns"
    script(official_python, "make", str(source))
    before = told(script(official_python, "tell", str(source)))
    uri = str(tmp_path / "kipu") if target == "folder" else f"sqlite:///{tmp_path}/kipu.db"
    done = CliRunner().invoke(main, ["migrate-filestore", "--source", str(source), "--target", uri])
    assert done.exit_code == 0, done.output
    after = told(script(sys.executable, "tell", uri, TELL_WITH="kipu"))
    # What differs: MLflow reads a line with a data set back with step 0, though it wrote 7, and
    # a SQL store has the largest double for an infinity.
    (run,) = (one for one in before["runs"].values() if one["info"]["run_name"] == "one")
    run["history"]["acc"][0][2] = 7
    assert run["metrics"].pop("inf") == run["history"]["inf"][0].pop(1) == "-Infinity"
    (copy,) = (one for one in after["runs"].values() if one["info"]["run_name"] == "one")
    assert copy["metrics"].pop("inf") == copy["history"]["inf"][0].pop(1) == -LARGEST
    assert after == before
    assert [len(run["history"]["loss"]), len(before["runs"]), len(before["models"])] == [50, 4, 1]
    assert run["artifacts"] == ["notes"]
    assert len(before["experiments"]) == 3
    assert len(before["versions"]) == 2
