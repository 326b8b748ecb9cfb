"""statsmodels beside MLflow."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways(
        "models_statsmodels.py",
        differences={r"^answers/series/wrong/raised$": "an error of the caller has a code"},
    )


def test_fits_are_logged_alike(trained_alike: Any) -> None:
    ours = trained_alike(
        "train_statsmodels.py",
        differences={
            r"/params/kwargs$": "MLflow logs Python's sign for an argument without default"
        },
    )
    assert [run["status"] for run in ours["runs"]] == ["FINISHED"] * 4 + ["FAILED"]
    assert ours["runs"][0]["tags"]["team"] == "x"
    assert ours["runs"][0]["params"]["cov_type"] == "HC1"
