"""Faces only: where MLflow keeps what plug-ins and other languages' clients call."""
