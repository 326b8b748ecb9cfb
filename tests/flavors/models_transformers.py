"""Pipelines of every kind that a generic model can be, saved and asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow.transformers
import numpy as np
import pandas as pd
from harness import keep_logged, plain, refusal
from tiny_transformers import bert, gpt, pipe, tokens

SIMPLE = {"pip_requirements": ["transformers"]}
TEXT = "the cat sees a dog"
TEXTS = [TEXT, "this bird sleeps now"]
CHAT_TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }} : {{ m['content'] }} {% endfor %}assistant :"
)


def writer() -> Any:
    return pipe("text-generation", gpt(), tokenizer=tokens(False))


def chat() -> Any:
    made = writer()
    made.tokenizer.chat_template = CHAT_TEMPLATE
    return made


def save(folder: Path) -> None:
    def save(name: str, model: Any, **more: Any) -> None:
        mlflow.transformers.save_model(model, str(folder / name), **SIMPLE, **more)

    labels = {"id2label": {0: "O", 1: "ANIMAL"}, "label2id": {"O": 0, "ANIMAL": 1}}
    entails = {"id2label": {0: "ENTAILMENT", 1: "OTHER"}, "label2id": {"ENTAILMENT": 0, "OTHER": 1}}
    classify = pipe("text-classification", bert(), tokenizer=tokens())
    save("classify", classify, input_example=TEXT)
    save("classify-default", classify, metadata={"who": "me"}, torch_dtype="float16")
    save("parts", {"model": bert(), "tokenizer": tokens()}, task="text-classification",
         model_config={"top_k": None})  # fmt: skip
    save("tokens", pipe("token-classification", bert("ForTokenClassification", **labels),
                        tokenizer=tokens()), input_example=TEXTS)  # fmt: skip
    save("mask", pipe("fill-mask", bert("ForMaskedLM"), tokenizer=tokens()),
         input_example="the [MASK] sees", prompt_template="this {prompt} dog")  # fmt: skip
    save("writes", writer(), input_example=(TEXT, {"max_new_tokens": 3}),
         model_config={"max_new_tokens": 2})  # fmt: skip
    save("writes-in-template", writer(), prompt_template="the {prompt} is",
         model_config={"max_new_tokens": 2, "collapse_whitespace": True})  # fmt: skip
    save("zero-shot", pipe("zero-shot-classification", bert(**entails), tokenizer=tokens()),
         input_example={"sequences": TEXT, "candidate_labels": ["animals", "things"],
                        "hypothesis_template": "this is about {}"})  # fmt: skip
    save("features", pipe("feature-extraction", bert("Model"), tokenizer=tokens()),
         input_example=TEXT)  # fmt: skip
    save("completions", writer(), task="llm/v1/completions", model_config={"max_new_tokens": 2})
    save("chat", chat(), task="llm/v1/chat", input_example={
        "messages": [{"role": "user", "content": TEXT}], "max_tokens": 3})  # fmt: skip
    save("embeddings", pipe("feature-extraction", bert("Model"), tokenizer=tokens()),
         task="llm/v1/embeddings")  # fmt: skip
    info = mlflow.transformers.log_model(classify, name="logged", input_example=TEXT, **SIMPLE)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    model = mlflow.pyfunc.load_model(str(folder / name))
    match name:
        case "zero-shot":
            labels = {"candidate_labels": '["animals", "things"]', "hypothesis_template": "is {}"}
            return [
                plain(model.predict({"sequences": TEXT, **labels})),
                plain(
                    model.predict(pd.DataFrame([{"sequences": text, **labels} for text in TEXTS]))
                ),
            ]
        case "mask":
            asked: list[Any] = ["the [MASK] sees", ["a [MASK]", "the [MASK] runs"]]
            return [plain(model.predict(one)) for one in asked]
        case "chat":
            message = {"role": "user", "content": TEXT}
            return [timeless(model.predict({"messages": [message], "max_tokens": 2}))]
        case "completions":
            asked = [{"prompt": TEXT}, pd.DataFrame({"prompt": TEXTS})]
            return [timeless(model.predict(one)) for one in asked]
        case "embeddings":
            return [plain(model.predict({"input": one})) for one in (TEXTS[:1], TEXTS)]
    asked = [TEXT, TEXTS, pd.DataFrame({"text": TEXTS}), np.array(TEXTS)]
    found = [refusal(model.predict, one) for one in asked]
    found.append(refusal(model.predict, 3.5))
    if name == "writes":
        found.append(plain(model.predict(TEXT, params={"max_new_tokens": 4})))
    if name.startswith("classify"):
        native = mlflow.transformers.load_model(str(folder / name))
        parts = mlflow.transformers.load_model(str(folder / name), return_type="components")
        kinds = {key: type(one).__name__ for key, one in parts.items()}
        found += [plain(native(TEXT)), str(native.model.dtype), kinds]
    return found


def timeless(answer: Any) -> Any:
    return [{key: one for key, one in each.items() if key not in ("id", "created")}
            for each in plain(answer)]  # fmt: skip
