"""Functions of scikit-learn that fit an estimator many times: no run for each fit."""

from __future__ import annotations

import sys
from typing import Any

from kipu.autologging.import_hooks import when_imported
from kipu.autologging.integration import Integration
from kipu.autologging.patching import Call, patch
from kipu.autologging.sessions import paused
from kipu.autologging.sklearn.integration import SKLEARN

_FUNCTIONS = (
    "cross_validate",
    "cross_val_predict",
    "cross_val_score",
    "learning_curve",
    "permutation_test_score",
    "validation_curve",
)
# What they call for each fit, by its name in this module, and perhaps in threads of joblib: so who
# imported cross_val_score before logging was switched on gets no runs either.
_HOME = "sklearn.model_selection._validation"
_HOLDERS = ("sklearn.model_selection._search", "sklearn.model_selection._search_successive_halving")
_STEPS = (
    "cross_validate",
    "_fit_and_score",
    "_fit_and_predict",
    "_permutation_test_score",
    "_incremental_fit_estimator",
)


def patch_cross_validation() -> None:
    """Log nothing of what these functions fit."""
    when_imported("sklearn.model_selection", _patch)


def _patch() -> None:
    if SKLEARN.is_disabled:
        return
    home = sys.modules[_HOME]
    for name in dict.fromkeys((*_STEPS, *_FUNCTIONS)):
        if hasattr(home, name):
            patch(SKLEARN, home, name, _unlogged)
    share(SKLEARN, sys.modules["sklearn.model_selection"], home, _FUNCTIONS)
    for holder in _HOLDERS:
        # What a search gives to other processes goes there by its name, if that finds the same.
        if holder in sys.modules:
            share(SKLEARN, sys.modules[holder], home, _STEPS)


def _unlogged(call: Call, *args: Any, **kwargs: Any) -> None:
    with paused():
        call.original(*args, **kwargs)


def share(integration: Integration, module: Any, home: Any, names: Any) -> None:
    """Let a module have the patched functions of their home, as it had the unpatched ones.

    They are one object in both places, so that pickles still find them by name.
    """
    for name in names:
        found, patched = getattr(module, name, None), getattr(home, name, None)
        if found is None or patched is None or found is patched:
            continue
        if getattr(patched, "__wrapped__", None) is not found:
            continue
        setattr(module, name, patched)
        integration.on_revert(lambda name=name, found=found: setattr(module, name, found))  # type: ignore[misc]
