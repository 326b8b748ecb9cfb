"""What does ``autolog()`` add to training?

python benchmarks/autolog.py                            # Kipu, in this interpreter
python benchmarks/autolog.py --mlflow path/to/python    # and MLflow, in that one, with the ratio

Tells wall time and, steadier on a busy machine, time of all processors, child processes included.
Each case is trained without logging, with logging but without models, and with models. In the last,
MLflow starts an interpreter to find a model's requirements, about 12 s; Kipu does it in place.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

Told = dict[str, dict[str, tuple[float, float]]]
"""Wall and processor seconds, by case and setting."""

SETTINGS: dict[str, dict[str, Any]] = {
    "without models": {"log_models": False},
    "with models": {"log_models": True},
}


def cases() -> dict[str, tuple[Callable[[], Any], dict[str, Any]]]:
    """What is trained, and further options of autolog."""
    x, y = make_classification(1000, 20, random_state=0)

    def search() -> None:
        grid = {"max_depth": [1, 2, 3, 4], "min_samples_leaf": list(range(1, 51))}
        tree = DecisionTreeClassifier(random_state=0)
        GridSearchCV(tree, grid, cv=3).fit(x[:300], y[:300])

    return {
        "LogisticRegression": (lambda: LogisticRegression().fit(x, y), {}),
        "RandomForestClassifier": (
            lambda: RandomForestClassifier(50, random_state=0).fit(x, y),
            {},
        ),
        "GridSearchCV, 200 candidates, 5 runs": (search, {"max_tuning_runs": 5}),
        "GridSearchCV, 200 candidates, 200 runs": (search, {"max_tuning_runs": None}),
    }


def seconds(train: Callable[[], Any], times: int) -> tuple[float, float]:
    """The medians of wall and processor time."""
    wall, busy = [], []
    for _ in range(times):
        began, worked = perf_counter(), _processor_s()
        train()
        wall.append(perf_counter() - began)
        busy.append(_processor_s() - worked)
    return statistics.median(wall), statistics.median(busy)


def _processor_s() -> float:
    return sum(os.times()[:4])


def measure(module: str) -> Told:
    """Seconds by case and by how it was logged."""
    warnings.simplefilter("ignore")
    tracker: Any = importlib.import_module(module)
    sklearn: Any = importlib.import_module(f"{module}.sklearn")
    logging.disable(logging.WARNING)
    tracker.set_tracking_uri(f"sqlite:///{Path.cwd()}/store.db")
    result: Told = {}
    for name, (train, options) in cases().items():
        train()
        told = {"bare": seconds(train, 5)}
        for setting, more in SETTINGS.items():
            slow = module == "mlflow" and more["log_models"]
            sklearn.autolog(silent=True, **options, **more)
            if not slow:
                train()
            told[setting] = seconds(train, 1 if slow else 3)
            sklearn.autolog(disable=True)
        result[name] = told
    return result


def run(python: str, module: str) -> Told:
    """Measure in an interpreter of its own, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"OMP_NUM_THREADS": "1", "DO_NOT_TRACK": "true", "MPLBACKEND": "Agg"}
        if module == "mlflow":
            own["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
        done = subprocess.run(
            [python, str(Path(__file__).resolve()), "--measure", module, f"{folder}/told.json"],
            cwd=folder, env=os.environ | own, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0
        told: Told = json.loads(Path(folder, "told.json").read_text())
        return told


def main() -> None:
    """Print milliseconds that logging adds, and what part of MLflow's that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mlflow", metavar="PYTHON", help="an interpreter that has MLflow")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        Path(given.measure[1]).write_text(json.dumps(measure(given.measure[0])))
        return
    ours = run(sys.executable, "kipu")
    theirs = run(given.mlflow, "mlflow") if given.mlflow else {}
    heads = ("Kipu, wall", "processor", "MLflow, wall", "processor", "ratio", "ratio")
    print(f"{'ms added to':52}", *(f"{head:>12}" for head in heads))
    for name, told in ours.items():
        for setting in SETTINGS:
            added = _added(told, setting)
            cells = [f"{ms:12.0f}" for ms in added]
            if name in theirs:
                other = _added(theirs[name], setting)
                cells += [f"{ms:12.0f}" for ms in other]
                cells += [f"{one / two:12.3f}" for one, two in zip(added, other, strict=True)]
            print(f"{f'{name}, {setting}':52}", *cells)


def _added(told: dict[str, tuple[float, float]], setting: str) -> list[float]:
    return [(logged - bare) * 1e3 for logged, bare in zip(told[setting], told["bare"], strict=True)]


if __name__ == "__main__":
    main()
