"""The version of Kipu, and the version of MLflow whose surface it offers."""

VERSION = __version__ = "0.1.0"
MLFLOW_VERSION = "3.17.2"
