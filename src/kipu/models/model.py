"""A saved model's description: the file ``MLmodel``, in both directions."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Self

import yaml

from kipu.entities import LoggedModel
from kipu.exceptions import InvalidParameter, ResourceNotFound
from kipu.fluent.downloads import load_text
from kipu.fluent.logged_models import get_logged_model
from kipu.models.auth_policy import AuthPolicy
from kipu.models.input_example import read_example, read_example_params, read_serving_input
from kipu.models.model_info import ModelInfo
from kipu.models.model_logging import log_model
from kipu.models.model_signature import ModelSignature
from kipu.models.requirement_updates import update_model_requirements
from kipu.models.resources import Resource, as_resources
from kipu.types.params import ParamSchema
from kipu.types.schema import Schema
from kipu.version import MLFLOW_VERSION

__all__ = [
    "MLMODEL_FILE_NAME",
    "Model",
    "ModelInfo",
    "get_model_info",
    "update_model_requirements",
]

MLMODEL_FILE_NAME = "MLmodel"

_log = logging.getLogger(__name__)

_TAGS = ("run_id", "utc_time_created", "artifact_path", "model_uuid")
_WRITTEN_ALWAYS = ("flavors", "mlflow_version", "model_id", "model_uuid", "prompts")


def get_model_info(model_uri: str) -> ModelInfo:
    """What is told of a model.

    Args:
        model_uri: ``models:/<model id>``, ``models:/<name>/<version>``, ``runs:/<run id>/<name>``,
            or a folder.

    Raises:
        ResourceNotFound: There is none.
    """
    return Model.load(model_uri).get_model_info()


class Model:
    """What an ``MLmodel`` file says of a model.

    Args:
        artifact_path: Where its files lie: a URI, or with models of MLflow 2 a path in the run.
        run_id: The run that logged it.
        utc_time_created: Left out, now.
        flavors: What each flavor needs to load it, by the flavor's name.
        signature: Its inputs, outputs and parameters.
        saved_input_example_info: How its input example was written.
        model_uuid: Left out, a new one.
        mlflow_version: The version that wrote it, or that Kipu stood for.
        metadata: What the user writes down with it.
        model_size_bytes: Size of its files.
        resources: What it uses when it is served; or a YAML file with them.
        env_vars: Environment variables that it was seen to read.
        auth_policy: With whose rights it uses its resources.
        model_id: The logged model that it is.
        prompts: URIs of prompts that it uses.
        **kwargs: Further fields, kept as they are.
    """

    def __init__(
        self,
        artifact_path: str | None = None,
        run_id: str | None = None,
        utc_time_created: Any = None,
        flavors: dict[str, Any] | None = None,
        signature: ModelSignature | None = None,
        saved_input_example_info: dict[str, Any] | None = None,
        model_uuid: str | Callable[[], str] | None = lambda: uuid.uuid4().hex,
        mlflow_version: str | None = MLFLOW_VERSION,
        metadata: dict[str, Any] | None = None,
        model_size_bytes: int | None = None,
        resources: str | Path | list[Resource] | dict[str, Any] | None = None,
        env_vars: list[str] | None = None,
        auth_policy: AuthPolicy | dict[str, Any] | None = None,
        model_id: str | None = None,
        prompts: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.artifact_path = artifact_path
        self.run_id = run_id
        self.utc_time_created = str(utc_time_created or datetime.now(UTC).replace(tzinfo=None))
        self.flavors: dict[str, Any] = {} if flavors is None else flavors
        self.model_uuid = model_uuid() if callable(model_uuid) else model_uuid
        self.mlflow_version = mlflow_version
        self.model_id = model_id
        self.prompts = prompts
        self.metadata = metadata
        self.model_size_bytes = model_size_bytes
        self.saved_input_example_info = saved_input_example_info
        self._signature: ModelSignature | None = None
        self.signature = signature
        self.resources = resources
        self.env_vars = env_vars
        self.auth_policy = auth_policy
        self._further = kwargs
        self.__dict__.update(kwargs)

    @property
    def signature(self) -> ModelSignature | None:
        """Its inputs, outputs and parameters.

        Set to False, with which flavors are told to infer none, it stays as it is.
        """
        return self._signature

    @signature.setter
    def signature(self, value: ModelSignature | bool | None) -> None:
        if not isinstance(value, bool):
            self._signature = value

    @property
    def resources(self) -> dict[str, Any] | None:
        """What it uses when it is served, as the file has it."""
        return self._resources

    @resources.setter
    def resources(self, value: str | Path | list[Resource] | dict[str, Any] | None) -> None:
        if isinstance(value, (str, Path, list)):
            value = as_resources(value)
        self._resources: dict[str, Any] | None = value

    @property
    def auth_policy(self) -> dict[str, Any] | None:
        """With whose rights it uses its resources, as the file has it."""
        return self._auth_policy

    @auth_policy.setter
    def auth_policy(self, value: AuthPolicy | dict[str, Any] | None) -> None:
        self._auth_policy: dict[str, Any] | None = (
            value.to_dict() if isinstance(value, AuthPolicy) else value
        )

    @property
    def env_vars(self) -> list[str] | None:
        """Environment variables that it was seen to read.

        Raises:
            TypeError: They are set to something else than a list of names.
        """
        return self._env_vars

    @env_vars.setter
    def env_vars(self, value: list[str] | None) -> None:
        if value and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise TypeError(f"env_vars is a list of texts, not {value!r}.")
        self._env_vars = value

    def get_input_schema(self) -> Schema | None:
        """The schema of its input, None where it is unknown."""
        return self.signature.inputs if self.signature else None

    def get_output_schema(self) -> Schema | None:
        """The schema of its answers, None where it is unknown."""
        return self.signature.outputs if self.signature else None

    def get_params_schema(self) -> ParamSchema | None:
        """The schema of its parameters, None without any."""
        return self.signature.params if self.signature else None

    def get_serving_input(self, path: str) -> str | None:
        """The JSON that a server would be sent for its input example, None without one.

        Args:
            path: The model's folder.
        """
        return read_serving_input(self.saved_input_example_info, path)

    def load_input_example(self, path: str | None = None) -> Any:
        """Its input example as data, None without one.

        Args:
            path: The model's folder or URI; left out, where it was logged to.

        Raises:
            ResourceNotFound: The example's file is missing.
        """
        if path is None:
            path = f"models:/{self.model_id}" if self.model_id else self._uri_in_run
        return read_example(self.saved_input_example_info, str(path), self.get_input_schema())

    def load_input_example_params(self, path: str) -> dict[str, Any] | None:
        """The parameters of its input example, None without any.

        Args:
            path: The model's folder or URI.
        """
        return read_example_params(self.saved_input_example_info, str(path))

    def add_flavor(self, name: str, **params: Any) -> Self:
        """Say what a flavor needs to load it."""
        self.flavors[name] = params
        return self

    def note(self, name: str, value: Any) -> None:
        """Write a further field into the description."""
        self._further[name] = value
        setattr(self, name, value)

    def get_model_info(self, logged_model: LoggedModel | None = None) -> ModelInfo:
        """What is told of it, with the logged model, which is looked up if not given."""
        if logged_model is None and self.model_id is not None:
            logged_model = get_logged_model(self.model_id)
        return ModelInfo(
            artifact_path=self.artifact_path,  # type: ignore[arg-type]
            flavors=self.flavors,
            model_uri=f"models:/{self.model_id}" if self.model_id else self._uri_in_run,
            model_uuid=self.model_uuid,  # type: ignore[arg-type]
            run_id=self.run_id,  # type: ignore[arg-type]
            saved_input_example_info=self.saved_input_example_info,
            signature=self.signature,
            utc_time_created=self.utc_time_created,
            mlflow_version=self.mlflow_version,  # type: ignore[arg-type]
            metadata=self.metadata,
            prompts=self.prompts,
            env_vars=self.env_vars,
            logged_model=logged_model,
        )

    def get_tags_dict(self) -> dict[str, Any]:
        """What older servers are told of it: ids, time, and the flavors without configuration."""
        fields = self.to_dict()
        flavors = {
            name: {key: value for key, value in conf.items() if key != "config"}
            if isinstance(conf, dict)
            else conf
            for name, conf in self.flavors.items()
        }
        return {key: fields[key] for key in _TAGS if key in fields} | {"flavors": flavors}

    def to_dict(self) -> dict[str, Any]:
        """The fields of the file; those without a value are left out but for a few."""
        fields: dict[str, Any] = dict(self._further)
        for name in _WRITTEN_ALWAYS:
            fields[name] = getattr(self, name)
        if self.signature is not None:
            fields["signature"] = self.signature.to_dict()
            fields["is_signature_from_type_hint"] = self.signature._is_signature_from_type_hint
            fields["type_hint_from_example"] = self.signature._is_type_hint_from_example
        if self.mlflow_version is None:
            del fields["mlflow_version"]
        fields["utc_time_created"] = self.utc_time_created
        optional = {
            "artifact_path": self.artifact_path,
            "auth_policy": self.auth_policy,
            "env_vars": self.env_vars,
            "metadata": self.metadata,
            "model_size_bytes": self.model_size_bytes,
            "resources": self.resources,
            "run_id": self.run_id,
            "saved_input_example_info": self.saved_input_example_info,
        }
        return fields | {name: one for name, one in optional.items() if one is not None}

    def to_yaml(self, stream: IO[str] | None = None) -> str:
        """The text of the file, or None if it went to a stream."""
        text: Any = yaml.safe_dump(self.to_dict(), stream=stream, default_flow_style=False)
        return text  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """The fields as JSON."""
        return json.dumps(self.to_dict())

    def save(self, path: str | Path) -> None:
        """Write the file.

        Args:
            path: The file, such as ``model/MLmodel``.
        """
        Path(path).write_text(self.to_yaml(), "utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a description.

        Args:
            path: A folder with a file ``MLmodel``, that file, or a URI of one of them.

        Raises:
            ResourceNotFound: There is none.
            InvalidParameter: The file holds no description.
        """
        text = str(path).rstrip("/")
        uri = text if text.endswith(f"/{MLMODEL_FILE_NAME}") else f"{text}/{MLMODEL_FILE_NAME}"
        if text == MLMODEL_FILE_NAME and Path(text).is_file():
            uri = text
        local = Path(uri)
        if local.is_file():
            return cls.from_dict(_fields(local.read_text("utf-8"), uri))
        if ":" not in text:
            raise ResourceNotFound(f"There is no file {MLMODEL_FILE_NAME} at {text!r}.")
        return cls.from_dict(_fields(load_text(uri), uri))

    @classmethod
    def from_dict(cls, model_dict: dict[str, Any]) -> Self:
        """Build one from the fields of the file; older ones may lack some."""
        fields = {"model_uuid": None, "mlflow_version": None} | model_dict
        from_hint = fields.pop("is_signature_from_type_hint", False)
        from_example = fields.pop("type_hint_from_example", False)
        if isinstance(fields.get("signature"), dict):
            signature = ModelSignature.from_dict(fields["signature"])
            signature._is_signature_from_type_hint = from_hint
            signature._is_type_hint_from_example = from_example
            fields["signature"] = signature
        return cls(**fields)

    @classmethod
    def log(
        cls,
        artifact_path: str | None,
        flavor: Any,
        registered_model_name: str | None = None,
        await_registration_for: int | None = 300,
        metadata: dict[str, Any] | None = None,
        run_id: str | None = None,
        resources: str | Path | list[Resource] | None = None,
        auth_policy: AuthPolicy | None = None,
        prompts: list[Any] | None = None,
        name: str | None = None,
        model_type: str | None = None,
        params: dict[str, Any] | None = None,
        tags: dict[str, Any] | None = None,
        step: int = 0,
        model_id: str | None = None,
        **kwargs: Any,
    ) -> ModelInfo:
        """Save a model with a flavor and log it: as a logged model, made by the active run if any.

        Args:
            artifact_path: The older name of ``name``.
            flavor: What has ``save_model(path, mlflow_model, **kwargs)``: a flavor's module.
            registered_model_name: Registers it under this name, too.
            await_registration_for: Seconds to wait for that; None or 0, not at all.
            metadata: What the user writes down with it.
            run_id: The run that makes it; left out, the active run, if there is one.
            resources: What it uses when it is served.
            auth_policy: With whose rights; not together with ``resources``.
            prompts: URIs of prompts that it uses.
            name: What the logged model is called; left out, a random name.
            model_type: Any text by which such models are found.
            params: Settings of the logged model, to which those of the run are added.
            tags: Labels of the logged model, and of the registered version.
            step: The training step at which it was made; the run's metrics there are its own.
            model_id: A logged model that is there already and gets the files.
            **kwargs: For the flavor's ``save_model``.

        Raises:
            ValueError: ``resources`` and ``auth_policy`` are both given.
            InvalidParameter: The name is refused.
        """
        if name is not None and artifact_path is not None:
            raise InvalidParameter("Give name; artifact_path is only its older name.")
        if artifact_path is not None:
            _log.warning("artifact_path is an older name of `name`; use that.")
        return log_model(
            cls,
            flavor,
            kwargs,
            name=name or artifact_path,
            registered_model_name=registered_model_name,
            await_registration_for=await_registration_for,
            metadata=metadata,
            run_id=run_id,
            resources=resources,
            auth_policy=auth_policy,
            prompts=prompts,
            model_type=model_type,
            params=params,
            tags=tags,
            step=step,
            model_id=model_id,
        )

    @property
    def _uri_in_run(self) -> str:
        return f"runs:/{self.run_id}/{self.artifact_path}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.to_yaml()


def _fields(text: str, uri: str) -> dict[str, Any]:
    """The fields of a description, from its file."""
    try:
        fields = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidParameter(f"{uri} is no YAML: {error}") from error
    flavors = fields.get("flavors", {}) if isinstance(fields, dict) else None
    if not isinstance(flavors, dict) or not all(isinstance(one, dict) for one in flavors.values()):
        raise InvalidParameter(f"{uri} does not describe a model with its flavors.")
    return dict(fields)
