"""What saving a model of transformers refuses, writes besides the weights, and leaves alone."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

import kipu
from kipu import sentence_transformers as sentences
from kipu import transformers as flavor
from kipu.exceptions import MlflowException

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]

SIMPLE = {"pip_requirements": ["transformers"]}
LABELS = "text-classification"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KIPU_HOME", str(tmp_path / "home"))
    before = kipu.get_tracking_uri()
    kipu.set_tracking_uri(f"sqlite:///{tmp_path}/store.db")
    yield
    kipu.set_tracking_uri(before)


def parts(**more: Any) -> dict[str, Any]:
    from tiny_transformers import bert, tokens

    return {"model": bert(), "tokenizer": tokens(), **more}


def refused(match: str, given: Any, code: str = "INVALID_PARAMETER_VALUE", **more: Any) -> None:
    with pytest.raises(MlflowException, match=match) as raised:
        flavor.save_model(given, "refused", **SIMPLE, **more)
    assert raised.value.error_code == code


def test_what_is_no_model_is_refused() -> None:
    refused("a pipeline, a dictionary", 3)
    refused(r"no \['other'\]", parts(other=1), task=LABELS)
    refused("must have a 'model'", {"tokenizer": parts()["tokenizer"]}, task=LABELS)
    refused("'name_or_path'", {"model": object()}, task=LABELS)
    refused("do not make a pipeline", {"model": parts()["model"]}, task=LABELS)
    refused("give `task`", parts())


def test_a_checkpoint_must_be_one_and_have_a_task(tmp_path: Path) -> None:
    from tiny_transformers import bert

    refused("`task` must be given", str(tmp_path))
    refused("save_pretrained must stay True", str(tmp_path), task=LABELS, save_pretrained=False)
    refused("no config.json", str(tmp_path), task=LABELS)
    bert().save_pretrained(tmp_path / "untold")
    refused("no tokenizer", str(tmp_path / "untold"), task=LABELS)


def test_arguments_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    from tiny_transformers import pipe

    classify = pipe(LABELS, **parts())
    refused("does not do the task", classify, task="llm/v1/chat")
    noted = {"metadata": {"task": "llm/v1/chat"}}
    refused("task is 'llm/v1/chat'", parts(), task=LABELS, **noted)
    refused("no prompt templates", classify, "INTERNAL_ERROR", prompt_template="{prompt}")
    refused("adapters of PEFT", parts(), task=LABELS, base_model_path=tmp_path)
    with pytest.raises(MlflowException, match="'pipeline' or 'components'"):
        flavor.load_model("anywhere", return_type="model")
    with pytest.raises(MlflowException, match="The task of such a model"):
        sentences.save_model(None, "refused", task="llm/v1/chat")
    with pytest.raises(MlflowException, match="say that the task is 'x'"):
        sentences.save_model(None, "refused", task="llm/v1/embeddings", metadata={"task": "x"})


def test_an_unknown_commit_is_refused() -> None:
    given = parts()
    given["model"].config._name_or_path = given["model"].name_or_path = "nobody/nothing"
    refused("commit of 'nobody/nothing'", given, "RESOURCE_DOES_NOT_EXIST", task=LABELS,
            save_pretrained=False)  # fmt: skip


def test_saving_asks_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub.constants

    asked = []

    def connect(self: socket.socket, address: Any) -> None:
        asked.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket.socket, "connect", connect)
    given = parts()
    given["model"].config._name_or_path = given["model"].name_or_path = "nobody/nothing"
    flavor.save_model(given, "named", task=LABELS, **SIMPLE)
    assert asked == []
    assert "https://huggingface.co/nobody/nothing" in Path("named/LICENSE.txt").read_text()


def test_card_and_licence_beside_the_weights_come_along(tmp_path: Path) -> None:
    from tiny_transformers import checkpoint

    folder = checkpoint(tmp_path / "checkpoint")
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Tiny\n")
    (folder / "LICENSE").write_text("Do as you like.")
    flavor.save_model(str(folder), "saved", task=LABELS, **SIMPLE)
    assert Path("saved/LICENSE").read_text() == "Do as you like."
    assert not Path("saved/LICENSE.txt").exists()
    assert Path("saved/model_card.md").read_text().strip() == "# Tiny"
    assert yaml.safe_load(Path("saved/model_card_data.yaml").read_text()) == {"license": "mit"}


def test_a_model_that_was_made_has_no_card_or_licence_of_the_folder_where_it_is_saved() -> None:
    Path("README.md").write_text("# My project\n")
    Path("LICENSE").write_text("Mine.")
    flavor.save_model(parts(), "saved", task=LABELS, **SIMPLE)
    assert not Path("saved/model_card.md").exists()
    assert "No licence file" in Path("saved/LICENSE.txt").read_text()


def test_requirements_are_known_without_loading_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    given = parts()

    def load(*_: Any, **__: Any) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(type(given["model"]), "from_pretrained", load)
    flavor.save_model(given, "saved", task=LABELS, input_example="the cat")
    names = [line.partition("==")[0] for line in Path("saved/requirements.txt").read_text().split()]
    assert {"mlflow", "transformers", "torch", "accelerate"} <= set(names)
    assert flavor.get_default_conda_env(given["model"])["dependencies"][-1]["pip"][1:] == (
        flavor.get_default_pip_requirements(given["model"])
    )


def test_models_of_older_mlflow_are_loaded() -> None:
    flavor.save_model(parts(), "old", task=LABELS, **SIMPLE)
    description = yaml.safe_load(Path("old/MLmodel").read_text())
    conf = description["flavors"]["transformers"]
    del conf["model_binary"], conf["torch_dtype"]
    conf["framework"] = "pt"
    Path("old/MLmodel").write_text(yaml.safe_dump(description))
    Path("old/model").rename("old/pipeline")
    Path("old/components/inference_config.txt").write_text(json.dumps({"top_k": None}))
    frame = kipu.pyfunc.load_model("old").predict("the cat")
    assert sorted(one["label"] for one in frame.iloc[0]) == ["LABEL_0", "LABEL_1"]


def test_device_and_number_type_are_the_callers_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    flavor.save_model(parts(torch_dtype=torch.float32), "saved", task=LABELS, **SIMPLE)
    loaded = flavor.load_model("saved", device="cpu", torch_dtype="float64")
    assert (loaded.device.type, loaded.model.dtype) == ("cpu", torch.float64)
    monkeypatch.setenv("MLFLOW_DEFAULT_PREDICTION_DEVICE", "-1")
    assert flavor.load_model("saved").device.type == "cpu"
    with pytest.raises(MlflowException, match="no type of PyTorch's"):
        flavor.load_model("saved", torch_dtype="float7")
    monkeypatch.setenv("MLFLOW_HUGGINGFACE_USE_DEVICE_MAP", "true")
    with pytest.raises(MlflowException, match="USE_DEVICE_MAP"):
        flavor.load_model("saved", device=0)
    assert flavor.load_model("saved").device.type == "cpu"


def test_a_model_that_has_its_weights_stays_as_it_is() -> None:
    info = flavor.log_model(parts(), name="whole", task=LABELS, **SIMPLE)
    before = kipu.get_logged_model(info.model_id)
    flavor.persist_pretrained_model(info.model_uri)
    assert kipu.get_logged_model(info.model_id) == before


def test_a_chat_stops_at_a_text() -> None:
    from tiny_transformers import gpt, pipe, tokens

    writes = pipe("text-generation", gpt(), tokenizer=tokens(False))
    flavor.save_model(writes, "saved", task="llm/v1/completions", **SIMPLE)
    model = kipu.pyfunc.load_model("saved")
    asked = {"prompt": "the cat sees a dog", "max_tokens": 6}
    (whole,) = model.predict(asked)
    assert whole["choices"][0]["finish_reason"] == "length"
    first = whole["choices"][0]["text"].split()[0]
    (cut,) = model.predict({**asked, "stop": [first]})
    assert cut["choices"][0] == {"index": 0, "finish_reason": "stop", "text": first}
    made = cut["usage"]["completion_tokens"]
    assert 0 < made < 6
    assert cut["usage"] == {
        "prompt_tokens": 5, "completion_tokens": made, "total_tokens": 5 + made,
    }  # fmt: skip


@pytest.fixture
def adapted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A stand-in for PEFT, with as much of it as the flavor touches; it is not installed here."""
    import torch

    class PeftModel(torch.nn.Module):
        peft_config = {"default": SimpleNamespace(is_prompt_learning=False)}  # noqa: RUF012
        active_adapter = "default"

        def __init__(self, base: Any) -> None:
            super().__init__()
            self.base_model = torch.nn.ModuleDict({"model": base})
            self.base_model.model = base

        def __getattr__(self, name: str) -> Any:
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(super().__getattr__("base_model").model, name)

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return self.base_model.model(*args, **kwargs)

        def save_pretrained(self, folder: Path) -> None:
            folder.mkdir()
            (folder / "adapter_config.json").write_text("{}")

        @classmethod
        def from_pretrained(cls, base: Any, folder: str) -> Any:
            assert Path(folder, "adapter_config.json").is_file()
            return cls(base)

    monkeypatch.setitem(sys.modules, "peft", SimpleNamespace(PeftModel=PeftModel))
    return PeftModel


def test_of_an_adapted_model_the_adapter_is_saved(adapted: Any, tmp_path: Path) -> None:
    from tiny_transformers import bert, checkpoint, tokens

    below = checkpoint(tmp_path / "below")
    given = {"model": adapted(bert()), "tokenizer": tokens()}
    flavor.save_model(given, "saved", task=LABELS, base_model_path=below, **SIMPLE)
    conf = yaml.safe_load(Path("saved/MLmodel").read_text())["flavors"]["transformers"]
    assert conf["local_base_model_path"] == str(below)
    assert conf["pipeline_model_type"] == "BertForSequenceClassification"
    assert sorted(one.name for one in Path("saved").iterdir() if one.is_dir()) == [
        "components", "peft",
    ]  # fmt: skip
    loaded = flavor.load_model("saved")
    assert isinstance(loaded.model, adapted)
    below.rename(tmp_path / "moved")
    moved = flavor.load_model("saved", base_model_path=str(tmp_path / "moved"))
    assert moved("the cat") == loaded("the cat")
    with pytest.raises(MlflowException, match="there is no folder"):
        flavor.load_model("saved", base_model_path=str(below))


def test_below_an_adapter_weights_without_a_name_are_saved(adapted: Any) -> None:
    from tiny_transformers import bert, tokens

    given = {"model": adapted(bert()), "tokenizer": tokens()}
    flavor.save_model(given, "saved", task=LABELS, **SIMPLE)
    assert Path("saved/model/model.safetensors").is_file()
    assert isinstance(flavor.load_model("saved").model, adapted)
    with pytest.raises(MlflowException, match="saved with base_model_path"):
        flavor.load_model("saved", base_model_path="anywhere")
