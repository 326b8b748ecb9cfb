"""What this process knows about the logged models of a store, so that it need not ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kipu.entities import LoggedModel, LoggedModelOutput, Metric, Run
from kipu.exceptions import MlflowException, ResourceNotFound
from kipu.store.interface import TrackingStore

_REMEMBERED = 10_000


class KnownModels:
    """Models that are there, where their files lie, and which runs made them.

    Args:
        store: Gives the store, opened with its first use.
    """

    def __init__(self, store: Callable[[], TrackingStore]) -> None:
        self._store = store
        self._artifact_uris: dict[str, str] = {}
        self._outputs: dict[str, list[LoggedModelOutput]] = {}
        self._linked: set[tuple[str, str]] = set()

    def note(self, model: LoggedModel) -> LoggedModel:
        """Remember a model that was just made or read."""
        if len(self._artifact_uris) >= _REMEMBERED:
            self._artifact_uris.clear()
        self._artifact_uris[model.model_id] = model.artifact_location
        return model

    def artifact_uri(self, model_id: str) -> str:
        """Where a model's files lie, which never changes.

        Raises:
            ResourceNotFound: No model has this id.
        """
        known = self._artifact_uris.get(model_id)  # another thread may forget all of them now
        if known is None:
            known = self.note(self._store().get_logged_model(model_id)).artifact_location
        return known

    def admit(self, metrics: Iterable[Metric]) -> None:
        """Check once that the models are there that points name.

        Raises:
            MlflowException: One is not (BAD_REQUEST, as with MLflow).
        """
        for metric in metrics:
            if metric.model_id and metric.model_id not in self._artifact_uris:
                try:
                    self.note(self._store().get_logged_model(metric.model_id, True))
                except ResourceNotFound as error:
                    raise MlflowException(error.message, "BAD_REQUEST") from error

    def note_run(self, run: Run) -> None:
        """Remember which models a run made, as it was just read."""
        made = run.outputs.model_outputs if run.outputs else []
        if made:
            self.note_outputs(run.info.run_id, made, anew=True)

    def note_outputs(
        self, run_id: str, models: Iterable[LoggedModelOutput], anew: bool = False
    ) -> None:
        """Remember models that a run made."""
        if len(self._outputs) >= _REMEMBERED:
            self._outputs.clear()
        before = [] if anew else self._outputs.get(run_id, [])
        self._outputs[run_id] = [*before, *models]

    def made_at(self, run_id: str, step: int) -> list[str]:
        """The models that a run made at a step, as far as this process has seen."""
        return [made.model_id for made in self._outputs.get(run_id, ()) if made.step == step]

    def is_linked(self, run_id: str, model_id: str) -> bool:
        """Whether the run is known to have read or made the model."""
        return (run_id, model_id) in self._linked

    def note_link(self, run_id: str, model_id: str) -> None:
        """Remember that the run has read or made the model."""
        if len(self._linked) >= _REMEMBERED:
            self._linked.clear()
        self._linked.add((run_id, model_id))
