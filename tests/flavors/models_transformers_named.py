"""Models of transformers that are saved by name, from a checkpoint, with a processor, of images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow.transformers
import numpy as np
import transformers
from harness import keep_logged, refusal
from huggingface_hub import ModelCard
from PIL import Image
from tiny_transformers import bert, checkpoint, pipe, tokens, vit, wave

SIMPLE = {"pip_requirements": ["transformers"]}
TEXT = "the cat sees a dog"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CARD = "---\nlicense: mit\ntags:\n- tiny\n---\n# Tiny\nMade in a test.\n"


def cached() -> str:
    """The name of a repository that the hub's local cache has."""
    place = Path.home() / ".cache/huggingface/hub/models--tiny--bert"
    if not place.exists():
        checkpoint(place / "snapshots" / COMMIT)
        (place / "refs").mkdir()
        (place / "refs/main").write_text(COMMIT)
    return "tiny/bert"


def repaired() -> None:
    """Let MLflow do without the hub, and with pipelines that transformers 5.24 loads late."""
    from mlflow.transformers import flavor_config
    from transformers import pipelines

    def check_task(task: str) -> Any:
        name, told, more = pipelines.PIPELINE_REGISTRY.check_task(task)
        kind = getattr(transformers, told["impl"].rpartition(".")[2])
        return name, told | {"impl": kind}, more

    flavor_config.get_latest_commit_for_repo = lambda repo: COMMIT
    pipelines.check_task = check_task


def save(folder: Path) -> None:
    if "site-packages" in mlflow.__file__:
        repaired()

    def save(name: str, model: Any, **more: Any) -> None:
        mlflow.transformers.save_model(model, str(folder / f"from-{name}"), **SIMPLE, **more)

    name = cached()
    named = transformers.pipeline("text-classification", model=name)
    save("named", named, save_pretrained=False)
    info = mlflow.transformers.log_model(named, name="later", save_pretrained=False, **SIMPLE)
    mlflow.transformers.persist_pretrained_model(info.model_uri)
    keep_logged(info, folder / "from-persisted")
    save("made-here", pipe("text-classification", bert(), tokenizer=tokens()),
         save_pretrained=False, model_card=ModelCard(CARD))  # fmt: skip
    save("checkpoint", str(checkpoint(Path("checkpoint"))), task="text-classification")
    pixels = transformers.ViTImageProcessor(size={"height": 8, "width": 8})
    save("image", pipe("image-classification", vit(), image_processor=pixels))
    save("processor", {"model": vit(), "image_processor": pixels}, processor=pixels,
         task="image-classification")  # fmt: skip
    sound = np.sin(np.arange(400, dtype=np.float32))
    save("sound", wave(), input_example=sound)


def answers(folder: Path, name: str) -> Any:
    cached()
    place = str(folder / name)
    parts = mlflow.transformers.load_model(place, return_type="components")
    found: list[Any] = [{key: type(one).__name__ for key, one in sorted(parts.items())}]
    if name == "from-processor":
        return [*found, refusal(mlflow.transformers.load_model, place)]
    model = mlflow.pyfunc.load_model(place)
    match name.removeprefix("from-"):
        case "image":
            Image.new("RGB", (8, 8), (200, 10, 50)).save("red.png")
            asked: list[Any] = ["red.png", str(Path("red.png").absolute()), "no.png", 3]
        case "sound":
            asked = [np.sin(np.arange(800, dtype=np.float32))]
        case _:
            asked = [TEXT]
    return [*found, *(refusal(model.predict, one) for one in asked)]
