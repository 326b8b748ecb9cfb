"""What a store promises about removing for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Purgeable(NamedTuple):
    """A deleted run, model or experiment; ``deleted`` in ms since the Unix epoch."""

    id: str
    experiment_id: str
    artifact_uri: str
    deleted: int


class PurgeStore(Protocol):
    """Removes for good what was deleted; artifacts are the caller's business, before the rows.

    Each purge is all or none, harmless to repeat, and small enough for others to write in between.
    """

    def deleted_runs(self, experiment_id: str | None = None) -> list[Purgeable]:
        """The deleted runs, of all experiments or of one."""
        ...

    def deleted_models(self, experiment_id: str | None = None) -> list[Purgeable]:
        """The deleted logged models; given an experiment, all of its models."""
        ...

    def deleted_experiments(self) -> list[Purgeable]:
        """The deleted experiments."""
        ...

    def purge_runs(self, run_ids: Sequence[str]) -> None:
        """Remove deleted runs with all they have; those that are gone already are passed over.

        Raises:
            InvalidParameter: One of them is not deleted; all are left as they were.
        """
        ...

    def purge_models(self, model_ids: Sequence[str]) -> None:
        """Remove logged models, deleted or of deleted experiments; those gone are passed over.

        Raises:
            InvalidParameter: One of them is neither; all are left as they were.
        """
        ...

    def purge_experiment(self, experiment_id: str) -> None:
        """Remove a deleted experiment with all it has; its name is free again.

        Raises:
            InvalidParameter: It is not deleted.
            InvalidState: It still has runs or logged models.
        """
        ...

    def reclaim(self) -> int:
        """Give the space of what was removed back to the disk; how many bytes that were."""
        ...
