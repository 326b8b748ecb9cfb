"""Saving and logging PyTorch models, pickled or as exported programs."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.flavors.pytorch.environment import (
    DATA_FOLDER,
    EXPORTED_FILE,
    FLAVOR_NAME,
    OUR_PICKLE_MODULE,
    PICKLE_MODULE_FILE,
    PICKLED_FILE,
    THEIR_PICKLE_MODULE,
    get_default_pip_requirements,
)
from kipu.flavors.pytorch.exporting import check_example, export
from kipu.flavors.pytorch.loading import only_looking
from kipu.flavors.pytorch.wrapper import PyTorchWrapper
from kipu.models.folder import ModelFolder
from kipu.models.model import Model
from kipu.models.model_info import ModelInfo
from kipu.models.model_signature import ModelSignature

_FORMATS = ("pickle", "pt2")


def save_model(
    pytorch_model: Any,
    path: str | Path,
    conda_env: Any = None,
    mlflow_model: Model | None = None,
    code_paths: list[str] | None = None,
    pickle_module: ModuleType | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    extra_files: list[str] | None = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    export_model: bool = False,
    serialization_format: Literal["pickle", "pt2"] | None = None,
    **kwargs: Any,
) -> None:
    """Save a PyTorch model into a folder, from which Kipu and MLflow load it.

    Args:
        pytorch_model: A ``torch.nn.Module``; one of TorchScript can only be pickled. It is saved as
            it predicts, in evaluation mode, and left in the mode that it was in.
        path: The folder; it must be empty or absent.
        conda_env: A conda environment or its file, instead of the one that is worked out.
        mlflow_model: A description to complete.
        code_paths: Python files and folders that the model brings along, such as its class.
        pickle_module: What pickles, given to ``torch.save``; left out, cloudpickle.
        signature: Of the model; left out, inferred from an example that is one array or frame.
        input_example: A sample of its input. To export a model, an array or a tensor, or a list
            with one for each argument; a dimension of 1 is kept at 1, so give a batch of two.
        extra_files: URIs of further files that the model brings along.
        pip_requirements: Lines or a file, instead of those that are worked out.
        extra_pip_requirements: Lines or a file, besides those.
        metadata: What you write down with it.
        export_model: The older way to say ``serialization_format="pt2"``.
        serialization_format: ``"pt2"``, the default, is a program traced by ``torch.export``, which
            needs no code of yours to be loaded. ``"pickle"`` keeps the Python object.
        **kwargs: For ``torch.save``.

    Raises:
        TypeError: The model is no ``torch.nn.Module``.
        InvalidParameter: There is no such format.
        MlflowException: The model cannot be exported as it is given.
        ResourceExists: The folder is there, with files in it.
        ValueError: The environment is given in several ways.

    Example:
        >>> kipu.pytorch.save_model(net, "net", input_example=np.zeros((2, 4), np.float32))
        >>> kipu.pytorch.save_model(net, "net-as-object", serialization_format="pickle")
    """
    import torch

    is_exported = _is_exported(export_model, serialization_format)
    if not isinstance(pytorch_model, torch.nn.Module):
        raise TypeError(
            f"pytorch_model is a torch.nn.Module, not a {type(pytorch_model).__name__}."
        )
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
    data = folder.path / DATA_FOLDER
    data.mkdir()
    examples: list[tuple[Any, Sequence[int]]] = []
    module_name = THEIR_PICKLE_MODULE if pickle_module is None else pickle_module.__name__
    if module_name == OUR_PICKLE_MODULE:
        module_name = THEIR_PICKLE_MODULE
    with _predicting(pytorch_model):
        _describe(folder, pytorch_model)
        if is_exported:
            examples = check_example(pytorch_model, input_example, folder.model.signature)
            export(pytorch_model, examples, data / EXPORTED_FILE)
    if not is_exported:
        (data / PICKLE_MODULE_FILE).write_text(module_name, "utf-8")
        _pickle(pytorch_model, data / PICKLED_FILE, pickle_module, kwargs)
    more = folder.add_extra_files(extra_files)
    version = str(torch.__version__)
    folder.add_flavor(
        FLAVOR_NAME, model_data=DATA_FOLDER, pytorch_version=version, code=folder.code, **more
    )
    # The generic flavor gives a model one array, or one frame.
    if not is_exported or (len(examples) == 1 and not isinstance(examples[0][0], torch.Tensor)):
        folder.add_pyfunc(
            "mlflow.pytorch",
            data=DATA_FOLDER,
            pickle_module_name=module_name,
            model_config={"device": None},
        )
    with only_looking():
        folder.finish(get_default_pip_requirements(), source=data, flavor=FLAVOR_NAME)


def log_model(
    pytorch_model: Any,
    artifact_path: str | None = None,
    conda_env: Any = None,
    code_paths: list[str] | None = None,
    pickle_module: ModuleType | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | None = None,
    input_example: Any = None,
    await_registration_for: int | None = 300,
    extra_files: list[str] | None = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: dict[str, Any] | None = None,
    name: str | None = None,
    params: dict[str, Any] | None = None,
    tags: dict[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    export_model: bool = False,
    serialization_format: Literal["pickle", "pt2"] | None = None,
    **kwargs: Any,
) -> ModelInfo:
    """Save a PyTorch model and log it, as made by the active run if there is one.

    Args:
        pytorch_model: This and what follows without a word are the arguments of ``save_model``.
        artifact_path: The older name of ``name``.
        conda_env: See ``save_model``.
        code_paths: See ``save_model``.
        pickle_module: See ``save_model``.
        registered_model_name: Registers it under this name, too.
        signature: See ``save_model``.
        input_example: See ``save_model``.
        await_registration_for: Seconds to wait for that; None or 0, not at all.
        extra_files: See ``save_model``.
        pip_requirements: See ``save_model``.
        extra_pip_requirements: See ``save_model``.
        metadata: See ``save_model``.
        name: What the logged model is called; left out, a random name.
        params: Settings of the logged model, besides those of the run.
        tags: Labels of the logged model, and of the registered version.
        model_type: Any text by which such models are found.
        step: The training step at which it was made.
        model_id: A logged model that is there already and gets the files.
        export_model: See ``save_model``.
        serialization_format: See ``save_model``.
        **kwargs: For ``torch.save``.

    Returns:
        What is told of it, such as ``model_uri``.

    Raises:
        MlflowException: As with ``save_model``, or the name is refused.

    Example:
        >>> with kipu.start_run():
        ...     info = kipu.pytorch.log_model(net, name="net", input_example=batch.numpy())
        >>> kipu.pytorch.load_model(info.model_uri)
    """
    return Model.log(
        artifact_path=artifact_path,
        flavor=sys.modules[__name__],
        registered_model_name=registered_model_name,
        await_registration_for=await_registration_for,
        metadata=metadata,
        name=name,
        model_type=model_type,
        params=params,
        tags=tags,
        step=step,
        model_id=model_id,
        pytorch_model=pytorch_model,
        conda_env=conda_env,
        code_paths=code_paths,
        pickle_module=pickle_module,
        signature=signature,
        input_example=input_example,
        extra_files=extra_files,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        export_model=export_model,
        serialization_format=serialization_format,
        **kwargs,
    )


def _is_exported(export_model: bool, serialization_format: str | None) -> bool:
    if serialization_format not in (None, *_FORMATS):
        raise InvalidParameter(
            f"serialization_format is 'pickle' or 'pt2', not {serialization_format!r}."
        )
    if not export_model:
        return serialization_format != "pickle"
    if serialization_format == "pickle":
        raise InvalidParameter(
            "export_model=True asks for the format 'pt2' and serialization_format for 'pickle'. "
            "Give serialization_format only."
        )
    warnings.warn(
        "export_model=True is the older way to say serialization_format='pt2'.",
        FutureWarning,
        stacklevel=3,
    )
    return True


@contextmanager
def _predicting(model: Any) -> Iterator[None]:
    """Have a model in evaluation mode in the block, and each of its parts as it was afterwards."""
    training = [part for part in model.modules() if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _describe(folder: ModelFolder, model: Any) -> None:
    """Write the example, and set the signature."""
    first = next(model.parameters(), None)
    device = "cpu" if first is None else first.device
    try:
        folder.describe(lambda: PyTorchWrapper(model, device))
    except MlflowException:
        # Examples for an export may be tensors, or lists of arrays: these have no form as file.
        if folder.given_signature is not None:
            folder.model.signature = folder.given_signature


def _pickle(model: Any, file: Path, pickle_module: Any, kwargs: dict[str, Any]) -> None:
    import torch

    if isinstance(model, torch.jit.ScriptModule):
        torch.jit.ScriptModule.save(model, str(file))
        return
    if pickle_module is None:
        from kipu.flavors.pytorch import pickle_module
    torch.save(model, str(file), pickle_module=pickle_module, **kwargs)
