"""The version of MLflow whose surface this package offers."""

VERSION = "3.17.2"
