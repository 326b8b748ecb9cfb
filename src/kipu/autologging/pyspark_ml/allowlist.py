"""Which models are logged: those that are small enough, unless the user tells others."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kipu.autologging.pyspark_ml.integration import SPARK_ML
from kipu.autologging.pyspark_ml.stages import class_of, settings_of
from kipu.exceptions import InvalidParameter
from kipu.flavors.spark.session import active_session

_CONF = "spark.mlflow.pysparkml.autolog.logModelAllowlistFile"
_TIMEOUT_S = 30

_SPARKS_OWN = {
    "classification": (
        "DecisionTreeClassification", "GBTClassification", "LinearSVC", "LogisticRegression",
        "NaiveBayes", "OneVsRest", "RandomForestClassification",
    ),
    "clustering": ("BisectingKMeans", "GaussianMixture", "KMeans"),
    "feature": (
        "BucketedRandomProjectionLSH", "ChiSqSelector", "CountVectorizer", "IDF", "Imputer",
        "MaxAbsScaler", "MinHashLSH", "MinMaxScaler", "OneHotEncoder", "RFormula", "RobustScaler",
        "StandardScaler", "StringIndexer", "UnivariateFeatureSelector", "VarianceThresholdSelector",
        "VectorIndexer",
    ),
    "pipeline": ("Pipeline",),
    "regression": (
        "AFTSurvivalRegression", "DecisionTreeRegression", "GBTRegression",
        "GeneralizedLinearRegression", "LinearRegression", "RandomForestRegression",
    ),
    "tuning": ("CrossValidator", "TrainValidationSplit"),
}  # fmt: skip
_SYNAPSE = (
    "cognitive", "exploratory", "featurize", "geospatial", "image", "io", "isolationforest",
    "lightgbm", "nn", "opencv", "stages", "vw",
)  # fmt: skip

DEFAULT = frozenset(
    [f"pyspark.ml.{module}.{one}Model" for module, found in _SPARKS_OWN.items() for one in found]
    + [f"synapse.ml.{module}.*" for module in _SYNAPSE]
)
"""Full names of classes, or how they begin, with a star."""


def allowed_models(given: Iterable[str] | None) -> frozenset[str]:
    """The classes of models that are logged.

    Args:
        given: As the user tells them; left out, the file that the session's configuration names in
            ``spark.mlflow.pysparkml.autolog.logModelAllowlistFile``, else the default.
    """
    if given:
        return frozenset(one.strip() for one in given)
    session = active_session()
    context = getattr(session, "sparkContext", None) if session is not None else None
    place = context.getConf().get(_CONF) if context is not None else None
    if not place:
        return DEFAULT
    try:
        return read_allowlist(place)
    except Exception as error:
        SPARK_ML.warn(
            "The list of models %s cannot be read, the usual one is used: %s", place, error
        )
        return DEFAULT


def read_allowlist(place: str) -> frozenset[str]:
    """The classes that a file tells, one a line; empty lines and those with ``#`` say nothing.

    Args:
        place: A path, or a URI with file, http or https.

    Raises:
        InvalidParameter: There is no such file.
    """
    scheme = urlsplit(place).scheme
    if scheme in ("http", "https"):
        import urllib.request

        with urllib.request.urlopen(place, timeout=_TIMEOUT_S) as answer:
            text = answer.read().decode()
    else:
        path = Path(urlsplit(place).path if scheme == "file" else place)
        if not path.is_file():
            raise InvalidParameter(f"There is no file {place!r}.")
        text = path.read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_allowed(model: Any, allowed: frozenset[str]) -> bool:
    """Whether a model is logged: if it is allowed, and all models within it are."""
    from pyspark.ml import Model
    from pyspark.ml.tuning import CrossValidatorModel, TrainValidationSplitModel

    name = class_of(model)
    begins = (one[:-1] for one in allowed if one.endswith("*"))
    if name not in allowed and not any(map(name.startswith, begins)):
        return False
    inner: Iterable[Any]
    match name:
        case "pyspark.ml.classification.OneVsRestModel":
            inner = [model.models[0]]
        case "pyspark.ml.pipeline.PipelineModel":
            inner = model.stages
        case _ if isinstance(model, (CrossValidatorModel, TrainValidationSplitModel)):
            return is_allowed(model.bestModel, allowed)
        case _:
            inner = settings_of(model).values()
    return all(is_allowed(one, allowed) for one in inner if isinstance(one, Model))
