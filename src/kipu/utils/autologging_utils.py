"""Automatic logging's table of libraries, under the path that MLflow's users know."""

from kipu.autologging.integration import INTEGRATIONS as AUTOLOGGING_INTEGRATIONS
from kipu.autologging.integration import is_disabled as autologging_is_disabled
from kipu.autologging.sessions import paused as disable_autologging

__all__ = ["AUTOLOGGING_INTEGRATIONS", "autologging_is_disabled", "disable_autologging"]
