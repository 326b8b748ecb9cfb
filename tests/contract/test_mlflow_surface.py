"""MLflow's surface, name by name and route by route, as a contract beside the checkout lists it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import kipu
from kipu.testing.server import kipu_server

CONTRACT = Path(os.environ.get("KIPU_CONTRACT", Path(__file__).parents[3] / "shared" / "contract"))
pytestmark = pytest.mark.skipif(
    not CONTRACT.is_dir(), reason=f"there is no contract in {CONTRACT} (KIPU_CONTRACT names it)"
)

# Areas in which names or routes are still to come; what lands is taken out here.
PYTHON_TO_COME: set[str] = set()
REST_TO_COME: set[str] = set()
# Of the rare names (tier 3), those of these areas are promised, too.
WHOLE = {"config", "data", "entities", "env", "exceptions", "types"}


@pytest.fixture(params=["kipu", "mlflow"])
def verdicts(
    request: pytest.FixtureRequest, shim_site: Path, tmp_path: Path
) -> dict[str, dict[str, Any]]:
    """What the checker says of each name, for Kipu and for the shim."""
    told = tmp_path / "verdicts.json"
    source = str(Path(kipu.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, CONTRACT / "check_python_api.py", "--module", request.param, "--quiet",
         "--json", told],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{shim_site}{os.pathsep}{source}"},
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, dict[str, Any]] = json.loads(told.read_text())
    return found


def test_the_python_names_are_there_with_their_signatures(
    verdicts: dict[str, dict[str, Any]],
) -> None:
    names = json.loads((CONTRACT / "python_api.json").read_text())["names"]
    wrong: dict[str, list[str]] = defaultdict(list)
    for entry in names:
        name, area = entry["name"], entry["area"]
        if entry["tier"] == 3 and area not in WHOLE:
            continue
        verdict = verdicts[name]
        if verdict["verdict"] not in ("ok", "default", "skipped"):
            wrong[area].append(f"{name}: {'; '.join(verdict['details'])}")
    unexpected = {area: lines for area, lines in wrong.items() if area not in PYTHON_TO_COME}
    assert unexpected == {}
    assert PYTHON_TO_COME - wrong.keys() == set(), "has landed: take it out of PYTHON_TO_COME"


def test_the_routes_answer_as_mlflows(tmp_path: Path) -> None:
    with kipu_server(tmp_path) as server:
        done = subprocess.run(
            [sys.executable, CONTRACT / "check_rest_api.py", server.uri, "--aliases"],
            capture_output=True, text=True, check=False, timeout=170,
        )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    endpoints = json.loads((CONTRACT / "rest_api.json").read_text())["endpoints"]
    areas = {(one["method"], one["path"]): one["area"] for one in endpoints}
    wrong: dict[str, list[str]] = defaultdict(list)
    for line in done.stdout.splitlines():
        failed = re.match(r"FAIL \w+ +t\d (\w+) (\S+):", line)
        if failed:
            wrong[areas[failed[1], failed[2]]].append(line)
    unexpected = {area: lines for area, lines in wrong.items() if area not in REST_TO_COME}
    assert unexpected == {}
    assert REST_TO_COME - wrong.keys() == set(), "has landed: take it out of REST_TO_COME"
