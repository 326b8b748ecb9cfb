"""Saving and logging models of transformers."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter
from kipu.flavors.transformers import hub, keys
from kipu.flavors.transformers.adapters import is_adapted
from kipu.flavors.transformers.conf import check_base, conf_of
from kipu.flavors.transformers.inference_tasks import (
    check_inference_task,
    is_inference_task,
    signature_of_task,
)
from kipu.flavors.transformers.prompts import check_template
from kipu.flavors.transformers.requirements import get_default_pip_requirements, requirements_of
from kipu.flavors.transformers.signatures import example_for, signature_of
from kipu.flavors.transformers.sources import Source, source_of
from kipu.flavors.transformers.weights import write_parts, write_weights
from kipu.models.folder import ModelFolder
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature

_log = logging.getLogger(__name__)

# Models and pipelines whose input no generic model takes.
_NOT_GENERIC = frozenset(
    [
        "DecisionTransformerPreTrainedModel",
        "DepthEstimationPipeline",
        "DocumentQuestionAnsweringPipeline",
        "GraphormerPreTrainedModel",
        "ImageSegmentationPipeline",
        "ImageToTextPipeline",
        "InformerPreTrainedModel",
        "ObjectDetectionPipeline",
        "TimeSeriesTransformerPreTrainedModel",
        "VideoClassificationPipeline",
        "VisualQuestionAnsweringPipeline",
        "ZeroShotAudioClassificationPipeline",
        "ZeroShotImageClassificationPipeline",
        "ZeroShotObjectDetectionPipeline",
    ]
)


def save_model(
    transformers_model: Any,
    path: str | Path,
    processor: Any = None,
    task: str | None = None,
    torch_dtype: Any = None,
    model_card: Any = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    conda_env: str | dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    model_config: dict[str, Any] | None = None,
    prompt_template: str | None = None,
    save_pretrained: bool = True,
    base_model_path: str | Path | None = None,
    **kwargs: Any,
) -> None:
    """Save a model into a folder, from which Kipu and MLflow load it.

    Nothing is downloaded for it: a card or a licence is taken from beside the model's files, or
    from the local cache of the hub.

    Args:
        transformers_model: A pipeline; or a dictionary with ``model`` and, as far as it has them,
            ``tokenizer``, ``feature_extractor``, ``image_processor`` and ``torch_dtype``; or the
            path of a checkpoint, whose files are copied without loading the weights.
        path: The folder; it must be empty or absent.
        processor: Saved beside it. The model is then loaded as components only.
        task: The pipeline's, where it cannot be seen; or ``llm/v1/chat``, ``llm/v1/completions``
            or ``llm/v1/embeddings``, for a generic model that takes and answers what OpenAI's
            endpoints do.
        torch_dtype: The type in which weights are loaded; left out, the one that they have.
        model_card: A ``huggingface_hub.ModelCard``.
        code_paths: Python files and folders that the model brings along.
        mlflow_model: A description to complete.
        signature: Left out, inferred from the example, or else that of the task; False, none.
        input_example: A sample of its input; a tuple with a dictionary tells parameters, too.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        conda_env: A conda environment or its file.
        metadata: What you write down with it.
        model_config: Arguments of each call of the pipeline, for the generic model.
        prompt_template: Text around each prompt for the generic model, with ``{prompt}`` in it.
        save_pretrained: False saves the names and commits of what came from the hub, instead of
            the weights.
        base_model_path: Folder of the weights below an adapter of PEFT, which are then named
            instead of saved.
        **kwargs: Accepted for MLflow's sake, and ignored.

    Raises:
        InvalidParameter: The model is of no such kind, or does not go with another argument.
        ResourceNotFound: ``save_pretrained`` is False and the model's commit is not known.
        ResourceExists: The folder is there, with files in it.
        ValueError: The environment is given in several ways.

    Example:
        >>> classify = transformers.pipeline("text-classification", model=model, tokenizer=tokens)
        >>> kipu.transformers.save_model(classify, "sentiment", input_example="I like it")
    """
    folder = ModelFolder(
        path,
        mlflow_model,
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
    )
    source = source_of(transformers_model, task, save_pretrained)
    inference_task = task if is_inference_task(task) else None
    if inference_task is not None:
        check_inference_task(inference_task, source.task)
        folder.model.signature = signature_of_task(inference_task, folder.given_signature)
    else:
        folder.model.signature = folder.given_signature
    _note_in_metadata(folder.model, task, inference_task, prompt_template, source.task)
    if input_example is not None:
        input_example = example_for(source.task, input_example)
        folder.save_example(input_example)
    base_path = _checked_base(base_model_path, source)
    saves_weights = _saves_weights(source, save_pretrained, base_path)
    conf = conf_of(source, processor, torch_dtype, saves_weights, base_path)
    if inference_task is not None:
        conf[keys.INFERENCE_TASK] = inference_task
    folder.add_flavor(
        keys.FLAVOR_NAME, transformers_version=_installed_version(), code=folder.code, **conf
    )
    if is_adapted(source.model):
        source.model.save_pretrained(folder.path / keys.ADAPTER_FOLDER)
    if saves_weights:
        write_weights(source, conf, processor, folder.path)
    elif base_path is not None:
        write_parts(source, conf, processor, folder.path)
    _write_card(source.name, model_card, base_path, folder.path)
    if _is_generic(source):
        if folder.model.signature is None and signature is not False:
            folder.model.signature = signature_of(
                source.task, source.pipeline, input_example, model_config, conf
            )
        if prompt_template is not None and source.task == "text-generation":
            # Nobody wants the template back that was put around the prompt.
            model_config = {"return_full_text": False} | (model_config or {})
        folder.add_pyfunc("mlflow.transformers", model_config=model_config)
    else:
        _log.warning("The model takes no input that a generic model could be given.")
    is_given = conda_env is not None or pip_requirements is not None
    folder.finish([] if is_given else _requirements(source), infer=False)


def log_model(
    transformers_model: Any,
    artifact_path: str | None = None,
    processor: Any = None,
    task: str | None = None,
    torch_dtype: Any = None,
    model_card: Any = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    conda_env: str | dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    model_config: dict[str, Any] | None = None,
    prompt_template: str | None = None,
    save_pretrained: bool = True,
    prompts: Sequence[Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    base_model_path: str | Path | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Log a model of transformers, made by the active run if there is one.

    The arguments are those of ``save_model`` and of ``kipu.models.Model.log``.

    Example:
        >>> with kipu.start_run():
        ...     kipu.transformers.log_model(pipeline, name="sentiment", input_example="I like it")
    """
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
        transformers_model=transformers_model,
        processor=processor,
        task=task,
        torch_dtype=torch_dtype,
        model_card=model_card,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        conda_env=conda_env,
        model_config=model_config,
        prompt_template=prompt_template,
        save_pretrained=save_pretrained,
        base_model_path=base_model_path,
        **kwargs,
    )


def _note_in_metadata(
    model: Model,
    task: str | None,
    inference_task: str | None,
    prompt_template: str | None,
    pipeline_task: str,
) -> None:
    metadata = dict(model.metadata or {})
    noted = metadata.get(keys.TASK)
    if noted and noted != task:
        raise InvalidParameter(
            f"The metadata say that the model's task is {noted!r}, but `task` is {task!r}. Give "
            f"task={noted!r}, or leave it out of the metadata."
        )
    if prompt_template is not None:
        check_template(prompt_template, pipeline_task)
        metadata[keys.PROMPT_TEMPLATE] = prompt_template
    if inference_task is not None:
        metadata[keys.TASK] = inference_task
    model.metadata = metadata or model.metadata


def _checked_base(given: str | Path | None, source: Source) -> str | None:
    if given is None:
        return None
    if not is_adapted(source.model):
        raise InvalidParameter("base_model_path is for models with adapters of PEFT only.")
    return check_base(given)


def _saves_weights(source: Source, wanted: bool, base_path: str | None) -> bool:
    """Whether weights are saved: not those below an adapter, and not those that have a name."""
    if source.checkpoint is not None:
        return True
    if wanted and not is_adapted(source.model):
        return True
    if base_path is not None or hub.is_repository(source.name):
        return False
    _log.warning(
        "The model did not come from a repository at the hub, so its weights are saved although "
        "save_pretrained is off."
    )
    return True


def _write_card(name: str, card: Any, base_path: str | None, folder: Path) -> None:
    if base_path is None:
        card = card or hub.card_of(name)
        hub.write_license(name, card, folder)
    hub.write_card(card, folder)


def _is_generic(source: Source) -> bool:
    if source.pipeline is None:
        return True
    classes = (type(source.pipeline), *type(source.pipeline.model).__mro__)
    return _NOT_GENERIC.isdisjoint(one.__name__ for one in classes)


def _requirements(source: Source) -> list[str]:
    """The least, and what the pipeline's parts import; nothing is loaded to learn that."""
    least = get_default_pip_requirements(source.model)
    if source.pipeline is None or is_adapted(source.model):
        return least
    parts = [getattr(source.pipeline, name, None) for name in keys.PARTS]
    return sorted({*least, *requirements_of([source.pipeline, source.model, *parts])})


def _installed_version() -> str:
    import transformers

    version: str = transformers.__version__
    return version
