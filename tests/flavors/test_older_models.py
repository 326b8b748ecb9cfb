"""Models that MLflow 2.22.0 saved, in folders below ``older``, as they lie in stores today."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kipu.pyfunc
from kipu.exceptions import MlflowException

pytestmark = [
    pytest.mark.flavors,
    # They hold the bytecode of functions.
    pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="pickled by Python 3.11"),
]

OLDER = Path(__file__).with_name("older")
ROWS = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0]})
SINGLE = ROWS.astype("float32")
TRUTH = [1.0, 2.0, 5.0, 6.0]
LIGHTGBM = [2.8225, 3.0935, 3.9065, 4.1775]

# Of each folder: the library, the input, the answer.
NUMBERS: dict[str, tuple[str, Any, list[float]]] = {
    "sklearn_pickle": ("sklearn", ROWS, TRUTH),
    "sklearn_cloudpickle": ("sklearn", ROWS, TRUTH),
    "xgboost_estimator": ("xgboost", ROWS, [1.985926, 2.591556, 4.408445, 5.014074]),
    "xgboost_booster": ("xgboost", ROWS, [2.344444, 2.806667, 4.193334, 4.655556]),
    "lightgbm_estimator": ("lightgbm", ROWS, LIGHTGBM),
    "lightgbm_booster": ("lightgbm", ROWS, LIGHTGBM),
    "catboost": ("catboost", ROWS, [2.012397, 2.607438, 4.581340, 4.944976]),
    "statsmodels": ("statsmodels", ROWS, TRUTH),
    "pytorch": ("pytorch", SINGLE, TRUTH),
    "pytorch_scripted": ("pytorch", SINGLE, TRUTH),
}
TEXTS = {"function": (["ab"], ["abab"]), "typed": (["ab"], ["AB"])}
OF_PYTHON = {"python_model", "from_code", *TEXTS}
WITHOUT_PICKLES = ("xgboost_estimator", "xgboost_booster", "lightgbm_booster", "catboost")


def test_all_folders_are_tried() -> None:
    assert {one.name for one in OLDER.iterdir()} == {*NUMBERS, *OF_PYTHON}


@pytest.mark.parametrize("name", NUMBERS)
def test_models_of_libraries_predict(name: str) -> None:
    library, rows, expected = NUMBERS[name]
    answer = kipu.pyfunc.load_model(str(OLDER / name)).predict(rows)
    assert np.asarray(answer).ravel() == pytest.approx(expected, abs=1e-5)
    flavor = importlib.import_module(f"kipu.{library}")
    module = type(flavor.load_model(str(OLDER / name))).__module__
    assert module.startswith({"pytorch": "torch"}.get(library, library))


def test_a_python_model_predicts_with_its_artifacts_and_params() -> None:
    model = kipu.pyfunc.load_model(str(OLDER / "python_model"))
    assert model.predict(ROWS).tolist() == [11.0, 12.0, 13.0, 14.0]
    assert model.predict(ROWS, params={"plus": 5}).tolist() == [16.0, 17.0, 18.0, 19.0]
    assert model.unwrap_python_model().n == 1


@pytest.mark.parametrize("name", TEXTS)
def test_type_hints_still_hold(name: str) -> None:
    given, expected = TEXTS[name]
    model = kipu.pyfunc.load_model(str(OLDER / name))
    assert model.predict(given) == expected
    with pytest.raises(MlflowException):
        model.predict([1])


def test_a_model_as_code_predicts() -> None:
    model = kipu.pyfunc.load_model(str(OLDER / "from_code"))
    assert model.predict(ROWS).tolist() == [0.0, 3.0, 6.0, 9.0]


def test_the_input_example_is_read() -> None:
    model = kipu.pyfunc.load_model(str(OLDER / "sklearn_pickle"))
    pd.testing.assert_frame_equal(model.input_example, ROWS[:2])


@pytest.mark.parametrize("name", sorted(set(NUMBERS).union(OF_PYTHON) - {"from_code"}))
def test_pickles_are_refused_where_they_are_forbidden(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    if name in WITHOUT_PICKLES:
        kipu.pyfunc.load_model(str(OLDER / name))
        return
    with pytest.raises(MlflowException, match="MLFLOW_ALLOW_PICKLE_DESERIALIZATION"):
        kipu.pyfunc.load_model(str(OLDER / name))
