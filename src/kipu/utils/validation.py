"""Limits and checks, under the path that MLflow's users know."""

from kipu.exceptions import MlflowException
from kipu.service.limits import (
    MAX_BATCH_LOG_REQUEST_SIZE,
    MAX_DATASET_DIGEST_SIZE,
    MAX_DATASET_NAME_SIZE,
    MAX_DATASET_PROFILE_SIZE,
    MAX_DATASET_SCHEMA_SIZE,
    MAX_DATASET_SOURCE_SIZE,
    MAX_DATASETS_PER_BATCH,
    MAX_ENTITIES_PER_BATCH,
    MAX_ENTITY_KEY_LENGTH,
    MAX_EXPERIMENT_NAME_LENGTH,
    MAX_EXPERIMENT_TAG_KEY_LENGTH,
    MAX_EXPERIMENT_TAG_VAL_LENGTH,
    MAX_INPUT_TAG_KEY_SIZE,
    MAX_INPUT_TAG_VALUE_SIZE,
    MAX_METRICS_PER_BATCH,
    MAX_PARAM_VAL_LENGTH,
    MAX_PARAMS_TAGS_PER_BATCH,
    MAX_TAG_VAL_LENGTH,
)
from kipu.service.names import check_experiment_name as _validate_experiment_name
from kipu.service.names import check_run_id as _validate_run_id
from kipu.service.names import is_key as validate_param_and_metric_name

__all__ = [
    "MAX_BATCH_LOG_REQUEST_SIZE",
    "MAX_DATASETS_PER_BATCH",
    "MAX_DATASET_DIGEST_SIZE",
    "MAX_DATASET_NAME_SIZE",
    "MAX_DATASET_PROFILE_SIZE",
    "MAX_DATASET_SCHEMA_SIZE",
    "MAX_DATASET_SOURCE_SIZE",
    "MAX_ENTITIES_PER_BATCH",
    "MAX_ENTITY_KEY_LENGTH",
    "MAX_EXPERIMENT_NAME_LENGTH",
    "MAX_EXPERIMENT_TAG_KEY_LENGTH",
    "MAX_EXPERIMENT_TAG_VAL_LENGTH",
    "MAX_INPUT_TAG_KEY_SIZE",
    "MAX_INPUT_TAG_VALUE_SIZE",
    "MAX_METRICS_PER_BATCH",
    "MAX_PARAMS_TAGS_PER_BATCH",
    "MAX_PARAM_VAL_LENGTH",
    "MAX_TAG_VAL_LENGTH",
    "MlflowException",
    "_validate_experiment_name",
    "_validate_run_id",
    "validate_param_and_metric_name",
]
