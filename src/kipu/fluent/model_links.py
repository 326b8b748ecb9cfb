"""Which logged models a run's metrics belong to, and that the run is linked with them."""

from __future__ import annotations

from collections.abc import Sequence

from kipu.client import MlflowClient
from kipu.entities import LoggedModelInput, Run
from kipu.fluent.active import state


def models_of(
    client: MlflowClient, run_id: str, run: Run | None, step: int, model_id: str | None
) -> Sequence[str | None]:
    """The models to which metrics belong: the one named, the active one, or those of the step.

    Args:
        client: Of the run's store.
        run_id: The run.
        run: The same, as it was when it became the active run; None where the caller named it.
        step: Where the metrics are logged; models that the run made there get them.
        model_id: The model that the caller named.
    """
    model_id = model_id or state.model_id
    if model_id is None:
        return (_made_at(run, step) if run else _known_at(client, run_id, step)) or [None]
    known = client._tracking.models
    if not known.is_linked(run_id, model_id):
        if model_id not in _linked(run or client.get_run(run_id)):
            client.log_inputs(run_id, models=[LoggedModelInput(model_id)])
        known.note_link(run_id, model_id)
    return [model_id]


def _made_at(run: Run, step: int) -> list[str]:
    # As with MLflow, only what the run had made before it became the active one here.
    made = run.outputs.model_outputs if run.outputs else []
    return [one.model_id for one in made if one.step == step]


def _known_at(client: MlflowClient, run_id: str, step: int) -> list[str]:
    tracking = client._tracking
    if run_id not in tracking.runs:
        tracking.admit_run(run_id)
    return tracking.models.made_at(run_id, step)


def _linked(run: Run) -> set[str]:
    read = run.inputs.model_inputs if run.inputs else []
    made = run.outputs.model_outputs if run.outputs else []
    return {model.model_id for model in read} | {model.model_id for model in made}
