"""``kipu models``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from kipu.cli.failures import PlainSpoken

F = TypeVar("F", bound=Callable[..., Any])

_URI = "models:/<name>/<version>, models:/<name>@<alias>, runs:/<run id>/<name> or a folder."
_model = click.option("--model-uri", "-m", required=True, help=_URI)
_maybe_model = click.option("--model-uri", "-m", help=_URI)
_manager = click.option(
    "--env-manager", default="virtualenv", show_default=True,
    help="local: use what is installed here; virtualenv, uv or conda: make an environment with what"
    " the model requires, and keep it below MLFLOW_ENV_ROOT.",
)  # fmt: skip
_install = click.option(
    "--install-mlflow", is_flag=True, help="Install this version of Kipu in that environment."
)


def _image_options(command: F) -> F:
    for option in (
        _install,
        click.option(
            "--install-java", is_flag=False, flag_value=True, default=None, type=bool,
            help="Whether the image has Java.  [default: if the model's flavor needs it]",
        ),
        click.option(
            "--mlflow-home",
            help="Folder with Kipu's source, to install instead of this version.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _pair(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    for key, equals, _ in pairs:
        if not equals:
            raise click.BadParameter(f"{key!r} is not key=value.", context, option)
    return {key: value for key, _, value in pairs}


@click.group(cls=PlainSpoken)
def models() -> None:
    """Let models predict, serve them, and see to what they require."""


@models.command()
@_model
@click.option("--input-path", "-i", help="File with the input.  [default: standard input]")
@click.option(
    "--output-path", "-o", help="File for the answer, as JSON.  [default: standard output]"
)
@click.option(
    "--content-type", "-t", default="json", show_default=True, help="Of the input: json or csv."
)
@_manager
@_install
@click.option(
    "--pip-requirements-override",
    "-r",
    help="Requirements that go before the model's, comma separated: x==1,y==2.",
)
@click.option(
    "--env", "extra_envs", multiple=True, callback=_pair,
    help="A variable, key=value, for the process in the model's environment.",
)  # fmt: skip
def predict(pip_requirements_override: str | None, **settings: Any) -> None:
    """Let a model predict on a file.

    JSON has one of the keys dataframe_split, dataframe_records, instances and inputs, and perhaps
    params.
    """
    from kipu.models.prediction import predict

    lines = (pip_requirements_override or "").split(",")
    predict(pip_requirements_override=[line.strip() for line in lines if line.strip()], **settings)


@models.command()
@_model
@click.option(
    "--port",
    "-p",
    envvar="MLFLOW_PORT",
    type=int,
    default=5000,
    show_default=True,
    help="Port to listen on.",
)
@click.option(
    "--host",
    "-h",
    envvar="MLFLOW_HOST",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; 0.0.0.0 for all of the machine's.",
)
@click.option(
    "--timeout",
    "-t",
    envvar="MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT",
    type=int,
    default=60,
    show_default=True,
    help="Seconds that a request may take.",
)
@click.option(
    "--workers",
    "-w",
    envvar="MLFLOW_MODELS_WORKERS",
    type=click.IntRange(1),
    help="Processes, each with the model.  [default: 1]",
)
@_manager
@click.option("--no-conda", is_flag=True, help="The same as --env-manager local.")
@_install
@click.option("--enable-mlserver", is_flag=True, hidden=True)
def serve(
    model_uri: str,
    port: int,
    host: str,
    timeout: int,
    workers: int | None,
    env_manager: str,
    no_conda: bool,
    install_mlflow: bool,
    enable_mlserver: bool,
) -> None:
    """Serve a model: POST /invocations, GET /ping, /health and /version."""
    from pathlib import Path

    from kipu.cli.model_server import serve_model
    from kipu.fluent.downloads import download_artifacts
    from kipu.models.own_environments import check_manager, prepare

    if enable_mlserver:
        raise click.UsageError("There is no MLServer here: leave out --enable-mlserver.")
    manager = "local" if no_conda else env_manager
    check_manager(manager)
    folder = download_artifacts(model_uri)
    os.environ["MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT"] = str(timeout)
    if manager == "local":
        serve_model(folder, host, port, workers or 1)
        return
    there = prepare(Path(folder), manager, install_mlflow)
    words = [
        *there.command, "serve", "-m", folder, "-p", str(port), "-h", host, "-t", str(timeout),
        "-w", str(workers or 1), "--env-manager", "local",
    ]  # fmt: skip
    sys.stdout.flush()
    os.execv(there.python, words)


@models.command("prepare-env")
@_model
@_manager
@_install
def prepare_env(model_uri: str, env_manager: str, install_mlflow: bool) -> None:
    """Make a model's environment, so that predict and serve need not."""
    from pathlib import Path

    from kipu.fluent.downloads import download_artifacts
    from kipu.models.own_environments import check_manager, prepare

    check_manager(env_manager)
    if env_manager != "local":
        prepare(Path(download_artifacts(model_uri)), env_manager, install_mlflow)


@models.command("update-pip-requirements")
@_model
@click.argument("operation", type=click.Choice(["add", "remove"]))
@click.argument("requirement_strings", nargs=-1)
def update_pip_requirements(
    model_uri: str, operation: Any, requirement_strings: tuple[str, ...]
) -> None:
    """Add requirements to a model, or remove some: in its requirements.txt and conda.yaml."""
    from kipu.models.requirement_updates import update_model_requirements

    update_model_requirements(model_uri, operation, requirement_strings)


@models.command("generate-dockerfile")
@_maybe_model
@click.option(
    "--output-directory",
    "-d",
    default="mlflow-dockerfile",
    show_default=True,
    help="Where to.",
)
@click.option(
    "--env-manager",
    help="local: for the image's own Python; virtualenv or uv: in an environment of its own."
    "  [default: local with a model, else virtualenv]",
)
@_image_options
def generate_dockerfile(output_directory: str, **settings: Any) -> None:
    """Write a Dockerfile, and the model beside it, for an image that serves it at port 8080.

    Without a model, the image serves what is mounted at /opt/ml/model.
    """
    from kipu.models.container_images import generate_dockerfile

    generate_dockerfile(output_directory=output_directory, **settings)
    click.echo(f"Generated Dockerfile in directory {output_directory}", err=True)


@models.command("build-docker")
@_maybe_model
@click.option(
    "--name", "-n", default="mlflow-pyfunc-servable", show_default=True, help="Of the image."
)
@_manager
@_image_options
def build_docker(**settings: Any) -> None:
    """Build an image that serves a model at port 8080, with docker."""
    from kipu.models.container_images import build_docker

    build_docker(**settings)
