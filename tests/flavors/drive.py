"""Runs a script of this folder with whatever is named ``mlflow``, and tells what came of it.

drive.py models save SCRIPT FOLDER OUT
drive.py models answers SCRIPT FOLDER OUT
drive.py train SCRIPT OUT
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def main(what: str, *given: str) -> None:
    """Do it, and write JSON to the last argument."""
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{Path.cwd()}/store.db")
    if not os.environ.get("INFER") and not hasattr(mlflow, "__kipu__"):
        leave_requirements(mlflow)
    result = models(*given[:-1]) if what == "models" else train(given[0])
    Path(given[-1]).write_text(json.dumps(result))


def models(step: str, script: str, folder: str) -> dict[str, Any]:
    """Save the models of a case file and describe them, or load them and tell their answers."""
    from snapshot import saved_model

    case = runpy.run_path(str(HERE / script))
    place = Path(folder)
    if step == "save":
        place.mkdir(parents=True, exist_ok=True)
        case["save"](place)
        return {one.name: saved_model(one) for one in sorted(place.iterdir())}
    told = {}
    for one in sorted(place.iterdir()):
        try:
            told[one.name] = case["answers"](place, one.name)
        except Exception as error:
            import traceback

            told[one.name] = {"not loaded": repr(error), "at": traceback.format_exc()[-1500:]}
    return told


def train(script: str) -> dict[str, Any]:
    """Run a training script, and tell what the store holds afterwards."""
    runpy.run_path(str(HERE / script), run_name="__main__")
    import mlflow
    from snapshot import snapshot

    if mlflow.active_run():
        mlflow.end_run()
    return snapshot()


def leave_requirements(mlflow: Any) -> None:
    """Take the default requirements; MLflow starts an interpreter to find more."""
    import mlflow.models

    def defaults(*_: Any, fallback: list[str] | None = None, **__: Any) -> list[str]:
        return list(fallback or ())

    if "site-packages" in mlflow.__file__:
        mlflow.models.infer_pip_requirements = defaults


if __name__ == "__main__":
    main(*sys.argv[1:])
