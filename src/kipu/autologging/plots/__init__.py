"""The plots that autologging makes: their numbers as JSON, and pictures as SVG and PNG."""

from kipu.autologging.plots.confusion_matrix import ConfusionMatrix
from kipu.autologging.plots.curves import (
    PrecisionRecallCurve,
    PrecisionRecallOfClass,
    RocCurve,
    RocOfClass,
)
from kipu.autologging.plots.importance import Importance
from kipu.autologging.plots.learning_curve import LearningCurve
from kipu.autologging.plots.logging import Plot, log_plot, plot_files

__all__ = [
    "ConfusionMatrix",
    "Importance",
    "LearningCurve",
    "Plot",
    "PrecisionRecallCurve",
    "PrecisionRecallOfClass",
    "RocCurve",
    "RocOfClass",
    "log_plot",
    "plot_files",
]
