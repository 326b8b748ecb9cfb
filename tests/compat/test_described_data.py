"""What is stored of data sets and schemas is what MLflow stores, to the character."""

from typing import Any

import pytest
from pairs import OFFICIAL

pytestmark = [pytest.mark.compat, pytest.mark.timeout(300)]
OPTIONAL = ("polars", "hugging face")
"""Libraries that either environment may lack."""


def test_every_description_is_the_official_one(for_each_pair: Any) -> None:
    described = for_each_pair("described_data.py", prefixes=False)
    expected = described[OFFICIAL]
    for pair in described.values():
        assert pair.keys() == expected.keys()
        for name, value in expected.items():
            absent = ["raised", "ModuleNotFoundError"]
            if name in OPTIONAL and absent in (value, pair[name]):
                continue
            assert pair[name] == value, name
