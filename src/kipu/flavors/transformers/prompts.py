"""Templates that a model's prompts are put into."""

from __future__ import annotations

import string
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException

TEMPLATED_TASKS = (
    "feature-extraction",
    "fill-mask",
    "summarization",
    "text-generation",
    "text2text-generation",
)


def check_template(template: Any, task: str) -> None:
    """Check a template for the prompts of a task.

    Raises:
        MlflowException: Pipelines for the task take no prompts.
        InvalidParameter: It is no text with the one field ``{prompt}``.
    """
    if task not in TEMPLATED_TASKS:
        raise MlflowException(
            f"There are no prompt templates for {task!r}, but for {', '.join(TEMPLATED_TASKS)}."
        )
    if not isinstance(template, str):
        raise InvalidParameter(f"prompt_template is text, not {type(template).__name__}.")
    fields = [field for _, field, _, _ in string.Formatter().parse(template) if field is not None]
    if fields != ["prompt"]:
        raise InvalidParameter(
            f"prompt_template must have the one field {{prompt}}; {template!r} has {fields}."
        )


def in_template(template: str | None, data: Any) -> Any:
    """A prompt, or prompts, put into a template; without one they stay.

    Raises:
        InvalidParameter: They are no texts.
    """
    if not template:
        return data
    if isinstance(data, str):
        return template.format(prompt=data)
    if isinstance(data, list) and all(isinstance(one, str) for one in data):
        return [template.format(prompt=one) for one in data]
    raise InvalidParameter(
        f"A prompt template is for a text or a list of texts, not {type(data).__name__}."
    )
