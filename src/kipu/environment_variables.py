"""Every setting that comes from the environment: name, type, default, one sentence.

``KIPU_X`` wins over ``MLFLOW_X``, so that both can be set on one machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

from kipu.exceptions import InvalidParameter

T = TypeVar("T")

_TRUE, _FALSE = ("true", "1"), ("false", "0")


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


class Setting(Generic[T]):
    """One variable; each ``get`` reads the environment anew, so that it may be changed."""

    def __init__(self, name: str, parse: Callable[[str], T], default: T, meaning: str) -> None:
        self.name, self.default, self.meaning = name, default, meaning
        self._parse = parse
        bare = name.removeprefix("MLFLOW_")
        self._names = (f"KIPU_{bare}", name) if bare != name else (name,)

    @property
    def defined(self) -> bool:
        """Whether the environment has it."""
        return self.get_raw() is not None

    def is_set(self) -> bool:
        """Whether the environment has it."""
        return self.defined

    def get_raw(self) -> str | None:
        """The text in the environment, or None."""
        return next((os.environ[name] for name in self._names if name in os.environ), None)

    def get(self) -> T:
        """The value, or the default.

        Raises:
            InvalidParameter: The text is not of the setting's type.
        """
        raw = self.get_raw()
        if raw is None:
            return self.default
        try:
            return self._parse(raw)
        except ValueError:
            wanted = "true or false" if self._parse is _boolean else self._parse.__name__
            raise InvalidParameter(f"{self.name} is {raw!r}, which is not {wanted}.") from None

    def set(self, value: T) -> None:
        """Write the value into the environment, under MLflow's name, for child processes too."""
        os.environ[self.name] = str(value)

    def unset(self) -> None:
        """Take it out of the environment, under each of its names."""
        for name in self._names:
            os.environ.pop(name, None)


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
MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT = Setting(
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT",
    _number,
    None,
    "Seconds that one file's transfer may take.",
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
MLFLOW_WEBHOOK_CACHE_TTL = Setting(
    "MLFLOW_WEBHOOK_CACHE_TTL",
    int,
    60,
    "Read for MLflow's sake; Kipu keeps no cache of webhooks, so a change holds at once.",
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
KIPU_ALLOWED_ARTIFACT_ROOTS = Setting(
    "KIPU_ALLOWED_ARTIFACT_ROOTS",
    _text,
    None,
    "Further local folders that a server's clients may name as artifact location, comma separated.",
)
