"""Logged models and their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from kipu.blobs.transfer import upload_folder
from kipu.client.artifact_uris import model_place
from kipu.client.artifacts import put_any
from kipu.client.tracking import Tracking
from kipu.entities import (
    FileInfo,
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    PagedList,
)
from kipu.exceptions import InvalidParameter, ResourceNotFound


class LoggedModelsClient:
    """What can be done with logged models."""

    _tracking: Tracking

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        model_type: str | None = None,
    ) -> LoggedModel:
        """Make a PENDING model.

        Args:
            experiment_id: Where it belongs.
            name: Without any of ``/ : . % " '``; left out, a random one.
            source_run_id: The run that made it.
            tags: Labels; values are made text.
            params: Settings, which cannot be changed afterwards; values are made text.
            model_type: Any text by which such models are found, such as ``classifier``.

        Raises:
            InvalidParameter: The name is refused.
            ResourceNotFound: No experiment has this id.
        """
        model = self._tracking.store.create_logged_model(
            str(experiment_id),
            name,  # type: ignore[arg-type]  # the service gives it one
            source_run_id,
            _tags(tags),
            _params(params),
            model_type,
        )
        return self._tracking.models.note(model)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """Read a model with its params, tags and metrics.

        Raises:
            ResourceNotFound: No active model has this id.
        """
        _check_id(model_id)
        return self._tracking.models.note(self._tracking.settled().get_logged_model(model_id))

    def finalize_logged_model(
        self, model_id: str, status: Literal["READY", "FAILED"] | LoggedModelStatus
    ) -> LoggedModel:
        """Set how a model turned out: ``READY`` or ``FAILED``.

        Raises:
            InvalidParameter: There is no such status.
            ResourceNotFound: No model has this id.
        """
        _check_id(model_id)
        known = [str(one) for one in LoggedModelStatus]
        if status not in known:
            raise InvalidParameter(f"No model status {status!r}; one of {', '.join(known)}.")
        self._tracking.stored(model_id)
        return self._tracking.settled().finalize_logged_model(model_id, LoggedModelStatus(status))

    def delete_logged_model(self, model_id: str) -> None:
        """Mark a model deleted.

        Raises:
            ResourceNotFound: No model has this id.
        """
        _check_id(model_id)
        self._tracking.store.delete_logged_model(model_id)

    def log_model_params(self, model_id: str, params: Mapping[str, Any]) -> None:
        """Add params to a model; values are made text.

        Raises:
            InvalidParameter: No model has this id.
            MlflowException: The model has one of the params already.
        """
        _check_id(model_id)
        with _of_a_model(model_id):
            self._tracking.store.log_logged_model_params(model_id, _params(params))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, Any]) -> None:
        """Label a model; values are made text, the last one set wins.

        Raises:
            InvalidParameter: No model has this id.
        """
        _check_id(model_id)
        with _of_a_model(model_id):
            self._tracking.store.set_logged_model_tags(model_id, _tags(tags))

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a label.

        Raises:
            ResourceNotFound: No model has this id, or the model no such tag.
        """
        _check_id(model_id)
        self._tracking.store.delete_logged_model_tag(model_id, key)

    def search_logged_models(
        self,
        experiment_ids: Sequence[str],
        filter_string: str | None = None,
        datasets: Sequence[Mapping[str, Any]] | None = None,
        max_results: int | None = None,
        order_by: Sequence[Mapping[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[LoggedModel]:
        """One page of the active models that match.

        Args:
            experiment_ids: Where to look, as a list.
            filter_string: Such as ``metrics.accuracy > 0.9 AND params.lr = '0.1'``; a metric
                matches when any of its points does.
            datasets: Data sets whose points count, as ``{"dataset_name": ...}``, perhaps with
                ``dataset_digest``. Without metrics in the filter, models with a point on one.
            max_results: At most so many; left out, 100.
            order_by: Objects with ``field_name`` (``metrics.accuracy``, or an attribute), and
                perhaps ``ascending``, ``dataset_name`` and ``dataset_digest``; left out, newest
                first.
            page_token: The ``token`` of the page before; the other arguments must be as there.

        Raises:
            InvalidParameter: Something of it cannot be read.
        """
        is_list = isinstance(experiment_ids, Sequence) and not isinstance(experiment_ids, str)
        if not is_list or not all(isinstance(one, str) for one in experiment_ids):
            raise InvalidParameter(
                f"experiment_ids must be a list of texts such as ['0']; it is {experiment_ids!r}."
            )
        return self._tracking.settled().search_logged_models(
            experiment_ids, filter_string, datasets, max_results or 0, order_by, page_token
        )

    def log_model_artifact(
        self, model_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Copy a local file, or a folder with its name, to the model's files.

        Args:
            model_id: The model.
            local_path: What to copy.
            artifact_path: Folder among the files; left out, their root.

        Raises:
            FileNotFoundError: There is no such file.
            InvalidParameter: The path among the files is refused.
        """
        put_any(model_place(self._tracking, model_id).blobs, Path(local_path), artifact_path)

    def log_model_artifacts(
        self, model_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Copy what is in a local folder to the model's files; see ``log_model_artifact``."""
        blobs = model_place(self._tracking, model_id).blobs
        upload_folder(blobs, Path(local_dir), artifact_path or "")

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """What lies in a folder of the model's files, by name; paths are from their root."""
        return model_place(self._tracking, model_id, path).list()


@contextmanager
def _of_a_model(model_id: str) -> Iterator[None]:
    """As with MLflow, a wrong model is a wrong argument here."""
    try:
        yield
    except ResourceNotFound as error:
        raise InvalidParameter(
            f"There is no logged model {model_id!r}; it may have been deleted. Versions of "
            "registered models have functions of their own."
        ) from error


def _check_id(model_id: object) -> None:
    if not isinstance(model_id, str) or not model_id:
        raise InvalidParameter(f"model_id must be a text that is not empty; it is {model_id!r}.")


def _tags(tags: Mapping[str, Any] | None) -> list[LoggedModelTag]:
    return [LoggedModelTag(str(key), str(value)) for key, value in (tags or {}).items()]


def _params(params: Mapping[str, Any] | None) -> list[LoggedModelParameter]:
    return [LoggedModelParameter(str(key), str(value)) for key, value in (params or {}).items()]
