"""The stages of model versions, as MLflow had them before aliases."""

from __future__ import annotations

from kipu.exceptions import ERROR_CODES, InvalidParameter

INVALID_PARAMETER_VALUE = ERROR_CODES["INVALID_PARAMETER_VALUE"]

STAGE_NONE = "None"
STAGE_STAGING = "Staging"
STAGE_PRODUCTION = "Production"
STAGE_ARCHIVED = "Archived"
STAGE_DELETED_INTERNAL = "Deleted_Internal"

ALL_STAGES = [STAGE_NONE, STAGE_STAGING, STAGE_PRODUCTION, STAGE_ARCHIVED]
DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS = [STAGE_STAGING, STAGE_PRODUCTION]
_CANONICAL_MAPPING = {stage.lower(): stage for stage in ALL_STAGES}


def get_canonical_stage(stage: str) -> str:
    """A stage in its one spelling; the case does not matter.

    Raises:
        InvalidParameter: There is no such stage.
    """
    found = _CANONICAL_MAPPING.get(str(stage).lower())
    if found is None:
        known = ", ".join(ALL_STAGES)
        raise InvalidParameter(f"There is no stage {stage!r} of model versions; one of {known}.")
    return found
