"""Faces only: paths of MLflow's that other packages import."""
