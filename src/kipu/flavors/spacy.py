"""Pipelines of spaCy: saved, logged and loaded."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter
from kipu.models.environment import default_conda_environment
from kipu.models.folder import ModelFolder, load_flavor
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature
from kipu.models.requirements import pinned

FLAVOR_NAME = "spacy"

_FOLDER = "model.spacy"
_log = logging.getLogger(__name__)


def get_default_pip_requirements() -> list[str]:
    """What every model of this flavor requires."""
    return [pinned("spacy")]


def get_default_conda_env() -> dict[str, Any]:
    """A conda environment with what every model of this flavor requires."""
    return default_conda_environment(get_default_pip_requirements())


def save_model(
    spacy_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
) -> None:
    """Save a pipeline into a folder.

    One with a text categorizer can be loaded as a generic model, too. Arguments that are not
    explained here are those of ``kipu.sklearn.save_model``.

    Args:
        spacy_model: The pipeline, a ``spacy.Language``.
        path: The folder; it must be empty or absent.
    """
    import spacy

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
    folder.describe(lambda: _Wrapper(spacy_model))
    spacy_model.to_disk(folder.path / _FOLDER)
    categorizer = spacy.pipeline.TextCategorizer
    is_generic = any(isinstance(pipe, categorizer) for _, pipe in spacy_model.pipeline)
    if is_generic:
        folder.add_pyfunc("mlflow.spacy", data=_FOLDER)
    else:
        _log.warning(
            "The pipeline has no text categorizer, so it cannot be loaded as a generic model; "
            "kipu.spacy.load_model loads it."
        )
    folder.add_flavor(
        FLAVOR_NAME,
        spacy_version=spacy.__version__,
        data=_FOLDER,
        code=folder.code,
        **folder.add_extra_files(extra_files),
    )
    source = None if is_generic else folder.path / _FOLDER
    folder.finish(get_default_pip_requirements(), source=source, flavor=FLAVOR_NAME)


def log_model(
    spacy_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: list[str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    extra_files: list[str] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Save a model and log it, as made by the active run if there is one.

    Arguments that are not explained here are those of ``kipu.sklearn.log_model``.

    Args:
        spacy_model: The pipeline, a ``spacy.Language``.
        artifact_path: The older name of ``name``.
        **kwargs: Further arguments of ``Model.log``, such as ``run_id``.

    Returns:
        What is told of it, such as ``model_uri``.
    """
    return Model.log(
        flavor=sys.modules[__name__],
        spacy_model=spacy_model,
        artifact_path=artifact_path,
        conda_env=conda_env,
        code_paths=code_paths,
        registered_model_name=registered_model_name,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        extra_files=extra_files,
        name=name,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
        model_id=model_id,
        **kwargs,
    )


def load_model(model_uri: str, dst_path: str | Path | None = None) -> Any:
    """Load a pipeline of spaCy.

    Args:
        model_uri: ``models:/<id>``, ``models:/<name>/<version>``, ``models:/<name>@<alias>``,
            ``runs:/<run id>/<name>``, or a folder.
        dst_path: Folder to download to; left out, a temporary one.

    Returns:
        A ``spacy.Language``.

    Raises:
        ResourceNotFound: There is no model, or it is none of spaCy.
    """
    folder, conf = load_flavor(model_uri, FLAVOR_NAME, dst_path)
    return _load(folder / conf.get("data", _FOLDER))


def _load_pyfunc(path: str) -> _Wrapper:
    return _Wrapper(_load(Path(path)))


def _load(folder: Path) -> Any:
    import spacy

    return spacy.load(folder.absolute())


class _Wrapper:
    """The categories of a pipeline as a generic model."""

    def __init__(self, spacy_model: Any) -> None:
        self.spacy_model = spacy_model

    def get_raw_model(self) -> Any:
        """The pipeline."""
        return self.spacy_model

    def predict(self, dataframe: Any, params: dict[str, Any] | None = None) -> Any:
        """Scores by category for each text: a frame with the column ``predictions``.

        Raises:
            InvalidParameter: The frame has not one column.
        """
        import pandas as pd

        if len(dataframe.columns) != 1:
            raise InvalidParameter(
                f"The frame has one column, of texts, not {len(dataframe.columns)}."
            )
        texts = dataframe.iloc[:, 0]
        return pd.DataFrame({"predictions": texts.apply(lambda text: self.spacy_model(text).cats)})
