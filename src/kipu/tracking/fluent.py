"""The fluent functions, under the path that MLflow's users know."""

from typing import Any

from kipu.autologging.switch import autolog
from kipu.fluent.active import ActiveRun, active_run, end_run
from kipu.fluent.active_model import (
    ActiveModel,
    clear_active_model,
    get_active_model_id,
    set_active_model,
)
from kipu.fluent.artifacts import (
    get_artifact_uri,
    load_table,
    log_artifact,
    log_artifacts,
    log_dict,
    log_figure,
    log_image,
    log_stream,
    log_table,
    log_text,
)
from kipu.fluent.experiments import (
    chosen_experiment_id,
    create_experiment,
    delete_experiment,
    delete_experiment_tag,
    get_experiment,
    get_experiment_by_name,
    restore_experiment,
    search_experiments,
    set_experiment,
    set_experiment_tag,
    set_experiment_tags,
)
from kipu.fluent.experiments import current_experiment_id as _get_experiment_id
from kipu.fluent.external_models import (
    create_external_model,
)
from kipu.fluent.logged_models import (
    delete_logged_model_tag,
    finalize_logged_model,
    get_logged_model,
    initialize_logged_model,
    last_logged_model,
    log_model_params,
    log_outputs,
    search_logged_models,
    set_logged_model_tags,
)
from kipu.fluent.logging import (
    delete_tag,
    flush_artifact_async_logging,
    flush_async_logging,
    log_metric,
    log_metrics,
    log_param,
    log_params,
    set_tag,
    set_tags,
)
from kipu.fluent.runs import current_run as _get_or_start_run
from kipu.fluent.runs import (
    delete_run,
    get_parent_run,
    get_run,
    last_active_run,
    restore_run,
    start_run,
)
from kipu.fluent.search import SEARCH_MAX_RESULTS_PANDAS, search_runs

__all__ = [
    "SEARCH_MAX_RESULTS_PANDAS",
    "ActiveModel",
    "ActiveRun",
    "_get_experiment_id",
    "_get_or_start_run",
    "active_run",
    "autolog",
    "clear_active_model",
    "create_experiment",
    "create_external_model",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_logged_model_tag",
    "delete_run",
    "delete_tag",
    "end_run",
    "finalize_logged_model",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_active_model_id",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "get_parent_run",
    "get_run",
    "initialize_logged_model",
    "last_active_run",
    "last_logged_model",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_metric",
    "log_metrics",
    "log_model_params",
    "log_outputs",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "restore_experiment",
    "restore_run",
    "search_experiments",
    "search_logged_models",
    "search_runs",
    "set_active_model",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "set_tag",
    "set_tags",
    "start_run",
]


def __getattr__(name: str) -> Any:
    # FLAML reads MLflow's private variable.
    if name == "_active_experiment_id":
        return chosen_experiment_id()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
