"""Logged models can be found by what they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kipu.exceptions import InvalidParameter
from kipu.service.tracking import TrackingService
from kipu.store.open import open_store


@pytest.fixture
def tracking(tmp_path: Path) -> Iterator[TrackingService]:
    store = open_store(str(tmp_path))
    yield TrackingService(store)
    store.close()


@pytest.fixture
def names(tracking: TrackingService) -> dict[str, str]:
    """Five models' ids by name; the odd ones are of run ``r``."""
    return {
        name: tracking.create_logged_model("0", name, "r" if at % 2 else None, [], [], "t").model_id
        for at, name in enumerate("abcde")
    }


def found(tracking: TrackingService, text: str | None) -> set[str]:
    return {model.name for model in tracking.search_logged_models(["0"], text, 100, None)}


def test_models_are_found_by_their_attributes(
    tracking: TrackingService, names: dict[str, str]
) -> None:
    assert found(tracking, None) == set("abcde")
    assert found(tracking, "source_run_id = 'r'") == {"b", "d"}
    assert found(tracking, "attributes.name IN ('a', 'b') AND status = 1") == {"a", "b"}
    assert found(tracking, f"model_id != '{names['a']}'") == set("bcde")
    assert found(tracking, "experiment_id = '0' AND creation_time > 0") == set("abcde")
    assert found(tracking, "experiment_id = '1'") == set()


def test_pages_join_to_the_whole(tracking: TrackingService, names: dict[str, str]) -> None:
    seen: list[str] = []
    token = None
    while True:
        page = tracking.search_logged_models(["0"], None, 2, token)
        seen += [model.model_id for model in page]
        token = page.token
        if not token:
            break
    assert sorted(seen) == sorted(names.values())


def test_what_cannot_be_searched_is_refused(tracking: TrackingService) -> None:
    for text in ("metrics.loss > 1", "colour = 'red'", "name LIKE 'a%'"):
        with pytest.raises(InvalidParameter):
            tracking.search_logged_models(["0"], text, 100, None)
    with pytest.raises(InvalidParameter, match="experiment_ids is empty"):
        tracking.search_logged_models([], None, 100, None)
