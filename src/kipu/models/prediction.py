"""Let a model predict on a file or on data, here or in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.fluent.downloads import download_artifacts
from kipu.models.input_example import InputExample
from kipu.models.model import Model
from kipu.models.own_environments import check_manager, prepare
from kipu.models.scoring import ServingInput, parse_csv, parse_json, write_answer
from kipu.models.serving_input import answer_of


def predict(
    model_uri: str,
    input_data: Any = None,
    input_path: str | None = None,
    content_type: str = "json",
    output_path: str | None = None,
    env_manager: str = "virtualenv",
    install_mlflow: bool = False,
    pip_requirements_override: Sequence[str] | None = None,
    extra_envs: dict[str, str] | None = None,
) -> None:
    """Let a model predict on a file or on data, and write its answer as JSON.

    Args:
        model_uri: The model.
        input_data: Data of any kind that an input example may be of, or JSON or CSV text; or else:
        input_path: A file with it; with neither, standard input.
        content_type: ``json`` or ``csv``.
        output_path: File to write; left out, standard output.
        env_manager: ``local`` to predict in this process, with what is installed here;
            ``virtualenv``, ``uv`` or ``conda`` to make an environment with what the model requires
            and predict there. It is kept, so that the next time is quick.
        install_mlflow: Install this version of Kipu there.
        pip_requirements_override: Requirements that go before the model's.
        extra_envs: Environment variables of the process there.

    Raises:
        InvalidParameter: Both data and file are given, or the content or the manager is another,
            or something is asked of ``local`` that needs an environment of its own.
        InvalidInput: The data does not fit.
        MlflowException: The environment cannot be made, or predicting there failed.
    """
    if content_type not in ("json", "csv"):
        raise InvalidParameter(f"content_type is 'json' or 'csv', not {content_type!r}.")
    check_manager(env_manager)
    if env_manager == "local" and (pip_requirements_override or extra_envs):
        raise InvalidParameter(
            "Requirements and variables are for an environment of the model's own: use virtualenv, "
            "uv or conda."
        )
    if input_data is not None and input_path is not None:
        raise InvalidParameter("Give input_data or input_path, not both.")
    folder = Path(download_artifacts(str(model_uri)))
    if env_manager == "local":
        _predict_here(folder, input_data, input_path, content_type, output_path)
        return
    there = prepare(folder, env_manager, install_mlflow, pip_requirements_override or ())
    words = ["predict", "-m", str(folder), "-t", content_type, "--env-manager", "local"]
    with _file_of(input_data, input_path, content_type) as file:
        words += ["-i", file] if file else []
        words += ["-o", output_path] if output_path else []
        done = subprocess.run(
            [*there.command, *words], env={**os.environ, **(extra_envs or {})}, check=False
        )
    if done.returncode:
        raise MlflowException(
            f"Predicting in the model's own environment ended with status {done.returncode}; what "
            "went wrong stands above."
        )


def _predict_here(
    folder: Path, data: Any, path: str | None, content_type: str, output_path: str | None
) -> None:
    model = Model.load(folder)
    given = _given(data, path, content_type, model)
    answer = write_answer(answer_of(folder, model, given), given.is_bare)
    if output_path is None:
        sys.stdout.write(answer)
        sys.stdout.flush()
    else:
        Path(output_path).write_text(answer, "utf-8")


def _given(data: Any, path: str | None, content_type: str, model: Model) -> ServingInput:
    if data is not None:
        text = _text_of(data, content_type)
    elif path is None:
        text = sys.stdin.read()
    else:
        try:
            text = Path(path).read_text("utf-8")
        except OSError as error:
            raise InvalidParameter(f"{path} cannot be read: {error.strerror}.") from error
    return parse_json(text, model) if content_type == "json" else _given_csv(text)


def _given_csv(text: str) -> ServingInput:
    return ServingInput(parse_csv(StringIO(text)))


def _text_of(data: Any, content_type: str) -> str:
    if isinstance(data, str):
        return data
    if content_type == "json":
        return InputExample(data).serving_text
    import pandas  # noqa: PLC0415 - an optional package

    text: str = pandas.DataFrame(data).to_csv(index=False)
    return text


@contextmanager
def _file_of(data: Any, path: str | None, content_type: str) -> Iterator[str | None]:
    """The file with the input, made for data in memory."""
    if data is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="kipu-") as folder:
        file = Path(folder, f"input.{content_type}")
        file.write_text(_text_of(data, content_type), "utf-8")
        yield str(file)
