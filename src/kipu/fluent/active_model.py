"""The active model: the one to which a thread's metrics belong that name none."""

from __future__ import annotations

import logging
from types import TracebackType

from kipu.client import MlflowClient
from kipu.entities import LoggedModel
from kipu.environment_variables import LEGACY_ACTIVE_MODEL_ID, MLFLOW_ACTIVE_MODEL_ID
from kipu.exceptions import InvalidParameter
from kipu.fluent.active import state
from kipu.fluent.experiments import current_experiment_id
from kipu.fluent.external_models import create_external_model

_log = logging.getLogger(__name__)


class ActiveModel(LoggedModel):
    """A model as a context manager: it is active in the block, and the former one after it."""

    def __init__(self, logged_model: LoggedModel, set_by_user: bool) -> None:
        super().__init__(**logged_model.to_dictionary())
        self._before = state.model_id
        state.model_id = self.model_id

    def __enter__(self) -> ActiveModel:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        state.model_id = self._before


def set_active_model(*, name: str | None = None, model_id: str | None = None) -> ActiveModel:
    """Choose the model to which this thread's metrics belong that name none.

    Args:
        name: The newest model of this name in the current experiment, made as an external one when
            there is none.
        model_id: A model by its id; a name that is given, too, must be its name.

    Returns:
        The model, which is also a context manager: the choice holds for the block.

    Raises:
        InvalidParameter: Neither is given, or the model has another name.
        ResourceNotFound: No model has this id.

    Example:
        >>> with kipu.set_active_model(name="agent"):
        ...     kipu.log_metric("accuracy", 0.9)
    """
    if model_id is not None:
        model = MlflowClient().get_logged_model(model_id)
        if name is not None and model.name != name:
            raise InvalidParameter(
                f"The model {model_id} has the name {model.name!r}, not {name!r}."
            )
        return ActiveModel(model, set_by_user=True)
    if name is None:
        raise InvalidParameter("set_active_model takes a name or a model_id.")
    return ActiveModel(_by_name(name), set_by_user=True)


def get_active_model_id() -> str | None:
    """The active model's id: the one set in this thread, else that of the environment, or None."""
    return state.model_id


def clear_active_model() -> None:
    """Let no model be active in this thread, and none come from the environment."""
    MLFLOW_ACTIVE_MODEL_ID.unset()
    LEGACY_ACTIVE_MODEL_ID.unset()
    state.model_id = None


def _by_name(name: str) -> LoggedModel:
    if "'" in name:
        raise InvalidParameter(f"No model can have the name {name!r}.")
    found = MlflowClient().search_logged_models(
        [current_experiment_id()], f"name = '{name}'", max_results=2
    )
    if len(found) > 1:
        _log.warning("Several models have the name %r; the newest is active now.", name)
    return found[0] if found else create_external_model(name)
