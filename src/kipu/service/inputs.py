"""The rules of data sets as a run's inputs."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.entities import DatasetInput
from kipu.exceptions import InvalidParameter
from kipu.service.limits import (
    MAX_DATASET_DIGEST_SIZE,
    MAX_DATASET_NAME_SIZE,
    MAX_DATASET_PROFILE_SIZE,
    MAX_DATASET_SCHEMA_SIZE,
    MAX_DATASET_SOURCE_SIZE,
    MAX_INPUT_TAG_KEY_SIZE,
    MAX_INPUT_TAG_VALUE_SIZE,
)

_REQUIRED = ("name", "digest", "source_type", "source")
_LIMITS = {
    "name": MAX_DATASET_NAME_SIZE,
    "digest": MAX_DATASET_DIGEST_SIZE,
    "source": MAX_DATASET_SOURCE_SIZE,
    "schema": MAX_DATASET_SCHEMA_SIZE,
    "profile": MAX_DATASET_PROFILE_SIZE,
}


def check_inputs(datasets: Sequence[DatasetInput]) -> None:
    """Refuse data sets that cannot be stored.

    Raises:
        InvalidParameter: One lacks a name, a digest or a source, or something is too long.
    """
    for given in datasets:
        for field in _REQUIRED:
            if not getattr(given.dataset, field):
                raise InvalidParameter(f"A data set needs a {field}; this one has none.")
        for field, limit in _LIMITS.items():
            _check_length(f"The data set's {field}", getattr(given.dataset, field), limit)
        for tag in given.tags:
            _check_length("The key of a data set's tag", tag.key, MAX_INPUT_TAG_KEY_SIZE)
            _check_length(f"The value of tag {tag.key!r}", tag.value, MAX_INPUT_TAG_VALUE_SIZE)


def _check_length(what: str, text: str | None, limit: int) -> None:
    if text is not None and len(text) > limit:
        raise InvalidParameter(f"{what} has {len(text)} characters; at most {limit} are allowed.")
