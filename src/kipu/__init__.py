"""Kipu: experiment tracking with MLflow's API.

The front door. Names are fetched with their first use, so that ``import kipu`` costs next to
nothing; from then on they are plain attributes.
"""

import sys as _sys
from importlib import import_module as _import_module

from kipu.version import VERSION, __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kipu import (
        artifacts,
        client,
        config,
        data,
        entities,
        environment_variables,
        exceptions,
        models,
        pyfunc,
        system_metrics,
        tracking,
        types,
        utils,
    )
    from kipu import catboost as catboost
    from kipu import keras as keras
    from kipu import lightgbm as lightgbm
    from kipu import onnx as onnx
    from kipu import paddle as paddle
    from kipu import prophet as prophet
    from kipu import pyspark as pyspark
    from kipu import pytorch as pytorch
    from kipu import sentence_transformers as sentence_transformers
    from kipu import sklearn as sklearn
    from kipu import spacy as spacy
    from kipu import spark as spark
    from kipu import statsmodels as statsmodels
    from kipu import tensorflow as tensorflow
    from kipu import transformers as transformers
    from kipu import xgboost as xgboost
    from kipu.autologging.switch import autolog
    from kipu.client import MlflowClient
    from kipu.client.images import Image
    from kipu.client.uris import (
        get_registry_uri,
        get_tracking_uri,
        is_tracking_uri_set,
        set_registry_uri,
        set_tracking_uri,
    )
    from kipu.exceptions import MlflowException
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
    from kipu.fluent.doctor import doctor
    from kipu.fluent.experiments import (
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
    from kipu.fluent.external_models import (
        create_external_model,
    )
    from kipu.fluent.inputs import log_input, log_inputs
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
    from kipu.fluent.registry import (
        register_model,
        search_model_versions,
        search_registered_models,
        set_model_version_tag,
    )
    from kipu.fluent.runs import (
        delete_run,
        get_parent_run,
        get_run,
        last_active_run,
        restore_run,
        start_run,
    )
    from kipu.fluent.search import search_runs
    from kipu.system_metrics.settings import (
        disable_system_metrics_logging,
        enable_system_metrics_logging,
        set_system_metrics_node_id,
        set_system_metrics_samples_before_logging,
        set_system_metrics_sampling_interval,
    )

_HOMES = {
    "kipu.client": "MlflowClient",
    "kipu.client.images": "Image",
    "kipu.client.uris": (
        "get_registry_uri get_tracking_uri is_tracking_uri_set set_registry_uri set_tracking_uri"
    ),
    "kipu.exceptions": "MlflowException",
    "kipu.fluent.active": "ActiveRun active_run end_run",
    "kipu.fluent.artifacts": (
        "get_artifact_uri load_table log_artifact log_artifacts log_dict log_figure log_image "
        "log_stream log_table log_text"
    ),
    "kipu.autologging.switch": "autolog",
    "kipu.fluent.doctor": "doctor",
    "kipu.fluent.experiments": (
        "create_experiment delete_experiment delete_experiment_tag get_experiment "
        "get_experiment_by_name restore_experiment search_experiments set_experiment "
        "set_experiment_tag set_experiment_tags"
    ),
    "kipu.fluent.inputs": "log_input log_inputs",
    "kipu.fluent.active_model": (
        "ActiveModel clear_active_model get_active_model_id set_active_model"
    ),
    "kipu.fluent.external_models": ("create_external_model"),
    "kipu.fluent.logged_models": (
        "delete_logged_model_tag finalize_logged_model get_logged_model initialize_logged_model "
        "last_logged_model log_model_params log_outputs search_logged_models set_logged_model_tags"
    ),
    "kipu.fluent.logging": (
        "delete_tag flush_artifact_async_logging flush_async_logging log_metric log_metrics "
        "log_param log_params set_tag set_tags"
    ),
    "kipu.fluent.registry": (
        "register_model search_model_versions search_registered_models set_model_version_tag"
    ),
    "kipu.fluent.runs": ("delete_run get_parent_run get_run last_active_run restore_run start_run"),
    "kipu.fluent.search": "search_runs",
    "kipu.system_metrics.settings": (
        "disable_system_metrics_logging enable_system_metrics_logging set_system_metrics_node_id "
        "set_system_metrics_samples_before_logging set_system_metrics_sampling_interval"
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

# Modules that others reach after a bare import, but that are no part of ``from kipu import *``.
_DEEP = (
    "catboost", "keras", "lightgbm", "onnx", "paddle", "prophet", "protos", "pyfunc", "pyspark",
    "pytorch", "sentence_transformers", "sklearn", "spacy", "spark", "statsmodels", "store",
    "tensorflow", "transformers", "xgboost",
)  # fmt: skip

__all__ = [
    "VERSION",
    "ActiveModel",
    "ActiveRun",
    "Image",
    "MlflowClient",
    "MlflowException",
    "__version__",
    "active_run",
    "artifacts",
    "autolog",
    "clear_active_model",
    "client",
    "config",
    "create_experiment",
    "create_external_model",
    "data",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_logged_model_tag",
    "delete_run",
    "delete_tag",
    "disable_system_metrics_logging",
    "doctor",
    "enable_system_metrics_logging",
    "end_run",
    "entities",
    "environment_variables",
    "exceptions",
    "finalize_logged_model",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "get_active_model_id",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "initialize_logged_model",
    "is_tracking_uri_set",
    "last_active_run",
    "last_logged_model",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_model_params",
    "log_outputs",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "models",
    "pyfunc",
    "register_model",
    "restore_experiment",
    "restore_run",
    "search_experiments",
    "search_logged_models",
    "search_model_versions",
    "search_registered_models",
    "search_runs",
    "set_active_model",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "set_model_version_tag",
    "set_registry_uri",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
    "system_metrics",
    "tracking",
    "types",
    "utils",
]


if not TYPE_CHECKING:  # else a checker would take every misspelt name for one of ours

    def __getattr__(name: str) -> object:
        home = _HOME_OF.get(name)
        if home is not None:
            value: object = getattr(_import_module(home), name)
        elif name in __all__ or name in _DEEP:
            value = _import_module(f"kipu.{name}")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __deepcopy__(memo: object) -> object:  # noqa: N807
    # A module cannot be copied, but what holds it may be.
    return _sys.modules[__name__]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
