"""Images of containers that serve a model."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent.downloads import download_artifacts
from kipu.models.loaders import pyfunc_conf
from kipu.models.model import Model
from kipu.version import __version__

PORT = 8080
_MODEL = "/opt/ml/model"
_NEEDS_JAVA = ("h2o", "johnsnowlabs", "spark")
_IGNORED = shutil.ignore_patterns(".git", ".venv*", "node_modules", "__pycache__")


def generate_dockerfile(
    model_uri: str | None,
    output_directory: str,
    env_manager: str | None = None,
    mlflow_home: str | None = None,
    install_java: bool | None = None,
    install_mlflow: bool = False,
) -> None:
    """Write a ``Dockerfile``, and the model beside it, for an image that serves it at port 8080.

    Args:
        model_uri: The model; None for an image that serves what is mounted at ``/opt/ml/model``.
        output_directory: Where to; made when absent.
        env_manager: ``local`` to install what the model requires for the image's own Python, which
            is the default with a model; ``virtualenv`` or ``uv`` for an environment of its own,
            which is the only way without one.
        mlflow_home: Folder with the source of the Kipu to install, instead of this version.
        install_java: Whether the image has Java; None, if the model's flavor needs it.
        install_mlflow: Install Kipu into the environment of its own.

    Raises:
        InvalidParameter: The manager is another, or cannot be had without a model.
        ResourceNotFound: There is no model, or it has no generic flavor.
    """
    manager = env_manager or ("local" if model_uri else "virtualenv")
    if manager not in ("local", "virtualenv", "uv"):
        raise InvalidParameter(f"Images are made with local, virtualenv or uv, not {manager!r}.")
    if model_uri is None and manager == "local":
        raise InvalidParameter("Without a model, only virtualenv and uv can install what it needs.")
    folder = Path(output_directory)
    folder.mkdir(parents=True, exist_ok=True)
    python, needs_java = platform.python_version(), bool(install_java)
    if model_uri is not None:
        copy = folder / "model_dir"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(download_artifacts(str(model_uri)), copy)
        flavors = Model.load(copy).flavors
        python = pyfunc_conf(flavors).get("python_version") or python
        if install_java is None:
            needs_java = any(name in flavors for name in _NEEDS_JAVA)
    if mlflow_home is not None:
        shutil.copytree(mlflow_home, folder / "kipu_source", ignore=_IGNORED, dirs_exist_ok=True)
    options = ["--env-manager", manager, *(["--install-mlflow"] if install_mlflow else [])]
    lines = [
        f"FROM python:{'.'.join(python.split('.')[:2])}-slim",
        *_java(needs_java),
        *_kipu(mlflow_home is not None),
        *(["RUN pip install --no-cache-dir uv"] if manager == "uv" else []),
        *([] if model_uri is None else _model(folder / "model_dir", manager, options)),
        f"EXPOSE {PORT}",
        f"ENTRYPOINT {_words(['serve', *options, '--host', '0.0.0.0', '--port', str(PORT)])}",
    ]
    (folder / "Dockerfile").write_text("\n".join(lines) + "\n", "utf-8")


def build_docker(
    model_uri: str | None = None,
    name: str = "mlflow-pyfunc-servable",
    env_manager: str | None = "virtualenv",
    mlflow_home: str | None = None,
    install_java: bool | None = None,
    install_mlflow: bool = False,
) -> None:
    """Build the image that ``generate_dockerfile`` describes, with docker.

    Args:
        model_uri: See there.
        name: Of the image.
        env_manager: See there, as the rest.
        mlflow_home: See there.
        install_java: See there.
        install_mlflow: See there.

    Raises:
        MlflowException: docker is not installed, or failed.
        InvalidParameter: See there.
        ResourceNotFound: See there.
    """
    docker = shutil.which("docker")
    if docker is None:
        raise MlflowException(
            "Images are built by docker, which is not installed here. generate-dockerfile writes "
            "what it needs, to be built elsewhere."
        )
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        generate_dockerfile(
            model_uri, folder, env_manager, mlflow_home, install_java, install_mlflow
        )
        done = subprocess.run([docker, "build", "-t", name, folder], check=False)
    if done.returncode:
        raise MlflowException(f"docker ended with status {done.returncode}; see above.")


def _java(needed: bool) -> list[str]:
    if not needed:
        return []
    return [
        "RUN apt-get update && apt-get install -y --no-install-recommends default-jre-headless"
        " && rm -rf /var/lib/apt/lists/*"
    ]


def _kipu(from_source: bool) -> list[str]:
    if not from_source:
        return [f"RUN pip install --no-cache-dir 'kipu[models]=={__version__}'"]
    return [
        "COPY kipu_source /opt/kipu",
        "RUN pip install --no-cache-dir '/opt/kipu[models]'",
    ]


def _model(copy: Path, manager: str, options: list[str]) -> list[str]:
    lines = [f"COPY model_dir {_MODEL}"]
    if manager != "local":
        return [*lines, f"RUN {_words(['prepare-env', *options])}"]
    if (copy / "requirements.txt").exists():
        # In its folder, since it may name a file of constraints.
        lines.append(f"RUN cd {_MODEL} && pip install --no-cache-dir -r requirements.txt")
    return lines


def _words(words: list[str]) -> str:
    """A command as Dockerfiles have it without a shell."""
    command, *options = words
    every = ["python", "-m", "kipu", "models", command, "-m", _MODEL, *options]
    return "[" + ", ".join(f'"{word}"' for word in every) + "]"
