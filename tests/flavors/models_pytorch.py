"""PyTorch models: pickled, scripted, exported, of two arguments, with code, files and a state."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import mlflow
import mlflow.pytorch
import numpy as np
import pandas as pd
import torch
from harness import keep_logged, plain, refusal
from mlflow.models import infer_signature

ARRAY = np.arange(8, dtype=np.float32).reshape(2, 4) / 8
FRAME = pd.DataFrame(ARRAY, columns=list("abcd"))
TOLD = {"pip_requirements": ["torch", "cloudpickle"]}
AS_OBJECT = {"serialization_format": "pickle", **TOLD}


def filled(module: torch.nn.Module) -> torch.nn.Module:
    """A module with weights that need no random numbers, ready to predict."""
    with torch.no_grad():
        for place, weights in enumerate(module.parameters()):
            weights.copy_(torch.linspace(-1, 1 + place, weights.numel()).view_as(weights))
    return module.eval()


class Net(torch.nn.Module):
    """Two layers with set weights, and dropout, which predicting is without."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = torch.nn.Linear(4, 3), torch.nn.Linear(3, 1)
        self.drop = torch.nn.Dropout(0.5)
        filled(self)

    def forward(self, batch: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
        return self.last(self.drop(torch.relu(self.first(batch)))) * scale


class Product(torch.nn.Module):
    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return one * other


def save(folder: Path) -> None:
    net, torch_save = Net().eval(), mlflow.pytorch.save_model
    torch_save(net, folder / "object", **AS_OBJECT)
    torch_save(net, folder / "frame", input_example=FRAME, **AS_OBJECT)
    torch_save(filled(torch.nn.Linear(4, 1)), folder / "array", input_example=ARRAY, **AS_OBJECT)
    layer = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.ReLU())
    torch_save(layer, folder / "plain_pickle", pickle_module=pickle, **AS_OBJECT)
    # A scripted module keeps the name of its module, which is no name when a file is run.
    scripted = torch.jit.script(filled(torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU())))
    torch_save(scripted, folder / "scripted", **AS_OBJECT)
    torch_save(net, folder / "exported", input_example=ARRAY, **TOLD)
    torch_save(net, folder / "exported_of_one", input_example=ARRAY[:1], **TOLD)
    tensor, answer = torch.from_numpy(ARRAY), net(torch.from_numpy(ARRAY)).detach().numpy()
    torch_save(
        net, folder / "exported_by_tensor",
        input_example=tensor, signature=infer_signature(ARRAY, answer), **TOLD,
    )  # fmt: skip
    torch_save(
        Product(), folder / "exported_of_two", input_example=[ARRAY, tensor],
        signature=infer_signature({"one": ARRAY, "other": ARRAY}, ARRAY), **TOLD,
    )  # fmt: skip
    Path("told.txt").write_text("a file of its own")
    Path("mine.py").write_text("FACTOR = 2\n")
    torch_save(
        net, folder / "more", extra_files=["told.txt"], code_paths=["mine.py"],
        metadata={"for": "tests"}, **AS_OBJECT,
    )  # fmt: skip
    mlflow.pytorch.save_state_dict(net.state_dict(), folder / "state")
    (folder / "state" / "MLmodel").write_text("flavors: {}\n")
    info = mlflow.pytorch.log_model(net, name="net", input_example=ARRAY, **TOLD)
    keep_logged(info, folder / "logged")


def answers(folder: Path, name: str) -> Any:
    place = str(folder / name)
    if name == "state":
        return plain(mlflow.pytorch.load_state_dict(place))
    model = mlflow.pytorch.load_model(place)
    tensor = torch.from_numpy(ARRAY[:1] if name == "exported_of_one" else ARRAY)
    given = [tensor, tensor] if name == "exported_of_two" else [tensor]
    told = {"raw": plain(model(*given)), "training": model.training}
    if name in ("exported_of_two", "exported_by_tensor"):
        return told | {"generic": refusal(mlflow.pyfunc.load_model, place)}
    generic = mlflow.pyfunc.load_model(place)
    told |= {
        "array": refusal(generic.predict, tensor.numpy()),
        "dictionary": refusal(generic.predict, {"a": [1.0]}),
        "list": refusal(generic.predict, [1.0, 2.0]),
        "device": refusal(generic.predict, ARRAY, params={"device": "cpu"}),
        "longer": refusal(generic.predict, np.concatenate([ARRAY, ARRAY])),
        "wrong shape": refusal(generic.predict, ARRAY[:, :3]),
    }
    if "exported" not in name:
        told["frame"] = refusal(generic.predict, FRAME.set_index(pd.Index([3, 5])))
        told["text"] = refusal(generic.predict, pd.DataFrame({c: ["x"] for c in "abcd"}))
    return told
