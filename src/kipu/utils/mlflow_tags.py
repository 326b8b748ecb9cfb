"""Names of tags, under the path that MLflow's users know."""

from kipu.entities.tag_names import *  # noqa: F403
