"""Spark beside MLflow; each script keeps to one session, since one takes many seconds to start."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(900)]

if shutil.which("java") is None:
    if os.environ.get("CI"):
        pytest.fail("Spark needs Java: run `sh tests/packages.sh java`.", pytrace=False)
    pytest.skip("Spark needs Java: run `sh tests/packages.sh java`.", allow_module_level=True)


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways(
        "models_spark.py",
        differences={
            r"^older/texts/": "what predicting needs is listed without loading the model for it",
        },
    )


def test_training_is_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike(
        "train_spark.py",
        differences={
            r"/artifacts/(best_)?model/sparkml/": "Spark names its files at random",
            r"/artifacts/(best_)?model/(requirements.txt|conda.yaml)": "see the models",
            r"runs/(0/inputs/[123]|[1347]/inputs/\d)/digest": "of functions, by their address",
            r"runs/8/inputs/[01]/digest": "of files, by their path",
        },
    )
    runs = ours["runs"]
    assert all("model/sparkml/metadata/_SUCCESS" in runs[one]["artifacts"] for one in (0, 1, 2))
    assert "best_model/sparkml/metadata/_SUCCESS" in runs[2]["artifacts"]
    assert [one["parent"] for one in runs[-4:]] == [2, 2, 3, 3]


def test_what_is_not_compared_holds(trained: Any) -> None:
    trained("train_spark_alone.py")
