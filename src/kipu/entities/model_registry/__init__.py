"""The values of the model registry."""

from kipu.entities.model_registry.model_version import ModelVersion, ModelVersionTag
from kipu.entities.model_registry.model_version_deployment_job_state import (
    ModelVersionDeploymentJobState,
)
from kipu.entities.model_registry.registered_model import (
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelTag,
)
from kipu.entities.model_registry.registered_model_deployment_job_state import (
    RegisteredModelDeploymentJobState,
)

__all__ = [
    "ModelVersion",
    "ModelVersionDeploymentJobState",
    "ModelVersionTag",
    "RegisteredModel",
    "RegisteredModelAlias",
    "RegisteredModelDeploymentJobState",
    "RegisteredModelTag",
]
