"""What a model is given as: a pipeline, its parts, or the folder of a checkpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.flavors.transformers.adapters import is_adapted
from kipu.flavors.transformers.dtypes import dtype_argument
from kipu.flavors.transformers.inference_tasks import is_inference_task, pipeline_task_of

_KEYS = ("model", "tokenizer", "feature_extractor", "image_processor", "torch_dtype")
_PRETRAINED = ("PreTrainedModel", "TFPreTrainedModel", "FlaxPreTrainedModel")


@dataclass(frozen=True)
class Source:
    """A model to be saved.

    Attributes:
        task: Of its pipeline.
        name: Repository or folder that the model came from.
        pipeline: It itself, None for a checkpoint.
        checkpoint: The folder of a checkpoint, None for a pipeline.
        architecture: Name of a checkpoint's model class.
    """

    task: str
    name: str
    pipeline: Any = None
    checkpoint: Path | None = None
    architecture: str = ""

    @property
    def model(self) -> Any:
        """The pipeline's model, None for a checkpoint."""
        return None if self.pipeline is None else self.pipeline.model


def source_of(given: Any, task: str | None, save_pretrained: bool) -> Source:
    """The model that was given, checked.

    Args:
        given: A pipeline, a dictionary of parts, or the path of a checkpoint.
        task: The pipeline's, or one of ``llm/v1/...``.
        save_pretrained: Whether its weights are saved.

    Raises:
        InvalidParameter: It is of no such kind, or lacks something.
        MlflowException: Its weights lie on several devices.
    """
    from transformers import Pipeline

    if isinstance(given, (str, Path)):
        return _checkpoint(Path(_local(str(given))), task, save_pretrained)
    if isinstance(given, dict):
        _check_parts(given)
        pipeline = _built(given, task)
    elif isinstance(given, Pipeline):
        pipeline = given
        _check_model(pipeline.model)
    else:
        raise InvalidParameter(
            "transformers_model is a pipeline, a dictionary of its parts, or the path of a "
            f"checkpoint, not a {type(given).__name__}."
        )
    devices = set((getattr(pipeline.model, "hf_device_map", None) or {}).values())
    if len(devices) > 1:
        raise MlflowException(
            "The model's weights lie on several devices, so they cannot be saved. Load the model "
            "without device_map for that."
        )
    return Source(pipeline.task, pipeline.model.name_or_path, pipeline)


def _local(path: str) -> str:
    return f"/dbfs{path.removeprefix('dbfs:')}" if path.startswith("dbfs:") else path


def _checkpoint(folder: Path, task: str | None, save_pretrained: bool) -> Source:
    if task is None:
        raise InvalidParameter("With the path of a checkpoint, `task` must be given.")
    if not save_pretrained:
        raise InvalidParameter(
            "With the path of a checkpoint, save_pretrained must stay True: its files are copied."
        )
    config = folder / "config.json"
    if not config.is_file():
        raise InvalidParameter(
            f"{str(folder)!r} is no folder of a checkpoint: it has no config.json."
        )
    architectures = json.loads(config.read_text("utf-8")).get("architectures")
    if not architectures:
        raise InvalidParameter(f"{str(config)!r} does not tell the model's `architectures`.")
    if is_inference_task(task):
        task = pipeline_task_of(task) or task
    return Source(task, str(folder), checkpoint=folder, architecture=architectures[0])


def _check_parts(parts: dict[str, Any]) -> None:
    if unknown := sorted(parts.keys() - set(_KEYS)):
        raise InvalidParameter(
            f"A dictionary of a pipeline's parts has no {unknown}; its keys are {list(_KEYS)}."
        )
    if "model" not in parts:
        raise InvalidParameter("A dictionary of a pipeline's parts must have a 'model'.")
    _check_model(parts["model"])
    names = {one.__name__ for one in type(parts["model"]).__mro__}
    if not names.intersection(_PRETRAINED) and not is_adapted(parts["model"]):
        raise InvalidParameter(
            f"The model is a {type(parts['model']).__name__}; it must derive from PreTrainedModel, "
            "TFPreTrainedModel, FlaxPreTrainedModel or PeftModel."
        )


def _check_model(model: Any) -> None:
    if not hasattr(model, "name_or_path"):
        raise InvalidParameter(
            f"A {type(model).__name__} is no pretrained model of transformers: it has no "
            "'name_or_path'."
        )


def _built(parts: dict[str, Any], task: str | None) -> Any:
    from transformers import pipeline

    if task is None or is_inference_task(task):
        task = _task_of(parts["model"].name_or_path, pipeline_task_of(task))
    arguments = dict(parts)
    if dtype := arguments.pop("torch_dtype", None):
        arguments[dtype_argument()] = dtype
    try:
        return pipeline(task=task, **arguments)
    except Exception as error:
        raise InvalidParameter(
            f"These parts do not make a pipeline for {task!r}: {error}"
        ) from error


def _task_of(name: str, otherwise: str | None) -> str:
    from transformers.pipelines import get_supported_tasks, get_task

    try:
        task: str = get_task(name)
    except RuntimeError as error:
        if otherwise is not None:
            return otherwise
        raise InvalidParameter(
            f"What the model {name!r} is for is not known at the hub; give `task`."
        ) from error
    if task in get_supported_tasks():
        return task
    if otherwise is not None:
        return otherwise
    raise MlflowException(
        f"There is no pipeline for the model's task {task!r}. Make the pipeline yourself, and give "
        "that."
    )
