"""From what a ``models:/`` URI says to the version that it means now."""

from __future__ import annotations

from kipu.entities.model_registry.model_version_stages import get_canonical_stage
from kipu.entities.model_uri import ModelUri
from kipu.exceptions import ResourceNotFound
from kipu.store.registry import RegisteredModelStore


def version_of(registry: RegisteredModelStore, uri: ModelUri) -> str:
    """The number of the version that a URI of a registered model leads to.

    Raises:
        ResourceNotFound: The model is not there, or has no version in the stage.
        InvalidParameter: It has no such alias, or there is no such stage.
    """
    if uri.version is not None:
        return uri.version
    if uri.alias is not None:
        return registry.get_model_version_by_alias(uri.name, uri.alias).version
    stages = [] if uri.stage is None else [get_canonical_stage(uri.stage)]
    versions = registry.get_latest_versions(uri.name, stages)
    if not versions:
        where = f" in the stage {stages[0]}" if stages else ""
        raise ResourceNotFound(f"The registered model {uri.name!r} has no version{where}.")
    return str(max(int(one.version) for one in versions))
