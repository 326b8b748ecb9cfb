"""spaCy beside MLflow."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways(
        "models_spacy.py",
        differences={r"^answers/logged/wrong/raised$": "an error of the caller has a code"},
    )
