"""Walk through all steps with a client on a server; prints the outcomes as JSON.

python take_walk.py MODULE TRACKING_URI PREFIX
"""

import importlib
import json
import sys
import time
import warnings
from typing import Any

from walk import Walk, masked

module, uri, prefix = sys.argv[1:]
warnings.simplefilter("ignore")
mlflow: Any = importlib.import_module(module)
mlflow.set_tracking_uri(uri)

HOUR_MS = 3_600_000
now = time.time_ns() // 1_000_000
outcomes = Walk(mlflow, prefix).walk()
clock = (now - HOUR_MS, now + HOUR_MS)
print(json.dumps({name: masked(got, prefix, clock) for name, got in outcomes.items()}))
