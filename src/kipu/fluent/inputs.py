"""Logging what the active run read: data sets and logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kipu.entities import Dataset, DatasetInput, InputTag, LoggedModelInput
from kipu.entities.tag_names import MLFLOW_DATASET_CONTEXT
from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent.active import client_of
from kipu.fluent.runs import current_run


class Loggable(Protocol):
    """A data set, such as those of ``kipu.data``."""

    def _to_mlflow_entity(self) -> Dataset:
        """What a store keeps of it."""
        ...


def log_input(
    dataset: Loggable | Dataset | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None:
    """Log that the active run read a data set, a model, or both; repeating it is harmless.

    Args:
        dataset: Such as ``kipu.data.from_pandas(df)``.
        context: What it was used for, such as ``training`` or ``test``.
        tags: Labels of this use: keys of at most 255 characters, values of at most 500.
        model: A logged model that the run read.

    Raises:
        InvalidParameter: The data set cannot be stored.

    Example:
        >>> with kipu.start_run():
        ...     kipu.log_input(kipu.data.from_pandas(df, name="train"), context="training")
    """
    datasets = [] if dataset is None else [_use(dataset, context, tags)]
    _log(datasets, [] if model is None else [model])


def log_inputs(
    datasets: Sequence[Loggable | Dataset | None] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[LoggedModelInput | None] | None = None,
) -> None:
    """Log that the active run read several data sets and models; see ``log_input``.

    Args:
        datasets: The data sets, and for each of them
        contexts: its context, or None,
        tags_list: its labels, or None.
        models: Logged models that the run read.

    Raises:
        MlflowException: The first three have different lengths.
        InvalidParameter: There is a context or label without a data set, or one cannot be stored.
    """
    given = (datasets or (), contexts or (), tags_list or ())
    if len({len(one) for one in given}) > 1:
        raise MlflowException(
            "datasets, contexts and tags_list belong together, item by item, but have the lengths "
            f"{[len(one) for one in given]}."
        )
    uses = [_use(*one) for one in zip(*given, strict=True) if _is_use(*one)]
    _log(uses, [model for model in models or () if model is not None])


def as_entity(dataset: Loggable | Dataset) -> Dataset:
    """What a store keeps of a data set.

    Raises:
        InvalidParameter: It is none.
    """
    if isinstance(dataset, Dataset):
        return dataset
    if not hasattr(dataset, "_to_mlflow_entity"):
        kind = type(dataset).__name__
        raise InvalidParameter(
            f"A {kind} is no data set; make one of it, as with kipu.data.from_pandas(df)."
        )
    return dataset._to_mlflow_entity()


def _is_use(
    dataset: Loggable | Dataset | None, context: str | None, tags: Mapping[str, str] | None
) -> bool:
    if dataset is None and (context or tags):
        raise InvalidParameter("A context or tags were given without a data set.")
    return dataset is not None


def _use(
    dataset: Loggable | Dataset | None, context: str | None, tags: Mapping[str, str] | None
) -> DatasetInput:
    assert dataset is not None
    labels = [InputTag(key, value) for key, value in (tags or {}).items()]
    if context:
        labels.append(InputTag(MLFLOW_DATASET_CONTEXT, context))
    return DatasetInput(as_entity(dataset), labels)


def _log(datasets: Sequence[DatasetInput], models: Sequence[LoggedModelInput]) -> None:
    run = current_run()
    client_of(run).log_inputs(run.info.run_id, datasets, models)
