"""What generic models of transformers take and answer, with pipelines made for the test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from kipu.exceptions import MlflowException
from kipu.flavors.transformers.generation import embedding_request, prompts_of
from kipu.flavors.transformers.inference_tasks import CHAT, COMPLETIONS, signature_of_task
from kipu.flavors.transformers.prediction import TransformersModel
from kipu.flavors.transformers.prompts import check_template
from kipu.flavors.transformers.signatures import example_for, signature_of
from kipu.models.model_signature import ModelSignature


class Pipeline:
    """Answers what it is told to, and notes how it was called."""

    task = "text"

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.called: list[Any] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.called.append((*args, kwargs) if kwargs else args)
        return self.answer


class Text2TextGenerationPipeline(Pipeline):
    pass


class TranslationPipeline(Text2TextGenerationPipeline):
    pass


class SummarizationPipeline(Text2TextGenerationPipeline):
    task = "summarization"


class QuestionAnsweringPipeline(Pipeline):
    pass


class TableQuestionAnsweringPipeline(Pipeline):
    pass


class TextClassificationPipeline(Pipeline):
    pass


class TokenClassificationPipeline(Pipeline):
    pass


class AutomaticSpeechRecognitionPipeline(Pipeline):
    pass


class InstructionTextGenerationPipeline(Pipeline):
    pass


class ObjectDetectionPipeline(Pipeline):
    pass


def test_a_translation_is_a_list_of_texts() -> None:
    model = TransformersModel(TranslationPipeline([{"translation_text": " die Katze "}]))
    assert model.predict("the cat") == ["die Katze"]
    assert model.pipeline.called == [("the cat",)]


def test_a_summary_is_asked_for_in_the_template() -> None:
    told = SummarizationPipeline([{"summary_text": "cat"}, {"summary_text": "dog"}])
    model = TransformersModel(told, prompt_template="short: {prompt}")
    assert model.predict(pd.DataFrame({"x": ["a cat", "a dog"]})) == ["cat", "dog"]
    assert told.called == [(["short: a cat", "short: a dog"],)]


def test_a_dictionary_to_rewrite_becomes_one_text() -> None:
    told = Text2TextGenerationPipeline([{"generated_text": "what is blue?"}])
    model = TransformersModel(told, model_config={"top_k": 2})
    assert model.predict({"answer": "blue", "context": "sky"}, {"top_k": 3}) == ["what is blue?"]
    assert told.called == [("answer: blue context: sky", {"top_k": 3})]
    assert model.model_config == {"top_k": 2}


def test_questions_are_given_by_name() -> None:
    told = QuestionAnsweringPipeline([{"answer": "red"}, {"answer": "blue"}])
    asked = [{"question": "q1", "context": "c1"}, {"question": "q2", "context": "c2"}]
    assert TransformersModel(told).predict(pd.DataFrame(asked)) == ["red", "blue"]
    assert told.called == [({"question": ["q1", "q2"], "context": ["c1", "c2"]},)]
    with pytest.raises(MlflowException, match=r"lacks \['context'\]"):
        TransformersModel(told).predict({"question": "q"})


def test_a_table_may_be_json_or_a_dictionary() -> None:
    told = TableQuestionAnsweringPipeline({"answer": "7"})
    model = TransformersModel(told)
    for table in ('{"a": ["7"]}', "{'a': ['7']}", {"a": ["7"]}):
        assert model.predict({"query": "how many?", "table": table}) == ["7"]
    assert told.called == [({"query": "how many?", "table": {"a": ["7"]}},)] * 3
    with pytest.raises(MlflowException, match="'table'"):
        model.predict({"query": "how many?"})


def test_texts_that_look_like_numbers_are_classified_as_texts() -> None:
    told = TextClassificationPipeline([{"label": "a", "score": 0.5}])
    frame = TransformersModel(told).predict(["12", "{'text': 'x'"])
    assert told.called == [(["12", "{'text': 'x'"],)]
    assert frame.to_dict("records") == [{"label": "a", "score": 0.5}]


def test_pairs_to_classify_may_come_as_text() -> None:
    told = TextClassificationPipeline([{"label": "a", "score": 0.5}])
    TransformersModel(told).predict(pd.DataFrame(["{'text': 'x', 'text_pair': 'y'}"]))
    assert told.called == [([{"text": "x", "text_pair": "y"}],)]
    with pytest.raises(MlflowException, match="'other'"):
        TransformersModel(told).predict({"other": "x"})


def test_a_text_without_entities_has_none() -> None:
    model = TransformersModel(TokenClassificationPipeline([[], [{"entity": "A"}]]))
    assert model.predict(["x", "y"]) == ["", "A"]
    assert TransformersModel(TokenClassificationPipeline([])).predict("x") == [""]


def test_sounds_are_bytes_base64_or_arrays() -> None:
    told = AutomaticSpeechRecognitionPipeline({"text": "hello"})
    model = TransformersModel(told)
    wave = np.zeros(3)
    assert model.predict(b"\x00\x01") == model.predict(b"AAE=") == model.predict(wave) == ["hello"]
    assert [one[0] for one in told.called[:2]] == [b"\x00\x01"] * 2
    assert model.predict(b"\x00", {"return_timestamps": "word"}) == ['{"text": "hello"}']
    with pytest.raises(MlflowException, match=r"'no\.wav' is neither") as raised:
        model.predict("no.wav")
    assert raised.value.error_code == "BAD_REQUEST"


def test_instructions_are_left_out_of_the_answer_if_wanted() -> None:
    told = InstructionTextGenerationPipeline([{"generated_text": "why?\n\nA: so\n is  it"}])
    conf = {"instance_type": "InstructionTextGenerationPipeline"}
    wanted = {"include_prompt": False, "collapse_whitespace": True}
    assert TransformersModel(told, conf, wanted).predict("why?") == ["so is it"]
    assert TransformersModel(told, conf).predict("why?") == ["why?\n\nA: so\n is  it"]


def test_params_that_the_model_does_not_take_are_refused() -> None:
    class Strict(TranslationPipeline):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            raise ValueError("The following `model_kwargs` are not used by the model: ['x']")

    with pytest.raises(MlflowException, match="does not take") as raised:
        TransformersModel(Strict()).predict("a", {"x": 1})
    assert raised.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("data", [3, [1, 2], {"x": 1}, {True: "x"}, None])
def test_data_of_another_kind_is_refused(data: Any) -> None:
    with pytest.raises(MlflowException):
        TransformersModel(TranslationPipeline()).predict(data)


def test_a_pipeline_that_is_no_generic_model_says_so() -> None:
    with pytest.raises(MlflowException, match="cannot be used as a generic model"):
        TransformersModel(ObjectDetectionPipeline()).predict("x")


class Tokenizer:
    def apply_chat_template(self, messages: Any, **_: Any) -> str:
        return "".join(one["content"] for one in messages)


def test_settings_of_a_request_win() -> None:
    data = pd.DataFrame({"prompt": ["a", "b"], "max_tokens": [3, 4], "stop": [None, None]})
    told = prompts_of(COMPLETIONS, data, {"top_k": 1, "max_new_tokens": 9}, Tokenizer())
    assert told == (["a", "b"], {"top_k": 1, "max_new_tokens": 3})


def test_a_chat_becomes_one_prompt() -> None:
    messages = [{"role": "user", "content": "a"}, {"role": "user", "content": "b", "name": None}]
    assert prompts_of(CHAT, {"messages": messages}, {}, Tokenizer()) == (["ab"], {})
    with pytest.raises(MlflowException, match="'messages'"):
        prompts_of(CHAT, {"prompt": "a"}, {}, Tokenizer())
    with pytest.raises(MlflowException, match="list of dictionaries"):
        prompts_of(CHAT, {"messages": "a"}, {}, Tokenizer())


def test_one_text_to_embed_is_one_text() -> None:
    assert embedding_request({"input": "cat", "truncate": True}) == (["cat"], {"truncate": True})
    assert embedding_request(pd.DataFrame({"input": ["a", "b"]})) == (["a", "b"], {})
    assert embedding_request(pd.DataFrame({"input": [["a", "b"]]})) == (["a", "b"], {})
    with pytest.raises(MlflowException, match="'input'"):
        embedding_request({"prompt": "cat"})


def test_a_task_has_its_own_signature() -> None:
    chat = signature_of_task(CHAT)
    assert chat.inputs.input_names()[:2] == ["messages", "temperature"]
    assert signature_of_task(CHAT, chat) == chat
    with pytest.raises(MlflowException, match="signature of its own"):
        signature_of_task(CHAT, ModelSignature(chat.inputs))


def test_without_an_example_the_task_tells_the_signature() -> None:
    found = signature_of("translation_en_to_de", None, None, None, {})
    assert found is not None
    assert found.to_dict() == {
        "inputs": '[{"type": "string", "required": true}]',
        "outputs": '[{"type": "string", "required": true}]',
        "params": None,
    }
    assert signature_of("depth-estimation", None, None, None, {}) is None


def test_labels_of_an_example_become_json_and_the_example_stays() -> None:
    given = {"sequences": "x", "candidate_labels": ["a", "b"]}
    written = example_for("zero-shot-classification", given)
    assert written == {"sequences": "x", "candidate_labels": '["a", "b"]'}
    assert given["candidate_labels"] == ["a", "b"]


@pytest.mark.parametrize("template", ["no field", "{prompt} {prompt}", "{other}", 3])
def test_a_template_has_one_prompt(template: Any) -> None:
    with pytest.raises(MlflowException, match="prompt_template"):
        check_template(template, "text-generation")


def test_not_every_task_has_templates() -> None:
    with pytest.raises(MlflowException, match="no prompt templates"):
        check_template("{prompt}", "image-classification")
