"""Models of sentence-transformers, which make vectors of texts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter
from kipu.flavors.transformers.generation import embedding_answer
from kipu.flavors.transformers.inference_tasks import EMBEDDINGS, signature_of_task
from kipu.flavors.transformers.requirements import requirements_of
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.requirements import pinned
from kipu.types.columns import ColSpec, TensorSpec
from kipu.types.schema import Schema

FLAVOR_NAME = "sentence_transformers"

_DATA = "model.sentence_transformer"
_CONFIG_FILE = "inference_config"
_TASK = "task"


def get_default_pip_requirements() -> list[str]:
    """What such models require at least."""
    return [pinned(one) for one in ("sentence-transformers", "transformers", "torch")]


def get_default_conda_env() -> dict[str, Any]:
    """The same as conda environment."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    model: Any,
    path: str | Path,
    task: str | None = None,
    inference_config: dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    conda_env: str | dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    **kwargs: Any,
) -> None:
    """Save a model into a folder, from which Kipu and MLflow load it.

    Args:
        model: A ``SentenceTransformer``.
        path: The folder; it must be empty or absent.
        task: ``llm/v1/embeddings`` for a generic model that takes and answers what OpenAI's
            endpoint does.
        inference_config: Written down beside it.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: A description to complete.
        signature: Left out, inferred from the example, or else text to vector; False, none.
        input_example: A sample of its input; a tuple with a dictionary tells parameters, too.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        conda_env: A conda environment or its file.
        metadata: What you write down with it.
        extra_files: URIs of more files.
        **kwargs: For the model's ``save``.

    Raises:
        InvalidParameter: The task is another one, or the metadata name another one.
        ResourceExists: The folder is there, with files in it.
        ValueError: The environment is given in several ways.

    Example:
        >>> kipu.sentence_transformers.save_model(model, "similar", input_example="a cat")
    """
    if task is not None:
        given = metadata if metadata is not None else getattr(mlflow_model, "metadata", None)
        metadata = _with_task(task, given)
        signature = signature_of_task(EMBEDDINGS)
    elif signature is None and input_example is None:
        signature = _usual_signature()
    folder = ModelFolder(
        path,
        mlflow_model,
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
    )
    folder.describe(lambda: _Wrapper(model))
    model.save(str(folder.path / _DATA), **kwargs)
    config = {_TASK: EMBEDDINGS} if task is not None else None
    folder.add_pyfunc("mlflow.sentence_transformers", data=_DATA, model_config=config)
    folder.add_flavor(
        FLAVOR_NAME,
        sentence_transformers_version=version("sentence-transformers"),
        code=folder.code,
        **_origin(model),
        **folder.add_extra_files(extra_files),
    )
    folder.measure()
    if inference_config:
        folder.path.joinpath(_CONFIG_FILE).write_text(json.dumps(inference_config), "utf-8")
    is_given = conda_env is not None or pip_requirements is not None
    folder.finish([] if is_given else _requirements(model), infer=False)


def log_model(
    model: Any,
    artifact_path: str | None = None,
    task: str | None = None,
    inference_config: dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    conda_env: str | dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    prompts: Sequence[Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Log a model of sentence-transformers, made by the active run if there is one.

    The arguments are those of ``save_model`` and of ``kipu.models.Model.log``; but, as with
    MLflow, ``task`` is only noted in the metadata here.

    Raises:
        InvalidParameter: The task is another one, or the metadata name another one.
    """
    if task is not None:
        metadata = _with_task(task, metadata)
    return Model.log(
        artifact_path=artifact_path,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
        prompts=list(prompts) if prompts is not None else None,
        name=name,
        model_type=model_type,
        params=params,
        tags=tags,
        step=step,
        model_id=model_id,
        model=model,
        inference_config=inference_config,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        conda_env=conda_env,
        extra_files=extra_files,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | None = None) -> Any:
    """Load a ``SentenceTransformer``.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        dst_path: Folder to download to; left out, a temporary one.

    Raises:
        ResourceNotFound: There is no such model.
    """
    folder, _ = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _loaded(folder / _DATA)


def _load_pyfunc(path: str, model_config: dict[str, Any] | None = None) -> _Wrapper:
    return _Wrapper(_loaded(path), (model_config or {}).get(_TASK))


def _loaded(path: str | Path) -> Any:
    from sentence_transformers import SentenceTransformer

    # Code of its own was saved with the model, and is as trustworthy as that.
    return SentenceTransformer(str(path), trust_remote_code=True)


class _Wrapper:
    """A model of sentence-transformers as generic model."""

    def __init__(self, model: Any, task: str | None = None) -> None:
        self.model = model
        self.task = task

    def get_raw_model(self) -> Any:
        """The ``SentenceTransformer``."""
        return self.model

    def predict(self, sentences: Any, params: dict[str, Any] | None = None) -> Any:
        """A vector for each text.

        Args:
            sentences: A text, a list, or a pandas frame or series with texts.
            params: Arguments of ``encode``.

        Raises:
            InvalidParameter: ``encode`` does not take these arguments.
        """
        is_request = False
        if hasattr(sentences, "columns"):
            is_request = self.task is not None and sentences.columns[0] == "input"
            sentences = sentences.iloc[:, 0].tolist()
            if sentences and isinstance(sentences[0], (list, np.ndarray)):
                sentences = list(sentences[0])
        elif hasattr(sentences, "iloc"):
            sentences = sentences.tolist()
        try:
            vectors = self.model.encode(sentences, **(params or {}))
        except TypeError as error:
            if not params:
                raise
            raise InvalidParameter(f"`encode` does not take these params: {error}") from error
        if is_request:
            return embedding_answer(sentences, vectors, self.model.tokenizer)
        return vectors


def _with_task(task: str, metadata: dict[str, Any] | None) -> dict[str, Any]:
    if task != EMBEDDINGS:
        raise InvalidParameter(f"The task of such a model is {EMBEDDINGS!r}, not {task!r}.")
    noted = (metadata or {}).get(_TASK, task)
    if noted != task:
        raise InvalidParameter(f"The metadata say that the task is {noted!r}, not {task!r}.")
    return {**(metadata or {}), _TASK: task}


def _usual_signature() -> ModelSignature:
    vector = TensorSpec(np.dtype("float64"), [-1])
    return ModelSignature(Schema([ColSpec("string")]), Schema([vector]))


def _origin(model: Any) -> dict[str, str]:
    """Name and class of the model of transformers within."""
    for module in model.modules():
        inner = getattr(module, "auto_model", None)
        if inner is not None:
            return {
                "source_model_name": inner.name_or_path,
                "pipeline_model_type": type(inner).__name__,
            }
    return {}


def _requirements(model: Any) -> list[str]:
    """The least, and what its modules import; nothing is loaded to learn that."""
    parts = [model, *model.modules(), getattr(model, "tokenizer", None)]
    return sorted({*get_default_pip_requirements(), *requirements_of(parts)})
