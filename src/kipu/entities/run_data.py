"""What a run logged, under the path that MLflow's users know."""

from kipu.entities.run import RunData

__all__ = ["RunData"]
