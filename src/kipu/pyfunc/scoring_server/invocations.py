"""One request to a model, from its body to the answer's."""

from __future__ import annotations

import traceback
from io import StringIO
from typing import Any, NamedTuple

from kipu.exceptions import MlflowException
from kipu.models.json_data import InvalidInput
from kipu.models.loaders import predict_with
from kipu.models.scoring import ServingInput, parse_csv, parse_json, parse_parquet, write_answer
from kipu.types.schema import Schema
from kipu.types.type_hints import data_is_json

CONTENT_TYPE_CSV = "text/csv"
CONTENT_TYPE_JSON = "application/json"
CONTENT_TYPE_PARQUET = "application/vnd.apache.parquet"
CONTENT_TYPES = [CONTENT_TYPE_CSV, CONTENT_TYPE_JSON, CONTENT_TYPE_PARQUET]


class InvocationsResponse(NamedTuple):
    """The answer to a request: its text, HTTP status and content type."""

    response: str
    status: int
    mimetype: str


def invocations(
    data: bytes | str, content_type: str, model: Any, input_schema: Schema | None
) -> InvocationsResponse:
    """What a model answers to a request.

    Args:
        data: The request's body.
        content_type: Its header; JSON, CSV or Parquet, the texts in UTF-8.
        model: A loaded model, with ``predict`` and ``metadata``.
        input_schema: Of the model's input; columns of CSV are read by it.

    Raises:
        InvalidInput: The body is none of that form, or does not fit.
        MlflowException: The model refuses it (with the code of its error) or fails (BAD_REQUEST,
            with the stack trace among the error's fields).
    """
    form, *others = (part.strip() for part in content_type.split(";"))
    settings = {key: value for key, _, value in (part.partition("=") for part in others)}
    if settings.pop("charset", "utf-8").lower() != "utf-8":
        return _unsupported("Only the charset UTF-8 is understood.")
    if settings:
        return _unsupported(f"Unknown parameters of the content type: {', '.join(settings)}.")
    match form:
        case "application/json":
            given = parse_json(data, model.metadata)
        case "text/csv":
            given = ServingInput(parse_csv(StringIO(_text(data)), input_schema))
        case "application/vnd.apache.parquet":
            body = data if isinstance(data, bytes) else data.encode()
            given = ServingInput(parse_parquet(body))
        case _:
            return _unsupported(
                f"The content types are {', '.join(CONTENT_TYPES)}, not {content_type!r}."
            )
    answer = _predict(model, given)
    return InvocationsResponse(write_answer(answer, given.is_bare), 200, CONTENT_TYPE_JSON)


def _text(data: bytes | str) -> str:
    try:
        return data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise InvalidInput(f"This is no text in UTF-8: {error}") from error


def _unsupported(sentence: str) -> InvocationsResponse:
    return InvocationsResponse(sentence, 415, "text/plain")


def _predict(model: Any, given: ServingInput) -> Any:
    try:
        with data_is_json():
            return predict_with(model.predict, given.data, given.params)
    except MlflowException:
        raise
    except Exception as error:
        raise MlflowException(
            f"The model failed on this input: {error!r}",
            "BAD_REQUEST",
            stack_trace=traceback.format_exc(),
        ) from error
