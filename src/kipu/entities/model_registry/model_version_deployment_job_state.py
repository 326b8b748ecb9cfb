"""The deployment job of a model version, which other registries have."""

from __future__ import annotations

from kipu.entities.record import Record


class ModelVersionDeploymentJobState(Record, frozen=True):
    """Where the deployment job of a model version stands; both states by name."""

    job_id: str | None
    run_id: str | None
    job_state: str | None
    run_state: str | None
    current_task_name: str | None
