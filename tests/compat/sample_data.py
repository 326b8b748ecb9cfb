"""Data of many kinds, for comparing what is made of it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csc_matrix, csr_matrix

A_TIME = dt.datetime.fromisoformat("2020-01-02T03:04:05")
numbers = np.random.default_rng(7)

FRAMES: dict[str, Callable[[], pd.DataFrame]] = {
    "integers": lambda: pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]}),
    "small integers": lambda: pd.DataFrame({
        "i8": np.array([1, 2], "i1"), "u8": np.array([1, 2], "u1"), "i16": np.array([1, 2], "i2"),
        "u16": np.array([1, 2], "u2"), "i32": np.array([1, 2], "i4"), "u32": np.array([1, 2], "u4"),
    }),
    "unsigned 64": lambda: pd.DataFrame({"u64": np.array([1, 2**63], "u8")}),
    "floats": lambda: pd.DataFrame({
        "f64": [0.5, -0.0, np.inf], "f32": np.array([1, 2, 3], "f4"),
        "f16": np.array([1, 2, 3], "f2"),
    }),
    "nan": lambda: pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan]}),
    "bool": lambda: pd.DataFrame({"a": [True, False], "b": [1, 0]}),
    "text": lambda: pd.DataFrame({"a": ["x", "ä→ü", ""], "b": [1, 2, 3]}),
    "text with none": lambda: pd.DataFrame({"a": ["x", None, "y"], "b": [1, 2, 3]}),
    "missing text": lambda: pd.DataFrame({"a": pd.array([None, None], "string")}),
    "object text": lambda: pd.DataFrame({"a": pd.Series(["x", "y"], dtype=object)}),
    "object text with none": lambda: pd.DataFrame({"a": pd.Series(["x", None], dtype=object)}),
    "python string dtype": lambda: pd.DataFrame({"a": pd.array(["x", None], "string[python]")}),
    "arrow string dtype": lambda: pd.DataFrame({"a": pd.array(["x", "y"], "string[pyarrow]")}),
    "nullable": lambda: pd.DataFrame({
        "i": pd.array([1, None], "Int64"), "f": pd.array([1.5, None], "Float32"),
        "b": pd.array([True, None], "boolean"), "full": pd.array([1, 2], "Int32"),
    }),
    "category": lambda: pd.DataFrame({
        "c": pd.Categorical(["x", "y", "x"]), "n": pd.Categorical([1, 2, 1]),
        "missing": pd.Categorical(["x", None, "y"]),
    }),
    "dates": lambda: pd.DataFrame({
        "t": pd.to_datetime(["2020-01-01", "2021-02-03T04:05:06"], format="mixed"),
        "nat": pd.to_datetime(["2020-01-01", None]),
        "tz": pd.to_datetime(["2020-01-01", "2021-01-01"]).tz_localize("UTC"),
    }),
    "date objects": lambda: pd.DataFrame({"d": [dt.date(2020, 1, 1), dt.date(2021, 1, 1)]}),
    "timedelta": lambda: pd.DataFrame({"d": pd.to_timedelta([1, 2], unit="D")}),
    "period": lambda: pd.DataFrame({"p": pd.period_range("2020-01", periods=2, freq="M")}),
    "complex": lambda: pd.DataFrame({"c": [1 + 2j, 3j]}),
    "decimal": lambda: pd.DataFrame({"d": [Decimal("1.5"), Decimal("2")]}),
    "bytes": lambda: pd.DataFrame({"b": [b"x", b"y"]}),
    "bytearrays": lambda: pd.DataFrame({"b": [bytearray(b"x"), bytearray(b"y")]}),
    "mixed": lambda: pd.DataFrame({"m": [1, "x", None]}),
    "mixed numbers": lambda: pd.DataFrame({"m": pd.Series([1, 2.5], dtype=object)}),
    "lists": lambda: pd.DataFrame({"l": [[1, 2], [3]], "e": [[], [1.5]], "n": [None, ["x"]]}),
    "nested lists": lambda: pd.DataFrame({"l": [[[1, 2], [3]], [[4]]]}),
    "mixed lists": lambda: pd.DataFrame({"l": [[1, "x"], [3]]}),
    "arrays": lambda: pd.DataFrame({"l": [np.array([1.0, 2]), np.array([3.0])]}),
    "dictionaries": lambda: pd.DataFrame({
        "d": [{"a": 1, "b": {"c": "x"}}, {"a": 2}], "n": [{"a": [1, 2]}, None],
    }),
    "all none": lambda: pd.DataFrame({"a": pd.Series([None, None], dtype=object)}),
    "no rows": lambda: pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": []}),
    "no rows of text": lambda: pd.DataFrame({"a": pd.Series([], dtype=object)}),
    "no columns": lambda: pd.DataFrame(index=range(3)),
    "nothing": pd.DataFrame,
    "numbered columns": lambda: pd.DataFrame([[1.0, 2], [3, 4]]),
    "mixed column names": lambda: pd.DataFrame({"a": [1.0], 1: [2.0]}),
    "tuples as names": lambda: pd.DataFrame({("a", "b"): [1.0], ("a", "c"): ["x"]}),
    "twice the name": lambda: pd.DataFrame([[1.0, 2.0]], columns=["a", "a"]),
    "unsorted columns": lambda: pd.DataFrame({"z": [1.0], "a": ["x"], "m": [2]}),
    "other index": lambda: pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "y"]),
    "date index": lambda: pd.DataFrame({"a": [1.0, 2]}, pd.date_range("2020", periods=2)),
    "long": lambda: pd.DataFrame({"a": range(12_000), "b": [str(i) for i in range(12_000)]}),
    "text until far down": lambda: pd.DataFrame({
        "a": pd.Series(["x"] * 11_000 + [1], dtype=object), "b": range(11_001),
    }),
    "random": lambda: pd.DataFrame(numbers.standard_normal((50, 4)), columns=list("wxyz")),
    "sparse": lambda: pd.DataFrame({"s": pd.arrays.SparseArray([0.0, 1.0, 0.0])}),
}  # fmt: skip

ARRAYS: dict[str, Any] = {
    "floats": np.arange(6.0).reshape(2, 3),
    "float32": np.arange(6, dtype="f4").reshape(3, 2),
    "float16": np.arange(3, dtype="f2"),
    "long double": np.arange(3, dtype=np.longdouble),
    "complex": np.array([1 + 2j, 3]),
    "integers": np.arange(-3, 3),
    "int8": np.arange(-3, 3, dtype="i1"),
    "uint64": np.array([2**64 - 1], "u8"),
    "big endian": np.arange(4, dtype=">i4"),
    "bool": np.array([True, False]),
    "nan": np.array([np.nan, np.inf, -0.0, 0.0]),
    "text": np.array(["a", "bcd"]),
    "bytes": np.array([b"a", b"bcd"]),
    "dates": np.array(["2020-01-01", "NaT"], "M8[D]"),
    "nanoseconds": np.array(["2020-01-01"], "M8[ns]"),
    "durations": np.array([1, 2], "m8[s]"),
    "objects": np.array(["a", 1, None], dtype=object),
    "lists inside": np.array([[1], [2, 3]], dtype=object),
    "empty": np.zeros((0, 3)),
    "scalar": np.array(1.5),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "strided": np.arange(20.0)[::3],
    "long": np.arange(30_000.0).reshape(10, 3_000),
    "structured": np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "several": {"b": np.arange(4).reshape(2, 2), "a": np.array(["x", "y"])},
    "none": {},
}
INFERRED: dict[str, Any] = {
    "empty list": [], "list": [1, 2], "mixed list": [1, "x"], "floats": [1.5, float("nan")],
    "nones": [None, None], "lists": [[1], [2, 3]], "lists of lists": [[[1.5]], [[]]],
    "texts": ["a", None], "records": [{"a": 1, "b": "x"}, {"a": 2}],
    "records with lists": [{"a": [1, 2]}, {"a": []}], "records with none": [{"a": None}, {"a": 1}],
    "deep": [{"a": {"b": [{"c": 1}, {"d": "x"}]}}], "dictionary": {"a": 1, "b": [1.5, None]},
    "dictionary of all": {"a": True, "b": b"x", "c": A_TIME, "d": None, "e": {}},
    "numbers as names": {1: 2}, "empty dictionary": {}, "scalar": 1.5, "text": "x", "none": None,
    "bytes": b"x", "bool": True, "date": dt.date(2020, 1, 1), "stamp": np.datetime64("2020"),
    "timestamp": pd.Timestamp("2020"), "numpy": np.float32(1), "numpy integer": np.int16(1),
    "set": {1}, "object": object(), "csr": csr_matrix(np.eye(3)), "csc": csc_matrix(np.eye(2, 3)),
    "series": pd.Series([1, 2], name="s"), "nameless series": pd.Series([1.0, None]),
    "object series": pd.Series([{"a": 1}], name="s"), "arrays": {"x": np.eye(2), "y": np.ones(3)},
    "array and list": {"x": np.eye(2), "y": [1]}, "empty array": {"x": [np.array([])]},
    "decimal": Decimal(1), "complex": 1j, "tuple": (1, 2), "big": [2**70],
}  # fmt: skip
PARAMS: dict[str, Any] = {
    "integer": 1, "double": 1.5, "text": "x", "bool": True, "list": [1, 2], "texts": ["a", "b"],
    "numpy": np.float32(2), "array": np.array([1.5, 2]), "date": dt.date(2020, 1, 2),
    "datetime": A_TIME, "stamp": np.datetime64("2020-01-02"),
    "dates": [dt.date(2020, 1, 2)], "dictionary": {"a": 1, "b": {"c": ["x"]}},
}  # fmt: skip
WRONG_PARAMS = {"none": None, "table": [[1]], "bytes": b"x", "set": {1}, "mixed": [1, None]}
SPECS: list[tuple[str, Any, Any]] = [
    ("integer", 1, None), ("long", np.int32(1), None), ("double", 1, None), ("float", 2, None),
    ("string", "x", None), ("boolean", True, None), ("datetime", "2020-01-02", None),
    ("datetime", np.datetime64("2020-01-02T03:04"), None), ("long", [1, 2], (-1,)),
    ("double", [1, 2.5], [-1]), ("string", None, None), ("datetime", [], (-1,)),
    ("long", 1.5, None), ("boolean", 1, None), ("string", 1, None), ("binary", b"x", None),
    ("datetime", "never", None), ("datetime", 5, None), ("long", [1], None), ("long", 1, (-1,)),
    ("long", [1], (2,)), ("nothing", 1, None), ("integer", "1", None), ("long", [[1]], (-1,)),
    (5, 1, None),
]  # fmt: skip
STORED = [
    '[{"type": "long", "name": "a", "required": true}, {"type": "string", "name": "b"}]',
    '[{"type": "array", "items": {"type": "object", "properties": {"x": {"type": "map", "values":'
    ' {"type": "any"}}}}, "name": "a", "required": false}]',
    '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 3]}}]',
    '[{"type": "sparkml_vector", "name": "v", "required": true}]',
    '[{"type": "object", "properties": {"b": {"type": "long", "required": false}, "a":'
    ' {"type": "string"}}, "required": true}]',
    "[]",
    '[{"type": "nothing"}]',
    '[{"type": "array"}]',
    '[{"type": "map"}]',
    '[{"type": "array", "items": {"type": "nothing"}}]',
    '[{"type": "object", "properties": {}}]',
    '[{"type": "tensor"}]',
    '[{"type": "long"}, {"type": "long", "name": "a"}]',
    '[{"type": "long"}, {"type": "tensor", "tensor-spec": {"dtype": "int8", "shape": [1]}}]',
    '[{"type": "long", "required": false}]',
    '[{"type": "double"}, {"type": "double"}]',
]
RAW_SOURCES: list[Any] = [
    "train.csv", "/tmp/x.csv", "./a b/c.parquet", "file:///tmp/x", "file://host/tmp/x",
    Path("a/b"), "s3://bucket/key", "gs://bucket/key", "wasbs://c@a.blob/x", "abfss://c@a/x",
    "hdfs://host/x", "viewfs://x/y", "ftp://host/x", "sftp://host/x", "r2://b/x", "b2://b/x",
    "http://host/x.csv", "https://host/x", "dbfs:/x", "unknown://x", "models:/m/1", "runs:/r/x",
    "mlflow-artifacts:/x", 5, None, "",
]  # fmt: skip
