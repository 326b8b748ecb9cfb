"""What do the digest and the schema of large data cost?

python benchmarks/data_sets.py [module]      # kipu or mlflow; prints seconds and digest
"""

from __future__ import annotations

import importlib
import sys
import warnings
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd


def measure(name: str, make: Any) -> None:
    """Time the making of a data set, which computes its digest, and its schema."""
    began = perf_counter()
    made = make()
    digest_s = perf_counter() - began
    began = perf_counter()
    assert made.schema is not None
    print(f"{name:30} {digest_s:10.4f} {perf_counter() - began:10.4f} {made.digest}")


def main(module: str) -> None:
    """Measure a frame of a million rows and 21 columns, and an array of 39 million numbers."""
    warnings.simplefilter("ignore")
    data: Any = importlib.import_module(f"{module}.data")
    numbers = np.random.default_rng(0)
    names = [f"c{number}" for number in range(20)]
    frame = pd.DataFrame(numbers.standard_normal((1_000_000, 20)), columns=names)
    frame["text"] = numbers.integers(0, 1000, len(frame)).astype(str)
    array = numbers.standard_normal((50_000, 784))
    print(f"{'':30} {'digest':>10} {'schema':>10}")
    measure("pandas, 1,000,000 x 21", lambda: data.from_pandas(frame, source="x.csv"))
    measure("NumPy, 50,000 x 784", lambda: data.from_numpy(array, source="x.npy"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "kipu")
