"""The switch for scikit-learn, and what it puts around the library."""

from __future__ import annotations

from kipu.autologging.sklearn.cross_validation import patch_cross_validation
from kipu.autologging.sklearn.estimators import patch_estimators
from kipu.autologging.sklearn.integration import SKLEARN
from kipu.autologging.sklearn.later_scores import patch_metrics


@SKLEARN.switch
def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    max_tuning_runs: int | None = 5,
    log_post_training_metrics: bool = True,
    serialization_format: str = "cloudpickle",
    registered_model_name: str | None = None,
    pos_label: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log training with scikit-learn without further code: each fit, and what is measured later.

    A fit logs the estimator's params, the data set, scores on the training data, the model with its
    signature, and for classifiers the confusion matrix and, with two classes, ROC and
    precision-recall. Fits within a fit belong to it: those of a pipeline, an ensemble, a search.

    A search for parameters (``GridSearchCV``, ``RandomizedSearchCV`` and the halving ones) logs the
    best params and their score, the best estimator, the table ``cv_results.csv``, and a run below
    it for each of the best candidates.

    Preparation alone (``sklearn.preprocessing``, ``impute``, ``feature_extraction``,
    ``feature_selection``, ``ColumnTransformer``) is not logged.

    Args:
        log_input_examples: Store five rows of the training data with the model.
        log_model_signatures: Store with the model what it takes and answers.
        log_models: Store the model.
        log_datasets: Note the data sets of training and of later predictions.
        disable: Switch it off again.
        exclusive: Leave runs alone that you started.
        disable_for_unsupported_versions: Leave versions of scikit-learn alone that are not tested.
        silent: Say nothing.
        max_tuning_runs: How many candidates of a search get a run of their own, the best first;
            None, all of them.
        log_post_training_metrics: Log what ``model.score`` and the functions of
            ``sklearn.metrics`` answer on what the model predicted, into the model's run.
        serialization_format: ``cloudpickle``, ``pickle`` or ``skops``.
        registered_model_name: Registers each model under this name, too.
        pos_label: The class that counts as positive: precision, recall and F1 are then of it
            alone, not weighted means.
        extra_tags: Labels of every run that is started.

    Raises:
        InvalidParameter: ``max_tuning_runs`` is negative.

    Example:
        >>> kipu.sklearn.autolog()
        >>> RandomForestClassifier().fit(X, y)
    """
    patch_estimators()
    patch_cross_validation()
    if log_post_training_metrics:
        patch_metrics()
