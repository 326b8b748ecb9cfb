"""PyTorch models beside MLflow's, and what Kipu does with them by itself."""

from __future__ import annotations

import shutil
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import kipu
from kipu.exceptions import InvalidParameter, MlflowException, ResourceExists, ResourceNotFound

torch = pytest.importorskip("torch")
import kipu.pytorch  # noqa: E402

pytestmark = [pytest.mark.flavors, pytest.mark.timeout(300)]
ARRAY = np.arange(8, dtype=np.float32).reshape(2, 4)
LIGHT = {"pip_requirements": ["torch"]}


@pytest.fixture
def net() -> Any:
    torch.manual_seed(0)
    layers = torch.nn.BatchNorm1d(4), torch.nn.Dropout(0.5), torch.nn.Linear(4, 1)
    return torch.nn.Sequential(*layers)


def save(model: Any, place: Path, **given: Any) -> Path:
    kipu.pytorch.save_model(model, place, **LIGHT, **given)
    return place


def pickled(model: Any, place: Path, **given: Any) -> Path:
    return save(model, place, serialization_format="pickle", **given)


def test_models_are_saved_and_loaded_alike(both_ways: Any) -> None:
    both_ways("models_pytorch.py")


@pytest.mark.parametrize(
    ("given", "kind", "told"),
    [
        ({}, MlflowException, "give an array or a tensor"),
        ({"input_example": {"a": 1}}, MlflowException, "give an array or a tensor"),
        ({"input_example": torch.zeros(2, 4)}, MlflowException, "signature of tensors"),
        ({"serialization_format": "onnx"}, InvalidParameter, "'pickle' or 'pt2', not 'onnx'"),
        (
            {"serialization_format": "pickle", "export_model": True},
            InvalidParameter,
            "Give serialization_format only",
        ),
    ],
)
def test_what_cannot_be_saved_is_told(
    net: Any, tmp_path: Path, given: dict[str, Any], kind: type[Exception], told: str
) -> None:
    with pytest.raises(kind, match=told):
        save(net, tmp_path / "net", **given)


def test_only_modules_are_saved_and_scripted_ones_not_exported(net: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"a torch\.nn\.Module, not a dict"):
        save({}, tmp_path / "net", input_example=ARRAY)
    with pytest.raises(MlflowException, match="TorchScript cannot be exported"):
        save(torch.jit.script(net), tmp_path / "scripted", input_example=ARRAY)
    with pytest.raises(ResourceExists):
        pickled(net, tmp_path)


def test_the_older_name_of_an_export_warns(net: Any, tmp_path: Path) -> None:
    with pytest.warns(FutureWarning, match="serialization_format='pt2'"):
        save(net, tmp_path / "net", input_example=ARRAY, export_model=True)
    assert (tmp_path / "net/data/model.pt2").is_file()


def test_a_model_in_training_is_saved_as_it_predicts_and_stays_in_training(
    net: Any, tmp_path: Path
) -> None:
    net[2].eval()
    before = {name: one.clone() for name, one in net.state_dict().items()}
    exported = save(net, tmp_path / "exported", input_example=ARRAY)
    as_object = pickled(net, tmp_path / "pickled", input_example=ARRAY)
    assert [part.training for part in (net, *net)] == [True, True, True, False]
    assert all(torch.equal(one, net.state_dict()[name]) for name, one in before.items())
    net.eval()
    expected = net(torch.from_numpy(ARRAY)).detach().numpy()
    for place in (exported, as_object):
        got = kipu.pyfunc.load_model(str(place)).predict(ARRAY)
        np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_what_was_on_a_gpu_is_loaded_without_one(net: Any, tmp_path: Path) -> None:
    registry = torch.serialization._package_registry
    kept = list(registry)
    # As if the weights were on a GPU: files tell it by a name.
    torch.serialization.register_package(0, lambda one: "cuda:0", lambda one, place: None)
    try:
        place = pickled(net, tmp_path / "net")
        kipu.pytorch.save_state_dict(net.state_dict(), tmp_path / "state")
    finally:
        registry[:] = kept
    with pytest.raises(RuntimeError, match="cuda"):
        torch.load(place / "data/model.pth", weights_only=False)
    loaded = kipu.pytorch.load_model(str(place))
    assert {one.device.type for one in loaded.parameters()} == {"cpu"}
    assert not loaded.training
    state = kipu.pytorch.load_state_dict(str(tmp_path / "state"))
    assert {one.device.type for one in state.values()} == {"cpu"}


def test_models_are_put_where_they_are_asked_to_be(
    net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = pickled(net, tmp_path / "net"), save(net, tmp_path / "pt2", input_example=ARRAY)
    for place in places:
        loaded = kipu.pytorch.load_model(str(place), device="meta")
        assert {one.device.type for one in loaded.parameters()} == {"meta"}
        monkeypatch.setenv("MLFLOW_DEFAULT_PREDICTION_DEVICE", "meta")
        generic = kipu.pyfunc.load_model(str(place)).get_raw_model()
        assert {one.device.type for one in generic.parameters()} == {"meta"}
        config = {"device": "cpu"}
        named = kipu.pyfunc.load_model(str(place), model_config=config).get_raw_model()
        assert {one.device.type for one in named.parameters()} == {"cpu"}
        monkeypatch.delenv("MLFLOW_DEFAULT_PREDICTION_DEVICE")


def test_weights_stay_on_disk_while_requirements_are_worked_out(
    net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, given = torch.load, []
    monkeypatch.setattr(torch, "load", lambda *a, **k: given.append(k) or load(*a, **k))
    kipu.pytorch.save_model(net, tmp_path / "net", serialization_format="pickle")
    assert [one["mmap"] for one in given] == [True]
    kipu.pytorch.load_model(str(tmp_path / "net"))
    assert "mmap" not in given[1]
    lines = (tmp_path / "net/requirements.txt").read_text().splitlines()
    assert lines[0].startswith("mlflow==")
    assert {"torch", "cloudpickle"} <= {one.partition("==")[0] for one in lines}


def test_models_are_loaded_by_restricted_readers(net: Any, tmp_path: Path) -> None:
    place = pickled(net, tmp_path / "net")
    with pytest.raises(Exception, match=r"[Ww]eights.only"):
        kipu.pytorch.load_model(str(place), weights_only=True)
    with torch.serialization.safe_globals(
        [type(net), *map(type, net), set, torch.nn.modules.container.OrderedDict]
    ):
        assert not kipu.pytorch.load_model(str(place), weights_only=True).training


def test_where_pickles_are_forbidden_only_programs_are_loaded(
    net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = save(net, tmp_path / "exported", input_example=ARRAY)
    as_object = pickled(net, tmp_path / "pickled")
    kipu.pytorch.save_state_dict(net.state_dict(), tmp_path / "state")
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    assert kipu.pyfunc.load_model(str(exported)).predict(ARRAY).shape == (2, 1)
    with pytest.raises(MlflowException, match="forbids"):
        kipu.pytorch.load_model(str(as_object))
    with pytest.raises(MlflowException, match="forbids"):
        kipu.pytorch.load_state_dict(str(tmp_path / "state"))


class Harmful:
    """Pickled, it says what to call when it is loaded."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("harm"),))


@pytest.mark.parametrize("record", ["data/sample_inputs/model.pt", "data/weights/weight_0"])
def test_a_program_with_a_pickle_in_it_is_refused(
    net: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str
) -> None:
    monkeypatch.chdir(tmp_path)
    place = save(net, tmp_path / "exported", input_example=ARRAY)
    archive, harmful = place / "data/model.pt2", tmp_path / "harmful.pt"
    torch.save(Harmful(), harmful)
    with zipfile.ZipFile(archive) as own:
        records = {one.filename: own.read(one) for one in own.infolist()}
    top = next(iter(records)).partition("/")[0]
    records[f"{top}/{record}"] = harmful.read_bytes()
    config = f"{top}/data/weights/model_weights_config.json"
    if "weight_0" in record:
        old, new = b'"use_pickle": false', b'"use_pickle": true'
        assert old in records[config]
        records[config] = records[config].replace(old, new)
    with zipfile.ZipFile(archive, "w") as crafted:
        for name, content in records.items():
            crafted.writestr(name, content)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    with pytest.raises(MlflowException, match=f"record '{top}/{record}'"):
        kipu.pytorch.load_model(str(place))
    assert not Path("harm").exists()


def test_models_of_older_layouts_are_loaded(net: Any, tmp_path: Path) -> None:
    place = pickled(net, tmp_path / "net")
    description = yaml.safe_load((place / "MLmodel").read_text())
    # MLflow 2 told these, too; the first versions had one file, and no word of pickling.
    description["flavors"]["pytorch"] |= {"requirements_file": {"path": "r.txt"}, "code": None}
    description["mlflow_version"] = "2.9.2"
    (place / "MLmodel").write_text(yaml.safe_dump(description))
    net.eval()
    expected = net(torch.from_numpy(ARRAY))
    assert torch.equal(kipu.pytorch.load_model(str(place))(torch.from_numpy(ARRAY)), expected)

    oldest = tmp_path / "oldest"
    oldest.mkdir()
    torch.save(net, oldest / "model.pth")
    flavor = {"model_data": "model.pth", "pytorch_version": "0.4.0"}
    (oldest / "MLmodel").write_text(yaml.safe_dump({"flavors": {"pytorch": flavor}}))
    loaded = kipu.pytorch.load_model(str(oldest), weights_only=False)
    assert torch.equal(loaded(torch.from_numpy(ARRAY)), expected)


def test_a_model_of_brain_floats_answers_with_floats(tmp_path: Path) -> None:
    half = torch.nn.Sequential(torch.nn.Linear(4, 1)).to(torch.bfloat16)
    half.forward = lambda batch: half[0](batch.to(torch.bfloat16))
    place = pickled(half, tmp_path / "half")
    assert kipu.pyfunc.load_model(str(place)).predict(ARRAY).dtype == np.float32


def test_what_is_not_there_is_told(net: Any, tmp_path: Path) -> None:
    place = pickled(net, tmp_path / "net")
    (place / "data/pickle_module_info.txt").write_text("no.such.module")
    with pytest.raises(ResourceNotFound, match=r"no\.such\.module"):
        kipu.pytorch.load_model(str(place))
    shutil.rmtree(place / "data")
    with pytest.raises(ResourceNotFound, match=r"neither model\.pth nor model\.pt2"):
        kipu.pytorch.load_model(str(place))


def test_a_state_is_a_dictionary(net: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not a Sequential"):
        kipu.pytorch.save_state_dict(net, tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_a_checkpoint_is_read_without_running_code_where_that_is_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lightning_net import Net

    class Odd:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    kept = {"state_dict": Net().state_dict(), "pytorch-lightning_version": "2.6.0"}
    with kipu.start_run() as run:
        for epoch, further in enumerate(({}, {"odd": Odd()})):
            folder = tmp_path / f"epoch_{epoch}"
            folder.mkdir()
            torch.save(kept | further, folder / "checkpoint.pth")
            kipu.log_artifacts(folder, f"checkpoints/epoch_{epoch}")
        kipu.set_tag("mlflow.latest_checkpoint_artifact", "checkpoints/epoch_1/checkpoint.pth")
    load = partial(kipu.pytorch.load_checkpoint, Net, run.info.run_id)
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    assert isinstance(load(epoch=0), Net)
    with pytest.raises(MlflowException, match="forbids"):
        load(epoch=1, kwargs={"weights_only": False})
    with pytest.raises(MlflowException, match="This one has more"):
        load(epoch=1)
    # By this, PyTorch reads any code where it is not asked for weights alone.
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    with pytest.raises(MlflowException, match="forbids"):
        load(epoch=1)
    assert not (tmp_path / "ran").exists()
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "true")
    load(epoch=1)
    assert (tmp_path / "ran").exists()
