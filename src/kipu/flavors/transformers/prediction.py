"""A pipeline as generic model: what it takes, how it is called, what it answers."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from kipu.exceptions import InvalidParameter, MlflowException
from kipu.flavors.transformers import answers, generation, inputs, keys, media
from kipu.flavors.transformers.inference_tasks import EMBEDDINGS
from kipu.flavors.transformers.prompts import in_template


class _Kind(NamedTuple):
    """How pipelines of one class are used."""

    takes: Callable[[Any], Any]
    has_prompts: bool
    gives: Callable[[Any, Any, dict[str, Any]], Any]
    is_final: bool = False


def _same(data: Any) -> Any:
    return data


def _frame(answer: Any, data: Any, params: dict[str, Any]) -> Any:
    return answers.as_frame(answer)


def _generated(key: str) -> Callable[[Any, Any, dict[str, Any]], Any]:
    return lambda answer, data, params: answers.values(answer, key)


# By the name of a class, since the installed version may lack it.
_KINDS = {
    "TranslationPipeline": _Kind(inputs.texts, False, _generated("translation_text")),
    "SummarizationPipeline": _Kind(inputs.texts, True, _generated("summary_text")),
    "Text2TextGenerationPipeline": _Kind(
        inputs.texts_to_rewrite, True, _generated("generated_text")
    ),
    "TextGenerationPipeline": _Kind(
        inputs.texts,
        True,
        lambda answer, data, _: answers.generated(answer, data, "generated_text"),
    ),
    "InstructionTextGenerationPipeline": _Kind(
        inputs.texts,
        False,
        lambda answer, data, _: answers.generated(answer, data, "generated_text"),
    ),
    "QuestionAnsweringPipeline": _Kind(inputs.questions, False, _generated("answer")),
    "TableQuestionAnsweringPipeline": _Kind(inputs.tables, False, _generated("answer")),
    "FillMaskPipeline": _Kind(inputs.texts, True, lambda answer, *_: answers.best_words(answer)),
    "TextClassificationPipeline": _Kind(inputs.texts_to_classify, False, _frame, True),
    "ImageClassificationPipeline": _Kind(media.images, False, _frame, True),
    "AudioClassificationPipeline": _Kind(media.sounds, False, _frame, True),
    "ZeroShotClassificationPipeline": _Kind(
        inputs.with_labels, False, lambda answer, *_: answers.label_rows(answer), True
    ),
    "TokenClassificationPipeline": _Kind(
        inputs.first_values, False, lambda answer, *_: answers.entities(answer)
    ),
    "FeatureExtractionPipeline": _Kind(
        inputs.first_values, True, lambda answer, *_: answers.vector(answer), True
    ),
    "AutomaticSpeechRecognitionPipeline": _Kind(
        media.sounds, False, lambda answer, _, params: answers.spoken(answer, params)
    ),
}
_INSTRUCTED = "InstructionTextGenerationPipeline"
_SOUND_ERRORS = ("Malformed soundfile", "Soundfile is either not in the correct format")
_LIKE_TEXTS = {"TextGenerationPipeline", _INSTRUCTED}


class TransformersModel:
    """A pipeline as generic model.

    Args:
        pipeline: The pipeline.
        conf: What the flavor says of it.
        model_config: Arguments of each call of the pipeline.
        prompt_template: Text around each prompt.
    """

    def __init__(
        self,
        pipeline: Any,
        conf: dict[str, Any] | None = None,
        model_config: dict[str, Any] | None = None,
        prompt_template: str | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.model_config = model_config or {}
        self.prompt_template = prompt_template
        self._conf = conf or {}
        self._inference_task: str | None = self._conf.get(keys.INFERENCE_TASK)

    def get_raw_model(self) -> Any:
        """The pipeline."""
        return self.pipeline

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the pipeline answers, as texts, a frame or an array.

        Args:
            data: A pandas frame, a text, a dictionary, or a list of these; what the pipeline's
                task needs.
            params: Arguments of the call; they win over ``model_config``.

        Raises:
            InvalidParameter: Data or arguments do not fit the pipeline.
            MlflowException: Pipelines of this class are no generic models.
        """
        name, kind = self._kind()
        # A pipeline may change its arguments.
        settings = deepcopy(dict(self.model_config)) | (params or {})
        if self._inference_task == EMBEDDINGS:
            return self._embed(*generation.embedding_request(data), settings)
        if self._inference_task is not None:
            return self._write(data, settings)
        if name == "ZeroShotClassificationPipeline" and inputs.is_pandas_frame(data):
            data = inputs.columns_as_one(data)
        data = inputs.checked(data)
        if name != "TableQuestionAnsweringPipeline":
            inputs.check_values(data)
        data = inputs.with_lists(kind.takes(data))
        if kind.has_prompts:
            data = in_template(self.prompt_template, data)
        keeps_prompt = settings.pop("include_prompt", True)
        is_collapsed = settings.pop("collapse_whitespace", False)
        answer = kind.gives(self._call(data, settings), data, settings)
        if kind.is_final:
            return answer
        if name in _LIKE_TEXTS:
            if not keeps_prompt and self._conf.get(keys.INSTANCE_TYPE) == _INSTRUCTED:
                answer = _without_prompts(answer, data)
            answer = answers.on_one_line(answer) if is_collapsed else answer
        return answers.tidied(answer, data, name == "TokenClassificationPipeline")

    def _kind(self) -> tuple[str, _Kind]:
        names = [one.__name__ for one in type(self.pipeline).__mro__]
        if self.pipeline.task == "question-answering":
            names.append("QuestionAnsweringPipeline")
        for name in names:
            if name in _KINDS:
                return name, _KINDS[name]
        raise MlflowException(
            f"A {names[0]} cannot be used as a generic model; load it with "
            "kipu.transformers.load_model.",
            "BAD_REQUEST",
        )

    def _call(self, data: Any, settings: dict[str, Any]) -> Any:
        try:
            if isinstance(data, dict):
                return self.pipeline(**data, **settings)
            if self._kind()[0] == "QuestionAnsweringPipeline" and data:
                columns = {key: [one[key] for one in data] for key in data[0]}
                return self.pipeline(**columns, **settings)
            return self.pipeline(data, **settings)
        except ValueError as error:
            if "`model_kwargs` are not used by the model" in str(error):
                raise InvalidParameter(
                    f"A {type(self.pipeline).__name__} does not take these params: {error}"
                ) from error
            if any(text in str(error) for text in _SOUND_ERRORS):
                raise InvalidParameter(
                    "The sound cannot be read: it is damaged, or an address although the model's "
                    "signature says bytes."
                ) from error
            raise

    def _write(self, data: Any, settings: dict[str, Any]) -> list[dict[str, Any]]:
        """Answer a request for ``llm/v1/chat`` or ``llm/v1/completions``."""
        task, tokenizer = self._inference_task or "", self.pipeline.tokenizer
        prompts, settings = generation.prompts_of(task, data, settings, tokenizer)
        prompts = in_template(self.prompt_template, inputs.texts(prompts))
        for name in ("include_prompt", "collapse_whitespace", "return_full_text"):
            settings.pop(name, None)
        # Tokens, since they have to be counted.
        answer = self._call(prompts, settings | {"return_tensors": True})
        tokens = answers.generated(answer, prompts, "generated_token_ids")
        return generation.answers_to(task, prompts, tokens, tokenizer, self._conf, settings)

    def _embed(
        self, texts: list[str], fields: dict[str, Any], settings: dict[str, Any]
    ) -> dict[str, Any]:
        """Answer a request for ``llm/v1/embeddings``."""
        texts = in_template(self.prompt_template, texts)
        answer = self._call(texts, settings | fields | {"return_tensors": True})
        vectors = [np.array(one[0][0]) for one in answer]
        return generation.embedding_answer(texts, vectors, self.pipeline.tokenizer)


def _without_prompts(answer: Any, data: Any) -> Any:
    """Answers of pipelines that follow instructions, without the prompt that they repeat."""
    if isinstance(answer, list):
        return [_without_prompts(*pair) for pair in zip(answer, data, strict=False)]
    if not answer.startswith(f"{data}\n\n"):
        return answer
    return answer.removeprefix(data).lstrip().removeprefix("A:").lstrip()
