"""Records what a real MLflow server answers: ``python tests/wire/record.py http://127.0.0.1:5000``.

The server must be a scratch one, new and with a SQLite store. Review what changes as a diff.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from model_steps import MODEL_STEPS
from registry_steps import REGISTRY_STEPS
from steps import STEPS, play

GOLDEN = Path(__file__).parent / "golden.json"
MODELS = Path(__file__).parent / "golden_models.json"
REGISTRY = Path(__file__).parent / "golden_registry.json"


def sender(base: str) -> Any:
    def send(method: str, path: str, given: dict[str, Any]) -> tuple[int, Any]:
        data = json.dumps(given).encode() if method != "GET" else None
        query = "?" + urllib.parse.urlencode(given, doseq=True) if method == "GET" else ""
        request = urllib.request.Request(
            base + path + query,
            data,
            {"Content-Type": "application/json"} if data else {},
            method=method,
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    return send


if __name__ == "__main__":
    send = sender(sys.argv[1].rstrip("/"))
    for file, steps in ((GOLDEN, STEPS), (MODELS, MODEL_STEPS), (REGISTRY, REGISTRY_STEPS)):
        recorded = play(send, steps)
        file.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
