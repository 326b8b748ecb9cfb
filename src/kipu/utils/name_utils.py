"""Random names, under the path that MLflow's users know."""

from kipu.service.run_names import random_name as _generate_random_name

__all__ = ["_generate_random_name"]
