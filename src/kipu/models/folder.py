"""What every flavor does to save a model: its folder, signature, example, code and environment.

See docs/design/models.md for how a flavor uses it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter, ResourceExists
from kipu.fluent.downloads import download_artifacts
from kipu.models.code_paths import (
    CODE_FOLDER,
    add_code_to_path,
    copy_code_paths,
    copy_imported_code,
)
from kipu.models.environment import (
    CONDA_FILE,
    PYTHON_FILE,
    check_environment_arguments,
    write_environment,
)
from kipu.models.input_example import InputExample
from kipu.models.loaders import FLAVOR_NAME, is_being_logged
from kipu.models.model import MLMODEL_FILE_NAME, Model
from kipu.models.model_signature import ModelSignature
from kipu.models.pyfunc_conf import add_pyfunc, flavor_conf
from kipu.models.requirement_inference import imported_modules, infer_pip_requirements
from kipu.models.signature_inference import signature_of_example
from kipu.models.trial import try_example

EXTRA_FILES = "extra_files"


class ModelFolder:
    """A folder that a flavor saves a model into.

    The arguments are those that every flavor's ``save_model`` has.

    Args:
        path: The folder; it must be empty or absent.
        mlflow_model: The description to complete; ``Model.log`` gives one.
        conda_env: A conda environment, or its file.
        code_paths: Python files and folders that the model brings along.
        signature: Of the model; left out, inferred from the example; False, none.
        input_example: A sample of its input.
        pip_requirements: Instead of those that are inferred.
        extra_pip_requirements: Besides them.
        metadata: What the user writes down with it.
        infer_code_paths: Bring along what it imports from below the working directory.

    Attributes:
        path: The folder.
        model: The description.
        code: Name of the folder with the files brought along, or None.
        example: The input example, once written.
        given_signature: The signature as it was given, or None.
        given_example: The input example as it was given, or None.

    Raises:
        ValueError: The environment is given in several ways.
        InvalidParameter: ``signature`` is something else.
        ResourceExists: The folder is there, with files in it.
        TypeError: ``code_paths`` is no list.
    """

    def __init__(
        self,
        path: str | Path,
        mlflow_model: Model | None = None,
        *,
        conda_env: str | dict[str, Any] | None = None,
        code_paths: list[str] | None = None,
        signature: ModelSignature | bool | None = None,
        input_example: Any = None,
        pip_requirements: str | Iterable[str] | None = None,
        extra_pip_requirements: str | Iterable[str] | None = None,
        metadata: dict[str, Any] | None = None,
        infer_code_paths: bool = False,
    ) -> None:
        check_environment_arguments(conda_env, pip_requirements, extra_pip_requirements)
        if infer_code_paths and code_paths:
            raise InvalidParameter("Give code_paths, or infer_code_paths=True, not both.")
        if not isinstance(signature, ModelSignature) and signature not in (None, False):
            raise InvalidParameter(
                "signature is a ModelSignature, such as kipu.models.infer_signature gives, or "
                f"False for none, not a {type(signature).__name__}."
            )
        self.path = Path(path)
        if self.path.exists() and any(self.path.iterdir()):
            raise ResourceExists(f"The folder {str(path)!r} is there, with files in it.")
        self.path.mkdir(parents=True, exist_ok=True)
        self.model = Model() if mlflow_model is None else mlflow_model
        self.code = copy_code_paths(code_paths, self.path)
        if metadata is not None:
            self.model.metadata = metadata
        self.example: InputExample | None = None
        self.given_signature = signature if isinstance(signature, ModelSignature) else None
        self.given_example = input_example
        self._infers_signature = signature is None
        self._environment = (conda_env, pip_requirements, extra_pip_requirements)
        self._infers_code = infer_code_paths
        self._measured = False

    def describe(self, wrapper: Callable[[], Any] | None = None) -> None:
        """Write the input example, and set the signature.

        Args:
            wrapper: Makes what predicts, ``predict(data, params=None)``, as the flavor's
                ``_load_pyfunc`` answers. It is called where the signature is to be inferred.
        """
        if self.given_example is not None:
            self.save_example(self.given_example)
        if self.given_signature is not None:
            self.model.signature = self.given_signature
        elif self._infers_signature and self.example is not None and wrapper is not None:
            self.model.signature = signature_of_example(self.example, wrapper())

    def save_example(self, given: Any) -> InputExample:
        """Write an input example.

        Raises:
            InvalidParameter: It is of no kind that can be written.
        """
        self.example = InputExample(given)
        self.example.save(self.path)
        self.model.saved_input_example_info = self.example.info
        return self.example

    def add_flavor(self, name: str, **conf: Any) -> None:
        """Say what the flavor needs to load the model, such as the name of its file."""
        self.model.add_flavor(name, **conf)

    def add_pyfunc(self, loader_module: str, **conf: Any) -> None:
        """Say how the model is loaded as a generic one.

        Args:
            loader_module: MLflow's name of the module with ``_load_pyfunc``, such as
                ``mlflow.sklearn``, so that MLflow finds its own.
            **conf: As ``kipu.pyfunc.add_to_model`` takes it, such as ``model_path`` and
                ``predict_fn``.
        """
        environment = {"conda_env": CONDA_FILE, "python_env": PYTHON_FILE}
        add_pyfunc(self.model, loader_module, **({"code": self.code} | environment | conf))

    def add_extra_files(self, uris: list[str] | None) -> dict[str, Any]:
        """Copy more files into the model, and answer with what the flavor says of them.

        Raises:
            TypeError: They are no list.
        """
        if not uris:
            return {}
        if not isinstance(uris, list):
            raise TypeError(f"extra_files is a list, not a {type(uris).__name__}.")
        target = self.path / EXTRA_FILES
        target.mkdir(exist_ok=True)
        for uri in uris:
            download_artifacts(uri, dst_path=target)
        return {
            EXTRA_FILES: [
                {"path": f"{EXTRA_FILES}/{uri.rstrip('/').rpartition('/')[2]}"} for uri in uris
            ]
        }

    def finish(
        self,
        default_requirements: Iterable[str],
        *,
        infer: bool = True,
        source: str | Path | None = None,
        flavor: str = FLAVOR_NAME,
    ) -> Model:
        """Write the description and the environment, once everything else is there.

        Args:
            default_requirements: Such as ``[pinned("scikit-learn")]``: what any model of the
                flavor requires.
            infer: Whether to find more by loading the model.
            source: Data for the flavor's ``_load_pyfunc``, where there is no generic flavor.
            flavor: Name of the module below ``mlflow`` that loads it.

        Returns:
            The description.
        """
        if not self._measured:
            self.measure()
        self.save_description()
        if self._infers_code:
            self.code = copy_imported_code(imported_modules(self.path, flavor), self.path)
            for conf in self.model.flavors.values():
                if CODE_FOLDER in conf:
                    conf[CODE_FOLDER] = self.code
            self.save_description()
        conda_env, pip_requirements, extra = self._environment
        defaults = sorted(set(default_requirements))
        if infer and conda_env is None and pip_requirements is None:
            inferred = infer_pip_requirements(str(source or self.path), flavor, defaults)
            defaults = sorted({*defaults, *inferred})
        write_environment(self.path, defaults, conda_env, pip_requirements, extra)
        if is_being_logged():
            try_example(self.path, self.model)
        for cache in list(self.path.rglob("__pycache__")):
            shutil.rmtree(cache, ignore_errors=True)
        return self.model

    def measure(self) -> None:
        """Take the size of the files that are there now for the model's, before ``finish`` does."""
        size = sum(one.stat().st_size for one in self.path.rglob("*") if one.is_file())
        if size:
            self.model.model_size_bytes = size
        self._measured = True

    def save_description(self) -> None:
        """Write the file ``MLmodel`` as the description is now."""
        self.model.save(self.path / MLMODEL_FILE_NAME)


def load_flavor(
    model_uri: str, flavor: str, dst_path: str | Path | None = None
) -> tuple[Path, dict[str, Any]]:
    """A model's folder on this machine, and what a flavor needs to load it.

    The files that the model brings along can be imported afterwards.

    Args:
        model_uri: ``models:/<id>``, ``runs:/<run id>/<name>``, a folder, ...
        flavor: Such as ``sklearn``.
        dst_path: Folder to download to; left out, a temporary one.

    Raises:
        ResourceNotFound: There is no model, or it does not have this flavor.
    """
    folder = Path(download_artifacts(str(model_uri), dst_path=dst_path))
    conf = flavor_conf(folder, flavor)
    add_code_to_path(folder, conf)
    return folder, conf
