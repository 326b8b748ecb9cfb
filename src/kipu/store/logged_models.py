"""What every store promises about logged models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kipu.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    PagedList,
)


class LoggedModelStore(Protocol):
    """Keeps logged models."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str,
        source_run_id: str | None,
        tags: Sequence[LoggedModelTag],
        params: Sequence[LoggedModelParameter],
        model_type: str | None,
    ) -> LoggedModel:
        """Make a PENDING model.

        Raises:
            ResourceNotFound: No experiment has this id.
        """
        ...

    def get_logged_model(self, model_id: str, allow_deleted: bool = False) -> LoggedModel:
        """Read a model with its params, tags and all points that name it.

        Raises:
            ResourceNotFound: No model has this id, or a deleted one that was not asked for.
        """
        ...

    def finalize_logged_model(self, model_id: str, status: LoggedModelStatus) -> LoggedModel:
        """Set how far a model has come; like all that follows, on a deleted model too.

        Raises:
            ResourceNotFound: No model has this id.
        """
        ...

    def delete_logged_model(self, model_id: str) -> None:
        """Mark a model deleted; harmless on a deleted one.

        Raises:
            ResourceNotFound: No model has this id.
        """
        ...

    def log_logged_model_params(
        self, model_id: str, params: Sequence[LoggedModelParameter]
    ) -> None:
        """Add params to a model.

        Raises:
            ResourceNotFound: No model has this id.
            MlflowException: The model has one of them already (BAD_REQUEST).
        """
        ...

    def set_logged_model_tags(self, model_id: str, tags: Sequence[LoggedModelTag]) -> None:
        """Label a model; the last value set wins.

        Raises:
            ResourceNotFound: No model has this id.
        """
        ...

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a label.

        Raises:
            ResourceNotFound: No model has this id, or the model no such tag.
        """
        ...

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None,
        datasets: Sequence[Mapping[str, Any]] | None,
        max_results: int,
        order_by: Sequence[Mapping[str, Any]] | None,
        page_token: str | None,
    ) -> PagedList[LoggedModel]:
        """One page of the active models that match, newest first unless ordered otherwise.

        ``datasets`` (objects with ``dataset_name``, perhaps ``dataset_digest``) are those whose
        metrics count in the filter; without metrics in it, a model needs a point on one of them.
        ``order_by`` are objects as ``kipu.search.parse_logged_model_order`` reads them.

        Raises:
            InvalidParameter: Filter, data sets or order cannot be read, or the token belongs to
                another search.
        """
        ...
