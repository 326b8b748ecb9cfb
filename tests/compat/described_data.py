"""Make data sets and schemas of all kinds of data; prints their digests, schemas and profiles.

python described_data.py MODULE TRACKING_URI
"""

import datetime as dt
import importlib
import json
import sys
import uuid
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sample_data import (
    A_TIME,
    ARRAYS,
    FRAMES,
    INFERRED,
    PARAMS,
    RAW_SOURCES,
    SPECS,
    STORED,
    WRONG_PARAMS,
)  # fmt: skip

module, uri = sys.argv[1:]
mlflow: Any = importlib.import_module(module)
data: Any = importlib.import_module(f"{module}.data")
types: Any = importlib.import_module(f"{module}.types.schema")
infer: Any = importlib.import_module(f"{module}.types.utils")
MlflowException = mlflow.exceptions.MlflowException
warnings.simplefilter("ignore")


def attempt(call: Callable[[], Any]) -> Any:
    """What a call answers, or its error code."""
    try:
        return call()
    except MlflowException as error:
        return ["refused", error.error_code]
    except Exception as error:
        return ["raised", type(error).__name__]


def told(made: Any) -> dict[str, Any]:
    """What is stored of a data set; the code that made it differs."""
    stored: dict[str, Any] = made.to_dict()
    if stored["source_type"] == "code":
        stored["source"] = sorted(json.loads(stored["source"])["tags"])
    return stored


def schema(found: Any) -> list[Any]:
    again = types.Schema.from_json(found.to_json())
    return [found.to_json(), repr(found), again == found, found.input_names()]


def source(raw: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = data.dataset_source_registry.resolve_dataset_source(raw)
    back = data.get_dataset_source_from_json(found.to_json(), found._get_source_type())
    kind = type(found).__name__.replace("ViewFs", "Hdfs")
    return [kind, found._get_source_type(), found.to_json(), back.to_dict()]


def spec(dtype: Any, default: Any, shape: Any) -> list[Any]:
    made = types.ParamSpec("p", dtype, default, shape)
    schema = types.ParamSchema([made])
    text = schema.to_json()
    return [text, repr(made), types.ParamSchema.from_json(text) == schema]


def merged(*values: Any) -> Any:
    return schema(infer._infer_schema([{"x": value} for value in values]))


importlib.import_module(f"{module}.data.dataset_source_registry")
http = importlib.import_module(f"{module}.data.http_dataset_source").HTTPDatasetSource
MetaDataset = importlib.import_module(f"{module}.data.meta_dataset").MetaDataset
delta = importlib.import_module(f"{module}.data.delta_dataset_source").DeltaDatasetSource
spark = importlib.import_module(f"{module}.data.spark_dataset_source").SparkDatasetSource
hub = importlib.import_module(f"{module}.data.huggingface_dataset_source").HuggingFaceDatasetSource
columns = types.Schema([types.ColSpec("long", "a"), types.ColSpec("string", "b", required=False)])
frame = pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1], "p": [1, 1]})


def logged() -> Any:
    """Log inputs, and read them back."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(f"data by {module}, {uuid.uuid4().hex}")
    train = data.from_pandas(frame, source="train.csv", targets="y", name="train")
    test = data.from_numpy(np.eye(2), source="s3://b/k", name="test")
    with mlflow.start_run() as run:
        mlflow.log_input(train, context="training", tags={"k": "v"})
        mlflow.log_input(train, context="again")
        mlflow.log_inputs([test, train], ["test", None], [None, {"a": "b"}])
        mlflow.log_input(MetaDataset(http("http://h/x"), name="meta", schema=columns))
        mlflow.log_metric("loss", 0.5, dataset=test)
        mlflow.log_input()
        errors = [
            attempt(lambda: mlflow.log_inputs([test], [], [])),
            attempt(lambda: mlflow.log_inputs([None], ["context"], [None])),
            attempt(lambda: mlflow.log_input(data.from_numpy(np.eye(2), name="n" * 501))),
            attempt(lambda: mlflow.log_input(data.from_numpy(np.eye(2), digest="d" * 37))),
            attempt(lambda: mlflow.log_input(train, tags={"k" * 256: "v"})),
            attempt(lambda: mlflow.log_input(test, tags={"k": "v" * 501})),
        ]
    inputs = mlflow.get_run(run.info.run_id).inputs
    stored = [given.to_dictionary() for given in inputs.dataset_inputs]
    for given in stored:
        if given["dataset"]["source_type"] == "code":
            given["dataset"]["source"] = ""
    sources = [data.get_source(one) for one in inputs.dataset_inputs]
    found = [
        len(mlflow.search_runs(filter_string=text, output_format="list"))
        for text in (
            "dataset.name = 'train'", "dataset.name LIKE 'm%'", "dataset.context = 'training'",
            f"dataset.digest = '{test.digest}'", "dataset.name = 'gone'",
        )
    ]  # fmt: skip
    by_name = sorted(stored, key=lambda given: given["dataset"]["name"])
    kinds = sorted([type(one).__name__, one.to_json()] for one in sources)
    return [by_name, kinds, found, errors]


def polars() -> Any:
    import polars as pl

    frames = {
        "plain": pl.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, None]}),
        "kinds": pl.DataFrame({
            "i8": pl.Series([1], dtype=pl.Int8), "u32": pl.Series([1], dtype=pl.UInt32),
            "date": [dt.date(2020, 1, 1)], "time": [A_TIME], "b": [b"x"],
            "list": [[1, 2]], "struct": [{"a": 1, "b": "x"}],
            "cat": pl.Series(["x"], dtype=pl.Categorical),
            "array": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)),
        }),
        "unknown": pl.DataFrame({"d": [dt.timedelta(1)]}),
        "none": pl.DataFrame({"n": [None]}),
        "empty": pl.DataFrame({"a": pl.Series([], dtype=pl.Float32)}),
    }  # fmt: skip
    return {
        name: attempt(lambda one=one: told(data.from_polars(one, source="x.csv")))
        for name, one in frames.items()
    }


def hugging_face() -> Any:
    import datasets

    made = datasets.Dataset.from_dict({"a": [1, 2], "b": ["x", None], "c": [[1.5], []]})
    many = datasets.Dataset.from_dict({"a": range(12_000)})
    return [
        attempt(lambda: told(data.from_huggingface(made, targets="a"))),
        attempt(lambda: told(data.from_huggingface(made, path="hub/name", data_dir="d"))),
        attempt(lambda: told(data.from_huggingface(many, source="x.csv"))),
        attempt(lambda: data.from_huggingface(made, targets="z")),
        attempt(lambda: data.from_huggingface(frame)),
    ]


def evaluated(made: Any) -> Any:
    found = made.to_evaluation_dataset(path="p")
    return [found.name, found.hash, found.feature_names, found.digest, found.targets_name]


print(json.dumps({
    "frames": {
        name: attempt(lambda make=make: told(data.from_pandas(make(), source="x.csv")))
        for name, make in FRAMES.items()
    },
    "arrays": {
        name: attempt(lambda one=one: told(data.from_numpy(one, source="x.npy")))
        for name, one in ARRAYS.items() if name != "none"
    },
    "targets": [
        attempt(lambda: told(data.from_pandas(frame, targets="y", predictions="p"))),
        attempt(lambda: data.from_pandas(frame, targets="z")),
        attempt(lambda: data.from_pandas(frame, predictions="z")),
        attempt(lambda: told(data.from_numpy(ARRAYS["several"], targets=np.arange(2)))),
        attempt(lambda: told(data.from_numpy(np.eye(2), targets={"y": np.arange(2)}, name="n"))),
        attempt(lambda: told(data.from_numpy(np.eye(2), digest="mine", name=""))),
        list(data.from_pandas(frame, targets="y").to_pyfunc().inputs.columns),
        data.from_pandas(frame, targets="y").to_pyfunc().outputs.to_list(),
    ],
    "nothing to hash": attempt(lambda: data.from_numpy({}, source="x")),
    "meta": [
        told(MetaDataset(http("https://h/x.zip"), name="n")),
        told(MetaDataset(http("https://h/x.zip"), schema=columns)),
        told(MetaDataset(http("https://h/x.zip"), digest="d")),
    ],
    "inferred": {
        name: attempt(lambda one=one: schema(infer._infer_schema(one)))
        for name, one in INFERRED.items()
    },
    "merged": [
        attempt(lambda: merged({"a": 1}, {"b": "x"})), attempt(lambda: merged([1], [None], [])),
        attempt(lambda: merged({"a": 1}, {"a": "x"})), attempt(lambda: merged([1], {"a": 1})),
        attempt(lambda: merged({"a": {"b": None}}, {"a": {"b": 1}})),
        attempt(lambda: merged(None, [{"a": 1}], [{"a": None, "b": [1]}])),
        attempt(lambda: merged({"a": [1]}, {"a": []}, {})), attempt(lambda: merged(1, [1])),
    ],
    "params": attempt(lambda: infer._infer_param_schema(PARAMS).to_json()),
    "params shown": repr(infer._infer_param_schema(PARAMS)),
    "wrong params": {
        name: attempt(lambda one=one: infer._infer_param_schema({"p": one}).to_json())
        for name, one in WRONG_PARAMS.items()
    },
    "specs": [attempt(lambda one=one: spec(*one)) for one in SPECS],
    "stored": [attempt(lambda text=text: schema(types.Schema.from_json(text))) for text in STORED],
    "types": [
        attempt(lambda: columns.numpy_types().__repr__()),
        attempt(lambda: columns.pandas_types().__repr__()),
        attempt(lambda: columns.input_types_dict().__repr__()),
        attempt(lambda: columns.required_input_names()),
        attempt(lambda: columns.optional_input_names()),
        attempt(lambda: types.Schema([types.ColSpec("long")]).input_dict()),
        attempt(lambda: types.ColSpec("nothing")), attempt(lambda: types.ColSpec(5)),
        attempt(lambda: types.Array("nothing")), attempt(lambda: types.Array(5)),
        attempt(lambda: types.Map("nothing")), attempt(lambda: types.Map(5)),
        attempt(lambda: types.Property("p", 5)), attempt(lambda: types.Property(5, "long")),
        attempt(lambda: types.Object([])), attempt(lambda: types.Object("x")),
        attempt(lambda: types.Object([types.Property("a", "long")] * 2)),
        attempt(lambda: types.TensorSpec("f8", (1,))), attempt(lambda: types.Schema("x")),
        attempt(lambda: types.TensorSpec(np.dtype("U3"), (1,))),
        attempt(lambda: types.TensorSpec(np.dtype("f8"), 1)),
        attempt(lambda: types.ParamSchema([types.ParamSpec("a", "long", 1)] * 2)),
        attempt(lambda: types.ParamSchema(["x"])),
        repr(types.Map(types.Array("long"))), repr(types.AnyType()), repr(types.SparkMLVector()),
        repr(types.TensorSpec(np.dtype("f4"), (-1, 2), "t")),
        [one.name for one in types.DataType.all_types()],
        repr(types.DataType.from_numpy_type(np.dtype("f4"))),
        [[one.name, str(one.to_numpy()), str(one.to_pandas()), one.to_python().__name__]
         for one in types.DataType],
    ],
    "checked types": [
        [one.name, repr(value), types.DataType.check_type(one, value)]
        for one in types.DataType
        for value in (
            True, 1, 1.5, "x", b"x", bytearray(b"x"), dt.date(2020, 1, 1), A_TIME,
            np.bool_(1), np.int8(1), np.int32(1), np.int64(1), np.uint64(1), np.float16(1),
            np.float32(1), np.float64(1), np.str_("x"), np.bytes_(b"x"), np.datetime64("2020"),
            None, [1],
        )
    ],
    "sources": [attempt(lambda raw=raw: source(raw)) for raw in RAW_SOURCES],
    "explicit sources": [
        [one._get_source_type(), one.to_json(), type(one).from_json(one.to_json()).to_json()]
        for one in (
            http("http://h/x"), delta(path="/d"), delta(path="/d", delta_table_version=3),
            delta(delta_table_name="spark_catalog.s.t"), spark(path="/p"), spark(sql="select 1"),
            spark(table_name="t"), hub("name"),
            hub("name", "c", "d", {"train": ["a"]}, "train", "main"),
        )
    ],
    "refused sources": [
        attempt(lambda: delta()), attempt(lambda: delta(path="p", delta_table_name="t")),
        attempt(lambda: spark()), attempt(lambda: spark(path="p", sql="s")),
        attempt(lambda: http.from_dict({})),
        attempt(lambda: data.get_dataset_source_from_json("{}", "nothing")),
        attempt(lambda: data.get_source("x")),
        attempt(lambda: data.dataset_registry.register_constructor(len, "make_len")),
        attempt(lambda: data.dataset_registry.register_constructor(lambda: 0, "from_nothing")),
    ],
    "evaluated": [
        attempt(lambda: evaluated(data.from_pandas(frame, targets="y", predictions="p"))),
        attempt(lambda: evaluated(data.from_pandas(FRAMES["long"](), name="n"))),
        attempt(lambda: evaluated(data.from_pandas(FRAMES["dictionaries"]()))),
        attempt(lambda: evaluated(data.from_pandas(FRAMES["lists"]()))),
        attempt(lambda: evaluated(data.from_numpy(np.eye(3, dtype="f4"), targets=np.arange(3)))),
        attempt(lambda: evaluated(data.from_numpy(np.ones((30, 12))))),
        attempt(lambda: evaluated(data.from_numpy(np.ones(3)))),
        attempt(lambda: evaluated(data.from_numpy(np.eye(3), name='a"b'))),
    ],
    "logged": logged(),
    "polars": attempt(polars),
    "hugging face": attempt(hugging_face),
}))  # fmt: skip
