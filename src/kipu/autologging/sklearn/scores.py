"""What a fitted estimator reaches on its training data: numbers, and plots of classifiers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from kipu.autologging.plots import (
    ConfusionMatrix,
    Plot,
    PrecisionRecallCurve,
    PrecisionRecallOfClass,
    RocCurve,
    RocOfClass,
)
from kipu.autologging.sklearn.data import TrainingData

_PREFIX = "training_"
_MOST_CLASSES = 100  # of a confusion matrix that can still be read


def scores_of(estimator: Any, data: TrainingData, pos_label: Any = None) -> Scores:
    """Measure an estimator on what it was trained on.

    Each number is measured by itself; what cannot be is told in ``failures``.

    Args:
        estimator: A fitted one.
        data: What it was trained on; without labels, nothing is measured.
        pos_label: The class that counts as positive, or None.
    """
    from sklearn.base import is_classifier, is_regressor

    scores = Scores(estimator, data)
    if data.labels is None:
        return scores
    if is_classifier(estimator):
        scores.measure_classifier(pos_label)
    elif is_regressor(estimator):
        scores.measure_regressor()
    scores.measure_own()
    return scores


class Scores:
    """Numbers and plots by their names in a run.

    Attributes:
        metrics: The numbers.
        plots: The plots.
        failures: Why others are missing.
    """

    def __init__(self, estimator: Any, data: TrainingData) -> None:
        self.metrics: dict[str, Any] = {}
        self.plots: dict[str, Plot] = {}
        self.failures: dict[str, Exception] = {}
        self._estimator = estimator
        self._data = data

    @cached_property
    def _predicted(self) -> Any:
        return self._estimator.predict(self._data.as_given())

    @cached_property
    def _probabilities(self) -> Any:
        return self._estimator.predict_proba(self._data.as_given())

    def measure_classifier(self, pos_label: Any) -> None:
        """Measure what is measured of classifiers, and draw what is drawn of them."""
        from sklearn import metrics

        if not self._can_predict():
            return
        average = "weighted" if pos_label is None else "binary"
        for kind in ("precision", "recall", "f1"):
            self._measure(
                f"{kind}_score", getattr(metrics, f"{kind}_score"), self._predicted,
                average=average, pos_label=pos_label,
            )  # fmt: skip
        self._measure("accuracy_score", metrics.accuracy_score, self._predicted)
        if hasattr(self._estimator, "predict_proba"):
            self._measure("log_loss", metrics.log_loss, lambda: self._probabilities)
            self._measure(
                "roc_auc", metrics.roc_auc_score, self._scores_for_auc,
                average="weighted", multi_class="ovo",
            )  # fmt: skip
        self._draw("confusion_matrix", self._confusion)
        if self._is_binary() and self._tells_strength():
            self._draw("roc_curve", self._roc)
            self._draw("precision_recall_curve", self._precision_recall)

    def measure_regressor(self) -> None:
        """Measure what is measured of regressors."""
        from sklearn import metrics

        if not self._can_predict():
            return
        for name in ("mean_squared_error", "mean_absolute_error", "r2_score"):
            self._measure(
                name, getattr(metrics, name), self._predicted, multioutput="uniform_average"
            )
        squared = self.metrics.get(f"{_PREFIX}mean_squared_error")
        if squared is not None:
            self.metrics[f"{_PREFIX}root_mean_squared_error"] = math.sqrt(squared)

    def measure_own(self) -> None:
        """Take the estimator's own score; it is not computed anew where it is one of the others."""
        if not hasattr(self._estimator, "score"):
            return
        name = f"{_PREFIX}score"
        same = self.metrics.get(_same_as_score(self._estimator))
        if same is not None:
            self.metrics[name] = same
            return
        try:
            given = [self._data.as_given(), self._data.labels]
            if "sample_weight" in inspect.signature(self._estimator.score).parameters:
                given.append(self._data.weights)
            self.metrics[name] = self._estimator.score(*given)
        except Exception as error:
            self.failures[name] = error

    def _can_predict(self) -> bool:
        try:
            return self._predicted is not None
        except Exception as error:
            self.failures[f"{_PREFIX}metrics"] = error
            return False

    def _measure(self, name: str, function: Callable[..., Any], answers: Any, **more: Any) -> None:
        try:
            given = answers() if callable(answers) else answers
            value = function(self._data.labels, given, sample_weight=self._data.weights, **more)
            self.metrics[f"{_PREFIX}{name}"] = value
        except Exception as error:
            self.failures[f"{_PREFIX}{name}"] = error

    def _draw(self, name: str, draw: Callable[[], Plot | None]) -> None:
        try:
            plot = draw()
        except Exception as error:
            self.failures[f"{_PREFIX}{name}"] = error
        else:
            if plot is not None:
                self.plots[f"{_PREFIX}{name}"] = plot

    def _scores_for_auc(self) -> Any:
        found = self._probabilities
        return found[:, 1] if len(found[0]) == 2 else found

    def _is_binary(self) -> bool:
        labels = np.asarray(self._data.labels)
        classes = getattr(self._estimator, "classes_", ())
        return labels.ndim == 1 and len(classes) == 2 and len(np.unique(labels)) == 2

    def _tells_strength(self) -> bool:
        return hasattr(self._estimator, "predict_proba") or hasattr(
            self._estimator, "decision_function"
        )

    def _confusion(self) -> Plot | None:
        from sklearn.metrics import confusion_matrix
        from sklearn.utils.multiclass import unique_labels

        labels = unique_labels(self._data.labels, self._predicted)
        if len(labels) > _MOST_CLASSES:
            return None
        counts = confusion_matrix(
            self._data.labels, self._predicted, labels=labels, sample_weight=self._data.weights
        )
        return ConfusionMatrix(labels.tolist(), counts)

    @cached_property
    def _strength(self) -> Any:
        """How strongly each sample is taken for the second class."""
        if hasattr(self._estimator, "predict_proba"):
            return self._probabilities[:, 1]
        return self._estimator.decision_function(self._data.as_given())

    def _roc(self) -> Plot:
        from sklearn.metrics import auc, roc_curve

        positive = self._estimator.classes_[1]
        fpr, tpr, thresholds = roc_curve(
            self._data.labels, self._strength, pos_label=positive, sample_weight=self._data.weights
        )
        area = float(auc(fpr, tpr))
        return RocCurve([RocOfClass(str(positive), fpr, tpr, area, thresholds)])

    def _precision_recall(self) -> Plot:
        from sklearn.metrics import average_precision_score, precision_recall_curve

        positive = self._estimator.classes_[1]
        more = {"pos_label": positive, "sample_weight": self._data.weights}
        labels, strength = self._data.labels, self._strength
        precision, recall, thresholds = precision_recall_curve(labels, strength, **more)
        mean = float(average_precision_score(labels, strength, **more))
        curve = PrecisionRecallOfClass(str(positive), precision, recall, mean, thresholds)
        return PrecisionRecallCurve([curve])


def _same_as_score(estimator: Any) -> str:
    """The metric that an estimator's own score is, where it is the usual one; else empty."""
    from sklearn.base import ClassifierMixin, RegressorMixin

    own = inspect.unwrap(getattr(type(estimator), "score", None) or _same_as_score)
    if own is inspect.unwrap(ClassifierMixin.score):
        return f"{_PREFIX}accuracy_score"
    if own is inspect.unwrap(RegressorMixin.score):
        return f"{_PREFIX}r2_score"
    return ""
