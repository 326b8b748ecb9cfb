"""The values that stores keep and clients hand out: plain data, no I/O, no clock."""

from kipu.entities.dataset import Dataset, DatasetInput, InputTag
from kipu.entities.experiment import Experiment, ExperimentTag
from kipu.entities.file_info import FileInfo
from kipu.entities.logged_model import (
    LoggedModel,
    LoggedModelInput,
    LoggedModelOutput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
)
from kipu.entities.metric import Metric
from kipu.entities.paged_list import PagedList
from kipu.entities.run import Run, RunData, RunInfo, RunInputs, RunOutputs
from kipu.entities.states import LifecycleStage, RunStatus, SourceType, ViewType
from kipu.entities.tags import Param, RunTag
from kipu.entities.webhook import Webhook, WebhookEvent, WebhookStatus, WebhookTestResult
from kipu.entities.workspace import Workspace, WorkspaceDeletionMode

__all__ = [
    "Dataset",
    "DatasetInput",
    "Experiment",
    "ExperimentTag",
    "FileInfo",
    "InputTag",
    "LifecycleStage",
    "LoggedModel",
    "LoggedModelInput",
    "LoggedModelOutput",
    "LoggedModelParameter",
    "LoggedModelStatus",
    "LoggedModelTag",
    "Metric",
    "PagedList",
    "Param",
    "Run",
    "RunData",
    "RunInfo",
    "RunInputs",
    "RunOutputs",
    "RunStatus",
    "RunTag",
    "SourceType",
    "ViewType",
    "Webhook",
    "WebhookEvent",
    "WebhookStatus",
    "WebhookTestResult",
    "Workspace",
    "WorkspaceDeletionMode",
]
