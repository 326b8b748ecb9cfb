"""What a generic model is given, as the kinds of pipelines take it."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException


def is_pandas_frame(data: Any) -> bool:
    """Whether data is a pandas frame."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def checked(data: Any) -> Any:
    """Data of a kind that some pipeline takes; a pandas frame becomes one dictionary a row.

    Raises:
        InvalidParameter: It is of no such kind.
    """
    if is_pandas_frame(data):
        return data.to_dict(orient="records")
    if isinstance(data, list):
        if not all(isinstance(one, (str, dict)) for one in data):
            raise InvalidParameter("A list must hold texts or dictionaries only.")
        return data
    if isinstance(data, (str, bytes, dict, np.ndarray)):
        return data
    raise InvalidParameter(
        "The input is a pandas frame, a text, bytes, an array, a dictionary, or a list of texts or "
        f"dictionaries, not a {type(data).__name__}."
    )


def check_values(data: Any) -> None:
    """Check that dictionaries hold texts, lists of texts, or arrays only.

    Raises:
        InvalidParameter: They do not.
    """
    given = data if isinstance(data, list) else [data]
    for one in given:
        if isinstance(one, dict):
            _check_dictionary(one)


def _check_dictionary(data: Mapping[Any, Any]) -> None:
    wrong = [key for key in data if not isinstance(key, (str, int)) or isinstance(key, bool)]
    if wrong:
        raise MlflowException(f"Keys are texts or numbers of columns, unlike {wrong}.")
    arrays = [isinstance(value, np.ndarray) for value in data.values()]
    if any(arrays) and not all(arrays):
        raise MlflowException("If one value of a dictionary is an array, all must be.")
    if wrong := [key for key, value in data.items() if not _is_value(value)]:
        raise InvalidParameter(
            f"Values are texts, lists of texts, or arrays, but not at these keys: {wrong}."
        )


def _is_value(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, (str, bytes)) for one in value)
    return isinstance(value, (str, bytes, np.ndarray))


def _are_dictionaries(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(one, dict) for one in data)


def first_values(data: Any) -> Any:
    """The first column of rows; anything else stays."""
    if _are_dictionaries(data):
        return [next(iter(one.values())) for one in data]
    return data


def texts(data: Any) -> Any:
    """A text, or a list of texts; rows give their first column.

    Raises:
        InvalidParameter: It is neither.
    """
    data = first_values(data)
    if not isinstance(data, (str, list)):
        raise InvalidParameter(f"The input is text or a list of texts, not {type(data).__name__}.")
    if isinstance(data, list) and not all(isinstance(one, str) for one in data):
        raise InvalidParameter("A list must hold texts only.")
    return data


def texts_to_classify(data: Any) -> Any:
    """Texts, or dictionaries with ``text`` and ``text_pair``, which may come as text, too.

    Raises:
        MlflowException: It is something else.
    """
    for one in data if isinstance(data, list) else [data]:
        if isinstance(one, dict):
            is_row = all(isinstance(key, int) for key in one)
            if not is_row and (unknown := sorted(map(str, one.keys() - {"text", "text_pair"}))):
                raise MlflowException(
                    f"Dictionaries for text classification have 'text' and 'text_pair', but not "
                    f"{unknown}."
                )
        elif not isinstance(one, str):
            raise MlflowException(
                f"The input of text classification is texts or dictionaries, not "
                f"{type(one).__name__}."
            )
    if not isinstance(data, list):
        return data
    if _are_dictionaries(data) and data and next(iter(data[0])) == 0:
        data = [row[0] for row in data]
    # Signatures have text where a server was sent a dictionary.
    spelled = [_as_dictionary(one) for one in data]
    return spelled if spelled and all(spelled) else data


def _as_dictionary(text: Any) -> Any:
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return found if isinstance(found, dict) else None


def texts_to_rewrite(data: Any) -> Any:
    """Texts; a dictionary of texts becomes one: ``context: ... answer: ...``.

    Raises:
        InvalidParameter: It is something else.
    """
    if _are_dictionaries(data) and data and 0 in data[0]:
        return first_values(data)
    if _are_dictionaries(data):
        return [texts_to_rewrite(one) for one in data]
    if isinstance(data, dict) and all(isinstance(value, str) for value in data.values()):
        if "inputs" in data or not all(isinstance(key, str) for key in data):
            return list(data.values())
        return " ".join(f"{key}: {value}" for key, value in data.items())
    return texts(data)


def questions(data: Any) -> Any:
    """Dictionaries with ``question`` and ``context``.

    Raises:
        InvalidParameter: They lack one of them.
    """
    if isinstance(data, list):
        return [questions(one) for one in data]
    if not isinstance(data, dict):
        raise InvalidParameter(
            f"A question is a dictionary with 'question' and 'context', not {type(data).__name__}."
        )
    if missing := sorted({"question", "context"} - data.keys()):
        raise InvalidParameter(f"A question lacks {missing}.")
    return data


def columns_as_one(frame: Any) -> dict[str, Any]:
    """One dictionary of a frame, for classification with labels that are given.

    Values that rows repeat count once, and a single one is no list.
    """
    found = {}
    for key, values in frame.to_dict(orient="list").items():
        different: list[Any] = []
        for value in values:
            if value not in different:
                different.append(value)
        are_texts = all(isinstance(value, str) for value in different)
        found[key] = different if are_texts and len(different) > 1 else different[0]
    return found


def with_labels(data: Any) -> Any:
    """Dictionaries with a list in ``candidate_labels``, which may be JSON.

    Raises:
        InvalidParameter: They have none.
    """
    if isinstance(data, list):
        return [with_labels(one) for one in data]
    if not isinstance(data, dict) or "candidate_labels" not in data:
        raise InvalidParameter("The input must be dictionaries with 'candidate_labels'.")
    labels = data["candidate_labels"]
    if isinstance(labels, str):
        try:
            labels = json.loads(labels)
        except json.JSONDecodeError:
            return data
    return data | {"candidate_labels": labels}


def tables(data: Any) -> Any:
    """Dictionaries with ``query`` and a ``table``, which may be JSON or Python.

    Raises:
        InvalidParameter: There is no table.
    """
    data = _merged(data)
    if isinstance(data, list):
        return [tables(one) for one in data]
    if not isinstance(data, dict) or "table" not in data:
        raise InvalidParameter("The input must be a dictionary with 'table'.")
    plain = {key: one.item() if isinstance(one, np.ndarray) else one for key, one in data.items()}
    if isinstance(plain["table"], str):
        try:
            plain["table"] = json.loads(plain["table"])
        except json.JSONDecodeError:
            plain["table"] = ast.literal_eval(plain["table"])
    return plain


def _merged(data: Any) -> Any:
    """One dictionary of rows with the same keys: values that differ become a list."""
    if not _are_dictionaries(data) or not data:
        return data
    merged = dict(data[0])
    for row in data[1:]:
        if unknown := sorted(map(str, row.keys() - merged.keys())):
            raise InvalidParameter(f"The rows have not the same keys: {unknown} is new.")
        for key, value in row.items():
            if value == data[0][key]:
                continue
            before = merged[key]
            merged[key] = [*before, value] if isinstance(before, list) else [before, value]
    return merged


def with_lists(data: Any) -> Any:
    """Rows of arrays with lists instead, as pipelines take them."""
    if not _are_dictionaries(data):
        return data
    return [
        {key: value.tolist() for key, value in one.items()}
        if all(isinstance(value, np.ndarray) for value in one.values())
        else one
        for one in data
    ]
