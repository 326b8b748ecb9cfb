"""Every setting that comes from the environment: name, type, default, one sentence.

``KIPU_X`` wins over ``MLFLOW_X``, so that both can be set on one machine. What MLflow reads and
Kipu has no use for is in ``accepted``.
"""

from __future__ import annotations

from collections.abc import Callable

from kipu.environment_variables.accepted import *  # noqa: F403
from kipu.environment_variables.setting import Setting as Setting
from kipu.environment_variables.setting import boolean as _boolean

_text: Callable[[str], str | None] = str
_number: Callable[[str], int | None] = int
_real: Callable[[str], float | None] = float

MLFLOW_TRACKING_URI = Setting(
    "MLFLOW_TRACKING_URI", _text, None, "Store or server that clients use."
)
MLFLOW_REGISTRY_URI = Setting(
    "MLFLOW_REGISTRY_URI", _text, None, "Model registry; the tracking URI when unset."
)
MLFLOW_EXPERIMENT_ID = Setting(
    "MLFLOW_EXPERIMENT_ID", _text, None, "Experiment used when none was set."
)
MLFLOW_EXPERIMENT_NAME = Setting(
    "MLFLOW_EXPERIMENT_NAME", _text, None, "The same by name; made when absent."
)
MLFLOW_RUN_ID = Setting("MLFLOW_RUN_ID", _text, None, "Run that start_run resumes; removed on use.")
MLFLOW_ACTIVE_MODEL_ID = Setting(
    "MLFLOW_ACTIVE_MODEL_ID", _text, None, "Logged model to which metrics belong that name none."
)
LEGACY_ACTIVE_MODEL_ID = Setting(
    "_MLFLOW_ACTIVE_MODEL_ID", _text, None, "The same, by its older name."
)
MLFLOW_TRACKING_USERNAME = Setting("MLFLOW_TRACKING_USERNAME", _text, None, "Basic auth user.")
MLFLOW_TRACKING_PASSWORD = Setting("MLFLOW_TRACKING_PASSWORD", _text, None, "Basic auth password.")
MLFLOW_TRACKING_TOKEN = Setting(
    "MLFLOW_TRACKING_TOKEN", _text, None, "Bearer token; wins over user and password."
)
MLFLOW_TRACKING_INSECURE_TLS = Setting(
    "MLFLOW_TRACKING_INSECURE_TLS", _boolean, False, "Do not verify the server's certificate."
)
MLFLOW_TRACKING_SERVER_CERT_PATH = Setting(
    "MLFLOW_TRACKING_SERVER_CERT_PATH", _text, None, "CA bundle for the server's certificate."
)
MLFLOW_TRACKING_CLIENT_CERT_PATH = Setting(
    "MLFLOW_TRACKING_CLIENT_CERT_PATH", _text, None, "Client certificate."
)
MLFLOW_HTTP_REQUEST_TIMEOUT = Setting(
    "MLFLOW_HTTP_REQUEST_TIMEOUT", int, 120, "Seconds that a request may take."
)
MLFLOW_HTTP_REQUEST_MAX_RETRIES = Setting(
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES", int, 7, "Retries of a request that failed on the way."
)
MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR = Setting(
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", int, 2, "Factor of the wait between retries."
)
MLFLOW_HTTP_REQUEST_BACKOFF_JITTER = Setting(
    "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", float, 1.0, "Random part of that wait."
)
MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER = Setting(
    "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER",
    _boolean,
    True,
    "Wait as long as a server says before a request is sent again, at most a minute.",
)
MLFLOW_ALLOW_HTTP_REDIRECTS = Setting(
    "MLFLOW_ALLOW_HTTP_REDIRECTS", _boolean, True, "Follow redirections, but of file transfers."
)
MLFLOW_HTTP_TCP_KEEPALIVE = Setting(
    "MLFLOW_HTTP_TCP_KEEPALIVE", _boolean, True, "Probe idle connections to a server."
)
MLFLOW_HTTP_TCP_KEEPALIVE_IDLE = Setting(
    "MLFLOW_HTTP_TCP_KEEPALIVE_IDLE", int, 30, "Idle seconds before the first probe."
)
MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL = Setting(
    "MLFLOW_HTTP_TCP_KEEPALIVE_INTERVAL", int, 10, "Seconds between probes."
)
MLFLOW_HTTP_TCP_KEEPALIVE_COUNT = Setting(
    "MLFLOW_HTTP_TCP_KEEPALIVE_COUNT", int, 3, "Lost probes before a connection is given up."
)
MLFLOW_TRACKING_AUTH = Setting(
    "MLFLOW_TRACKING_AUTH", _text, None, "Name of an authentication plug-in for each request."
)
MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT = Setting(
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT",
    _number,
    None,
    "Seconds that one file's transfer may take.",
)
MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR = Setting(
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR",
    _boolean,
    True,
    "Show on a terminal how far models are that a process waits for.",
)
MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING = Setting(
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING",
    _boolean,
    True,
    "Note which keys and tokens of the environment a model reads while its example is tried.",
)
MLFLOW_ENABLE_ASYNC_LOGGING = Setting(
    "MLFLOW_ENABLE_ASYNC_LOGGING", _boolean, False, "Fluent calls answer with futures."
)
MLFLOW_TRUNCATE_LONG_VALUES = Setting(
    "MLFLOW_TRUNCATE_LONG_VALUES",
    _boolean,
    True,
    "Cut long param and tag values instead of refusing them.",
)
MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH = Setting(
    "MLFLOW_ARTIFACT_LOCATION_MAX_LENGTH", int, 2048, "Longest artifact location of an experiment."
)
MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT = Setting(
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", _boolean, False, "Print no links to runs."
)
MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING = Setting(
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", _boolean, False, "Log system metrics in every run."
)
MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL = Setting(
    "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL",
    _real,
    None,
    "Seconds between samples (10 when unset).",
)
MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING = Setting(
    "MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING",
    _number,
    None,
    "Samples averaged for one point (1 when unset).",
)
MLFLOW_SYSTEM_METRICS_NODE_ID = Setting(
    "MLFLOW_SYSTEM_METRICS_NODE_ID", _text, None, "Name of this machine in system metrics' keys."
)
MLFLOW_SERVER_ALLOWED_HOSTS = Setting(
    "MLFLOW_SERVER_ALLOWED_HOSTS",
    _text,
    None,
    "Host headers that the server accepts, comma separated with wildcards.",
)
MLFLOW_SERVER_CORS_ALLOWED_ORIGINS = Setting(
    "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
    _text,
    None,
    "Foreign origins that may call the server, comma separated.",
)
MLFLOW_SERVER_X_FRAME_OPTIONS = Setting(
    "MLFLOW_SERVER_X_FRAME_OPTIONS", str, "SAMEORIGIN", "SAMEORIGIN, DENY or NONE."
)
MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE = Setting(
    "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE",
    str,
    "false",
    "`true`: the server checks neither Host nor Origin.",
)
MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES = Setting(
    "MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES",
    _text,
    None,
    "Artifact schemes with a host that the server may open, comma separated.",
)
MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX = Setting(
    "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX",
    _text,
    None,
    "What the source of a model version that a server's client makes must match.",
)

MLFLOW_WEBHOOK_ALLOWED_SCHEMES = Setting(
    "MLFLOW_WEBHOOK_ALLOWED_SCHEMES", str, "https", "Schemes of webhooks, comma separated."
)
MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS = Setting(
    "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS",
    _boolean,
    False,
    "Let webhooks reach private addresses; for development only.",
)
MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY = Setting(
    "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY",
    _text,
    None,
    "Fernet key that seals stored secrets of webhooks; not sealed when unset.",
)
MLFLOW_WEBHOOK_REQUEST_TIMEOUT = Setting(
    "MLFLOW_WEBHOOK_REQUEST_TIMEOUT", int, 30, "Seconds that one delivery to a webhook may take."
)
MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES = Setting(
    "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES", int, 3, "Retries of a delivery to a webhook."
)
MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS = Setting(
    "MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS", int, 10, "Deliveries that a server makes at once."
)

KIPU_HOME = Setting(
    "KIPU_HOME", _text, None, "Folder of journals for servers; the user's state folder when unset."
)
KIPU_JOURNAL_SYNC = Setting(
    "KIPU_JOURNAL_SYNC",
    str,
    "second",
    "How often the journal reaches the disk: 'second' or 'always'.",
)
KIPU_JOURNAL_LIMIT_BYTES = Setting(
    "KIPU_JOURNAL_LIMIT_BYTES", int, 1 << 30, "Disk that a journal may use while its store is away."
)
KIPU_JOURNAL_FULL = Setting(
    "KIPU_JOURNAL_FULL", str, "wait", "What log_metric does at that limit: 'wait' or 'raise'."
)
KIPU_EXIT_TIMEOUT = Setting(
    "KIPU_EXIT_TIMEOUT",
    float,
    10.0,
    "Seconds that an exiting process waits for an unreachable store.",
)
KIPU_BACKGROUND_UPLOAD_BYTES = Setting(
    "KIPU_BACKGROUND_UPLOAD_BYTES",
    int,
    256 << 20,
    "Models of a run from this size on are sent to a server while training goes on; -1: none are.",
)
KIPU_BACKGROUND_UPLOAD_LIMIT_BYTES = Setting(
    "KIPU_BACKGROUND_UPLOAD_LIMIT_BYTES",
    int,
    64 << 30,
    "Disk that models on their way may use; log_model waits for those beyond it.",
)
KIPU_ALLOWED_ARTIFACT_ROOTS = Setting(
    "KIPU_ALLOWED_ARTIFACT_ROOTS",
    _text,
    None,
    "Further local folders that a server's clients may name as artifact location, comma separated.",
)

MLFLOW_DISABLE_SCHEMA_DETAILS = Setting(
    "MLFLOW_DISABLE_SCHEMA_DETAILS",
    _boolean,
    False,
    "Do not tell what an input lacks that a model refuses.",
)
MLFLOW_PYFUNC_INFERENCE_CONFIG = Setting(
    "MLFLOW_PYFUNC_INFERENCE_CONFIG",
    _text,
    None,
    "JSON with values that replace those of a model's configuration.",
)
MLFLOW_ALLOW_PICKLE_DESERIALIZATION = Setting(
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION", _boolean, True, "Load models that are pickled."
)
MLFLOW_LOG_MODEL_COMPRESSION = Setting(
    "MLFLOW_LOG_MODEL_COMPRESSION",
    _text,
    None,
    "Compression of pickled models: 'lzma', 'bzip2' or 'gzip'.",
)
MLFLOW_DFS_TMP = Setting(
    "MLFLOW_DFS_TMP",
    str,
    "/tmp/mlflow",
    "Folder on a cluster's file system through which Spark models pass.",
)
MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS = Setting(
    "MLFLOW_REQUIREMENTS_INFERENCE_RAISE_ERRORS",
    _boolean,
    False,
    "Raise when what a model requires cannot be worked out.",
)
MLFLOW_ENV_ROOT = Setting(
    "MLFLOW_ENV_ROOT", str, "~/.mlflow/envs", "Folder of the environments that models get."
)
MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT = Setting(
    "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT",
    int,
    60,
    "Seconds that a request to a model's server may take.",
)
MLFLOW_DEFAULT_PREDICTION_DEVICE = Setting(
    "MLFLOW_DEFAULT_PREDICTION_DEVICE",
    _text,
    None,
    "Where models of PyTorch and transformers predict; for the latter a number, -1 for the CPU.",
)
MLFLOW_HUGGINGFACE_USE_DEVICE_MAP = Setting(
    "MLFLOW_HUGGINGFACE_USE_DEVICE_MAP",
    _boolean,
    False,
    "Let accelerate spread models of transformers over devices.",
)
MLFLOW_HUGGINGFACE_DEVICE_MAP_STRATEGY = Setting(
    "MLFLOW_HUGGINGFACE_DEVICE_MAP_STRATEGY", str, "auto", "How it does that."
)
MLFLOW_HUGGINGFACE_DISABLE_ACCELERATE_FEATURES = Setting(
    "MLFLOW_DISABLE_HUGGINGFACE_ACCELERATE_FEATURES",
    _boolean,
    False,
    "Load models of transformers without what accelerate adds.",
)
MLFLOW_HUGGINGFACE_USE_LOW_CPU_MEM_USAGE = Setting(
    "MLFLOW_HUGGINGFACE_USE_LOW_CPU_MEM_USAGE",
    _boolean,
    True,
    "Load models of older transformers with less memory.",
)
MLFLOW_HUGGINGFACE_MODEL_MAX_SHARD_SIZE = Setting(
    "MLFLOW_HUGGINGFACE_MODEL_MAX_SHARD_SIZE",
    str,
    "500MB",
    "Largest file of the weights that a model of transformers is saved in.",
)
