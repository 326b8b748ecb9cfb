"""A model of sentence-transformers, saved and asked."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import mlflow.sentence_transformers
import pandas as pd
from harness import keep_logged, plain, refusal
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tiny_transformers import bert, tokens

SIMPLE = {"pip_requirements": ["sentence-transformers"]}
TEXTS = ["the cat sees a dog", "this bird sleeps now"]


def made() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        bert("Model").save_pretrained(folder)
        tokens().save_pretrained(folder)
        words = Transformer(folder)
    words.auto_model.config._name_or_path = words.auto_model.name_or_path = "tiny/bert"
    size = words.auto_model.config.hidden_size
    return SentenceTransformer(modules=[words, Pooling(size)], device="cpu")


def save(folder: Path) -> None:
    model = made()

    def save(name: str, **more: Any) -> None:
        mlflow.sentence_transformers.save_model(
            model,
            str(folder / f"sentences-{name}"),
            pip_requirements=["sentence-transformers"],
            **more,
        )

    save("plain", inference_config={"batch_size": 2})
    save("example", input_example=TEXTS, metadata={"who": "me"})
    save("params", input_example=(TEXTS[0], {"normalize_embeddings": True}))
    save("unsigned", signature=False)
    save("embeddings", task="llm/v1/embeddings")
    info = mlflow.sentence_transformers.log_model(
        model, name="logged", task="llm/v1/embeddings", **SIMPLE
    )
    keep_logged(info, folder / "sentences-logged")


def answers(folder: Path, name: str) -> Any:
    model = mlflow.pyfunc.load_model(str(folder / name))
    if name == "sentences-embeddings":
        return [refusal(model.predict, {"input": one}) for one in (TEXTS, TEXTS[0])]
    native = mlflow.sentence_transformers.load_model(str(folder / name))
    asked = [TEXTS[0], TEXTS, pd.DataFrame({"text": TEXTS}), 4]
    found = [refusal(model.predict, one) for one in asked]
    if name == "sentences-params":
        wanted = {"normalize_embeddings": False}
        found.append(plain(model.predict(TEXTS, params=wanted)))
    return [*found, plain(native.encode(TEXTS))]
