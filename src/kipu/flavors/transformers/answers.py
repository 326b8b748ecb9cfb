"""What pipelines answer, as a generic model gives it."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from kipu.exceptions import MlflowException


def as_frame(answer: Any) -> Any:
    """A pandas frame with one row a label."""
    import pandas

    return pandas.DataFrame(answer)


def label_rows(answer: Any) -> Any:
    """A pandas frame with one row for each text and label.

    Raises:
        MlflowException: It is no such answer.
    """
    import pandas

    answers = answer if isinstance(answer, list) else [answer]
    if not all(isinstance(one, dict) for one in answers):
        raise MlflowException("The pipeline did not answer with labels and scores.", "BAD_REQUEST")
    rows = [
        {"sequence": one["sequence"], "labels": label, "scores": score}
        for one in answers
        for label, score in zip(one["labels"], one["scores"], strict=True)
    ]
    return pandas.DataFrame(rows)


def vector(answer: Any) -> Any:
    """The vectors of the first token, or of the tokens of the first text, as MLflow has them."""
    return answer if isinstance(answer, np.ndarray) else np.array(answer[0][0])


def entities(answer: Any) -> Any:
    """What a text's tokens are, with commas between."""
    if answer and isinstance(answer[0], list):
        return [entities(one) for one in answer]
    return ",".join(one.get("entity_group", one.get("entity")) for one in answer)


def best_words(answer: Any) -> Any:
    """The likeliest word for each mask."""
    if not isinstance(answer[0], list):
        return [answer[0]["token_str"]]
    return [
        one[0]["token_str"] if isinstance(one[0], dict) else [mask[0]["token_str"] for mask in one]
        for one in answer
    ]


def generated(answer: Any, data: Any, key: str) -> Any:
    """The first text for each prompt.

    Raises:
        MlflowException: It is no such answer.
    """
    if all(isinstance(one, dict) for one in answer):
        first = answer[0][key]
        return [first] if isinstance(data, list) else first
    if all(isinstance(one, list) for one in answer):
        return [one[0][key] for one in answer]
    raise MlflowException("The pipeline did not answer with texts.")


def values(answer: Any, key: str) -> Any:
    """The values at a key, wherever they are in the answer."""
    if isinstance(answer, dict):
        return answer[key]
    found: list[Any] = []
    for one in answer:
        if isinstance(one, list):
            found += values(one, key)
        elif isinstance(one, dict):
            for name, value in one.items():
                if name == key:
                    found.append(value)
                elif isinstance(value, list) and all(isinstance(each, dict) for each in value):
                    found += values(value, key)
    return found


def spoken(answer: Any, params: dict[str, Any]) -> Any:
    """A sound's text, or JSON with the time of each word or character."""
    if params.get("return_timestamps") in ("word", "char"):
        return json.dumps(answer)
    return values(answer, "text")


def on_one_line(text: Any) -> Any:
    """A text, or texts, without line breaks and repeated spaces."""
    if isinstance(text, list):
        return [on_one_line(one) for one in text]
    return re.sub(r"\s+", " ", text).strip()


def tidied(answer: Any, data: Any, keeps_list: bool) -> Any:
    """An answer without spaces around texts, always a list if it is text.

    Args:
        answer: Of the pipeline.
        data: What it was given; to a single text belongs a single answer.
        keeps_list: Even then the whole list is the answer.
    """
    found = _tidied(answer, data, keeps_list)
    return [found] if isinstance(found, str) else found


def _tidied(answer: Any, data: Any, keeps_list: bool) -> Any:
    if isinstance(answer, list) and isinstance(data, str) and not keeps_list:
        answer = answer[0]
    match answer:
        case str():
            return answer.strip()
        case list() if all(isinstance(one, str) for one in answer):
            stripped = [one.strip() for one in answer]
            return stripped[0] if len(stripped) == 1 else stripped
        case list():
            return [_tidied(one, data, keeps_list) for one in answer]
        case dict() if all(isinstance(one, str) for pair in answer.items() for one in pair):
            return {key: one.strip() for key, one in answer.items()}
    return answer
