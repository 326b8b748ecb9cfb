"""Models of scikit-learn: MLflow's format both ways, older layouts, and kind refusals."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kipu
import kipu.pyfunc
import kipu.sklearn
from kipu.exceptions import InvalidParameter, MlflowException, ResourceExists, ResourceNotFound

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]

TREE = "sklearn.tree._tree.Tree"
OF_2_9 = """\
artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict_proba
    python_version: 3.10.9
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.2.2
mlflow_version: 2.9.2
model_size_bytes: 812
model_uuid: 5a1b3c5d7e9f4a1b8c2d3e4f5a6b7c8d
run_id: 0123456789abcdef0123456789abcdef
utc_time_created: '2023-11-20 10:11:12.131415'
"""
OF_1_0 = """\
artifact_path: model
flavors:
  python_function:
    env: conda.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.6.8
  sklearn:
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 0.20.3
run_id: 0123456789abcdef0123456789abcdef
utc_time_created: '2019-06-04 10:11:12.131415'
"""
OF_0_8 = """\
artifact_path: model
flavors:
  python_function:
    data: model.pkl
    env: conda.yaml
    loader_module: mlflow.sklearn
  sklearn:
    pickled_model: model.pkl
    sklearn_version: 0.19.1
run_id: 0123456789abcdef0123456789abcdef
utc_time_created: '2018-10-18 10:11:12.131415'
"""


@pytest.fixture
def line() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])


@pytest.fixture
def forest() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(2).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[None]:
    before = kipu.get_tracking_uri()
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    yield
    kipu.set_tracking_uri(before)


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_sklearn.py")


@pytest.mark.parametrize(
    ("description", "answer"),
    [(OF_2_9, 2), (OF_1_0, None), (OF_0_8, None)],
    ids=["2.9", "1.0", "0.8"],
)
def test_models_of_older_versions_load(
    description: str, answer: int | None, line: Any, tmp_path: Path
) -> None:
    (tmp_path / "MLmodel").write_text(description)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(line, protocol=2))
    told = kipu.pyfunc.load_model(str(tmp_path)).predict([[3.0]])
    assert told.shape == ((1,) if answer is None else (1, answer))
    assert kipu.sklearn.load_model(str(tmp_path)).predict([[3.0]]).tolist() == [1]


def test_types_that_skops_does_not_trust_are_named(forest: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter) as refused:
        kipu.sklearn.save_model(forest, tmp_path / "forest")
    assert str(refused.value) == (
        f"The model has types that skops does not trust: {TREE}. If you do, list them when you "
        f"save the model: skops_trusted_types=['{TREE}']; or save it with "
        "serialization_format='cloudpickle', which trusts every type."
    )
    assert list((tmp_path / "forest").iterdir()) == []
    kipu.sklearn.save_model(forest, tmp_path / "forest", skops_trusted_types=[TREE])
    assert kipu.sklearn.load_model(str(tmp_path / "forest")).n_estimators == 2


def test_a_model_is_trusted_no_further_than_its_description_says(
    forest: Any, tmp_path: Path
) -> None:
    kipu.sklearn.save_model(forest, tmp_path / "forest", skops_trusted_types=[TREE])
    file = tmp_path / "forest" / "MLmodel"
    file.write_text(file.read_text().replace(f"- {TREE}", "- some.Other"))
    with pytest.raises(InvalidParameter, match=f"does not trust: {TREE}"):
        kipu.sklearn.load_model(str(tmp_path / "forest"))


def test_what_a_format_cannot_hold_is_refused_with_the_way_out(tmp_path: Path) -> None:
    from sklearn.preprocessing import FunctionTransformer

    own = FunctionTransformer(one for one in ())
    with pytest.raises(InvalidParameter, match="serialization_format='cloudpickle' does"):
        kipu.sklearn.save_model(own, tmp_path / "skops")
    with pytest.raises(InvalidParameter, match=r"FunctionTransformer cannot be pickled \(pickle\)"):
        kipu.sklearn.save_model(own, tmp_path / "pickle", serialization_format="pickle")
    with pytest.raises(InvalidParameter, match="there are: skops, pickle, cloudpickle"):
        kipu.sklearn.save_model(own, tmp_path / "odd", serialization_format="joblib")
    with pytest.raises(InvalidParameter, match=r"cannot be pickled \(cloudpickle\).*generator"):
        kipu.sklearn.save_model(own, tmp_path / "cloud", serialization_format="cloudpickle")
    assert [one for one in tmp_path.rglob("*") if one.is_file() and one.suffix != ".db"] == []


def test_the_setting_that_forbids_pickles_forbids_these_models(
    line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kipu.sklearn.save_model(line, tmp_path / "line", pip_requirements=[])
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(MlflowException, match="forbids to load"):
        kipu.sklearn.load_model(str(tmp_path / "line"))
    with pytest.raises(MlflowException, match="forbids to load"):
        kipu.pyfunc.load_model(str(tmp_path / "line"))


def test_the_signature_tells_of_the_function_that_predicts(line: Any, tmp_path: Path) -> None:
    import numpy as np

    kipu.sklearn.save_model(
        line, tmp_path / "line", pyfunc_predict_fn="predict_proba",
        input_example=np.array([[1.0]]), pip_requirements=[],
    )  # fmt: skip
    signature = kipu.models.get_model_info(str(tmp_path / "line")).signature
    assert signature.outputs.to_dict()[0]["tensor-spec"]["shape"] == (-1, 2)


def test_what_does_not_predict_is_saved_with_an_example(line: Any, tmp_path: Path) -> None:
    import numpy as np
    from sklearn.preprocessing import StandardScaler

    example = np.array([[1.0], [2.0]])
    scaler = StandardScaler().fit(example)
    kipu.sklearn.save_model(scaler, tmp_path / "scaler", input_example=example, pip_requirements=[])
    assert kipu.sklearn.load_model(str(tmp_path / "scaler")).transform([[1.5]]).tolist() == [[0.0]]
    told = kipu.models.get_model_info(str(tmp_path / "scaler"))
    assert (set(told.flavors), told.signature) == ({"sklearn"}, None)
    kipu.sklearn.save_model(
        line, tmp_path / "line", pyfunc_predict_fn="guess", input_example=example,
        pip_requirements=[],
    )  # fmt: skip
    told = kipu.models.get_model_info(str(tmp_path / "line"))
    assert set(told.flavors) == {"sklearn"}
    # As with MLflow, of `predict`.
    assert told.signature.outputs.to_dict()[0]["tensor-spec"]["shape"] == (-1,)


def test_requirements_are_what_the_model_imports(line: Any, tmp_path: Path) -> None:
    kipu.sklearn.save_model(line, tmp_path / "line", serialization_format="cloudpickle")
    lines = (tmp_path / "line" / "requirements.txt").read_text().splitlines()
    names = {one.partition("==")[0] for one in lines}
    assert {"mlflow", "scikit-learn", "cloudpickle"} <= names
    assert set(kipu.sklearn.get_default_pip_requirements(include_cloudpickle=True)) <= set(lines)
    pip = kipu.sklearn.get_default_conda_env(include_skops=True)["dependencies"][-1]["pip"]
    assert [one.partition("==")[0] for one in pip] == ["mlflow", "scikit-learn", "skops"]


def test_a_folder_with_files_and_a_model_of_another_flavor_are_refused(
    line: Any, tmp_path: Path
) -> None:
    kipu.sklearn.save_model(line, tmp_path / "line", pip_requirements=[])
    with pytest.raises(ResourceExists):
        kipu.sklearn.save_model(line, tmp_path / "line")
    (tmp_path / "MLmodel").write_text("flavors: {xgboost: {}}\n")
    with pytest.raises(ResourceNotFound, match="no flavor 'sklearn'"):
        kipu.sklearn.load_model(str(tmp_path))


def test_a_logged_model_is_linked_and_registered(line: Any) -> None:
    with kipu.start_run() as run:
        info = kipu.sklearn.log_model(
            line, name="line", registered_model_name="line", pip_requirements=[], tags={"a": "b"}
        )
    assert info.registered_model_version == "1"
    assert kipu.sklearn.load_model("models:/line/1").predict([[0.0]]).tolist() == [0]
    assert kipu.sklearn.load_model(f"runs:/{run.info.run_id}/line").classes_.tolist() == [0, 1]
    kept = kipu.MlflowClient().get_run(run.info.run_id)
    assert [one.model_id for one in kept.outputs.model_outputs] == [info.model_id]
