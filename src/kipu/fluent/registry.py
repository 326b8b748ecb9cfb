"""The model registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from kipu.client import MlflowClient
from kipu.client.model_versions import DEFAULT_AWAIT_MAX_SLEEP_SECONDS
from kipu.client.registration import register
from kipu.entities.model_registry import ModelVersion, RegisteredModel
from kipu.entities.paged_list import PagedList
from kipu.exceptions import InvalidParameter
from kipu.store.model_registry import (
    SEARCH_MODEL_VERSION_MAX_RESULTS_DEFAULT,
    SEARCH_REGISTERED_MODEL_MAX_RESULTS_DEFAULT,
)

T = TypeVar("T")


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int | None = DEFAULT_AWAIT_MAX_SLEEP_SECONDS,
    *,
    tags: Mapping[str, Any] | None = None,
    env_pack: object = None,
) -> ModelVersion:
    """Make the next version of a registered model, which is made too if it is not there.

    Args:
        model_uri: ``runs:/<run id>/<path>``, where a folder with a file ``MLmodel`` lies or which
            is the name of a model that the run logged; ``models:/<model id>``; a version that is
            there, ``models:/<name>/<version>``; or any URI or folder.
        name: The registered model.
        await_registration_for: Seconds to wait until the registry is done with it; None or 0, not
            at all.
        tags: Labels of the version; values are made text.
        env_pack: Only None; packed environments belong to another platform.

    Raises:
        MlflowException: The run has no model there (NOT_FOUND).
        InvalidParameter: Name, source or tags are refused.

    Example:
        >>> kipu.register_model("runs:/4c1f.../model", "forest", tags={"state": "new"})
    """
    if env_pack is not None:
        raise InvalidParameter("env_pack is not supported: leave it out.")
    return register(MlflowClient(), str(model_uri), name, tags, await_registration_for)


def search_registered_models(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[RegisteredModel]:
    """The registered models that match, all pages of them.

    Args:
        max_results: At most so many; left out, all.
        filter_string: Such as ``name LIKE 'vision%' AND tags.team = 'a'``.
        order_by: Such as ``["timestamp DESC"]``; left out, by name.

    Raises:
        InvalidParameter: Filter or order cannot be read.
    """
    search = MlflowClient().search_registered_models
    return _all(
        lambda size, token: search(filter_string, size, order_by, token),
        SEARCH_REGISTERED_MODEL_MAX_RESULTS_DEFAULT,
        max_results,
    )


def search_model_versions(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[ModelVersion]:
    """The versions of registered models that match, all pages of them.

    Args:
        max_results: At most so many; left out, all.
        filter_string: Such as ``name = 'm' AND tags.state = 'good'``.
        order_by: Such as ``["version_number DESC"]``; left out, last updated first.

    Raises:
        InvalidParameter: Filter or order cannot be read.
    """
    search = MlflowClient().search_model_versions
    return _all(
        lambda size, token: search(filter_string, size, order_by, token),
        SEARCH_MODEL_VERSION_MAX_RESULTS_DEFAULT,
        max_results,
    )


def set_model_version_tag(
    name: str, version: str | None = None, key: str | None = None, value: Any = None
) -> None:
    """Label a version of a registered model; the value is made text.

    Raises:
        ResourceNotFound: There is no such version.
    """
    MlflowClient().set_model_version_tag(name, version, key, value)


def _all(
    search: Callable[[int, str | None], PagedList[T]], page_size: int, max_results: int | None
) -> list[T]:
    found, token = list[T](), None
    while max_results is None or len(found) < max_results:
        left = page_size if max_results is None else min(page_size, max_results - len(found))
        page = search(left, token)
        found += page
        token = page.token
        if not token:
            break
    return found
