"""A server of one model: ``/invocations``, ``/ping``, ``/health`` and ``/version``.

``kipu models serve`` starts it. ``init`` makes the ASGI application for servers of your own, and
``kipu.pyfunc.scoring_server.app:app`` is that of the model which ``__pyfunc_model_path__`` names.
"""

from kipu.models.scoring import data_of_forms as infer_and_parse_data
from kipu.models.scoring import parse_csv as parse_csv_input
from kipu.pyfunc.scoring_server.application import init, load_model_with_mlflow_config
from kipu.pyfunc.scoring_server.invocations import (
    CONTENT_TYPE_CSV,
    CONTENT_TYPE_JSON,
    CONTENT_TYPE_PARQUET,
    CONTENT_TYPES,
    InvocationsResponse,
    invocations,
)

__all__ = [
    "CONTENT_TYPES",
    "CONTENT_TYPE_CSV",
    "CONTENT_TYPE_JSON",
    "CONTENT_TYPE_PARQUET",
    "InvocationsResponse",
    "infer_and_parse_data",
    "init",
    "invocations",
    "load_model_with_mlflow_config",
    "parse_csv_input",
]
