"""What a worker of Spark does with the batches of rows that it gets."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from kipu.exceptions import InvalidParameter
from kipu.pyfunc.loading import load_model
from kipu.pyfunc.spark.place import ModelPlace
from kipu.pyfunc.spark.results import column_of
from kipu.types.schema import Schema


class Scoring(NamedTuple):
    """A model and how it is to predict; it travels to the workers.

    Args:
        place: Where the model is.
        inputs: The schema of its input, None where it is unknown.
        result_type: Spark's type of what it answers.
        manager: ``local``, or what makes an environment with what it requires.
        params: Its parameters.
        config: Its configuration, as JSON.
        variables: Of the environment, while it predicts.
    """

    place: ModelPlace
    inputs: Schema | None
    result_type: Any
    manager: str = "local"
    params: dict[str, Any] | None = None
    config: str | None = None
    variables: dict[str, str] | None = None

    def answers(self, batches: Iterator[Any]) -> Iterator[Any]:
        """The answers to batches of rows.

        Args:
            batches: Of columns: each a pandas series or frame, or a tuple of those.

        Yields:
            A pandas series or frame for each batch.
        """
        with _environment(self.variables or {}), self._predicting() as predict:
            for batch in batches:
                columns = batch if isinstance(batch, tuple) else (batch,)
                if len(columns[0]):
                    answer = predict(frame_of(columns, self.inputs), self.params)
                    yield column_of(answer, self.result_type)

    @contextmanager
    def _predicting(self) -> Iterator[Callable[..., Any]]:
        folder = self.place.local()
        if self.manager == "local":
            yield _loaded(folder, self.config).predict
            return
        from kipu.pyfunc.spark.own_server import OwnServer  # noqa: PLC0415 - seldom needed

        config = json.loads(self.config) if self.config else None
        with OwnServer(folder, self.manager, config) as server:
            yield server.predict


def frame_of(columns: tuple[Any, ...], inputs: Schema | None) -> Any:
    """The columns that a function of Spark was called with, as one pandas frame.

    Args:
        columns: Pandas series; a column of structs is a frame. One frame alone is the answer.
        inputs: Gives the names; without it, they are "0", "1", ... What it does not have is left
            out.

    Raises:
        InvalidParameter: There are fewer than the model requires.
    """
    import pandas  # noqa: PLC0415 - an optional package

    if len(columns) == 1 and isinstance(columns[0], pandas.DataFrame):
        return columns[0]
    names: list[str | int] = [str(place) for place in range(len(columns))]
    if inputs is not None:
        required = inputs.required_input_names()
        names = inputs.input_names()
        if len(columns) < len(required):
            raise InvalidParameter(
                f"The model takes the columns {names}, in this order, and got {len(columns)}."
            )
    return pandas.DataFrame(
        {name: _plain(column) for name, column in zip(names, columns, strict=False)}
    )


def _plain(column: Any) -> Any:
    """A series; the rows of a frame as dictionaries."""
    if hasattr(column, "columns"):
        return column.apply(lambda row: row.to_dict(), axis=1)
    return column


@cache
def _loaded(folder: str, config: str | None) -> Any:
    # A worker serves many tasks one after the other.
    return load_model(folder, True, model_config=json.loads(config) if config else None)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
