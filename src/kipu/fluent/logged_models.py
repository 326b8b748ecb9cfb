"""Logged models: made, changed and found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kipu.client import MlflowClient
from kipu.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus
from kipu.exceptions import InvalidParameter
from kipu.fluent.active import active_run, state
from kipu.fluent.context import resolve_tags
from kipu.fluent.experiments import current_experiment_id
from kipu.fluent.logging import client_and_run

if TYPE_CHECKING:
    import pandas as pd


def initialize_logged_model(
    name: str | None = None,
    source_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    experiment_id: str | None = None,
) -> LoggedModel:
    """Make a PENDING model, whose files follow; ``finalize_logged_model`` says how that went.

    Args:
        name: Without any of ``/ : . % " '``; left out, a random one.
        source_run_id: The run that makes it; left out, the active run, if there is one.
        tags: Labels; values are made text.
        params: Settings, which cannot be changed afterwards; values are made text.
        model_type: Any text by which such models are found, such as ``classifier``.
        experiment_id: Where it belongs; left out, that of the active run, else the current one.

    Raises:
        InvalidParameter: The name is refused.
        ResourceNotFound: No experiment has this id.

    Example:
        >>> model = kipu.initialize_logged_model("checkpoint-3", params={"lr": 0.1})
        >>> kipu.log_metric("accuracy", 0.9, model_id=model.model_id)
        >>> kipu.finalize_logged_model(model.model_id, "READY")
    """
    model = create_model(name, source_run_id, tags, params, model_type, experiment_id)
    state.last_model_id = model.model_id
    return model


def finalize_logged_model(
    model_id: str, status: Literal["READY", "FAILED"] | LoggedModelStatus
) -> LoggedModel:
    """Set how a model turned out.

    Args:
        model_id: The model.
        status: ``READY`` or ``FAILED``.

    Raises:
        InvalidParameter: There is no such status.
        ResourceNotFound: No model has this id.
    """
    return MlflowClient().finalize_logged_model(model_id, status)


def get_logged_model(model_id: str) -> LoggedModel:
    """Read a model with its params, tags and metrics.

    Raises:
        ResourceNotFound: No model has this id.
    """
    return MlflowClient().get_logged_model(model_id)


def last_logged_model() -> LoggedModel | None:
    """The model that this thread made last, read anew; None without one."""
    return get_logged_model(state.last_model_id) if state.last_model_id else None


def log_model_params(params: Mapping[str, Any], model_id: str | None = None) -> None:
    """Add params to a model, which cannot be changed afterwards; values are made text.

    Args:
        params: Values by key.
        model_id: Left out, the active model.

    Raises:
        InvalidParameter: There is no such model.
        MlflowException: The model has one of the params already.
    """
    MlflowClient().log_model_params(model_id or state.model_id or "", params)


def set_logged_model_tags(model_id: str, tags: Mapping[str, Any]) -> None:
    """Label a model; values are made text, the last one set wins.

    Raises:
        InvalidParameter: There is no such model.
    """
    MlflowClient().set_logged_model_tags(model_id, tags)


def delete_logged_model_tag(model_id: str, key: str) -> None:
    """Remove a label.

    Raises:
        ResourceNotFound: No model has this id, or the model no such tag.
    """
    MlflowClient().delete_logged_model_tag(model_id, key)


def log_outputs(models: Sequence[LoggedModelOutput] | None = None) -> None:
    """Link models with the active run that made them, started if there is none.

    Args:
        models: Each with the training step at which it was made.

    Raises:
        MlflowException: The run made one of them already.
    """
    client, run_id = client_and_run(None)
    client.log_outputs(run_id, models or ())


def search_logged_models(
    experiment_ids: Sequence[str] | None = None,
    filter_string: str | None = None,
    datasets: Sequence[Mapping[str, Any]] | None = None,
    max_results: int | None = None,
    order_by: Sequence[Mapping[str, Any]] | None = None,
    output_format: Literal["pandas", "list"] = "pandas",
) -> pd.DataFrame | list[LoggedModel]:
    """The active models that match, all pages of them.

    Args:
        experiment_ids: Where to look; left out, in the current experiment.
        filter_string: Such as ``metrics.accuracy > 0.9 AND params.lr = '0.1'``; a metric matches
            when any of its points does.
        datasets: Data sets whose points count, as ``{"dataset_name": ...}``, perhaps with
            ``dataset_digest``. Without metrics in the filter, models with a point on one of them.
        max_results: At most so many; left out, all.
        order_by: Objects with ``field_name`` (``metrics.accuracy``, or an attribute), and perhaps
            ``ascending``, ``dataset_name`` and ``dataset_digest``; left out, newest first.
        output_format: ``pandas`` for a frame with one column for each field, ``list`` for
            ``LoggedModel`` objects.

    Raises:
        InvalidParameter: Something of it cannot be read.

    Example:
        >>> best = kipu.search_logged_models(
        ...     filter_string="metrics.accuracy > 0.9",
        ...     order_by=[{"field_name": "metrics.accuracy", "ascending": False}],
        ...     output_format="list",
        ... )
    """
    if output_format not in ("pandas", "list"):
        raise InvalidParameter(f"output_format is 'pandas' or 'list', not {output_format!r}.")
    client = MlflowClient()
    ids = experiment_ids or [current_experiment_id()]
    models, token = list[LoggedModel](), None
    while True:
        page = client.search_logged_models(
            ids, filter_string, datasets, max_results, order_by, token
        )
        models += page
        token = page.token
        if not token or (max_results is not None and len(models) >= max_results):
            break
    models = models[:max_results]
    return models if output_format == "list" else _frame(models)


def create_model(
    name: str | None,
    source_run_id: str | None,
    tags: Mapping[str, Any] | None,
    params: Mapping[str, Any] | None,
    model_type: str | None,
    experiment_id: str | None,
) -> LoggedModel:
    """A PENDING model with what is left out completed: run, experiment, tags of the source."""
    run = active_run()
    if source_run_id is None and run is not None:
        source_run_id = run.info.run_id
    if experiment_id is None:
        experiment_id = run.info.experiment_id if run is not None else current_experiment_id()
    return MlflowClient().create_logged_model(
        experiment_id, name, source_run_id, resolve_tags(tags), params, model_type
    )


def _frame(models: Sequence[LoggedModel]) -> pd.DataFrame:
    try:
        import pandas  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise ImportError(
            "search_logged_models answers with a pandas frame; install it with: "
            "pip install 'kipu[pandas]', or ask for output_format='list'."
        ) from error
    return pandas.DataFrame([model.to_dictionary() | {"status": model.status} for model in models])
