"""The functions that training code calls; each one line to the client, plus the active run."""

from kipu.fluent.active import ActiveRun, active_run, end_run
from kipu.fluent.experiments import set_experiment
from kipu.fluent.runs import start_run

__all__ = ["ActiveRun", "active_run", "end_run", "set_experiment", "start_run"]
