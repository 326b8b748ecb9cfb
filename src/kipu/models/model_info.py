"""What is told of a saved model: its description, and the logged model that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kipu.entities import LoggedModel, Metric

if TYPE_CHECKING:
    from kipu.models.model_signature import ModelSignature


class ModelInfo:
    """A model's description as it was when it was logged or looked up.

    Args:
        artifact_path: Where its files lie: a URI, or with models of MLflow 2 a path in the run.
        flavors: What each flavor needs to load it.
        model_uri: The URI under which it can be loaded.
        model_uuid: The id that its files carry.
        run_id: The run that logged it.
        saved_input_example_info: How its input example was written.
        signature: Its inputs, outputs and parameters.
        utc_time_created: ``YYYY-MM-DD hh:mm:ss.ffffff``.
        mlflow_version: The version of MLflow that wrote it, or that Kipu stood for.
        metadata: What the user wrote down with it.
        registered_model_version: The version that it became in the registry.
        env_vars: Environment variables that it was seen to read.
        prompts: URIs of prompts that it uses.
        logged_model: The logged model.
    """

    def __init__(
        self,
        artifact_path: str,
        flavors: dict[str, Any],
        model_uri: str,
        model_uuid: str,
        run_id: str,
        saved_input_example_info: dict[str, Any] | None,
        signature: ModelSignature | None,
        utc_time_created: str,
        mlflow_version: str,
        metadata: dict[str, Any] | None = None,
        registered_model_version: str | int | None = None,
        env_vars: list[str] | None = None,
        prompts: list[str] | None = None,
        logged_model: LoggedModel | None = None,
    ) -> None:
        self._artifact_path = artifact_path
        self._flavors = flavors
        self._model_uri = model_uri
        self._model_uuid = model_uuid
        self._run_id = run_id
        self._saved_input_example_info = saved_input_example_info
        self._signature = signature
        self._utc_time_created = utc_time_created
        self._mlflow_version = mlflow_version
        self._metadata = metadata
        self._prompts = prompts
        self._logged_model = logged_model
        self.registered_model_version = registered_model_version
        self.env_vars = env_vars

    @property
    def artifact_path(self) -> str:
        """Where its files lie."""
        return self._artifact_path

    @property
    def flavors(self) -> dict[str, Any]:
        """What each flavor needs to load it, by the flavor's name."""
        return self._flavors

    @property
    def model_uri(self) -> str:
        """The URI under which it can be loaded."""
        return self._model_uri

    @property
    def model_uuid(self) -> str:
        """The id that its files carry."""
        return self._model_uuid

    @property
    def run_id(self) -> str:
        """The run that logged it."""
        return self._run_id

    @property
    def saved_input_example_info(self) -> dict[str, Any] | None:
        """How its input example was written, None without one."""
        return self._saved_input_example_info

    @property
    def signature(self) -> ModelSignature | None:
        """Its inputs, outputs and parameters, None where they are unknown."""
        return self._signature

    @property
    def utc_time_created(self) -> str:
        """When its description was made: ``YYYY-MM-DD hh:mm:ss.ffffff``."""
        return self._utc_time_created

    @property
    def mlflow_version(self) -> str:
        """The version of MLflow that wrote it, or that Kipu stood for."""
        return self._mlflow_version

    @property
    def metadata(self) -> dict[str, Any] | None:
        """What the user wrote down with it."""
        return self._metadata

    @property
    def prompts(self) -> list[str] | None:
        """URIs of prompts that it uses."""
        return self._prompts

    @property
    def model_id(self) -> str | None:
        """The id of the logged model, None for a model that is none."""
        return self._logged_model.model_id if self._logged_model else None

    @property
    def metrics(self) -> list[Metric] | None:
        """The logged model's metrics."""
        return self._logged_model.metrics if self._logged_model else None

    @property
    def params(self) -> dict[str, str]:
        """The logged model's params."""
        return self._logged_model.params if self._logged_model else {}

    @property
    def tags(self) -> dict[str, str]:
        """The logged model's tags."""
        return self._logged_model.tags if self._logged_model else {}

    @property
    def creation_timestamp(self) -> int | None:
        """When the logged model was made, in ms since the Unix epoch."""
        return self._logged_model.creation_timestamp if self._logged_model else None

    @property
    def name(self) -> str | None:
        """The logged model's name."""
        return self._logged_model.name if self._logged_model else None
