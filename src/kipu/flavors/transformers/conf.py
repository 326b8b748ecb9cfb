"""What an ``MLmodel`` file says of a model of transformers, under the flavor's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.flavors.transformers import keys
from kipu.flavors.transformers.adapters import base_of, is_adapted
from kipu.flavors.transformers.dtypes import dtype_of
from kipu.flavors.transformers.hub import commit_of
from kipu.flavors.transformers.sources import Source

_TOKENIZER_FILES = ("tokenizer*", "vocab*", "*.model", "merges.txt", "sentencepiece*")


def conf_of(
    source: Source, processor: Any, dtype: Any, saves_weights: bool, base_path: str | None
) -> dict[str, Any]:
    """What is told of a model.

    Args:
        source: The model.
        processor: Saved beside it, or None.
        dtype: In which its weights are loaded; left out, the one that they have.
        saves_weights: Whether they are saved.
        base_path: Folder of the weights below an adapter, or None.

    Raises:
        ResourceNotFound: It is saved by name, and its commit is not known.
    """
    if source.checkpoint is not None:
        return _conf_of_checkpoint(source, processor, dtype)
    pipeline = source.pipeline
    conf: dict[str, Any] = {
        keys.TASK: pipeline.task,
        keys.INSTANCE_TYPE: type(pipeline).__name__,
    }
    if framework := getattr(pipeline, "framework", None):
        conf[keys.FRAMEWORK] = framework
    if dtype := dtype or dtype_of(pipeline.model):
        conf[keys.DTYPE] = str(dtype)
    if is_adapted(pipeline.model):
        conf[keys.ADAPTER] = keys.ADAPTER_FOLDER
    model = base_of(pipeline.model)
    conf |= {keys.MODEL_TYPE: type(model).__name__, keys.MODEL_NAME: model.name_or_path}
    if saves_weights:
        conf[keys.MODEL_BINARY] = keys.MODEL_FOLDER
    elif base_path is not None:
        conf[keys.LOCAL_BASE] = base_path
    else:
        conf[keys.MODEL_REVISION] = commit_of(model.name_or_path, model)
    names = [name for name in keys.PARTS if getattr(pipeline, name, None) is not None]
    parts = {name: getattr(pipeline, name) for name in names}
    if processor is not None:
        parts[keys.PROCESSOR] = processor
    for name, part in parts.items():
        conf[f"{name}_type"] = type(part).__name__
        if not saves_weights and base_path is None:
            repository = getattr(part, "name_or_path", None) or model.name_or_path
            same = repository == model.name_or_path
            conf[f"{name}_name"] = repository
            conf[f"{name}_revision"] = (
                conf[keys.MODEL_REVISION] if same else commit_of(repository, part)
            )
    conf[keys.COMPONENTS] = names
    return conf


def persisted(conf: dict[str, Any]) -> dict[str, Any]:
    """The same, once the weights are saved that were named only.

    Raises:
        MlflowException: They are saved already.
    """
    if keys.MODEL_BINARY in conf:
        raise MlflowException("The model's weights are saved already.", "ALREADY_EXISTS")
    names = [*conf.get(keys.COMPONENTS, ()), keys.PROCESSOR]
    gone = {f"{name}_{what}" for name in names for what in ("name", "revision")}
    gone |= {keys.MODEL_REVISION, keys.LOCAL_BASE}
    kept = {key: value for key, value in conf.items() if key not in gone}
    return kept | {keys.MODEL_BINARY: keys.MODEL_FOLDER}


def check_base(path: str | Path) -> str:
    """The absolute path of the folder with the weights below an adapter.

    Raises:
        InvalidParameter: It is no folder of a checkpoint.
    """
    folder = Path(path).absolute()
    if not folder.is_dir():
        raise InvalidParameter(f"base_model_path: there is no folder {str(folder)!r}.")
    if not (folder / "config.json").is_file():
        raise InvalidParameter(
            f"base_model_path: {str(folder)!r} is no folder of a checkpoint, it has no config.json."
        )
    return str(folder)


def _conf_of_checkpoint(source: Source, processor: Any, dtype: Any) -> dict[str, Any]:
    import transformers
    from transformers import AutoTokenizer
    from transformers.pipelines import check_task

    implementation = check_task(source.task)[1]["impl"]
    name = implementation if isinstance(implementation, str) else implementation.__name__
    conf = {
        keys.TASK: source.task,
        keys.INSTANCE_TYPE: name.rpartition(".")[2],
        keys.DTYPE: str(dtype) if dtype else None,
        keys.MODEL_TYPE: source.architecture,
        keys.MODEL_NAME: source.name,
        keys.MODEL_BINARY: keys.MODEL_FOLDER,
    }
    if int(transformers.__version__.partition(".")[0]) < 5:
        conf[keys.FRAMEWORK] = "pt" if transformers.utils.is_torch_available() else "tf"
    # Without any files, transformers makes up a tokenizer for some models.
    if not any(one for pattern in _TOKENIZER_FILES for one in Path(source.name).glob(pattern)):
        raise InvalidParameter(f"The checkpoint in {source.name!r} has no tokenizer.")
    try:
        tokenizer = AutoTokenizer.from_pretrained(source.name, local_files_only=True)
    except Exception as error:
        raise InvalidParameter(
            f"The tokenizer in {source.name!r} cannot be loaded: {error}"
        ) from error
    conf["tokenizer_type"] = type(tokenizer).__name__
    if processor is not None:
        conf["processor_type"] = type(processor).__name__
    conf[keys.COMPONENTS] = ["tokenizer"]
    return conf
