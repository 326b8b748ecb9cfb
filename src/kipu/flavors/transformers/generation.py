"""Requests and answers of the tasks ``llm/v1/...``, from and to what a pipeline speaks."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Sequence
from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.flavors.transformers import keys
from kipu.flavors.transformers.inference_tasks import CHAT, COMPLETIONS
from kipu.flavors.transformers.inputs import is_pandas_frame

_FIELDS = {CHAT: "messages", COMPLETIONS: "prompt"}
_OBJECTS = {CHAT: "chat.completion", COMPLETIONS: "text_completion"}


def prompts_of(
    task: str, data: Any, params: dict[str, Any], tokenizer: Any
) -> tuple[list[Any], dict[str, Any]]:
    """The prompts of a request for text, and the pipeline's settings with the request's.

    Args:
        task: ``llm/v1/chat`` or ``llm/v1/completions``.
        data: The request: a dictionary, or a pandas frame with one a row.
        params: The pipeline's settings.
        tokenizer: Makes one text of a chat, and tokens of texts at which to stop.

    Raises:
        MlflowException: It is no such request.
    """
    if is_pandas_frame(data):
        fields = data.astype(object).where(data.notna(), None).to_dict(orient="list")
    elif isinstance(data, dict):
        fields = {key: [value] for key, value in data.items()}
    else:
        raise MlflowException(
            f"A request for {task} is a dictionary or a pandas frame, not a {type(data).__name__}.",
            "BAD_REQUEST",
        )
    field = _FIELDS[task]
    if field not in fields:
        raise MlflowException(f"A request for {task} must have {field!r}.", "BAD_REQUEST")
    prompts = fields.pop(field)
    # A row has settings of its own, a pipeline has not: those of the first row hold.
    params = params | {key: one[0] for key, one in fields.items() if one[0] is not None}
    if most := params.pop("max_tokens", None):
        params["max_new_tokens"] = most
    if stop := params.pop("stop", None):
        texts = [stop] if isinstance(stop, str) else list(stop)
        params["stopping_criteria"] = stopping_at(texts, tokenizer)
    if task == CHAT:
        prompts = [_text_of_chat(messages, tokenizer) for messages in prompts]
    return prompts, params


def _text_of_chat(messages: Any, tokenizer: Any) -> str:
    messages = messages.tolist() if hasattr(messages, "tolist") else messages
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        raise InvalidParameter(
            f"Messages are a list of dictionaries, not a {type(messages).__name__}."
        )
    given = [{key: one for key, one in each.items() if one is not None} for each in messages]
    try:
        text: str = tokenizer.apply_chat_template(given, tokenize=False, add_generation_prompt=True)
    except Exception as error:
        raise MlflowException(f"The model's chat template does not fit: {error}") from error
    return text


def stopping_at(texts: list[str], tokenizer: Any) -> list[Any]:
    """Criteria that end a text after one of these, at the start of a word or within one."""
    import torch
    from transformers import StoppingCriteria

    class Ending(StoppingCriteria):  # type: ignore[misc]
        def __init__(self, tokens: Sequence[int]) -> None:
            self.tokens = list(tokens)

        def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
            last = input_ids[:, -len(self.tokens) :].tolist()
            is_done = [row == self.tokens for row in last]
            return torch.tensor(is_done, dtype=torch.bool, device=input_ids.device)

    spelled = [spelling for text in texts for spelling in (text, f" {text}")]
    tokens = [tokenizer(one, add_special_tokens=False)["input_ids"] for one in spelled]
    return [Ending(one) for one in dict.fromkeys(map(tuple, tokens)) if one]


def answers_to(
    task: str,
    prompts: list[str],
    outputs: list[list[int]],
    tokenizer: Any,
    conf: dict[str, Any],
    params: dict[str, Any],
) -> list[dict[str, Any]]:
    """One answer a prompt, as OpenAI's endpoint gives it.

    Args:
        task: ``llm/v1/chat`` or ``llm/v1/completions``.
        prompts: What the pipeline was given.
        outputs: The tokens that it answered, the prompts' included.
        tokenizer: The pipeline's.
        conf: The flavor's, which tells the model's name.
        params: The pipeline's settings.
    """
    return [
        _answer(task, prompt, output, tokenizer, conf, params)
        for prompt, output in zip(prompts, outputs, strict=False)
    ]


def _answer(
    task: str,
    prompt: str,
    output: list[int],
    tokenizer: Any,
    conf: dict[str, Any],
    params: dict[str, Any],
) -> dict[str, Any]:
    asked = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    made = len(output) - len(asked)
    # Without its special tokens, the prompt is where the text begins.
    begin = len(_text(asked, tokenizer))
    text = _text(output, tokenizer)[begin:].lstrip()
    is_cut = len(output) > params.get("max_length", math.inf)
    is_cut = is_cut or made == params.get("max_new_tokens", math.inf)
    choice: dict[str, Any] = {"index": 0, "finish_reason": "length" if is_cut else "stop"}
    if task == CHAT:
        choice["message"] = {"role": "assistant", "content": text}
    else:
        choice["text"] = text
    return {
        "id": str(uuid.uuid4()),
        "object": _OBJECTS[task],
        "created": int(time.time()),
        "model": conf.get(keys.MODEL_NAME, ""),
        "usage": {
            "prompt_tokens": len(asked),
            "completion_tokens": made,
            "total_tokens": len(output),
        },
        "choices": [choice],
    }


def _text(tokens: list[int], tokenizer: Any) -> str:
    text: str = tokenizer.decode(
        tokens, skip_special_tokens=True, clean_up_tokenization_spaces=True
    )
    return text


def embedding_request(data: Any) -> tuple[list[str], dict[str, Any]]:
    """The texts of a request for embeddings, and its other fields.

    Raises:
        MlflowException: It has no ``input``.
    """
    fields = data.to_dict(orient="list") if is_pandas_frame(data) else data
    if not isinstance(fields, dict) or "input" not in fields:
        raise MlflowException("A request for embeddings must have 'input'.", "BAD_REQUEST")
    texts = fields["input"]
    if is_pandas_frame(data):
        others = {key: one[0] for key, one in fields.items() if key != "input"}
        texts = texts[0] if isinstance(texts[0], list) else texts
    else:
        others = {key: one for key, one in fields.items() if key != "input"}
    return [texts] if isinstance(texts, str) else list(texts), others


def embedding_answer(texts: list[str], vectors: Any, tokenizer: Any) -> dict[str, Any]:
    """One answer for all texts, as OpenAI's endpoint gives it."""
    tokens = sum(len(tokenizer(text)["input_ids"]) for text in texts)
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "usage": usage}
