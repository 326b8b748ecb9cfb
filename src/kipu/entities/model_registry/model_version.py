"""A version of a registered model: one set of files, numbered 1, 2, 3, ..."""

from __future__ import annotations

from typing import Any

from kipu.entities.logged_model import LoggedModelParameter
from kipu.entities.metric import Metric
from kipu.entities.model_registry.model_version_deployment_job_state import (
    ModelVersionDeploymentJobState,
)
from kipu.entities.record import MutableRecord, Record


class ModelVersionTag(Record, frozen=True):
    """A label of a model version."""

    key: str
    value: str


class ModelVersion(MutableRecord):
    """A version of a registered model; times are ms since the Unix epoch.

    ``tags`` reads as a dictionary, whatever the constructor was given. ``version`` is a decimal
    number as text.
    """

    name: str
    version: str
    creation_timestamp: int
    last_updated_timestamp: int | None = None
    description: str | None = None
    user_id: str | None = None
    current_stage: str | None = None
    source: str | None = None
    run_id: str | None = None
    status: str = "READY"
    status_message: str | None = None
    # MLflow hands the constructor a list and reads back a dictionary.
    tags: Any = None
    run_link: str | None = None
    aliases: list[str] | None = None
    model_id: str | None = None
    params: list[LoggedModelParameter] | None = None
    metrics: list[Metric] | None = None
    deployment_job_state: ModelVersionDeploymentJobState | None = None
    workspace: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.tags, dict):
            self.tags = {tag.key: tag.value for tag in self.tags or ()}
        self.aliases = list(self.aliases or ())
