"""The tasks ``llm/v1/...``: models that take and answer what OpenAI's endpoints do."""

from __future__ import annotations

from typing import Any

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.models.model_signature import ModelSignature
from kipu.types.columns import ColSpec
from kipu.types.nested import AnyType, Array, Map, Object, Property
from kipu.types.schema import Schema

CHAT = "llm/v1/chat"
COMPLETIONS = "llm/v1/completions"
EMBEDDINGS = "llm/v1/embeddings"

_PIPELINE_TASKS = {
    "text-generation": (COMPLETIONS, CHAT),
    "feature-extraction": (EMBEDDINGS,),
}


def is_inference_task(task: str | None) -> bool:
    """Whether a task is one of these, not of a pipeline's."""
    return task is not None and task.startswith("llm/v1")


def pipeline_task_of(task: str | None) -> str | None:
    """The task of the pipeline that does one of these."""
    return next((one for one, ours in _PIPELINE_TASKS.items() if task in ours), None)


def check_inference_task(task: str, pipeline_task: str) -> None:
    """Check that a pipeline does one of these tasks.

    Raises:
        InvalidParameter: It does not.
    """
    possible = _PIPELINE_TASKS.get(pipeline_task, ())
    if task not in possible:
        raise InvalidParameter(
            f"A pipeline for {pipeline_task!r} does not do the task {task!r}, but "
            f"{list(possible) or 'none of llm/v1'}."
        )


def signature_of_task(task: str, given: ModelSignature | None = None) -> ModelSignature:
    """The signature that every model of a task has.

    Raises:
        MlflowException: Another one is given.
    """
    signature = {CHAT: _chat, COMPLETIONS: _completions, EMBEDDINGS: _embeddings}[task]()
    if given is not None and given != signature:
        raise MlflowException(f"The task {task!r} has a signature of its own; give none.")
    return signature


def _optional(**kinds: Any) -> list[Property]:
    return [Property(name, kind, False) for name, kind in kinds.items()]


def _columns(**kinds: Any) -> list[ColSpec]:
    return [ColSpec(kind, name, False) for name, kind in kinds.items()]


def _object(**kinds: Any) -> Object:
    return Object([Property(name, kind) for name, kind in kinds.items()])


def _message() -> Object:
    call = _object(id="string", function=_object(name="string", arguments="string"), type="string")
    texts = _optional(content="string", name="string", refusal="string", tool_call_id="string")
    return Object([Property("role", "string"), *texts, Property("tool_calls", Array(call), False)])


def _tool() -> Object:
    argument = Object(
        [
            Property("type", "string"),
            *_optional(description="string", enum=Array("string"), items=_object(type="string")),
        ]
    )
    parameters = Object(
        [
            Property("properties", Map(argument)),
            *_optional(type="string", required=Array("string"), additionalProperties="boolean"),
        ]
    )
    function = Object(
        [
            Property("name", "string"),
            Property("parameters", parameters),
            *_optional(description="string", strict="boolean"),
        ]
    )
    return Object([Property("type", "string"), Property("function", function, False)])


def _usage() -> Object:
    return _object(prompt_tokens="long", completion_tokens="long", total_tokens="long")


def _sampling() -> dict[str, Any]:
    return {
        "temperature": "double",
        "max_tokens": "long",
        "stop": Array("string"),
        "n": "long",
        "stream": "boolean",
    }


def _answer(choice: Object) -> list[ColSpec]:
    told = {"id": "string", "object": "string", "created": "long", "model": "string"}
    return [
        *(ColSpec(kind, name) for name, kind in told.items()),
        ColSpec(Array(choice), "choices"),
    ]


def _chat() -> ModelSignature:
    inputs = [
        ColSpec(Array(_message()), "messages"),
        *_columns(**_sampling()),
        *_columns(top_p="double", top_k="long", frequency_penalty="double"),
        *_columns(presence_penalty="double", tools=Array(_tool()), custom_inputs=Map(AnyType())),
    ]
    choice = _object(index="long", message=_message(), finish_reason="string")
    outputs = _answer(choice) + _columns(usage=_usage(), custom_outputs=Map(AnyType()))
    return ModelSignature(Schema(inputs), Schema(outputs))


def _completions() -> ModelSignature:
    inputs = [ColSpec("string", "prompt"), *_columns(**_sampling())]
    choice = _object(index="long", text="string", finish_reason="string")
    outputs = [*_answer(choice), ColSpec(_usage(), "usage")]
    return ModelSignature(Schema(inputs), Schema(outputs))


def _embeddings() -> ModelSignature:
    one = _object(index="long", object="string", embedding=Array("double"))
    usage = _object(prompt_tokens="long", total_tokens="long")
    outputs = [ColSpec("string", "object"), ColSpec(Array(one), "data"), ColSpec(usage, "usage")]
    return ModelSignature(Schema([ColSpec("string", "input")]), Schema(outputs))
