"""Models written in Python: saved, logged, loaded and asked."""

from __future__ import annotations

import datetime as dt
import pickle
import pickletools
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import kipu
from kipu.exceptions import InvalidParameter, MlflowException, ResourceNotFound
from kipu.models import ModelSignature, infer_signature
from kipu.pyfunc import PyFuncModel, PythonModel, load_model, log_model, save_model
from kipu.pyfunc.context import get_prediction_context
from kipu.pyfunc.hints import checking_info, pyfunc
from kipu.types.columns import ColSpec
from kipu.types.schema import Schema
from kipu.types.type_hints import TypeFromExample, as_hinted, data_is_json, schema_of_list_hint

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    pytest.mark.filterwarnings("ignore:The schema has integer columns"),
]
FRAME = pd.DataFrame({"a": [1.0, 2.0]})


class Doubling(PythonModel):
    def predict(self, context, model_input):  # type: ignore[no-untyped-def,override]
        return model_input * 2


class Reading(PythonModel):
    def load_context(self, context):  # type: ignore[no-untyped-def]
        self.texts = [Path(one).read_text() for one in context.artifacts.values()]

    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return [*self.texts, context.model_config, params]


class Hinted(PythonModel):
    def predict(self, model_input: list[str], params=None) -> list[str]:  # type: ignore[no-untyped-def,override]
        return [one.upper() for one in model_input]

    def predict_stream(self, context, model_input, params=None) -> Iterator[Any]:  # type: ignore[no-untyped-def]
        yield from (get_prediction_context() is not None, model_input)


def by_value(python_model: Any, tmp_path: Path, **kwargs: Any) -> PyFuncModel:
    """Save a model with its class, as one that a notebook defines, and load it."""
    import cloudpickle

    module = sys.modules.get(__name__)
    if module is not None:
        cloudpickle.register_pickle_by_value(module)
    save_model(tmp_path / "model", python_model=python_model, pip_requirements=[], **kwargs)
    return load_model(tmp_path / "model")


def test_a_model_answers_as_before_it_was_saved(tmp_path: Path) -> None:
    model = by_value(Doubling(), tmp_path)
    assert model.predict(FRAME)["a"].tolist() == [2.0, 4.0]
    assert model.predict(21) == 42
    assert type(model.unwrap_python_model()).__name__ == "Doubling"
    assert model.loader_module == "mlflow.pyfunc.model"
    assert model.metadata.signature is None
    with pytest.raises(MlflowException, match="raw model"):
        model.get_raw_model()
    with pytest.raises(MlflowException, match="no predict_stream"):
        model.predict_stream("x")


def test_a_model_reads_artifacts_configuration_and_params(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "text.txt").write_text(folder)
    uris = {name: str(tmp_path / name / "text.txt") for name in ("x", "y")}
    model = by_value(
        Reading(),
        tmp_path,
        artifacts=uris,
        model_config={"n": 1},
        input_example=(FRAME, {"by": 2}),
    )
    assert model.predict(FRAME) == ["x", "y", {"n": 1}, {"by": 2}]
    assert model.predict(FRAME, params={"by": 3, "other": 1})[3] == {"by": 3}
    assert model.model_config == {"n": 1}
    conf = model.metadata.flavors["python_function"]
    assert {one["uri"] for one in conf["artifacts"].values()} == set(uris.values())
    assert {one["path"] for one in conf["artifacts"].values()} == {
        "artifacts/0/text.txt",
        "artifacts/1/text.txt",
    }
    changed = load_model(tmp_path / "model", model_config={"n": 2, "unknown": 3})
    assert changed.predict(FRAME)[2] == {"n": 2}


def test_a_type_hint_is_the_signature_and_checks_the_input(tmp_path: Path) -> None:
    model = by_value(Hinted(), tmp_path)
    signature = model.metadata.signature
    assert signature is not None
    assert signature._is_signature_from_type_hint
    assert signature.inputs == signature.outputs == Schema([ColSpec("string")])
    assert model.predict(["a"]) == ["A"]
    assert model.predict(pd.DataFrame({"x": ["b"]})) == ["B"]
    with pytest.raises(InvalidParameter, match=r"no list\[str\]: 1: A str is expected"):
        model.predict([1])
    assert list(model.predict_stream("x")) == [True, "x"]
    assert get_prediction_context() is None


def test_a_function_is_a_model(tmp_path: Path) -> None:
    def shout(model_input: list[str]) -> list[str]:
        return [one + "!" for one in model_input]

    # Annotations are text in this file.
    shout.__annotations__ = {"model_input": list[str], "return": list[str]}
    model = by_value(shout, tmp_path, input_example=["a"])
    assert model.predict(["a"]) == ["a!"]
    with pytest.raises(InvalidParameter):
        model.predict("a")
    with pytest.raises(InvalidParameter, match="one of input_example"):
        save_model(tmp_path / "other", python_model=shout)
    with pytest.raises(InvalidParameter, match="has one argument; this one has 2"):
        save_model(tmp_path / "another", python_model=lambda a, b: a)


def test_a_model_from_code_is_run_with_its_configuration(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "import kipu\n"
        "config = kipu.models.ModelConfig(development_config={'by': 1})\n"
        "def add(model_input):\n    return model_input + config.get('by')\n"
        "kipu.models.set_model(add)\n"
    )
    save_model(tmp_path / "model", python_model=code, model_config={"by": 10}, pip_requirements=[])
    assert load_model(tmp_path / "model").predict(1) == 11
    assert load_model(tmp_path / "model", model_config={"by": 20}).predict(1) == 21
    code.write_text("1 / 0\n")
    with pytest.raises(MlflowException, match="failed: division"):
        save_model(tmp_path / "other", python_model=str(code))
    code.write_text("x = 1\n")
    with pytest.raises(MlflowException, match="sets no model"):
        save_model(tmp_path / "another", python_model=str(code))
    with pytest.raises(InvalidParameter, match=r"Did you mean 'code.py'\?"):
        save_model(tmp_path / "last", python_model=str(tmp_path / "code"))


def test_code_written_for_mlflow_runs_without_it(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "import mlflow.pyfunc\nfrom mlflow.models import set_model\n"
        "class Same(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input):\n        return model_input\n"
        "set_model(Same())\n"
    )
    save_model(tmp_path / "model", python_model=code, pip_requirements=[])
    assert load_model(tmp_path / "model").predict(1) == 1
    assert "mlflow" not in sys.modules


def test_a_pickle_names_mlflow_and_not_kipu(tmp_path: Path) -> None:
    signature = infer_signature(FRAME)
    model = Hinted()
    model.signature = signature  # type: ignore[attr-defined]
    assert by_value(model, tmp_path).unwrap_python_model().signature == signature
    written = (tmp_path / "model" / "python_model.pkl").read_bytes()
    texts = {text for _, text, _ in pickletools.genops(written) if isinstance(text, str)}
    names = {text for text in texts if text.partition(".")[0] in ("kipu", "mlflow")}
    assert {one for one in names if one.startswith("kipu")} == set()
    assert {"mlflow.pyfunc.model", "mlflow.pyfunc.utils.data_validation"} <= names


def test_what_cannot_be_pickled_is_told(tmp_path: Path) -> None:
    model = Doubling()
    model.generator = (one for one in ())  # type: ignore[attr-defined]
    with pytest.raises(MlflowException, match="cannot be pickled") as raised:
        save_model(tmp_path / "model", python_model=model)
    assert raised.value.error_class == "MODEL_SERIALIZATION_FAILED"


def test_pickled_models_can_be_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_value(Doubling(), tmp_path)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(MlflowException, match="forbids"):
        load_model(tmp_path / "model")


def test_a_pickled_model_may_be_compressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_LOG_MODEL_COMPRESSION", "gzip")
    assert by_value(Doubling(), tmp_path).predict(1) == 2
    assert (tmp_path / "model" / "python_model.pkl.gz").exists()


def test_an_example_must_fit_the_signature(tmp_path: Path) -> None:
    signature = ModelSignature(Schema([ColSpec("string", "a")]))
    with pytest.raises(InvalidParameter, match="does not fit the signature"):
        by_value(Doubling(), tmp_path, signature=signature, input_example=FRAME)


def test_input_is_what_the_example_was_of_where_the_hint_says_so(tmp_path: Path) -> None:
    class Same(PythonModel):
        def predict(self, model_input):  # type: ignore[no-untyped-def,override]
            return model_input

    Same.predict.__annotations__ = {"model_input": TypeFromExample}
    model = by_value(Same(), tmp_path, input_example=["a", "b"])
    assert model.metadata.signature is not None
    assert model.metadata.signature._is_type_hint_from_example
    assert model.predict(["c"]) == ["c"]


def test_a_model_is_found_by_every_uri(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text("import kipu\nkipu.models.set_model(lambda model_input: model_input + 1)\n")
    with kipu.start_run() as run:
        info = log_model(
            name="one", python_model=code, registered_model_name="plus", pip_requirements=[]
        )
    kipu.MlflowClient().set_registered_model_alias("plus", "best", "1")
    folder = kipu.artifacts.download_artifacts(info.model_uri, dst_path=str(tmp_path / "there"))
    for uri in (
        info.model_uri,
        f"runs:/{run.info.run_id}/one",
        "models:/plus/1",
        "models:/plus@best",
        "models:/plus/latest",
        folder,
        Path(folder),
    ):
        model = load_model(uri)
        assert (model.predict(1), model.model_id) == (2, info.model_id)
    assert info.registered_model_version == "1"
    with pytest.raises(ResourceNotFound):
        load_model("models:/plus/2")


def test_a_model_of_mlflow_2_is_loaded_from_its_run(tmp_path: Path) -> None:
    by_value(Doubling(), tmp_path)
    description = tmp_path / "model" / "MLmodel"
    fields = yaml.safe_load(description.read_text())
    for name in ("model_id", "prompts"):
        del fields[name]
    with kipu.start_run() as run:
        fields |= {"run_id": run.info.run_id, "artifact_path": "m", "mlflow_version": "2.9.2"}
        fields["flavors"]["python_function"]["env"] = "conda.yaml"
        description.write_text(yaml.safe_dump(fields))
        kipu.log_artifacts(str(tmp_path / "model"), "m")
    uri = f"runs:/{run.info.run_id}/m"
    model = load_model(uri)
    assert (model.predict(2), model.model_id) == (4, None)
    assert model.metadata.get_model_info().model_uri == uri
    assert kipu.register_model(uri, "old").version == "1"
    assert load_model("models:/old/1").predict(2) == 4


def test_files_elsewhere_and_other_flavors_are_not_loaded() -> None:
    external = kipu.create_external_model("agent")
    with pytest.raises(MlflowException, match="elsewhere"):
        load_model(external.model_uri)
    Path("m").mkdir()
    Path("m/MLmodel").write_text("flavors:\n  sklearn: {}\n")
    with pytest.raises(ResourceNotFound, match="no flavor 'python_function'"):
        load_model("m")
    Path("m/MLmodel").write_text(
        "flavors:\n  python_function:\n    loader_module: mlflow.nothing\n"
    )
    with pytest.raises(MlflowException, match="Kipu does not have"):
        load_model("m", suppress_warnings=True)


def test_a_loader_of_the_users_is_brought_along(tmp_path: Path) -> None:
    (tmp_path / "loader_of_numbers.py").write_text(
        "import pathlib\nclass Adding:\n"
        "    def __init__(self, path):\n"
        "        self.number = float(pathlib.Path(path).read_text())\n"
        "    def predict(self, data):\n        return data + self.number\n"
        "def _load_pyfunc(path):\n    return Adding(path)\n"
    )
    (tmp_path / "number.txt").write_text("2.5")
    save_model(
        tmp_path / "model",
        loader_module="loader_of_numbers",
        data_path=str(tmp_path / "number.txt"),
        code_paths=[str(tmp_path / "loader_of_numbers.py")],
        pip_requirements=[],
    )
    before = list(sys.path)
    try:
        assert load_model(tmp_path / "model").predict(1) == 3.5
    finally:
        sys.path[:] = before
    with pytest.raises(InvalidParameter, match="not by both"):
        save_model(tmp_path / "x", loader_module="a", python_model=Doubling())
    with pytest.raises(InvalidParameter, match="Give a model"):
        save_model(tmp_path / "x")
    with pytest.raises(TypeError, match="no arguments"):
        save_model(tmp_path / "x", python_model=Doubling(), other=1)


def test_requirements_can_be_had(tmp_path: Path) -> None:
    by_value(Doubling(), tmp_path)
    uri = str(tmp_path / "model")
    assert Path(kipu.pyfunc.get_model_dependencies(uri)).name == "requirements.txt"
    assert Path(kipu.pyfunc.get_model_dependencies(uri, "conda")).name == "conda.yaml"
    (tmp_path / "model" / "requirements.txt").unlink()
    assert Path(kipu.pyfunc.get_model_dependencies(uri)).read_text() == "mlflow==3.17.2\n"
    with pytest.raises(InvalidParameter, match="'pip' or 'conda'"):
        kipu.pyfunc.get_model_dependencies(uri, "npm")
    default = kipu.pyfunc.get_default_conda_env()
    assert yaml.safe_dump(default).count("cloudpickle==") == 1


def test_hints_of_data_that_no_schema_knows_are_told() -> None:
    def predict(model_input: int) -> int:
        return model_input

    predict.__annotations__ = {"model_input": int}
    with pytest.warns(UserWarning, match=r"write list\[int\]"):
        assert checking_info(predict) is None
    predict.__annotations__ = {"model_input": list}
    with pytest.raises(MlflowException, match="take it away"):
        pyfunc(predict)


@pytest.mark.parametrize(
    ("hint", "good", "bad"),
    [
        (list[int], [1], ["x"]),
        (list[dict[str, float]], [{"a": 1.5}], [{"a": "x"}]),
        (list[list[str]], [["a"]], [[1]]),
        (list[int | None], [None, 1], ["x"]),
        (list[Any], [1, "x"], "x"),
        (list[int | str], [1, "x"], {}),
    ],
)
def test_data_is_checked_by_hints(hint: Any, good: Any, bad: Any) -> None:
    if hint != list[int | None]:
        assert len(schema_of_list_hint(hint)) == 1
    assert as_hinted(good, hint) == good
    with pytest.raises(InvalidParameter):
        as_hinted(bad, hint)


def test_texts_are_bytes_and_times_where_data_is_json() -> None:
    with data_is_json():
        assert as_hinted(["eA=="], list[bytes]) == [b"x"]
        assert as_hinted(["2020-01-02"], list[dt.datetime]) == [
            dt.datetime.fromisoformat("2020-01-02")
        ]
    with pytest.raises(InvalidParameter):
        as_hinted(["eA=="], list[bytes])


def test_arguments_with_other_names_are_warned_of() -> None:
    with pytest.warns(FutureWarning, match=r"\['text'\]"):

        class Odd(PythonModel):
            def predict(self, context, text):  # type: ignore[no-untyped-def,override]
                return text

    assert Odd().predict(None, 1) == 1  # type: ignore[arg-type]


def test_a_model_of_arrays_gets_arrays(tmp_path: Path) -> None:
    model = by_value(Doubling(), tmp_path, input_example=np.ones((2, 3)))
    assert model.predict(np.ones((1, 3))).tolist() == [[2.0, 2.0, 2.0]]
    with pytest.raises(InvalidParameter, match="shape of the input") as raised:
        model.predict(np.ones((1, 2)))
    assert raised.value.error_class == "SCHEMA_ENFORCEMENT_FAILED"
    assert "pyfunc.loaded_model" in repr(model)
    assert model == load_model(tmp_path / "model")


def test_models_need_neither_pandas_nor_cloudpickle_to_be_imported() -> None:
    code = (
        "import sys, kipu.pyfunc\n"
        "assert not {'pandas', 'cloudpickle', 'scipy', 'sqlalchemy'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_mlflows_pickles_are_read(tmp_path: Path) -> None:
    """A pickle as MLflow writes it: what it names is found in Kipu."""
    from kipu.pyfunc import pickling

    written = pickle.dumps([ModelSignature, PythonModel, MlflowException], protocol=2)
    renamed = (
        written.replace(b"kipu.models.model_signature", b"mlflow.models.signature")
        .replace(b"kipu.pyfunc.model", b"mlflow.pyfunc.model")
        .replace(b"kipu.exceptions", b"mlflow.exceptions")
    )
    (tmp_path / "x.pkl").write_bytes(renamed)
    assert pickling.load(tmp_path / "x.pkl") == [ModelSignature, PythonModel, MlflowException]
    (tmp_path / "x.pkl").write_bytes(renamed.replace(b"PythonModel", b"NothingHere"))
    with warnings.catch_warnings(), pytest.raises(MlflowException, match="NothingHere"):
        pickling.load(tmp_path / "x.pkl")
