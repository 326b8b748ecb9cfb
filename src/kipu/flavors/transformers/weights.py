"""A model's weights and its other parts, written and read again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from kipu.environment_variables import MLFLOW_HUGGINGFACE_MODEL_MAX_SHARD_SIZE
from kipu.exceptions import InvalidState, MlflowException
from kipu.flavors.transformers import keys
from kipu.flavors.transformers.adapters import base_of
from kipu.flavors.transformers.sources import Source

_AUTOMATIC = {
    "tokenizer": "AutoTokenizer",
    "feature_extractor": "AutoFeatureExtractor",
    "image_processor": "AutoImageProcessor",
    "processor": "AutoProcessor",
}


def write_weights(source: Source, conf: dict[str, Any], processor: Any, folder: Path) -> None:
    """Write a model's weights, and its other parts beside them."""
    if source.checkpoint is None:
        base_of(source.model).save_pretrained(
            folder / keys.MODEL_FOLDER, max_shard_size=MLFLOW_HUGGINGFACE_MODEL_MAX_SHARD_SIZE.get()
        )
        write_parts(source, conf, processor, folder)
        return
    shutil.copytree(source.checkpoint, folder / keys.MODEL_FOLDER)
    for name in conf[keys.COMPONENTS]:
        part = _read_part(conf, name, source.name, {})
        part.save_pretrained(folder / keys.COMPONENTS_FOLDER / name)
    _write_processor(processor, folder)


def write_parts(source: Source, conf: dict[str, Any], processor: Any, folder: Path) -> None:
    """Write what belongs to a pipeline besides its model."""
    for name in conf.get(keys.COMPONENTS, ()):
        getattr(source.pipeline, name).save_pretrained(folder / keys.COMPONENTS_FOLDER / name)
    _write_processor(processor, folder)


def _write_processor(processor: Any, folder: Path) -> None:
    if processor is not None:
        processor.save_pretrained(folder / keys.COMPONENTS_FOLDER / keys.PROCESSOR_FOLDER)


def read_parts(
    folder: Path, conf: dict[str, Any], arguments: dict[str, Any], base_path: str | None
) -> dict[str, Any]:
    """The model and its other parts, from its folder, another folder, or the hub.

    Args:
        folder: The model's.
        conf: What its flavor needs.
        arguments: For ``from_pretrained`` of the model.
        base_path: Folder of the weights below an adapter; left out, the one that was noted.

    Raises:
        InvalidState: It was saved by name without its commit.
    """
    names = list(conf.get(keys.COMPONENTS, ()))
    if f"{keys.PROCESSOR}_type" in conf:
        names.append(keys.PROCESSOR)
    places = {name: str(folder / keys.COMPONENTS_FOLDER / name) for name in names}
    revisions: dict[str, dict[str, Any]] = {name: {} for name in names}
    if conf.get(keys.LOCAL_BASE):
        place, revision = base_path or conf[keys.LOCAL_BASE], None
    elif keys.MODEL_REVISION in conf:
        place, revision = conf[keys.MODEL_NAME], conf[keys.MODEL_REVISION]
        if not revision:
            raise InvalidState(
                f"The model was saved by its name {place!r}, but without a commit. Loading "
                "whatever is there now could give another model."
            )
        places = {name: conf[f"{name}_name"] for name in names}
        revisions = {name: {"revision": conf.get(f"{name}_revision")} for name in names}
    else:
        place, revision = folder / conf.get(keys.MODEL_BINARY, keys.OLD_MODEL_FOLDER), None
    parts = {keys.MODEL: _read_model(str(place), conf, arguments, revision)}
    return parts | {name: _read_part(conf, name, places[name], revisions[name]) for name in names}


def _read_part(conf: dict[str, Any], name: str, place: str, revision: dict[str, Any]) -> Any:
    import transformers

    kind = conf[f"{name}_type"]
    known = getattr(transformers, kind, None)
    if known is not None:
        return known.from_pretrained(place, trust_remote_code=False, **revision)
    if revision:
        raise MlflowException(
            f"The {name} is a {kind}, which transformers does not have. A model with code of its "
            "own must be saved with save_pretrained=True."
        )
    automatic = getattr(transformers, _AUTOMATIC[name])
    return automatic.from_pretrained(place, trust_remote_code=True)


def _read_model(
    place: str, conf: dict[str, Any], arguments: dict[str, Any], revision: str | None
) -> Any:
    import transformers

    known = getattr(transformers, conf[keys.MODEL_TYPE], None)
    extra: dict[str, Any] = {"revision": revision} if revision else {}
    if known is None:
        known, is_own = _class_of(place, revision)
        if is_own:
            extra["trust_remote_code"] = True
    try:
        return known.from_pretrained(place, **arguments, **extra)
    except (ValueError, TypeError, NotImplementedError, ImportError):
        # device_map and low_cpu_mem_usage need accelerate, and not every model takes them.
        plain = {key: one for key, one in arguments.items() if key in ("dtype", "torch_dtype")}
        return known.from_pretrained(place, **plain, **extra)


def _class_of(place: str, revision: str | None) -> tuple[Any, bool]:
    """The class of a model that is saved with its own code, and whether it is that code's."""
    import transformers

    config = transformers.AutoConfig.from_pretrained(
        place, revision=revision, trust_remote_code=True
    )
    name = config.architectures[0]
    known = getattr(transformers, name, None)
    if known is not None:
        return known, False
    for automatic, module in (getattr(config, "auto_map", None) or {}).items():
        if module.rpartition(".")[2] == name:
            return getattr(transformers, automatic), True
    raise MlflowException(f"Nothing is known that loads a model of the class {name}.")
