"""The switch for Spark's machine learning library."""

from __future__ import annotations

from collections.abc import Iterable

from kipu.autologging.patching import patch
from kipu.autologging.pyspark_ml.allowlist import allowed_models
from kipu.autologging.pyspark_ml.evaluation import logged_evaluate, logged_transform
from kipu.autologging.pyspark_ml.integration import SPARK_ML
from kipu.autologging.pyspark_ml.training import Fitting


@SPARK_ML.switch
def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    log_post_training_metrics: bool = True,
    registered_model_name: str | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_model_allowlist: Iterable[str] | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log each ``Estimator.fit`` of Spark: params, stages, data, the model, and what is evaluated.

    A featurizer (of ``pyspark.ml.feature``) is logged as part of a pipeline only, and a ``fit``
    with a list of params not at all. A search logs a nested run for each setting, a table with
    all, the best settings and the best model.

    Args:
        log_models: Whether to log the models of the classes in ``log_model_allowlist``.
        log_datasets: Whether to log the frames that were trained and evaluated on.
        disable: Switch it off again.
        exclusive: Whether to leave runs alone that the caller started.
        disable_for_unsupported_versions: Whether to leave untested versions of Spark alone.
        silent: Whether to say nothing.
        log_post_training_metrics: Whether to log what evaluators say of the predictions of a model
            later, as ``<metric>_<variable with the data>``.
        registered_model_name: Registers each model under this name, too.
        log_input_examples: Whether to log five rows of the training data with models.
        log_model_signatures: Whether to log what models take and give.
        log_model_allowlist: Full names of model classes; one with a star at its end stands for
            all that begin so. Left out, a file that the session's configuration names, else a list
            of those that stay small.
        extra_tags: Labels of every run that is started.

    Example:
        >>> kipu.pyspark.ml.autolog()
        >>> model = Pipeline(stages=[assembler, LogisticRegression()]).fit(train)
        >>> MulticlassClassificationEvaluator().evaluate(model.transform(test))
    """
    from pyspark.ml import Estimator, Model
    from pyspark.ml.evaluation import Evaluator

    fitting = Fitting(allowed_models(log_model_allowlist))
    patch(SPARK_ML, Estimator, "fit", fitting, manages_run=True)
    if log_post_training_metrics:
        patch(SPARK_ML, Model, "transform", logged_transform)
        patch(SPARK_ML, Evaluator, "evaluate", logged_evaluate)
