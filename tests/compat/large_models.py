"""Logs a large model twice, reads it, and prints what became of it: TRACKER URI."""

import hashlib
import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ["KIPU_BACKGROUND_UPLOAD_BYTES"] = "1000000"
tracker = importlib.import_module(sys.argv[1])
models = importlib.import_module(f"{sys.argv[1]}.models")
DATA = hashlib.shake_128(b"weights").digest(3_000_000)


def save_model(path: str, mlflow_model: Any) -> None:
    """Do what a flavor does."""
    Path(path, "data").mkdir(parents=True)
    Path(path, "data", "weights.bin").write_bytes(DATA)
    mlflow_model.add_flavor("weights")
    mlflow_model.save(os.path.join(path, "MLmodel"))


flavor = ModuleType("weights")
flavor.save_model = save_model  # type: ignore[attr-defined]
tracker.set_tracking_uri(sys.argv[2])
with tracker.start_run():
    uris = [models.Model.log(None, flavor, name="large").model_uri for _ in range(2)]
found = []
for uri in uris:
    folder = Path(tracker.artifacts.download_artifacts(uri))
    status = str(tracker.get_logged_model(uri.removeprefix("models:/")).status)
    found.append([status, (folder / "data/weights.bin").read_bytes() == DATA])
print(json.dumps({"found": found}))
