"""Settings of MLflow's that Kipu knows and does not need; each says why.

Programs read and set them through the module, so that they must be there. One that becomes useful
moves to the package.
"""

from __future__ import annotations

from kipu.environment_variables.setting import Setting, flag, number, text

# How clients and servers connect
MLFLOW_TRACKING_AWS_SIGV4 = flag(
    "MLFLOW_TRACKING_AWS_SIGV4",
    False,
    "Signed requests to AWS; an authentication plug-in can sign them.",
)
MLFLOW_HTTP_POOL_CONNECTIONS = number(
    "MLFLOW_HTTP_POOL_CONNECTIONS", 10, "Each thread of a client keeps one connection."
)
MLFLOW_HTTP_POOL_MAXSIZE = number(
    "MLFLOW_HTTP_POOL_MAXSIZE", 10, "Each thread of a client keeps one connection."
)
MLFLOW_DISABLE_TELEMETRY = flag("MLFLOW_DISABLE_TELEMETRY", False, "Kipu sends no reports.")
MLFLOW_CONFIGURE_LOGGING = flag(
    "MLFLOW_CONFIGURE_LOGGING",
    True,
    "Kipu sets up no loggers; logging to `kipu` obeys the program.",
)
MLFLOW_LOGGING_LEVEL = text(
    "MLFLOW_LOGGING_LEVEL", None, "The same: set the level of the logger `kipu`."
)

# Asynchronous logging
MLFLOW_ASYNC_LOGGING_BUFFERING_SECONDS = number(
    "MLFLOW_ASYNC_LOGGING_BUFFERING_SECONDS",
    None,
    "The journal gathers points by itself, four times a second.",
)
MLFLOW_ASYNC_LOGGING_THREADPOOL_SIZE = number(
    "MLFLOW_ASYNC_LOGGING_THREADPOOL_SIZE", 10, "Background writes keep their order, on one thread."
)

# Stores
MLFLOW_ALLOW_FILE_STORE = flag(
    "MLFLOW_ALLOW_FILE_STORE", False, "Folders are always allowed; Kipu keeps a database in them."
)
MLFLOW_TRACKING_DIR = text(
    "MLFLOW_TRACKING_DIR", None, "The tracking URI says where; the default is `mlruns`."
)
MLFLOW_REGISTRY_DIR = text("MLFLOW_REGISTRY_DIR", None, "The registry URI says where.")
MLFLOW_READ_REPLICA_BACKEND_STORE_URI = text(
    "MLFLOW_READ_REPLICA_BACKEND_STORE_URI", None, "Kipu reads from the store it writes to."
)
MLFLOW_SQLALCHEMYSTORE_ECHO = flag(
    "MLFLOW_SQLALCHEMYSTORE_ECHO", False, "Use the logger `sqlalchemy.engine`."
)
MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW = number(
    "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW", None, "SQLite has no pool of connections."
)
MLFLOW_SQLALCHEMYSTORE_POOLCLASS = text(
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS", None, "SQLite has no pool of connections."
)
MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE = number(
    "MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE", None, "SQLite has no pool of connections."
)
MLFLOW_SQLALCHEMYSTORE_POOL_SIZE = number(
    "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE", None, "SQLite has no pool of connections."
)
MLFLOW_MYSQL_SSL_CA = text("MLFLOW_MYSQL_SSL_CA", None, "Kipu opens no MySQL so far.")
MLFLOW_MYSQL_SSL_CERT = text("MLFLOW_MYSQL_SSL_CERT", None, "Kipu opens no MySQL so far.")
MLFLOW_MYSQL_SSL_KEY = text("MLFLOW_MYSQL_SSL_KEY", None, "Kipu opens no MySQL so far.")

# Artifacts
MLFLOW_DOWNLOAD_CHUNK_TIMEOUT = number(
    "MLFLOW_DOWNLOAD_CHUNK_TIMEOUT", 300, "MLFLOW_HTTP_REQUEST_TIMEOUT counts for every read."
)
MLFLOW_ENABLE_MULTIPART_DOWNLOAD = flag(
    "MLFLOW_ENABLE_MULTIPART_DOWNLOAD", True, "A file is one stream."
)
MLFLOW_ENABLE_MULTIPART_UPLOAD = flag(
    "MLFLOW_ENABLE_MULTIPART_UPLOAD", True, "A file is one stream."
)
MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD = flag(
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", False, "A file is one stream."
)
MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD = flag(
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", False, "A file is one stream."
)
MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE = number(
    "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE", 100 << 20, "A file is one stream."
)
MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE = number(
    "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE", 500 << 20, "A file is one stream."
)
MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE = number(
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", 10 << 20, "A file is one stream."
)
MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE = number(
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", 500 << 20, "A file is one stream."
)
MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS = number(
    "MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS", 300, "Local files have no presigned addresses."
)
MLFLOW_S3_ENDPOINT_URL = text("MLFLOW_S3_ENDPOINT_URL", None, "Kipu opens no S3 so far.")
MLFLOW_S3_EXPECTED_BUCKET_OWNER = text(
    "MLFLOW_S3_EXPECTED_BUCKET_OWNER", None, "Kipu opens no S3 so far."
)
MLFLOW_S3_IGNORE_TLS = flag("MLFLOW_S3_IGNORE_TLS", False, "Kipu opens no S3 so far.")
MLFLOW_S3_UPLOAD_EXTRA_ARGS = text("MLFLOW_S3_UPLOAD_EXTRA_ARGS", None, "Kipu opens no S3 so far.")
MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE = text(
    "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE", "auto", "Kipu opens no S3 so far."
)
MLFLOW_GCS_DOWNLOAD_CHUNK_SIZE = number(
    "MLFLOW_GCS_DOWNLOAD_CHUNK_SIZE", None, "Kipu opens no Google Cloud Storage so far."
)
MLFLOW_GCS_UPLOAD_CHUNK_SIZE = number(
    "MLFLOW_GCS_UPLOAD_CHUNK_SIZE", None, "Kipu opens no Google Cloud Storage so far."
)
MLFLOW_KERBEROS_TICKET_CACHE = text("MLFLOW_KERBEROS_TICKET_CACHE", None, "Kipu opens no HDFS.")
MLFLOW_KERBEROS_USER = text("MLFLOW_KERBEROS_USER", None, "Kipu opens no HDFS.")
MLFLOW_PYARROW_EXTRA_CONF = text("MLFLOW_PYARROW_EXTRA_CONF", None, "Kipu opens no HDFS.")

# Models
MLFLOW_PRINT_MODEL_URLS_ON_CREATION = flag(
    "MLFLOW_PRINT_MODEL_URLS_ON_CREATION", True, "Kipu prints no links to models."
)
MLFLOW_DISABLE_ENV_CREATION = flag(
    "MLFLOW_DISABLE_ENV_CREATION", False, "Images that are made with a model have its environment."
)
MLFLOW_INPUT_EXAMPLE_INFERENCE_TIMEOUT = number(
    "MLFLOW_INPUT_EXAMPLE_INFERENCE_TIMEOUT", 180, "Predicting on the example takes its time."
)
MLFLOW_LOCK_MODEL_DEPENDENCIES = flag(
    "MLFLOW_LOCK_MODEL_DEPENDENCIES", False, "Requirements are not locked."
)
MLFLOW_LOG_UV_FILES = flag("MLFLOW_LOG_UV_FILES", True, "A model requires what it imports.")
MLFLOW_MODEL_ENV_DOWNLOADING_TEMP_DIR = text(
    "MLFLOW_MODEL_ENV_DOWNLOADING_TEMP_DIR", None, "Requirements are read where the model lies."
)
MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT = number(
    "MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", 120, "No process is waited for."
)
MLFLOW_SKIP_PIP_REQUIREMENTS_CHECK = flag(
    "MLFLOW_SKIP_PIP_REQUIREMENTS_CHECK", False, "pip is not asked about requirements."
)
MLFLOW_UV_AUTO_DETECT = flag("MLFLOW_UV_AUTO_DETECT", True, "A model requires what it imports.")
MLFLOW_WHEELED_MODEL_PIP_DOWNLOAD_OPTIONS = text(
    "MLFLOW_WHEELED_MODEL_PIP_DOWNLOAD_OPTIONS",
    "--only-binary=:all:",
    "Only wheels are taken.",
)

# The server
MLFLOW_AUTH_ADMIN_PASSWORD = text(
    "MLFLOW_AUTH_ADMIN_PASSWORD", None, "The server has no users so far."
)
MLFLOW_AUTH_ADMIN_USERNAME = text(
    "MLFLOW_AUTH_ADMIN_USERNAME", None, "The server has no users so far."
)
MLFLOW_AUTH_CONFIG_PATH = text("MLFLOW_AUTH_CONFIG_PATH", None, "The server has no users so far.")
MLFLOW_BASIC_AUTH_FAIL_CLOSED = flag(
    "MLFLOW_BASIC_AUTH_FAIL_CLOSED", True, "The server has no users so far."
)
MLFLOW_FLASK_SERVER_SECRET_KEY = text(
    "MLFLOW_FLASK_SERVER_SECRET_KEY", None, "The server has no users so far."
)
MLFLOW_SERVER_ENABLE_GRAPHQL_AUTH = flag(
    "MLFLOW_SERVER_ENABLE_GRAPHQL_AUTH", True, "The server speaks no GraphQL."
)
MLFLOW_SERVER_GRAPHQL_MAX_ALIASES = number(
    "MLFLOW_SERVER_GRAPHQL_MAX_ALIASES", 10, "The server speaks no GraphQL."
)
MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS = number(
    "MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS", 10, "The server speaks no GraphQL."
)
MLFLOW_WEBHOOK_CACHE_TTL = number(
    "MLFLOW_WEBHOOK_CACHE_TTL", 60, "No webhooks are cached, so a change holds at once."
)

# Workspaces
MLFLOW_ENABLE_WORKSPACES = flag("MLFLOW_ENABLE_WORKSPACES", False, "A store is one workspace.")
MLFLOW_WORKSPACE = text("MLFLOW_WORKSPACE", None, "A store is one workspace.")
MLFLOW_WORKSPACE_ARTIFACT_ROOT_CACHE_CAPACITY = number(
    "MLFLOW_WORKSPACE_ARTIFACT_ROOT_CACHE_CAPACITY", 128, "A store is one workspace."
)
MLFLOW_WORKSPACE_ARTIFACT_ROOT_CACHE_TTL_SECONDS = number(
    "MLFLOW_WORKSPACE_ARTIFACT_ROOT_CACHE_TTL_SECONDS", 60, "A store is one workspace."
)
MLFLOW_WORKSPACE_STORE_URI = text("MLFLOW_WORKSPACE_STORE_URI", None, "A store is one workspace.")

ACCEPTED = [one for one in tuple(globals().values()) if isinstance(one, Setting)]
"""All of them."""

__all__ = [one.name for one in ACCEPTED]
