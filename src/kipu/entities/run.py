"""A run: one execution of training code, what it was given and what it measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from kipu.entities.dataset import DatasetInput
from kipu.entities.logged_model import LoggedModelInput, LoggedModelOutput
from kipu.entities.metric import Metric
from kipu.entities.record import Record, told
from kipu.entities.tags import Param, RunTag
from kipu.exceptions import MlflowException


class RunInfo(Record, frozen=True):
    """What a run is: ids, state (by name) and times in ms since the Unix epoch."""

    run_id: str
    experiment_id: str
    user_id: str | None
    status: str
    start_time: int | None
    end_time: int | None
    lifecycle_stage: str
    artifact_uri: str | None = None
    run_name: str | None = None

    @property
    def run_uuid(self) -> str:
        """The id under the name that older clients use."""
        return self.run_id

    @classmethod
    def get_searchable_attributes(cls) -> list[str]:
        """Attribute names that a filter may use."""
        return [
            "artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id",
        ]  # fmt: skip

    @classmethod
    def get_orderable_attributes(cls) -> list[str]:
        """Attribute names that an order may use."""
        return cls.get_searchable_attributes()


class _Parts:
    """A value made of named parts, read through properties of the same names."""

    __slots__ = ()
    _parts: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield (part, value)."""
        return ((part, getattr(self, part)) for part in self._parts)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return told(self)


class RunData(_Parts):
    """What a run logged: the latest value of each metric, the params and the tags."""

    __slots__ = ("_metric_objs", "_metrics", "_params", "_tags")
    _parts = ("metrics", "params", "tags")

    def __init__(
        self,
        metrics: Sequence[Metric] | None = None,
        params: Sequence[Param] | None = None,
        tags: Sequence[RunTag] | None = None,
    ) -> None:
        self._metric_objs = list(metrics or ())
        self._metrics = {metric.key: metric.value for metric in self._metric_objs}
        self._params = {param.key: param.value for param in params or ()}
        self._tags = {tag.key: tag.value for tag in tags or ()}

    @property
    def metrics(self) -> dict[str, float]:
        """The latest value of each metric, by key."""
        return self._metrics

    @property
    def params(self) -> dict[str, str]:
        """The params, by key."""
        return self._params

    @property
    def tags(self) -> dict[str, str]:
        """The tags, by key."""
        return self._tags

    def to_dictionary(self) -> dict[str, Any]:
        """Metrics, params and tags as one dictionary."""
        return {"metrics": self.metrics, "params": self.params, "tags": self.tags}

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from what ``to_dictionary`` gave, or from lists of entities."""
        metrics, params, tags = (the_dict.get(part) or {} for part in cls._parts)
        return cls(
            [Metric(key, value, 0, 0) for key, value in metrics.items()]
            if isinstance(metrics, dict)
            else metrics,
            [Param(*item) for item in params.items()] if isinstance(params, dict) else params,
            [RunTag(*item) for item in tags.items()] if isinstance(tags, dict) else tags,
        )


class RunInputs(_Parts):
    """What a run read."""

    __slots__ = ("_dataset_inputs", "_model_inputs")
    _parts = ("dataset_inputs", "model_inputs")

    def __init__(
        self,
        dataset_inputs: list[DatasetInput],
        model_inputs: list[LoggedModelInput] | None = None,
    ) -> None:
        self._dataset_inputs = dataset_inputs
        self._model_inputs = model_inputs or []

    @property
    def dataset_inputs(self) -> list[DatasetInput]:
        """The data sets, with the tags of their use."""
        return self._dataset_inputs

    @property
    def model_inputs(self) -> list[LoggedModelInput]:
        """The logged models."""
        return self._model_inputs

    def to_dictionary(self) -> dict[str, Any]:
        """Both lists, as plain dictionaries."""
        return {
            "model_inputs": [model.to_dictionary() for model in self.model_inputs],
            "dataset_inputs": [given.to_dictionary() for given in self.dataset_inputs],
        }

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from lists of entities."""
        return cls(the_dict.get("dataset_inputs", []), the_dict.get("model_inputs"))


class RunOutputs(_Parts):
    """What a run made."""

    __slots__ = ("_model_outputs",)
    _parts = ("model_outputs",)

    def __init__(self, model_outputs: list[LoggedModelOutput]) -> None:
        self._model_outputs = model_outputs

    @property
    def model_outputs(self) -> list[LoggedModelOutput]:
        """The logged models, with the step at which each was made."""
        return self._model_outputs

    def to_dictionary(self) -> dict[str, Any]:
        """The list, as plain dictionaries."""
        return {"model_outputs": [model.to_dictionary() for model in self.model_outputs]}

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from a list of entities."""
        return cls(the_dict.get("model_outputs", []))


class Run(_Parts):
    """One execution of training code."""

    __slots__ = ("__dict__", "_data", "_info", "_inputs", "_outputs")
    _parts = ("data", "info", "inputs", "outputs")

    def __init__(
        self,
        run_info: RunInfo,
        run_data: RunData,
        run_inputs: RunInputs | None = None,
        run_outputs: RunOutputs | None = None,
    ) -> None:
        if run_info is None:
            raise MlflowException("A run needs a RunInfo; run_info is None.")
        self._info = run_info
        self._data = run_data
        self._inputs = run_inputs
        self._outputs = run_outputs

    @property
    def info(self) -> RunInfo:
        """Ids, state and times."""
        return self._info

    @property
    def data(self) -> RunData:
        """Metrics, params and tags."""
        return self._data

    @property
    def inputs(self) -> RunInputs | None:
        """What the run read."""
        return self._inputs

    @property
    def outputs(self) -> RunOutputs | None:
        """What the run made."""
        return self._outputs

    def to_dictionary(self) -> dict[Any, Any]:
        """The whole run as nested dictionaries."""
        whole: dict[Any, Any] = {
            "info": self.info.to_dictionary(),
            "data": self.data.to_dictionary(),
        }
        if self.inputs is not None:
            whole["inputs"] = self.inputs.to_dictionary()
        if self.outputs is not None:
            whole["outputs"] = self.outputs.to_dictionary()
        return whole

    @classmethod
    def from_dictionary(cls, the_dict: dict[str, Any]) -> Self:
        """Build one from what ``to_dictionary`` gave."""
        inputs, outputs = the_dict.get("inputs"), the_dict.get("outputs")
        return cls(
            RunInfo.from_dictionary(the_dict["info"]),
            RunData.from_dictionary(the_dict["data"]),
            RunInputs.from_dictionary(inputs) if inputs else None,
            RunOutputs.from_dictionary(outputs) if outputs else None,
        )
