"""Automatic logging's table of libraries, under the path that MLflow's users know."""

from kipu.fluent.autolog import INTEGRATIONS as AUTOLOGGING_INTEGRATIONS
from kipu.fluent.autolog import is_disabled as autologging_is_disabled

__all__ = ["AUTOLOGGING_INTEGRATIONS", "autologging_is_disabled"]
