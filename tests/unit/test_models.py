"""Descriptions, signatures, examples and requirements of models."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import kipu
from kipu.exceptions import InvalidParameter, MlflowException, ResourceExists, ResourceNotFound
from kipu.models import (
    Model,
    ModelConfig,
    ModelSignature,
    convert_input_example_to_serving_input,
    get_model_info,
    infer_signature,
    set_model,
    set_signature,
    update_model_requirements,
    validate_schema,
    validate_serving_input,
)
from kipu.models.auth_policy import AuthPolicy, SystemAuthPolicy, UserAuthPolicy
from kipu.models.distributions import requirements_of_modules
from kipu.models.environment import write_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.imports import recorded_imports, top_level_modules
from kipu.models.input_example import InputExample
from kipu.models.requirements import merge_requirements, parse_requirement, read_requirements
from kipu.models.resources import DatabricksFunction, DatabricksTable
from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.nested import Array
from kipu.types.schema import Schema

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    pytest.mark.filterwarnings("ignore:The schema has integer columns"),
]
FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})


def test_a_description_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = Model(
        run_id="r",
        signature=infer_signature(FRAME, [1.0]),
        metadata={"team": "x"},
        resources=[DatabricksTable("t"), DatabricksFunction("f", on_behalf_of_user=True)],
        auth_policy=AuthPolicy(UserAuthPolicy(["sql"]), SystemAuthPolicy([DatabricksTable("t")])),
        further="kept",
    )
    model.add_flavor("python_function", loader_module="mlflow.pyfunc.model")
    model.save(tmp_path / "MLmodel")
    assert Model.load(tmp_path) == model == Model.load(tmp_path / "MLmodel")
    fields = yaml.safe_load((tmp_path / "MLmodel").read_text())
    assert fields["mlflow_version"] == "3.17.2"
    assert fields["further"] == "kept"
    assert fields["resources"]["databricks"]["function"] == [
        {"name": "f", "on_behalf_of_user": True}
    ]
    assert fields["auth_policy"]["user_auth_policy"] == {"api_scopes": ["sql"]}
    assert list(fields) == sorted(fields)
    assert "model_size_bytes" not in fields
    assert fields["model_id"] is None


def test_a_description_of_mlflow_1_is_read(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(
        "artifact_path: model\nflavors:\n  python_function:\n    env: conda.yaml\n"
        "    loader_module: mlflow.sklearn\nrun_id: r\nutc_time_created: '2020-01-02 03:04:05.6'\n"
    )
    model = Model.load(str(tmp_path))
    assert (model.mlflow_version, model.model_uuid, model.model_id) == (None, None, None)
    assert "mlflow_version" not in model.to_dict()
    assert model.get_model_info().model_uri == "runs:/r/model"
    assert model.get_tags_dict()["artifact_path"] == "model"


def test_a_missing_description_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFound, match="MLmodel"):
        Model.load(tmp_path)


@pytest.mark.parametrize("text", ["", "- a", "flavors: [", "flavors: 3", "flavors: {sklearn: }"])
def test_a_broken_description_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(text)
    with pytest.raises(InvalidParameter, match=f"^{tmp_path}/MLmodel "):
        Model.load(tmp_path)
    with pytest.raises(InvalidParameter, match=f"^{tmp_path}/MLmodel "):
        load_flavor(str(tmp_path), "sklearn")


def test_a_signature_is_read_as_it_was_written() -> None:
    signature = infer_signature(FRAME, np.ones(2), {"n": 1})
    assert ModelSignature.from_dict(signature.to_dict()) == signature
    assert repr(signature).startswith("inputs: \n  ['a': double (required)")
    with pytest.raises(ValueError, match="all are None"):
        ModelSignature()
    with pytest.raises(TypeError, match="inputs"):
        ModelSignature(inputs="x")


def test_a_dataclass_stands_for_its_fields() -> None:
    @dataclasses.dataclass
    class Inner:
        names: list[str]

    @dataclasses.dataclass
    class Outer:
        number: int
        inner: Inner
        perhaps: float | None = None

    Outer.__annotations__ = {"number": int, "inner": Inner, "perhaps": float | None}
    Inner.__annotations__ = {"names": list[str]}
    signature = infer_signature(Outer)
    assert signature.inputs is not None
    assert [one.name for one in signature.inputs] == ["number", "inner", "perhaps"]
    assert signature.inputs.optional_input_names() == ["perhaps"]


def test_data_without_a_type_may_be_anything(caplog: pytest.LogCaptureFixture) -> None:
    signature = infer_signature({1, 2})
    assert json.loads(signature.to_dict()["inputs"]) == [{"type": "any", "required": True}]
    assert "no schema" in caplog.text


@pytest.mark.parametrize(
    ("given", "info", "written"),
    [
        (FRAME, {"type": "dataframe", "pandas_orient": "split"}, {"columns": ["a", "b"]}),
        (pd.DataFrame([[1]]), {"type": "dataframe", "pandas_orient": "values"}, {"data": [[1]]}),
        (np.array([[1.0, np.nan]]), {"type": "ndarray"}, [[1.0, None]]),
        ({"x": np.array([1])}, {"type": "ndarray"}, {"x": [1]}),
        ({"a": [1], "b": None}, {"type": "json_object"}, {"a": [1], "b": None}),
        ([{"a": 1}], {"type": "json_object"}, [{"a": 1}]),
        ("text", {"type": "json_object"}, "text"),
        (b"bytes", {"type": "json_object"}, "Ynl0ZXM=\n"),
    ],
)  # fmt: skip
def test_examples_are_written_by_their_kind(given: Any, info: dict[str, str], written: Any) -> None:
    example = InputExample(given)
    assert info.items() <= example.info.items()
    got = json.loads(example.text)
    assert (got if not isinstance(written, dict) else {**got, **written}) == got
    assert got == written or isinstance(written, dict)


def test_an_example_with_params_is_both() -> None:
    example = InputExample((FRAME, {"n": 1}))
    assert example.info["params"] == "true"
    assert json.loads(example.text)["params"] == {"n": 1}
    assert json.loads(example.serving_text) == {
        "dataframe_split": {"columns": ["a", "b"], "data": [[1.0, "x"], [2.0, "y"]]},
        "params": {"n": 1},
    }
    assert json.loads(convert_input_example_to_serving_input({"messages": []}) or "") == {
        "messages": []
    }
    assert convert_input_example_to_serving_input(None) is None


@pytest.mark.parametrize("given", [{"x": np.ones(1), "y": [1]}, object(), (1, 2)])
def test_other_examples_are_refused(given: Any) -> None:
    with pytest.raises(InvalidParameter):
        InputExample(given)
    with pytest.raises(MlflowException):
        InputExample([np.ones(1)])


def test_a_frame_may_have_columns_too_many_but_not_too_few(
    caplog: pytest.LogCaptureFixture,
) -> None:
    schema = Schema([ColSpec("double", "a"), ColSpec("string", "b", required=False)])
    validate_schema(FRAME, schema)
    validate_schema(FRAME[["a"]].assign(c=1), schema)
    assert "'c'" in caplog.text
    with pytest.raises(MlflowException, match=r"missing inputs \['a'\]"):
        validate_schema(FRAME[["b"]], schema)


def test_schema_details_can_be_kept_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_SCHEMA_DETAILS", "true")
    with pytest.raises(MlflowException) as raised:
        validate_schema(FRAME[["b"]], Schema([ColSpec("double", "a")]))
    assert "'a'" not in raised.value.message


@pytest.mark.parametrize(
    ("spec", "data"),
    [
        (ColSpec("long", "a"), pd.DataFrame({"a": [1.5]})),
        (ColSpec("integer", "a"), pd.DataFrame({"a": [1]})),
        (ColSpec("string", "a"), pd.DataFrame({"a": [1]})),
        (ColSpec("float", "a"), pd.DataFrame({"a": [1.5]})),
        (ColSpec(Array("long"), "a"), pd.DataFrame({"a": [["x"]]})),
        (TensorSpec(np.dtype("float64"), (-1, 2)), np.ones((2, 3))),
        (TensorSpec(np.dtype("float64"), (-1, 2)), np.ones((2, 2), "f4")),
        (TensorSpec(np.dtype("float64"), (-1,), "a"), [1.0]),
    ],
)
def test_what_would_lose_something_is_refused(spec: Any, data: Any) -> None:
    with pytest.raises(MlflowException):
        validate_schema(data, Schema([spec]))


def test_requirements_are_taken_apart_and_merged() -> None:
    one = parse_requirement("Scikit_Learn[a, b] >= 1.4, <2 ; python_version > '3'")
    assert one is not None
    assert str(one) == "Scikit_Learn[a,b]>=1.4,<2; python_version > '3'"
    assert parse_requirement("git+https://host/x.git") is None
    assert merge_requirements(["a>1", "b", "A[x]<2", "b==1", "git+https://host/x"]) == [
        "a[x]>1,<2",
        "b==1",
        "git+https://host/x",
    ]


def test_requirements_are_read_from_files_that_name_others(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("b \\\n  >=2 # why\n\n# no\n")
    (tmp_path / "c.txt").write_text("numpy<9\n")
    (tmp_path / "r.txt").write_text("a\n-r more.txt\n-c c.txt\n")
    assert read_requirements(str(tmp_path / "r.txt")) == (["a", "b >=2"], ["numpy<9"])
    assert read_requirements(None) == ([], [])
    with pytest.raises(TypeError, match="iterable of texts"):
        read_requirements([1])  # type: ignore[list-item]


def test_the_environment_is_written_in_three_files(tmp_path: Path) -> None:
    write_environment(tmp_path, ["pandas==1"], extra_pip_requirements=["x"])
    assert (tmp_path / "requirements.txt").read_text() == "mlflow==3.17.2\npandas==1\nx"
    conda = yaml.safe_load((tmp_path / "conda.yaml").read_text())
    assert conda["dependencies"][-1] == {"pip": ["mlflow==3.17.2", "pandas==1", "x"]}
    python = yaml.safe_load((tmp_path / "python_env.yaml").read_text())
    assert python["dependencies"] == ["-r requirements.txt"]


def test_a_conda_environment_is_kept_but_for_what_loads_the_model(tmp_path: Path) -> None:
    given = {"name": "mine", "dependencies": ["python=3.11", "gcc", {"pip": ["a"]}]}
    write_environment(tmp_path, None, conda_env=given)
    assert yaml.safe_load((tmp_path / "conda.yaml").read_text()) == {
        "name": "mine",
        "dependencies": ["python=3.11", "gcc", {"pip": ["mlflow==3.17.2", "a"]}],
    }


def test_imports_are_noted_whether_loaded_before_or_not() -> None:
    assert "sklearn" in sys.modules or __import__("sklearn")
    with recorded_imports() as names:
        from sklearn.linear_model import LinearRegression  # noqa: F401
    assert {"sklearn.linear_model"} <= names
    tops = top_level_modules(names)
    assert {"sklearn", "numpy", "scipy", "joblib"} <= tops
    lines = {line.partition("==")[0] for line in requirements_of_modules(tops)}
    assert {"numpy", "scikit-learn", "scipy"} <= lines
    assert not {"joblib", "threadpoolctl", "kipu"} & lines, "brought by scikit-learn, or ours"


class Flavor:
    """The smallest flavor: a number in a file."""

    @staticmethod
    def save_model(
        number: float, path: str, mlflow_model: Model | None = None, **kwargs: Any
    ) -> Model:
        folder = ModelFolder(path, mlflow_model, **kwargs)
        folder.describe(lambda: Adding(number))
        (folder.path / "number.txt").write_text(str(number))
        folder.add_flavor("numbers", data="number.txt", code=folder.code)
        folder.add_pyfunc(__name__, data="number.txt")
        return folder.finish(["numpy==1"], infer=False)


class Adding:
    def __init__(self, number: float) -> None:
        self.number = number

    def predict(self, data: Any, params: Any = None) -> Any:
        return data + self.number


def _load_pyfunc(path: str) -> Adding:
    return Adding(float(Path(path).read_text()))


@pytest.fixture
def as_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or sys.modules["__main__"])
    monkeypatch.setattr(sys.modules[__name__], "_load_pyfunc", _load_pyfunc, raising=False)


@pytest.mark.usefixtures("as_loader")
def test_a_flavor_is_saved_logged_and_loaded(tmp_path: Path) -> None:
    example = pd.DataFrame({"x": [1.0]})
    (tmp_path / "brought.py").write_text("answer = 42\n")
    with kipu.start_run() as run:
        kipu.log_metric("loss", 0.5, step=1)
        kipu.log_metric("loss", 0.25, step=2)
        info = Model.log(
            None,
            Flavor,
            name="adding",
            step=2,
            params={"own": 1},
            tags={"team": "x"},
            number=1.5,
            input_example=example,
            code_paths=[str(tmp_path / "brought.py")],
        )
    assert info.model_uri == f"models:/{info.model_id}"
    assert [(one.step, one.value) for one in info.metrics or []] == [(2, 0.25)]
    logged = kipu.get_logged_model(info.model_id or "")
    assert [(one.step, one.value) for one in logged.metrics or []] == [(2, 0.25)]
    assert logged.status == "READY"
    assert (logged.params, logged.tags["team"]) == ({"own": "1"}, "x")
    made = kipu.get_run(run.info.run_id).outputs
    assert made is not None
    assert [(one.model_id, one.step) for one in made.model_outputs] == [(info.model_id, 2)]
    loaded = kipu.pyfunc.load_model(info.model_uri)
    assert loaded.predict(example)["x"].tolist() == [2.5]
    assert loaded.input_example.equals(example)
    folder, conf = load_flavor(f"runs:/{run.info.run_id}/adding", "numbers")
    assert (folder / conf["data"]).read_text() == "1.5"
    assert get_model_info(info.model_uri).signature == info.signature
    with pytest.raises(ResourceNotFound, match="no flavor 'other'"):
        load_flavor(info.model_uri, "other")


def test_a_model_whose_saving_fails_is_failed() -> None:
    class Failing:
        @staticmethod
        def save_model(path: str, mlflow_model: Model) -> None:
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        Model.log(None, Failing, name="m")
    model = kipu.last_logged_model()
    assert model is not None
    assert model.status == "FAILED"


def test_a_folder_with_files_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(ResourceExists, match="files in it"):
        ModelFolder(tmp_path)
    with pytest.raises(ValueError, match="conda_env, pip_requirements"):
        ModelFolder(tmp_path / "new", conda_env={}, pip_requirements=[])
    for given in ("x", True, {"inputs": []}):
        with pytest.raises(InvalidParameter, match=f"not a {type(given).__name__}"):
            ModelFolder(tmp_path / "new", signature=given)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match="older name"):
        Model.log("a", Flavor, name="b", number=1)
    with pytest.raises(ValueError, match="not both"):
        Model.log(None, Flavor, name="b", number=1, resources=[], auth_policy=AuthPolicy())


def test_signature_and_requirements_of_a_logged_model_can_be_changed() -> None:
    info = Model.log(None, Flavor, name="m", number=1)
    assert info.signature is None
    signature = infer_signature(np.ones(1))
    set_signature(info.model_uri, signature)
    assert get_model_info(info.model_uri).signature == signature
    update_model_requirements(info.model_uri, "add", ["numpy>2", "pandas"])
    update_model_requirements(info.model_uri, "remove", ["mlflow"])
    place = Path(kipu.artifacts.download_artifacts(info.model_uri))
    assert (place / "requirements.txt").read_text() == "numpy>2\npandas"
    assert "numpy>2" in (place / "conda.yaml").read_text()
    kipu.register_model(info.model_uri, "numbers")
    with pytest.raises(InvalidParameter, match="stays as it is"):
        set_signature("models:/numbers/1", signature)
    with pytest.raises(InvalidParameter, match="'add' or 'remove'"):
        update_model_requirements(info.model_uri, "replace", [])  # type: ignore[arg-type]


@pytest.mark.usefixtures("as_loader")
def test_a_serving_input_reaches_the_model() -> None:
    frame = pd.DataFrame({"x": [1.0]})
    info = Model.log(None, Flavor, name="m", number=1, input_example=frame)
    sent = convert_input_example_to_serving_input(frame)
    assert sent is not None
    assert validate_serving_input(info.model_uri, sent)["x"].tolist() == [2.0]
    for wrong in ("no json", "[]", '{"other": 1}', '{"dataframe_split": []}'):
        with pytest.raises(MlflowException, match="Invalid input"):
            validate_serving_input(info.model_uri, wrong)
    kipu.models.predict(info.model_uri, frame, output_path="out.json", env_manager="local")
    assert json.loads(Path("out.json").read_text()) == {"predictions": [{"x": 2.0}]}


def test_configuration_is_that_of_development_until_code_is_run_as_a_model(tmp_path: Path) -> None:
    assert ModelConfig(development_config={"a": 1}).get("a") == 1
    (tmp_path / "c.yaml").write_text("a: 2\n")
    assert ModelConfig(development_config=str(tmp_path / "c.yaml")).to_dict() == {"a": 2}
    with pytest.raises(KeyError, match="no 'b'"):
        ModelConfig(development_config={"a": 1}).get("b")
    with pytest.raises(FileNotFoundError):
        ModelConfig()
    with pytest.raises(InvalidParameter, match="PythonModel or a function"):
        set_model(3)
