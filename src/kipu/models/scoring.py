"""The language of servers of models: what they are sent as JSON, CSV or Parquet, and answer."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.json_data import (
    InvalidInput,
    cast_inputs,
    cast_instances,
    frame_of_json,
    write_json,
)
from kipu.models.model import Model
from kipu.types.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_CHAT_KEYS = frozenset(("messages", "prompt", "input"))


class ServingInput(NamedTuple):
    """What a model is asked.

    Args:
        data: Its input.
        params: Its parameters, if there are any.
        is_bare: Whether the request is one of chats, completions or embeddings, which has no key
            around the input, and whose answer has none either.
    """

    data: Any
    params: dict[str, Any] | None = None
    is_bare: bool = False


def parse_json(given: str | bytes | dict[str, Any], model: Model) -> ServingInput:
    """What a request in JSON asks.

    Args:
        given: With one of the keys dataframe_split, dataframe_records, instances and inputs, and
            perhaps params; or else with messages, prompt or input. Other keys are passed over.
        model: Its signature says what the data becomes.

    Raises:
        InvalidInput: It is something else, or does not fit.
        InvalidParameter: The model has hints, which takes ``inputs``, and they are missing.
    """
    try:
        body = dict(given) if isinstance(given, dict) else json.loads(given)
    except ValueError as error:  # not JSON, or not UTF-8
        raise InvalidInput(f"This is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise InvalidInput(f"A dictionary is expected, not a {type(body).__name__}.")
    if _CHAT_KEYS & body.keys():
        schema = model.get_params_schema()
        names = {one.name for one in schema.params} if schema else set()
        named = {key: value for key, value in body.items() if key in names}
        data = {key: value for key, value in body.items() if key not in names}
        return ServingInput(data, named, is_bare=True)
    params = body.get("params")
    if model.signature is not None and model.signature._is_signature_from_type_hint:
        if "inputs" not in body:
            raise InvalidParameter(
                f"The model has type hints and takes its input under 'inputs', not {sorted(body)}."
            )
        return ServingInput(body["inputs"], params)
    return ServingInput(data_of_forms(body, model.get_input_schema()), params)


def data_of_forms(body: dict[str, Any], schema: Schema | None = None) -> Any:
    """The data of a request in JSON.

    Args:
        body: With exactly one of the keys dataframe_split, dataframe_records, instances, inputs.
        schema: Of the model's input.

    Returns:
        A pandas frame for the first two; arrays, or a dictionary or list with them, for the others.

    Raises:
        InvalidInput: It has none or several of them, or does not fit.
    """
    found = [form for form in FORMS if form in body]
    if len(found) != 1:
        raise InvalidInput(f"One of the keys {', '.join(FORMS)} is expected, not {sorted(body)}.")
    form, data = found[0], body[found[0]]
    if form == "inputs":
        return cast_inputs(data, schema)
    if form == "instances":
        return cast_instances(data, schema)
    return frame_of_json(data, form.removeprefix("dataframe_"), schema)


def parse_csv(given: IO[Any] | str, schema: Schema | None = None) -> pd.DataFrame:
    """The frame of a request in CSV, whose first line has the names.

    Args:
        given: A stream, or the path of a file.
        schema: Its columns are read as the types that it says; without one, as they look.

    Raises:
        MlflowException: It is no such text, or does not fit, or the schema has times, or more than
            columns of plain values. The stack trace is among the error's fields.
    """
    import pandas  # noqa: PLC0415 - an optional package

    def read() -> pd.DataFrame:
        if schema is None:
            return pandas.read_csv(given)
        kinds = dict(zip(schema.input_names(), schema.pandas_types(), strict=True))
        return pandas.read_csv(given, dtype=kinds)

    return _frame_of(read, "CSV")


def parse_parquet(given: bytes) -> pd.DataFrame:
    """The frame of a request in Parquet.

    Raises:
        MlflowException: It is no such file. The stack trace is among the error's fields.
    """
    import pandas  # noqa: PLC0415 - an optional package

    return _frame_of(lambda: pandas.read_parquet(BytesIO(given)), "Parquet")


def write_answer(answer: Any, is_bare: bool = False) -> str:
    """A model's answer as JSON.

    Args:
        answer: Frames and series become lists of rows.
        is_bare: Write it as it is, without the key ``predictions``.

    Raises:
        MlflowException: JSON has no form for it.
    """
    plain = _plain(answer)
    try:
        return write_json(plain if is_bare else {"predictions": plain})
    except TypeError as error:
        raise MlflowException(f"The model's answer cannot be written as JSON: {error}") from error


def _plain(answer: Any) -> Any:
    if isinstance(answer, np.ndarray):
        return answer.tolist()
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(answer, pandas.Series):
        answer = pandas.DataFrame(answer)
    if pandas is not None and isinstance(answer, pandas.DataFrame):
        return answer.to_dict(orient="records")
    return answer


def _frame_of(read: Callable[[], pd.DataFrame], form: str) -> pd.DataFrame:
    try:
        return read()
    except OSError:
        raise  # of the file, not of what it says
    except Exception as error:
        raise MlflowException(
            f"Invalid input. This is no frame in {form}, or does not fit the model: {error}",
            "BAD_REQUEST",
            stack_trace=traceback.format_exc(),
        ) from error
