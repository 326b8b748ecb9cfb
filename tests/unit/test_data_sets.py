"""Data sets: what they refuse, how they are read, and how they are logged."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import kipu
from kipu.data import digests
from kipu.data.dataset import Dataset
from kipu.data.delta_dataset_source import DeltaDatasetSource
from kipu.data.evaluation_dataset import EvaluationDataset
from kipu.data.http_dataset_source import HTTPDatasetSource
from kipu.data.meta_dataset import MetaDataset
from kipu.data.schema import TensorDatasetSchema
from kipu.data.spark_dataset import SparkDataset
from kipu.entities import DatasetInput, InputTag, LoggedModelInput
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types import ColSpec, Schema, TensorSpec

NUMBERS = ("?", "i1", "u2", "i4", ">i4", "u8", "f2", "f4", "f8", ">f8", "M8[ns]", "m8[s]")
FRAME = pd.DataFrame({"x": [1.0, 2.0], "label": [0, 1], "guess": [1, 1]})


def test_importing_data_sets_loads_none_of_their_libraries() -> None:
    program = (
        "import sys, kipu.data as d; d.from_pandas, d.from_polars, d.from_spark, dir(d);"
        "heavy = 'pandas polars pyarrow scipy pyspark tensorflow datasets urllib.request'.split();"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_modules_are_there_without_an_import_of_their_own() -> None:
    program = (
        "import kipu\n"
        "kipu.data.meta_dataset.MetaDataset, kipu.data.pandas_dataset.PandasDataset\n"
        "try: kipu.data.nothing\n"
        "except AttributeError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert b"no attribute 'nothing'" in done.stdout


def test_a_data_set_of_arrays_needs_no_pandas() -> None:
    program = (
        "import sys; sys.modules['pandas'] = None\n"
        "import numpy as np, kipu.data\n"
        "x = np.array([[0.5, np.nan, -0.0]]), {'a': np.arange(3), 'b': np.array([True])}\n"
        "print([kipu.data.from_numpy(one, source='x').digest for one in x])\n"
        "try: kipu.data.from_numpy(np.array(['x']))\n"
        "except kipu.MlflowException as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    found, refusal = done.stdout.decode().splitlines()
    data = np.array([[0.5, np.nan, -0.0]]), {"a": np.arange(3), "b": np.array([True])}
    assert found == str([digests.array_digest(one) for one in data])
    assert "pip install pandas" in refusal


@given(
    arrays.arrays(
        st.sampled_from(NUMBERS),
        st.integers(0, 20),
    )
)
def test_numbers_are_hashed_as_pandas_does(array: np.ndarray[Any, Any]) -> None:
    assert digests._mixed(array).tolist() == pd.util.hash_array(array).tolist()


@given(arrays.arrays("f8", arrays.array_shapes(max_dims=3)), st.booleans())
def test_a_digest_does_not_depend_on_the_layout_in_memory(
    array: np.ndarray[Any, Any], turned: bool
) -> None:
    other = np.asfortranarray(array) if turned else array.copy()
    assert digests.array_digest(array) == digests.array_digest(other)


@given(
    st.lists(st.text(max_size=2) | st.none() | st.integers(0, 2) | st.just(np.str_("x"))),
    st.sampled_from(["object", "category"]),
)
def test_columns_of_text_are_those_whose_every_value_is_text(values: list[Any], kind: Any) -> None:
    texts = [value for value in values if isinstance(value, str)]
    frame = pd.DataFrame({
        "any": pd.Series(values, dtype=kind), "number": 1.5, "when": pd.Timestamp("2020-01-01"),
    })  # fmt: skip
    for one in (frame, pd.DataFrame({"text": texts}), pd.DataFrame({"text": [*texts, None]})):
        one_by_one = (one.map(type) == str).all(axis=0)  # noqa: E721 - element by element
        assert digests._are_texts(one).tolist() == one_by_one.tolist()


def test_a_digest_tells_changes_apart() -> None:
    found = {
        kipu.data.from_pandas(frame, source="x").digest
        for frame in (
            FRAME, FRAME.assign(x=[1.0, 3.0]), FRAME.rename(columns={"x": "y"}), FRAME.head(1),
            FRAME[["label", "x", "guess"]],
        )
    }  # fmt: skip
    assert len(found) == 5
    assert kipu.data.from_pandas(FRAME.copy(), source="y").digest in found


def test_a_column_that_is_not_there_is_refused() -> None:
    frames: list[Any] = [kipu.data.from_pandas, FRAME], [kipu.data.from_polars, pl.DataFrame(FRAME)]
    for make, frame in frames:
        for what in ("targets", "predictions"):
            with pytest.raises(InvalidParameter, match=f"no column 'z' for its {what}"):
                make(frame, **{what: "z"})
        assert make(frame, targets="label").targets == "label"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: kipu.data.from_pandas([1]), "pandas data frame, not a list"),  # type: ignore[arg-type]
        (lambda: kipu.data.from_polars(FRAME), "Polars data frame, not a DataFrame"),  # type: ignore[arg-type]
        (lambda: kipu.data.from_numpy([1]), "NumPy arrays, not of a list"),  # type: ignore[arg-type]
        (lambda: kipu.data.from_numpy({"a": 1}), "NumPy arrays, not of a int"),  # type: ignore[dict-item]
        (lambda: kipu.data.from_numpy(np.eye(2), targets=[1]), "`targets`"),  # type: ignore[arg-type]
        (lambda: kipu.data.from_numpy({}), "nothing in the data"),
        (lambda: kipu.data.from_huggingface(FRAME), r"datasets\.Dataset, not a DataFrame"),
        (lambda: kipu.data.from_tensorflow(FRAME), "tensor or tf.data.Dataset, not a DataFrame"),
        (lambda: kipu.data.from_spark(FRAME, path="a", sql="b"), "at most one"),
        (lambda: kipu.data.from_spark(FRAME, sql="b", version="1"), "no version"),
        (lambda: kipu.data.from_spark(FRAME, path="a", version="1"), "no Delta table"),
        (lambda: kipu.data.load_delta(), "exactly one"),
    ],
)
def test_data_of_another_kind_is_refused_by_name(make: Any, why: str) -> None:
    with pytest.raises(InvalidParameter, match=why):
        make()


def test_a_frame_that_no_schema_describes_has_none(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "kipu.data")
    made = kipu.data.from_pandas(pd.DataFrame({"c": [1j]}), source="x", name="odd")
    assert made.schema is None
    assert made.to_dict()["schema"] is None
    assert "'odd' has no schema" in caplog.text
    assert json.loads(made.to_json())["profile"] == '{"num_rows": 1, "num_elements": 1}'


def test_a_schema_of_tensors_has_features_and_perhaps_targets() -> None:
    one = Schema([TensorSpec(np.dtype("f4"), (-1, 2))])
    for schema in (TensorDatasetSchema(one), TensorDatasetSchema(one, one)):
        assert TensorDatasetSchema.from_dict(schema.to_dict()) == schema
        assert "float32" in repr(schema)
    with pytest.raises(InvalidParameter, match="`features`"):
        TensorDatasetSchema("x")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="mlflow_tensorspec"):
        TensorDatasetSchema.from_dict({})


def test_targets_are_apart_from_inputs() -> None:
    made = kipu.data.from_pandas(FRAME, targets="label").to_pyfunc()
    assert list(made.inputs.columns) == ["x", "guess"]
    assert made.outputs.tolist() == [0, 1]
    whole = kipu.data.from_pandas(FRAME).to_pyfunc()
    assert whole.inputs is FRAME
    assert whole.outputs is None
    polars = kipu.data.from_polars(pl.DataFrame({"ab": [1], "a": [2]}), targets="ab").to_pyfunc()
    assert list(polars.inputs[0].columns) == ["a"]
    assert polars.outputs[0].tolist() == [1]


def test_features_labels_and_predictions_are_apart() -> None:
    made = kipu.data.from_pandas(FRAME, targets="label", predictions="guess", name="n")
    found = made.to_evaluation_dataset("p", feature_names=["x"])
    assert (found.name, found.path, found.digest) == ("n", "p", made.digest)
    assert found.feature_names == ["x"]
    assert found.labels_data.tolist() == [0, 1]
    assert found.predictions_data.tolist() == [1, 1]
    assert found == made.to_evaluation_dataset("p", feature_names=["x"])
    assert found != made.to_evaluation_dataset("q", feature_names=["x"])
    assert len({found, made.to_evaluation_dataset("p", feature_names=["x"])}) == 1
    plain = kipu.data.from_numpy(np.eye(11), targets=np.ones(11)).to_evaluation_dataset()
    assert plain.feature_names[:2] == ["feature_01", "feature_02"]


@pytest.mark.parametrize(
    ("data", "options", "why"),
    [
        (np.ones(3), {}, "samples, features"),
        ([[1], [1, 2]], {}, "different lengths"),
        (np.eye(2), {"targets": "x"}, "array or list"),
        (np.eye(2), {"targets": [1]}, "2 samples, but 1 labels"),
        (np.eye(2), {"feature_names": ["a"]}, "2 features, but 1 names"),
        (np.eye(2), {"feature_names": ["a", "a"]}, "differ"),
        (np.eye(2), {"predictions": "a"}, "need a data frame"),
        (np.eye(2), {"name": 'a"'}, "double quotes"),
        (FRAME, {"targets": [1]}, "name of a column"),
        ("x", {}, "not a str"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(data: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidParameter, match=why):
        EvaluationDataset(data, **options)


class SparkFrame:
    """What a data set asks a Spark frame for."""

    columns = ("x", "label", "guess")

    def semanticHash(self) -> int:  # noqa: N802 - Spark's name
        return -7

    def limit(self, rows: int) -> SparkFrame:
        assert rows == 10_000
        return self

    def toPandas(self) -> pd.DataFrame:  # noqa: N802 - Spark's name
        return FRAME


def test_a_spark_frame_is_known_by_its_query(tmp_path: Path) -> None:
    made = kipu.data.from_spark(SparkFrame(), path="p", targets="label", predictions="guess")
    assert made.digest == digests.shortened([np.int64(-7)])
    assert json.loads(made.source.to_json()) == {"path": "p"}
    assert kipu.data.from_spark(SparkFrame(), sql="s").source.to_json() == '{"sql": "s"}'
    assert kipu.data.from_spark(SparkFrame()).source._get_source_type() == "code"
    assert made.to_pyfunc().outputs.tolist() == [0, 1]
    assert made.to_evaluation_dataset().feature_names == ["x"]
    assert made.profile is None  # such a frame counts no rows
    assert made.df.__class__ is SparkFrame
    (tmp_path / "_delta_log").mkdir()
    source = kipu.data.from_spark(SparkFrame(), path=str(tmp_path), version="3").source
    assert isinstance(source, DeltaDatasetSource)
    assert source.to_dict() == {"path": str(tmp_path), "delta_table_version": "3"}


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A Spark whose tables are all of Delta; the list has what it is asked."""
    asked: list[str] = []

    class Session:
        builder = SimpleNamespace(getOrCreate=lambda: Session())
        read: Any

        def __init__(self) -> None:
            self.read = self

        @staticmethod
        def getActiveSession() -> Session:  # noqa: N802 - Spark's name
            return Session()

        def sql(self, query: str) -> Any:
            asked.append(query)
            row = {"catalog": "main", "schema": "s", "version": 5}
            rows = SimpleNamespace(count=lambda: 1)
            return SimpleNamespace(
                collect=lambda: [row], head=lambda: row, filter=lambda condition: rows
            )

        def format(self, kind: str) -> Session:
            asked.append(kind)
            return self

        def option(self, name: str, value: Any) -> Session:
            asked.append(f"{name}={value}")
            return self

        def table(self, name: str) -> SparkFrame:
            asked.append(name)
            return SparkFrame()

    sql: Any = ModuleType("pyspark.sql")
    sql.SparkSession = Session
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    return asked


def test_a_delta_table_is_loaded_at_its_newest_version(spark: list[str]) -> None:
    made: SparkDataset = kipu.data.load_delta(table_name="t", targets="label")
    assert made.name == "t@v5"
    assert made.source.to_dict() == {
        "delta_table_name": "main.s.t", "delta_table_version": 5, "is_databricks_uc_table": True,
        "delta_table_id": None,
    }  # fmt: skip
    assert spark[-3:] == ["delta", "versionAsOf=5", "`main`.`s`.`t`"]
    assert (
        kipu.data.from_spark(SparkFrame(), table_name="s.t").source.to_dict()["delta_table_name"]
        == "main.s.t"
    )


class Tensor:
    """What a data set asks a tensor for."""

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.array = array

    def numpy(self) -> np.ndarray[Any, Any]:
        return self.array


class Stream:
    """What a data set asks a ``tf.data.Dataset`` for."""

    def __init__(self, elements: list[Any]) -> None:
        self.elements = elements

    def as_numpy_iterator(self) -> Any:
        return iter(self.elements)

    def cardinality(self) -> Tensor:
        return Tensor(np.array(len(self.elements)))


def _flat(element: Any) -> list[Any]:
    if isinstance(element, dict):
        return [element[name] for name in sorted(element)]
    return list(element) if isinstance(element, tuple) else [element]


@pytest.fixture
def tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    library: Any = ModuleType("tensorflow")
    library.data = SimpleNamespace(Dataset=Stream)
    library.is_tensor = lambda given: isinstance(given, Tensor)
    library.nest = SimpleNamespace(flatten=_flat)
    library.size = lambda tensor: Tensor(np.array(tensor.array.size))
    monkeypatch.setitem(sys.modules, "tensorflow", library)


@pytest.mark.usefixtures("tensorflow")
def test_tensors_are_described_as_arrays_are() -> None:
    made = kipu.data.from_tensorflow(Tensor(np.eye(2)), "x", targets=Tensor(np.arange(2)))
    same = kipu.data.from_numpy(np.eye(2), "x", targets=np.arange(2))
    assert (made.digest, made.schema) == (same.digest, same.schema)
    assert made.profile == {"features_cardinality": 4, "targets_cardinality": 2}
    assert made.to_evaluation_dataset().hash == same.to_evaluation_dataset().hash
    with pytest.raises(InvalidParameter, match="both tensors or both"):
        kipu.data.from_tensorflow(Tensor(np.eye(2)), targets=Stream([]))


@pytest.mark.usefixtures("tensorflow")
def test_streams_are_read_once_for_their_digest() -> None:
    named = {"a": np.arange(2.0), "b": np.arange(3.0)}
    for elements, names in (
        ([np.eye(2)], [0]), ([named], ["a", "b"]), ([(np.eye(2), np.arange(2))], ["0", "1"]),
    ):  # fmt: skip
        made = kipu.data.from_tensorflow(Stream(elements), "x", targets=Stream(elements))
        assert made.schema.features.input_names() == names
        assert made.profile == {"features_cardinality": 1, "targets_cardinality": 1}
        assert len(made.digest) == 8
    assert kipu.data.from_tensorflow(Stream([({"a": 1}, np.eye(1))]), digest="d").schema is None
    with pytest.raises(MlflowException, match="no rows"):
        made.to_evaluation_dataset()


def test_an_input_is_logged_and_read_back(fresh: Path) -> None:
    train = kipu.data.from_pandas(FRAME, source="train.csv", targets="label", name="train")
    with kipu.start_run() as run:
        kipu.log_input(train, context="training", tags={"part": "1"})
        kipu.log_input(train, context="again")
        kipu.log_input(model=LoggedModelInput("m-1"))
        kipu.log_input()
    inputs = kipu.get_run(run.info.run_id).inputs
    assert inputs is not None
    assert inputs.dataset_inputs == [
        DatasetInput(
            train._to_mlflow_entity(),
            [InputTag("part", "1"), InputTag("mlflow.data.context", "training")],
        )
    ]
    assert [model.model_id for model in inputs.model_inputs] == ["m-1"]
    source: Any = kipu.data.get_source(inputs.dataset_inputs[0])
    assert source.uri == "train.csv"
    assert kipu.data.get_source(train) is train.source
    found = kipu.search_runs(filter_string="dataset.context = 'training'", output_format="list")
    assert [one.info.run_id for one in found] == [run.info.run_id]  # type: ignore[union-attr]


def test_several_inputs_are_logged_together(fresh: Path) -> None:
    source = HTTPDatasetSource("https://example.com/x.zip")
    one = MetaDataset(source, name="one", schema=Schema([ColSpec("long", "a")]))
    two = MetaDataset(source, name="two")
    with kipu.start_run() as run:
        kipu.log_inputs([one, None, two], ["train", None, None], [None, None, {"k": "v"}],
                        models=[LoggedModelInput("m-1"), None])  # fmt: skip
        for wrong, why in (
            (([one], [], []), r"lengths \[1, 0, 0\]"),
            (([None], ["train"], [None]), "without a data set"),
            (([5], [None], [None]), "A int is no data set"),
        ):
            with pytest.raises(MlflowException, match=why):
                kipu.log_inputs(*wrong)  # type: ignore[arg-type]
    inputs = kipu.get_run(run.info.run_id).inputs
    assert inputs is not None
    assert [given.dataset.name for given in inputs.dataset_inputs] == ["one", "two"]
    assert inputs.dataset_inputs[0].dataset.schema == (
        '{"mlflow_colspec": [{"type": "long", "name": "a", "required": true}]}'
    )
    assert [model.model_id for model in inputs.model_inputs] == ["m-1"]


def test_a_metric_names_the_data_set_that_it_was_measured_on(fresh: Path) -> None:
    test = kipu.data.from_numpy(np.eye(2), source="s3://b/k", name="test")
    with kipu.start_run() as run:
        kipu.log_metric("loss", 0.5, dataset=test)
        with pytest.raises(InvalidParameter, match="is no data set"):
            kipu.log_metric("loss", 0.5, dataset=FRAME)
    points = kipu.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [(p.dataset_name, p.dataset_digest) for p in points] == [("test", test.digest)]


def test_a_data_set_of_ones_own_needs_a_digest_only(fresh: Path) -> None:
    class Own(Dataset):
        schema = None
        profile = None

        def _compute_digest(self) -> str:
            return "mine"

    made = Own(HTTPDatasetSource("https://example.com"))
    with kipu.start_run() as run:
        kipu.log_input(made)
    inputs = kipu.get_run(run.info.run_id).inputs
    assert inputs is not None
    dataset = inputs.dataset_inputs[0].dataset
    assert (dataset.name, dataset.digest, dataset.schema) == ("dataset", "mine", None)


def test_an_input_as_a_dictionary_is_nested() -> None:
    entity = kipu.data.from_numpy(np.eye(1), source="x", name="n")._to_mlflow_entity()
    assert DatasetInput(entity, [InputTag("k", "v")]).to_dictionary() == {
        "dataset": entity.to_dictionary(),
        "tags": {"k": "v"},
    }
    assert DatasetInput(entity).tags == []
    assert dict(DatasetInput(entity)) == {"dataset": entity, "tags": []}
