"""Every endpoint: where it is, what it is asked, what it answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from kipu.wire import (
    artifacts,
    experiments,
    kipu,
    logged_models,
    metrics,
    model_versions,
    registered_models,
    runs,
    service,
    webhooks,
)
from kipu.wire.experiments import Empty


class Endpoint(NamedTuple):
    """One endpoint; ``asked`` is its query (GET) or JSON body, ``answer`` None for bytes."""

    method: str
    path: str
    asked: Any
    answer: Any
    body_type: str = "application/json"


def _mlflow(method: str, path: str, asked: Any, answer: Any = Empty) -> list[Endpoint]:
    """An endpoint of MLflow, under both of its prefixes."""
    return [
        Endpoint(method, f"{prefix}/2.0/mlflow{path}", asked, answer)
        for prefix in ("/api", "/ajax-api")
    ]


def _proxy(method: str, path: str, asked: Any, answer: Any, body_type: str = "") -> list[Endpoint]:
    return [
        Endpoint(
            method, f"{prefix}/2.0/mlflow-artifacts{path}", asked, answer,
            body_type or "application/json",
        )
        for prefix in ("/api", "/ajax-api")
    ]  # fmt: skip


def _own(method: str, path: str, asked: Any, answer: Any) -> Endpoint:
    return Endpoint(method, f"/api/kipu/1{path}", asked, answer)


_BYTES = "application/octet-stream"

ENDPOINTS: list[Endpoint] = [
    *_mlflow("POST", "/experiments/create", experiments.CreateExperiment,
             experiments.CreateExperimentAnswer),
    *_mlflow("GET", "/experiments/get", experiments.GetExperiment, experiments.ExperimentAnswer),
    *_mlflow("GET", "/experiments/get-by-name", experiments.GetExperimentByName,
             experiments.ExperimentAnswer),
    *_mlflow("GET", "/experiments/search", experiments.SearchExperiments,
             experiments.SearchExperimentsAnswer),
    *_mlflow("POST", "/experiments/search", experiments.SearchExperiments,
             experiments.SearchExperimentsAnswer),
    *_mlflow("POST", "/experiments/delete", experiments.DeleteExperiment),
    *_mlflow("POST", "/experiments/restore", experiments.RestoreExperiment),
    *_mlflow("POST", "/experiments/update", experiments.UpdateExperiment),
    *_mlflow("POST", "/experiments/set-experiment-tag", experiments.SetExperimentTag),
    *_mlflow("POST", "/experiments/delete-experiment-tag", experiments.DeleteExperimentTag),
    *_mlflow("POST", "/experiments/search-datasets", experiments.SearchDatasets,
             experiments.SearchDatasetsAnswer),
    *_mlflow("POST", "/runs/create", runs.CreateRun, runs.RunAnswer),
    *_mlflow("GET", "/runs/get", runs.GetRun, runs.RunAnswer),
    *_mlflow("POST", "/runs/update", runs.UpdateRun, runs.UpdateRunAnswer),
    *_mlflow("POST", "/runs/delete", runs.DeleteRun),
    *_mlflow("POST", "/runs/restore", runs.RestoreRun),
    *_mlflow("POST", "/runs/search", runs.SearchRuns, runs.SearchRunsAnswer),
    *_mlflow("POST", "/runs/log-metric", runs.LogMetric),
    *_mlflow("POST", "/runs/log-parameter", runs.LogParameter),
    *_mlflow("POST", "/runs/log-batch", runs.LogBatch),
    *_mlflow("POST", "/runs/set-tag", runs.SetTag),
    *_mlflow("POST", "/runs/delete-tag", runs.DeleteTag),
    *_mlflow("POST", "/runs/log-model", runs.LogModel),
    *_mlflow("POST", "/runs/log-inputs", runs.LogInputs),
    *_mlflow("POST", "/runs/outputs", runs.LogOutputs),
    *_mlflow("GET", "/metrics/get-history", metrics.GetHistory, metrics.HistoryAnswer),
    *_mlflow("GET", "/metrics/get-history-bulk", metrics.GetHistoryBulk, metrics.HistoryAnswer),
    *_mlflow("GET", "/metrics/get-history-bulk-interval", metrics.GetHistoryBulkInterval,
             metrics.HistoryAnswer),
    *_mlflow("GET", "/artifacts/list", artifacts.ListArtifacts, artifacts.ListArtifactsAnswer),
    *_mlflow("POST", "/artifacts/presigned-upload-url", artifacts.PresignUpload,
             artifacts.PresignedAnswer),
    *_mlflow("POST", "/artifacts/presigned-download-url", artifacts.PresignDownload,
             artifacts.PresignedAnswer),
    *_mlflow("POST", "/logged-models", logged_models.CreateLoggedModel,
             logged_models.LoggedModelAnswer),
    *_mlflow("POST", "/logged-models/search", logged_models.SearchLoggedModels,
             logged_models.SearchLoggedModelsAnswer),
    *_mlflow("GET", "/logged-models/{model_id}", logged_models.GetLoggedModel,
             logged_models.LoggedModelAnswer),
    *_mlflow("PATCH", "/logged-models/{model_id}", logged_models.FinalizeLoggedModel,
             logged_models.LoggedModelAnswer),
    *_mlflow("DELETE", "/logged-models/{model_id}", None),
    *_mlflow("PATCH", "/logged-models/{model_id}/tags", logged_models.SetLoggedModelTags),
    *_mlflow("DELETE", "/logged-models/{model_id}/tags/{tag_key}", None),
    *_mlflow("POST", "/logged-models/{model_id}/params", logged_models.LogLoggedModelParams),
    *_mlflow("GET", "/logged-models/{model_id}/artifacts/directories",
             logged_models.ListLoggedModelArtifacts, artifacts.ListArtifactsAnswer),
    Endpoint("GET", "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
             logged_models.GetLoggedModelArtifact, None),
    *_mlflow("POST", "/webhooks", webhooks.CreateWebhook, webhooks.WebhookMessage),
    *_mlflow("GET", "/webhooks", webhooks.ListWebhooks, webhooks.ListWebhooksAnswer),
    *_mlflow("GET", "/webhooks/{webhook_id}", None, webhooks.WebhookMessage),
    *_mlflow("PATCH", "/webhooks/{webhook_id}", webhooks.UpdateWebhook, webhooks.WebhookMessage),
    *_mlflow("DELETE", "/webhooks/{webhook_id}", None),
    *_mlflow("POST", "/webhooks/{webhook_id}/test", webhooks.TestWebhook,
             webhooks.TestWebhookAnswer),
    *_proxy("GET", "/artifacts", artifacts.ListProxied, artifacts.ListArtifactsAnswer),
    *_proxy("GET", "/artifacts/{path}", None, None),
    *_proxy("PUT", "/artifacts/{path}", bytes, Empty, _BYTES),
    *_proxy("DELETE", "/artifacts/{path}", None, Empty),
    *_proxy("POST", "/mpu/create/{path}", artifacts.CreateMultipart, Empty),
    *_proxy("POST", "/mpu/complete/{path}", artifacts.CompleteMultipart, Empty),
    *_proxy("POST", "/mpu/abort/{path}", artifacts.AbortMultipart, Empty),
    *_proxy("GET", "/presigned/{path}", None, Empty),
    *_mlflow("POST", "/registered-models/create", registered_models.CreateRegisteredModel,
             registered_models.RegisteredModelAnswer),
    *_mlflow("GET", "/registered-models/get", registered_models.GetRegisteredModel,
             registered_models.RegisteredModelAnswer),
    *_mlflow("POST", "/registered-models/rename", registered_models.RenameRegisteredModel,
             registered_models.RegisteredModelAnswer),
    *_mlflow("PATCH", "/registered-models/update", registered_models.UpdateRegisteredModel,
             registered_models.RegisteredModelAnswer),
    *_mlflow("DELETE", "/registered-models/delete", registered_models.DeleteRegisteredModel),
    *_mlflow("GET", "/registered-models/search", registered_models.SearchRegisteredModels,
             registered_models.SearchRegisteredModelsAnswer),
    *_mlflow("POST", "/registered-models/search", registered_models.SearchRegisteredModels,
             registered_models.SearchRegisteredModelsAnswer),
    *_mlflow("GET", "/registered-models/get-latest-versions", registered_models.GetLatestVersions,
             model_versions.ModelVersionsAnswer),
    *_mlflow("POST", "/registered-models/get-latest-versions", registered_models.GetLatestVersions,
             model_versions.ModelVersionsAnswer),
    *_mlflow("POST", "/registered-models/set-tag", registered_models.SetRegisteredModelTag),
    *_mlflow("DELETE", "/registered-models/delete-tag",
             registered_models.DeleteRegisteredModelTag),
    *_mlflow("POST", "/registered-models/alias", registered_models.SetRegisteredModelAlias),
    *_mlflow("DELETE", "/registered-models/alias", registered_models.RegisteredModelAlias),
    *_mlflow("GET", "/registered-models/alias", registered_models.RegisteredModelAlias,
             model_versions.ModelVersionAnswer),
    *_mlflow("POST", "/model-versions/create", model_versions.CreateModelVersion,
             model_versions.ModelVersionAnswer),
    *_mlflow("GET", "/model-versions/get", model_versions.GetModelVersion,
             model_versions.ModelVersionAnswer),
    *_mlflow("PATCH", "/model-versions/update", model_versions.UpdateModelVersion,
             model_versions.ModelVersionAnswer),
    *_mlflow("POST", "/model-versions/transition-stage",
             model_versions.TransitionModelVersionStage, model_versions.ModelVersionAnswer),
    *_mlflow("DELETE", "/model-versions/delete", model_versions.DeleteModelVersion),
    *_mlflow("GET", "/model-versions/search", model_versions.SearchModelVersions,
             model_versions.ModelVersionsAnswer),
    *_mlflow("GET", "/model-versions/get-download-uri",
             model_versions.GetModelVersionDownloadUri, model_versions.ModelVersionDownloadUri),
    *_mlflow("POST", "/model-versions/set-tag", model_versions.SetModelVersionTag),
    *_mlflow("DELETE", "/model-versions/delete-tag", model_versions.DeleteModelVersionTag),
    Endpoint("GET", "/api/3.0/mlflow/server-info", None, service.ServerInfo),
    Endpoint("GET", "/ajax-api/3.0/mlflow/server-info", None, service.ServerInfo),
    Endpoint("GET", "/get-artifact", artifacts.GetArtifact, None),
    Endpoint("GET", "/ajax-api/2.0/mlflow/get-artifact", artifacts.GetArtifact, None),
    Endpoint("GET", "/model-versions/get-artifact", model_versions.GetModelVersionArtifact, None),
    Endpoint("POST", "/ajax-api/2.0/mlflow/upload-artifact", artifacts.UploadArtifact, None,
             _BYTES),
    Endpoint("GET", "/health", None, None),
    Endpoint("GET", "/version", None, None),
    _own("GET", "/info", None, kipu.Info),
    Endpoint("POST", "/api/kipu/1/uploads/begin", artifacts.BeginUpload, artifacts.BegunUpload),
    Endpoint("PUT", "/api/kipu/1/uploads/part", artifacts.PartOfUpload, artifacts.BegunUpload,
             "application/octet-stream"),
    Endpoint("POST", "/api/kipu/1/uploads/finish", artifacts.FinishUpload, Empty),
    Endpoint("POST", "/api/kipu/1/uploads/link", artifacts.LinkUpload, artifacts.LinkedUpload),
    Endpoint("POST", "/api/kipu/1/points", kipu.AppendPoints, Empty, "application/x-kipu-points"),
    _own("GET", "/experiments", kipu.ListExperiments, kipu.ExperimentSummaries),
    _own("POST", "/runs/columns", kipu.RunColumns, kipu.RunColumnsAnswer),
    _own("POST", "/runs/table", kipu.RunTable, kipu.RunTableAnswer),
    _own("GET", "/runs/{run_id}/metrics", None, kipu.RunMetricsAnswer),
    _own("POST", "/metrics/buckets", kipu.MetricBuckets, kipu.MetricBucketsAnswer),
    _own("GET", "/changes", kipu.WatchChanges, None),
]  # fmt: skip
