"""The version of Kipu, and the version of MLflow whose surface it offers."""

__version__ = "0.1.0"
VERSION = __version__
MLFLOW_VERSION = "3.17.2"
