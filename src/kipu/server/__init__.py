"""The tracking server: MLflow's REST surface, Kipu's own endpoints, and the built UI."""
