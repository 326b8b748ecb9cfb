"""Schemas: what they refuse, what they say of themselves, and what is inferred."""

from __future__ import annotations

import datetime as dt
import json
import sys
import warnings
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from kipu.types.inference import infer_schema, schema_of
from kipu.types.missing import holds_none_missing
from kipu.types.nested import AnyType, Array, Map, Object, Property, SparkMLVector, Type
from kipu.types.spark import infer_spark_type

scalars = st.sampled_from(list(DataType))
names = st.text(min_size=1, max_size=5)


def _objects(inside: st.SearchStrategy[Type]) -> st.SearchStrategy[Object]:
    parts = st.lists(st.tuples(names, inside, st.booleans()), min_size=1, unique_by=lambda p: p[0])
    return parts.map(lambda found: Object([Property(*one) for one in found]))


types = st.recursive(
    scalars | st.builds(AnyType) | st.builds(SparkMLVector),
    lambda inside: inside.map(Array) | inside.map(Map) | _objects(inside),
    max_leaves=6,
)
columns = st.lists(
    st.builds(ColSpec, types, names, st.booleans()), min_size=1, unique_by=lambda one: one.name
)


@given(columns)
def test_a_schema_of_columns_survives_its_json_form(inputs: list[ColSpec]) -> None:
    schema = Schema([*inputs])
    again = Schema.from_json(schema.to_json())
    assert again == schema
    assert again.to_json() == schema.to_json()
    assert repr(again) == repr(schema)


@given(types)
def test_anything_merged_with_what_is_missing_is_still_there(one: Type) -> None:
    assert type(AnyType().merge(one)) is type(one)


def test_a_schema_of_tensors_survives_its_json_form() -> None:
    x, y = TensorSpec(np.dtype("f4"), (-1, 3), "x"), TensorSpec(np.dtype("str"), [2], "y")
    schema = Schema([x, y])
    assert Schema.from_json(schema.to_json()) == schema
    assert schema.numpy_types() == [np.dtype("f4"), np.dtype("str")]
    assert schema.is_tensor_spec()
    with pytest.raises(MlflowException, match="numpy_types"):
        schema.pandas_types()


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ([], "at least one"),
        ("x", "not a str"),
        ([ColSpec("long"), ColSpec("long", "a")], "names or none"),
        ([ColSpec("long"), TensorSpec(np.dtype("f4"), (1,))], "not both"),
        ([TensorSpec(np.dtype("f4"), (1,))] * 2, "tell them apart"),
        ([ColSpec("long", required=False)], "optional input needs a name"),
    ],
)
def test_a_schema_says_what_it_cannot_be(inputs: Any, why: str) -> None:
    with pytest.raises(MlflowException, match=why):
        Schema(inputs)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": "a"}, "no key `type`"),
        ({"type": "nothing"}, "no type 'nothing'"),
        ({"type": "array"}, "`items` and `type`"),
        ({"type": "array", "items": []}, "is a dictionary"),
        ({"type": "array", "items": {}}, "no key `type`"),
        ({"type": "map", "values": {"type": "nothing"}}, "no type 'nothing'"),
        ({"type": "object", "properties": {"a": 1}}, "is a dictionary"),
        ({"type": "tensor"}, "`tensor-spec`"),
    ],
)
def test_a_json_form_that_is_none_is_refused_by_name(form: dict[str, Any], why: str) -> None:
    with pytest.raises(MlflowException, match=why):
        Schema.from_json(json.dumps([form]))


def test_columns_without_names_are_found_by_position() -> None:
    schema = Schema([ColSpec("long"), ColSpec("string")])
    assert schema.input_names() == [0, 1]
    assert not schema.has_input_names()
    assert (len(schema), [*schema]) == (2, schema.inputs)
    with pytest.raises(MlflowException, match="no names"):
        schema.input_types_dict()


def test_arrays_have_no_pandas_type() -> None:
    with pytest.raises(MlflowException, match="arrays, objects or maps"):
        Schema([ColSpec(Array("long"), "a")]).pandas_types()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Array("long"), DataType.long),
        (Array("long"), Array("string")),
        (Array("long"), SparkMLVector()),
        (SparkMLVector(), Array("double")),
        (Map("long"), Array("long")),
        (Object([Property("a", "long")]), Map("long")),
        (Object([Property("a", "long")]), Object([Property("a", "string")])),
        (Property("a", "long"), Property("b", "long")),
        (Property("a", "long"), Array("long")),
    ],
)
def test_types_without_anything_in_common_do_not_merge(one: Any, other: Any) -> None:
    with pytest.raises(MlflowException):
        one.merge(other)


def test_properties_of_one_object_alone_become_optional() -> None:
    one = Object([Property("a", "long"), Property("b", "string")])
    merged = one.merge(Object([Property("a", "long"), Property("c", "double")]))
    assert [(part.name, part.required) for part in merged.properties] == [
        ("a", True), ("b", False), ("c", False),
    ]  # fmt: skip


def test_inferring_whole_numbers_warns_of_missing_ones() -> None:
    with pytest.warns(UserWarning, match="missing"):
        infer_schema(pd.DataFrame({"a": [1]}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert schema_of(pd.DataFrame({"a": [1]})) == Schema([ColSpec("long", "a")])


def test_what_has_no_schema_is_named() -> None:
    with pytest.raises(InvalidParameter, match=r"\{1\}.*pandas data frame"):
        infer_schema({1})


@given(st.lists(st.none() | st.floats() | st.just(pd.NA) | st.just(np.float32("nan"))))
def test_a_series_is_full_if_none_of_its_values_is_missing(values: list[Any]) -> None:
    series = pd.Series(values, dtype=object)
    assert holds_none_missing(series) == holds_none_missing(values)


def test_a_parameter_takes_its_default_without_loss() -> None:
    assert ParamSpec("p", "double", 1).default == 1.0
    assert type(ParamSpec("p", "double", 1).default) is float
    assert ParamSpec("p", "datetime", "2020-01-02").default == dt.date(2020, 1, 2)
    assert ParamSpec("p", "long", np.array([1, 2]), (-1,)).default == [1, 2]
    assert ParamSpec.validate_param_spec(3, ParamSpec("p", "double", 1)) == 3.0


@pytest.mark.parametrize(
    ("dtype", "default", "shape", "why"),
    [
        ("long", 1.5, None, "without loss"),
        ("long", [1], None, "one value"),
        ("long", 1, (-1,), "a list with one axis"),
        ("long", [1], (2,), "must be None"),
        ("binary", b"x", None, "cannot be binary"),
        ("nothing", 1, None, "cannot be 'nothing'"),
        ("datetime", "never", None, "no date"),
        ("datetime", 5, None, "no date|no time"),
    ],
)
def test_a_parameter_says_why_a_default_does_not_fit(
    dtype: str, default: Any, shape: Any, why: str
) -> None:
    with pytest.raises(InvalidParameter, match=why):
        ParamSpec("p", dtype, default, shape)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"b": 1}, r"\['a'\] are missing"),
        ({"a": 1, "z": 1}, r"no properties \['z'\]"),
        ({"a": "x"}, "no long without loss"),
        ({"a": 1, "l": 5}, "is no list"),
        ({"a": 1, "l": ["x"]}, "'l' is refused"),
        ({"a": 1, "m": {1: 1}}, "text as keys"),
        ({"a": 1, "o": 3}, "is no dictionary"),
        (5, "is no dictionary"),
    ],
)
def test_an_object_as_a_parameter_is_checked_part_by_part(value: Any, why: str) -> None:
    inside = Object([Property("x", AnyType(), required=False)])
    schema = Object([
        Property("a", "long"), Property("b", "double", required=False),
        Property("l", Array("long"), required=False), Property("m", Map("long"), required=False),
        Property("o", inside, required=False),
    ])  # fmt: skip
    good = {"a": 1, "b": None, "l": [1, 2], "m": {"k": 1}, "o": {"x": object}}
    assert ParamSpec("p", schema, good).default == good
    with pytest.raises(InvalidParameter, match=why):
        ParamSpec("p", schema, value)


def test_two_parameters_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"\['p'\]"):
        ParamSchema([ParamSpec("p", "long", 1), ParamSpec("p", "long", 2)])


def test_spark_columns_are_known_by_the_names_of_their_types() -> None:
    def spark(kind: str, **parts: Any) -> Any:
        return type(kind, (), parts)()

    fields = [SimpleNamespace(name="n", dataType=spark("DoubleType"), nullable=True)]
    struct = spark("StructType", fields=fields)
    assert infer_spark_type(spark("ShortType")) is DataType.integer
    assert infer_spark_type(spark("VectorUDT")) == SparkMLVector()
    found = infer_spark_type(spark("ArrayType", elementType=struct))
    assert found == Array(Object([Property("n", "double", required=False)]))
    with pytest.raises(InvalidParameter, match="DecimalType"):
        infer_spark_type(spark("DecimalType"))
    with pytest.raises(MlflowException, match="no keys"):
        infer_spark_type(spark("MapType", valueType=spark("LongType")))


def test_a_spark_frame_is_known_once_spark_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("pyspark.sql.dataframe")
    module.DataFrame = type("DataFrame", (), {})
    frame = module.DataFrame()
    field = SimpleNamespace(name="x", dataType=type("LongType", (), {})(), nullable=False)
    frame.schema = SimpleNamespace(fields=[field])
    monkeypatch.setitem(sys.modules, "pyspark.sql.dataframe", module)
    assert schema_of(frame) == Schema([ColSpec("long", "x")])
