"""Pipelines of spaCy, with and without a text categorizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import spacy
from harness import keep_logged, plain, refusal
from spacy.training import Example

GIVEN = {"pip_requirements": ["spacy"]}
TEXTS = pd.DataFrame({"text": ["a fine day", "a bad day"]})


def _categorizer() -> Any:
    spacy.util.fix_random_seed(0)
    pipeline = spacy.blank("en")
    bag = {
        "@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "ngram_size": 1,
        "no_output_layer": False, "length": 1024,
    }  # fmt: skip
    pipeline.add_pipe("textcat", config={"model": bag})
    made = [
        Example.from_dict(pipeline.make_doc(text), {"cats": {"good": good, "bad": 1 - good}})
        for text, good in (("a fine day", 1.0), ("a bad day", 0.0))
    ]
    optimizer = pipeline.initialize(lambda: made)
    for _ in range(5):
        pipeline.update(made, sgd=optimizer)
    return pipeline


def save(folder: Path) -> None:
    pipeline = _categorizer()
    mlflow.spacy.save_model(pipeline, folder / "cats", input_example=TEXTS, **GIVEN)
    mlflow.spacy.save_model(spacy.blank("en"), folder / "bare", **GIVEN)
    info = mlflow.spacy.log_model(pipeline, name="cats", **GIVEN)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    own = mlflow.spacy.load_model(str(folder / name))
    told: dict[str, Any] = {"words": [token.text for token in own("a fine day")]}
    if name == "bare":
        told["generic"] = refusal(mlflow.pyfunc.load_model, str(folder / name))
    else:
        model = mlflow.pyfunc.load_model(str(folder / name))
        told["scores"] = plain(model.predict(TEXTS))
        if name == "logged":  # without a signature, which would refuse it first
            told["wrong"] = refusal(model.predict, pd.DataFrame({"a": ["x"], "b": ["y"]}))
    return told
