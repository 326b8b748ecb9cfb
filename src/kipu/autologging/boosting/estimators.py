"""Estimators of a library's scikit-learn interface, which train through a function of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from kipu.autologging.arguments import call_arguments
from kipu.autologging.boosting.models import Sample, described
from kipu.autologging.guards import guarded
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.autologging.sklearn.known import KNOWN
from kipu.autologging.sklearn.later_scores import (
    logged_prediction,
    logged_score,
    patch_metrics,
)
from kipu.autologging.sklearn.storing import RunLog
from kipu.models.model_info import ModelInfo

_PREDICTING = ("predict", "predict_proba")


class Estimators:
    """Logs the model after ``fit``, and what is measured of it later.

    All else is logged by the function within, which trains.

    Args:
        integration: Whose options decide.
        log_model: Logs an estimator; gets the call, the estimator, and name, example, signature
            and registered name as ``log_model`` of the flavor takes them.
    """

    def __init__(
        self, integration: Integration, log_model: Callable[[Call, Any, dict[str, Any]], ModelInfo]
    ) -> None:
        self._integration = integration
        self._log_model = guarded(integration)(log_model)
        self._local = threading.local()

    def train(self, call: Call, log: Callable[[], None], *args: Any, **kwargs: Any) -> None:
        """Log a training if it is that of an estimator's ``fit``, else only train.

        Args:
            call: Of the function that trains.
            log: Trains, and logs all but the model.
            *args: Of the function.
            **kwargs: Of the function.
        """
        fit: Call | None = getattr(self._local, "fit", None)
        if fit is None:
            call.original(*args, **kwargs)
            return
        # One training, and one warning at most.
        call.has_complained = fit.has_complained
        try:
            log()
        finally:
            fit.has_complained = call.has_complained

    def patch(self, classes: Iterable[type]) -> None:
        """Put the functions around those of the classes."""
        for one in classes:
            patch(self._integration, one, "fit", self._fit, manages_run=True)
            for method in _PREDICTING:
                if hasattr(one, method):
                    patch(self._integration, one, method, logged_prediction)
            if hasattr(one, "score"):
                patch(self._integration, one, "score", logged_score)
        patch_metrics(self._integration)

    def _fit(self, call: Call, model: Any, *args: Any, **kwargs: Any) -> None:
        given = call_arguments(type(model).fit, args, kwargs)
        sample = Sample(given.get("X"))
        self._local.fit = call
        try:
            call.original(model, *args, **kwargs)
        finally:
            self._local.fit = None
        info = None
        if call.option("log_models", True):
            told = {
                "name": "model",
                "registered_model_name": call.option("registered_model_name"),
                **described(call, sample.rows, model.predict),
            }
            info = self._log_model(call, model, told)
        KNOWN.remember_model(model, RunLog.of_active(call.run_id), info.model_id if info else None)
