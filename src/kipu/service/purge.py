"""The rules of removing for good: what may go, and what must stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from kipu.entities import ViewType
from kipu.exceptions import InvalidParameter
from kipu.service.names import check_experiment_id, check_run_id
from kipu.store.interface import ServedStore
from kipu.store.purge import Purgeable


class PurgePlan(NamedTuple):
    """What is to be removed, and a sentence about each experiment that cannot be."""

    runs: list[Purgeable]
    models: list[Purgeable]
    experiments: list[Purgeable]
    kept: list[str]


class PurgeRules:
    """``PurgeStore``, and which of the deleted things a user's words mean."""

    _store: ServedStore

    def plan_purge(
        self,
        deleted_by: int,
        run_ids: Collection[str] = (),
        experiment_ids: Collection[str] = (),
        model_ids: Collection[str] = (),
    ) -> PurgePlan:
        """What would be removed; changes nothing.

        Args:
            deleted_by: Only what was deleted by then, in ms since the Unix epoch.
            run_ids: Named runs. Without any name at all, everything that is deleted.
            experiment_ids: Named experiments, with all of their runs and models.
            model_ids: Named logged models.

        Raises:
            ResourceNotFound: There is nothing of a name.
            InvalidParameter: Something named is not deleted, or was deleted later.
        """
        runs = {run.id: run for run in self._store.deleted_runs()}
        models = {model.id: model for model in self._store.deleted_models()}
        experiments = {one.id: one for one in self._store.deleted_experiments()}
        if not (run_ids or experiment_ids or model_ids):
            return self._with_contents(
                [run for run in runs.values() if run.deleted <= deleted_by],
                [model for model in models.values() if model.deleted <= deleted_by],
                [one for one in experiments.values() if one.deleted <= deleted_by],
                deleted_by,
            )
        for run_id in run_ids:
            if run_id not in runs:
                check_run_id(run_id)
                self._store.get_run(run_id)
        for experiment_id in experiment_ids:
            if experiment_id not in experiments:
                check_experiment_id(experiment_id)
                self._store.get_experiment(experiment_id)
        for model_id in model_ids:
            if model_id not in models:
                self._store.get_logged_model(model_id)
        plan = self._with_contents(
            _named("run", run_ids, runs, deleted_by),
            _named("logged model", model_ids, models, deleted_by),
            _named("experiment", experiment_ids, experiments, deleted_by),
            deleted_by,
        )
        if plan.kept:
            raise InvalidParameter(" ".join(plan.kept))
        return plan

    def _with_contents(
        self,
        runs: Sequence[Purgeable],
        models: Sequence[Purgeable],
        experiments: Sequence[Purgeable],
        deleted_by: int,
    ) -> PurgePlan:
        """The plan with the runs and models of each experiment that can go as a whole."""
        all_runs, all_models = ({one.id: one for one in some} for some in (runs, models))
        going, kept = [], []
        for experiment in experiments:
            inside = self._store.deleted_runs(experiment.id)
            why = self._why_kept(experiment.id, inside, deleted_by)
            if why:
                kept.append(f"The experiment {experiment.id} stays: {why}.")
                continue
            going.append(experiment)
            all_runs |= {run.id: run for run in inside}
            all_models |= {model.id: model for model in self._store.deleted_models(experiment.id)}
        return PurgePlan(list(all_runs.values()), list(all_models.values()), going, kept)

    def _why_kept(self, experiment_id: str, runs: Sequence[Purgeable], deleted_by: int) -> str:
        active = self._store.search_runs([experiment_id], None, ViewType.ACTIVE_ONLY, 1, None, None)
        if active:
            return f"its run {active[0].info.run_id} was restored"
        late = next((run for run in runs if run.deleted > deleted_by), None)
        return f"its run {late.id} was deleted more recently" if late else ""

    def deleted_runs(self, experiment_id: str | None = None) -> list[Purgeable]:
        """See ``PurgeStore``."""
        return self._store.deleted_runs(experiment_id)

    def deleted_models(self, experiment_id: str | None = None) -> list[Purgeable]:
        """See ``PurgeStore``."""
        return self._store.deleted_models(experiment_id)

    def deleted_experiments(self) -> list[Purgeable]:
        """See ``PurgeStore``."""
        return self._store.deleted_experiments()

    def purge_runs(self, run_ids: Sequence[str]) -> None:
        """See ``PurgeStore``."""
        self._store.purge_runs(run_ids)

    def purge_models(self, model_ids: Sequence[str]) -> None:
        """See ``PurgeStore``."""
        self._store.purge_models(model_ids)

    def purge_experiment(self, experiment_id: str) -> None:
        """See ``PurgeStore``."""
        self._store.purge_experiment(experiment_id)

    def reclaim(self) -> int:
        """See ``PurgeStore``."""
        return self._store.reclaim()


def _named(
    kind: str, ids: Collection[str], deleted: dict[str, Purgeable], deleted_by: int
) -> list[Purgeable]:
    """The deleted things of these ids.

    Raises:
        InvalidParameter: One is not deleted, or was deleted later.
    """
    for id_ in ids:
        if id_ not in deleted:
            raise InvalidParameter(
                f"The {kind} {id_} is not deleted; only what is deleted can be removed for good."
            )
        if deleted[id_].deleted > deleted_by:
            raise InvalidParameter(
                f"The {kind} {id_} was deleted more recently than --older-than allows."
            )
    return [deleted[id_] for id_ in dict.fromkeys(ids)]
