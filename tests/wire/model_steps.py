"""The requests about logged models whose answers are compared with MLflow's."""

from __future__ import annotations

from typing import Any

from steps import AJAX, API, Step

MODELS = "/logged-models"


def _step(name: str, method: str, path: str, given: Any = None, **keep: str) -> Step:
    return Step(name, method, API + path, given or {}, keep)


def _search(name: str, **given: Any) -> Step:
    given = {"experiment_ids": ["$experiment"], **given}
    return _step(name, "POST", f"{MODELS}/search", given)


BY_LOSS = {"field_name": "metrics.loss"}

MODEL_STEPS = [
    _step("make an experiment", "POST", "/experiments/create", {"name": "models"},
          experiment="experiment_id"),
    _step("start a run", "POST", "/runs/create",
          {"experiment_id": "$experiment", "run_name": "r", "start_time": 1},
          run="run.info.run_id"),
    _step("make a model", "POST", MODELS,
          {"experiment_id": "$experiment", "name": "net", "source_run_id": "$run",
           "model_type": "cnn", "params": [{"key": "lr", "value": "0.1"}],
           "tags": [{"key": "team", "value": "x"}]},
          net="model.info.model_id"),
    _step("make another", "POST", MODELS, {"experiment_id": "$experiment", "name": "tree"},
          tree="model.info.model_id"),
    _step("make one of a wrong name", "POST", MODELS,
          {"experiment_id": "$experiment", "name": "a/b"}),
    _step("make one nowhere", "POST", MODELS, {"name": "a"}),
    _step("make one in no experiment", "POST", MODELS, {"experiment_id": "424242"}),
    _step("finalize it", "PATCH", f"{MODELS}/$net",
          {"model_id": "$net", "status": "LOGGED_MODEL_READY"}),
    _step("finalize it by number", "PATCH", f"{MODELS}/$tree", {"model_id": "$tree", "status": 3}),
    _step("finalize it without its id", "PATCH", f"{MODELS}/$net",
          {"status": "LOGGED_MODEL_READY"}),
    _step("finalize none", "PATCH", f"{MODELS}/m-none",
          {"model_id": "m-none", "status": "LOGGED_MODEL_READY"}),
    _step("tag it", "PATCH", f"{MODELS}/$net/tags",
          {"tags": [{"key": "team", "value": "y"}, {"key": "note", "value": ""}]}),
    _step("tag none", "PATCH", f"{MODELS}/m-none/tags", {"tags": [{"key": "a", "value": "b"}]}),
    _step("untag it", "DELETE", f"{MODELS}/$net/tags/note"),
    _step("untag it twice", "DELETE", f"{MODELS}/$net/tags/note"),
    _step("add params", "POST", f"{MODELS}/$net/params",
          {"model_id": "$net", "params": [{"key": "depth", "value": "3"}]}),
    _step("add a param again", "POST", f"{MODELS}/$net/params",
          {"model_id": "$net", "params": [{"key": "depth", "value": "4"}]}),
    _step("add params without the id", "POST", f"{MODELS}/$net/params", {"params": []}),
    _step("log its metric", "POST", "/runs/log-metric",
          {"run_id": "$run", "key": "loss", "value": 0.5, "timestamp": 5, "step": 1,
           "model_id": "$net", "dataset_name": "test", "dataset_digest": "d1"}),
    _step("log metrics of both", "POST", "/runs/log-batch",
          {"run_id": "$run", "metrics": [
              {"key": "loss", "value": 0.25, "timestamp": 6, "step": 2, "model_id": "$net"},
              {"key": "loss", "value": 0.75, "timestamp": 6, "step": 2, "model_id": "$tree"},
          ]}),
    _step("log a metric of none", "POST", "/runs/log-metric",
          {"run_id": "$run", "key": "loss", "value": 1, "timestamp": 7, "model_id": "m-none"}),
    _step("read it", "GET", f"{MODELS}/$net"),
    _step("read none", "GET", f"{MODELS}/m-none"),
    _search("search"),
    _search("search by metric", filter="metrics.loss < 0.3"),
    _search("search by any point", filter="metrics.loss = 0.5 AND params.lr = 0.1"),
    _search("search by tag", filter="tags.team = 'y' AND name LIKE 'n%'"),
    _search("search by data set", datasets=[{"dataset_name": "test", "dataset_digest": "d1"}]),
    _search("search on another data set", filter="metrics.loss < 0.3",
            datasets=[{"dataset_name": "test", "dataset_digest": "d1"}]),
    _search("search without a data set's name", datasets=[{"dataset_digest": "d1"}]),
    _search("sort by metric", order_by=[BY_LOSS]),
    _search("sort down", order_by=[BY_LOSS | {"ascending": False}]),
    _search("sort on a data set",
            order_by=[BY_LOSS | {"ascending": False, "dataset_name": "test"}]),
    _search("sort by name", order_by=[{"field_name": "name", "ascending": False}]),
    _search("sort by a param", order_by=[{"field_name": "params.lr"}]),
    _search("sort by nonsense", order_by=[{"field_name": "colour"}]),
    _search("search for one", max_results=1),
    _search("search by a singular", filter="metric.loss < 1"),
    _search("search for greater names", filter="name > 'a'"),
    _step("search nowhere", "POST", f"{MODELS}/search", {}),
    _step("list its files", "GET", f"{MODELS}/$net/artifacts/directories"),
    _step("list a wrong folder", "GET", f"{MODELS}/$net/artifacts/directories",
          {"artifact_directory_path": "../up"}),
    Step("read a file without a path", "GET", f"{AJAX}{MODELS}/$net/artifacts/files"),
    _step("link what was made", "POST", "/runs/outputs",
          {"run_id": "$run", "models": [{"model_id": "$net", "step": 2}]}),
    _step("link it again", "POST", "/runs/outputs",
          {"run_id": "$run", "models": [{"model_id": "$net", "step": 3}]}),
    _step("link nothing", "POST", "/runs/outputs", {"run_id": "$run"}),
    _step("link what was read", "POST", "/runs/log-inputs",
          {"run_id": "$run", "models": [{"model_id": "$tree"}]}),
    _step("read the run", "GET", "/runs/get", {"run_id": "$run"}),
    _step("delete it", "DELETE", f"{MODELS}/$net"),
    _step("read the deleted one", "GET", f"{MODELS}/$net"),
    _step("delete none", "DELETE", f"{MODELS}/m-none"),
    _search("search what is left"),
]  # fmt: skip
