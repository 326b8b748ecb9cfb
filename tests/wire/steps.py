"""The requests whose answers are compared with MLflow's, and how answers are made comparable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

API = "/api/2.0/mlflow"
AJAX = "/ajax-api/2.0/mlflow"


class Step(NamedTuple):
    """A request; ``keep`` names parts of its answer, so that later steps can say ``$name``."""

    name: str
    method: str
    path: str
    given: Mapping[str, Any] = MappingProxyType({})
    keep: Mapping[str, str] = MappingProxyType({})


def _get(name: str, path: str, **given: Any) -> Step:
    return Step(name, "GET", API + path, given)


def _post(name: str, path: str, given: dict[str, Any], **keep: str) -> Step:
    return Step(name, "POST", API + path, given, keep)


DATASET = {"name": "d", "digest": "1a", "source_type": "local", "source": "{}", "schema": "[]"}

STEPS = [
    _post("make an experiment", "/experiments/create",
          {"name": "golden", "tags": [{"key": "team", "value": "a"}, {"key": "none"}]},
          experiment="experiment_id"),
    _post("make it twice", "/experiments/create", {"name": "golden"}),
    _post("make one without a name", "/experiments/create", {}),
    _get("read it", "/experiments/get", experiment_id="$experiment"),
    _get("read none", "/experiments/get", experiment_id="424242"),
    _get("read without an id", "/experiments/get"),
    _get("read it by name", "/experiments/get-by-name", experiment_name="golden"),
    _get("read none by name", "/experiments/get-by-name", experiment_name="no such"),
    _post("tag it", "/experiments/set-experiment-tag",
          {"experiment_id": "$experiment", "key": "note", "value": "x"}),
    _post("untag it", "/experiments/delete-experiment-tag",
          {"experiment_id": "$experiment", "key": "note"}),
    _post("rename it", "/experiments/update",
          {"experiment_id": "$experiment", "new_name": "golden two"}),
    _post("rename without a name", "/experiments/update", {"experiment_id": "$experiment"}),
    _post("search experiments", "/experiments/search",
          {"max_results": 5, "filter": "name LIKE 'golden%'", "order_by": ["name"]}),
    _get("search experiments by GET", "/experiments/search", max_results="5",
         filter="name = 'golden two'", order_by=["name", "experiment_id"]),
    _post("search experiments of no page size", "/experiments/search", {}),
    _post("search experiments for too many", "/experiments/search", {"max_results": 50001}),
    _post("search experiments by nonsense", "/experiments/search",
          {"max_results": 5, "filter": "colour = 'red'"}),
    _post("start a run", "/runs/create",
          {"experiment_id": "$experiment", "start_time": "5", "user_id": "me", "run_name": "first",
           "tags": [{"key": "t", "value": "1"}, {"key": "empty", "value": ""}]},
          run="run.info.run_id"),
    _post("start a run nowhere", "/runs/create", {"experiment_id": "424242"}),
    _get("read the run", "/runs/get", run_id="$run"),
    _get("read the run by its old name", "/runs/get", run_uuid="$run"),
    _get("read no run", "/runs/get", run_id="f00"),
    _get("read a run without an id", "/runs/get"),
    _post("log a point", "/runs/log-metric",
          {"run_id": "$run", "key": "loss", "value": 0.5, "timestamp": 1, "step": 0}),
    _post("log a point as text", "/runs/log-metric",
          {"run_id": "$run", "key": "loss", "value": "0.25", "timestamp": "2", "step": "1"}),
    _post("log a point as R does", "/runs/log-metric",
          {"run_id": "$run", "run_uuid": "$run", "key": "r", "value": 1, "timestamp": 3,
           "step": 100000}),
    _post("log NaN", "/runs/log-metric",
          {"run_id": "$run", "key": "nan", "value": "NaN", "timestamp": 4}),
    _post("log a word", "/runs/log-metric",
          {"run_id": "$run", "key": "loss", "value": "abc", "timestamp": 1}),
    _post("log without a timestamp", "/runs/log-metric",
          {"run_id": "$run", "key": "loss", "value": 1}),
    _post("log into no run", "/runs/log-metric",
          {"run_id": "f00", "key": "loss", "value": 1, "timestamp": 1}),
    _post("log under a bad key", "/runs/log-metric",
          {"run_id": "$run", "key": "bad*key", "value": 1, "timestamp": 1}),
    _post("log a param", "/runs/log-parameter", {"run_id": "$run", "key": "lr", "value": "0.1"}),
    _post("log it again", "/runs/log-parameter", {"run_id": "$run", "key": "lr", "value": "0.1"}),
    _post("log another value", "/runs/log-parameter",
          {"run_id": "$run", "key": "lr", "value": "2"}),
    _post("log an empty param", "/runs/log-parameter", {"run_id": "$run", "key": "void"}),
    _post("set a tag", "/runs/set-tag", {"run_id": "$run", "key": "k", "value": "v"}),
    _post("delete a tag", "/runs/delete-tag", {"run_id": "$run", "key": "k"}),
    _post("delete no tag", "/runs/delete-tag", {"run_id": "$run", "key": "k"}),
    _post("log a batch", "/runs/log-batch",
          {"run_id": "$run",
           "metrics": [{"key": "acc", "value": 0.5, "timestamp": 10, "step": 1},
                       {"key": "acc", "value": 0.75, "timestamp": 11, "step": 2}],
           "params": [{"key": "depth", "value": "3"}], "tags": [{"key": "b", "value": "c"}]}),
    _post("log a batch with a hole", "/runs/log-batch",
          {"run_id": "$run", "metrics": [{"key": "b", "timestamp": 1}]}),
    _post("log a batch with a param twice", "/runs/log-batch",
          {"run_id": "$run", "params": [{"key": "x", "value": "1"}, {"key": "x", "value": "1"}]}),
    _post("link a data set", "/runs/log-inputs",
          {"run_id": "$run", "datasets": [
              {"tags": [{"key": "mlflow.data.context", "value": "train"}], "dataset": DATASET}]}),
    _post("link to nothing", "/runs/log-inputs", {}),
    _post("make a model", "/logged-models",
          {"experiment_id": "$experiment", "name": "m", "source_run_id": "$run",
           "params": [{"key": "p", "value": "1"}], "tags": [{"key": "t", "value": "2"}]},
          model="model.info.model_id"),
    _get("read the model", "/logged-models/$model"),
    _get("read no model", "/logged-models/m-nope"),
    _post("make a model with a bad name", "/logged-models",
          {"experiment_id": "$experiment", "name": "a/b"}),
    _post("link the model", "/runs/outputs",
          {"run_id": "$run", "models": [{"model_id": "$model", "step": 2}]}),
    _post("link no model", "/runs/outputs", {"run_id": "$run"}),
    _get("read the whole run", "/runs/get", run_id="$run"),
    _get("read a history", "/metrics/get-history", run_id="$run", metric_key="acc"),
    _get("read a page of a history", "/metrics/get-history", run_id="$run", metric_key="acc",
         max_results="1"),
    _get("read a history of NaN", "/metrics/get-history", run_id="$run", metric_key="nan"),
    _get("read an empty history", "/metrics/get-history", run_id="$run", metric_key="none"),
    _get("read a history of no run", "/metrics/get-history", run_id="f00", metric_key="acc"),
    _get("read a history of no key", "/metrics/get-history", run_id="$run"),
    _get("read a sampled history", "/metrics/get-history-bulk-interval", run_ids=["$run"],
         metric_key="acc", max_results="10"),
    _get("read a sampled history from one end", "/metrics/get-history-bulk-interval",
         run_ids=["$run"], metric_key="acc", start_step="0"),
    Step("read many histories", "GET", AJAX + "/metrics/get-history-bulk",
         {"run_id": ["$run"], "metric_key": "acc"}),
    Step("find data sets", "POST", AJAX + "/experiments/search-datasets",
         {"experiment_ids": ["$experiment"]}),
    Step("find data sets of nothing", "POST", AJAX + "/experiments/search-datasets", {}),
    _get("list artifacts", "/artifacts/list", run_id="$run"),
    Step("list artifacts above the root", "GET", API + "/artifacts/list",
         {"run_id": "$run", "path": "../up"}),
    _post("end the run", "/runs/update", {"run_id": "$run", "status": "FINISHED", "end_time": 99}),
    _post("end it by number", "/runs/update", {"run_id": "$run", "status": 3, "end_time": "100"}),
    _post("end no run", "/runs/update", {"status": "FINISHED"}),
    _post("search runs", "/runs/search",
          {"experiment_ids": ["$experiment"], "filter": "metrics.acc > 0.5", "max_results": 5}),
    _post("search runs in camel case", "/runs/search",
          {"experimentIds": ["$experiment"], "maxResults": 5, "runViewType": "DELETED_ONLY"}),
    _post("search runs nowhere", "/runs/search", {}),
    _post("search runs by half a filter", "/runs/search",
          {"experiment_ids": ["$experiment"], "filter": "metrics.m >"}),
    _post("delete the run", "/runs/delete", {"run_id": "$run"}),
    _post("write to a deleted run", "/runs/log-parameter",
          {"run_id": "$run", "key": "late", "value": "1"}),
    _post("search deleted runs", "/runs/search",
          {"experiment_ids": ["$experiment"], "run_view_type": "DELETED_ONLY"}),
    _post("restore the run", "/runs/restore", {"run_id": "$run"}),
    _post("delete the experiment", "/experiments/delete", {"experiment_id": "$experiment"}),
    _post("restore the experiment", "/experiments/restore", {"experiment_id": "$experiment"}),
    _post("start a run for extremes", "/runs/create",
          {"experiment_id": "$experiment", "run_name": "extremes", "start_time": 6},
          extreme="run.info.run_id"),
    _post("log infinity", "/runs/log-metric",
          {"run_id": "$extreme", "key": "up", "value": "Infinity", "timestamp": 1, "step": 1}),
    _post("log minus infinity", "/runs/log-batch",
          {"run_id": "$extreme",
           "metrics": [{"key": "down", "value": "-Infinity", "timestamp": 1, "step": 1}]}),
    _post("log a number with spaces", "/runs/log-metric",
          {"run_id": "$extreme", "key": "spaces", "value": " 1.5 ", "timestamp": 7}),
    _post("log half a data set", "/runs/log-metric",
          {"run_id": "$extreme", "key": "half", "value": 1, "timestamp": 1, "dataset_name": "d"}),
    _get("read the run of extremes", "/runs/get", run_id="$extreme"),
    _get("read a history of infinity", "/metrics/get-history", run_id="$extreme", metric_key="up"),
    _get("read samples of minus infinity", "/metrics/get-history-bulk-interval",
         run_ids=["$extreme"], metric_key="down"),
    Step("read a run twice", "GET", API + "/runs/get", {"run_id": ["$extreme", "f00"]}),
    _get("read an experiment in camel case", "/experiments/get", experimentId="$experiment"),
    _post("presign an upload", "/artifacts/presigned-upload-url",
          {"run_id": "$extreme", "path": "a"}),
    _post("presign a download", "/artifacts/presigned-download-url",
          {"run_id": "$extreme", "path": "a"}),
    _post("presign for nobody", "/artifacts/presigned-download-url",
          {"run_id": "f00", "path": "a"}),
    Step("begin an upload in parts", "POST", "/api/2.0/mlflow-artifacts/mpu/create/x",
         {"path": "x/big", "num_parts": 2}),
    _post("make a webhook", "/webhooks",
          {"name": "w", "url": "https://1.1.1.1/hook", "description": "d", "secret": "hush",
           "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"},
                      {"entity": "MODEL_VERSION_TAG", "action": "SET"},
                      {"entity": "MODEL_VERSION_TAG", "action": "DELETED"}]},
          webhook="webhook.webhook_id"),
    _post("make a webhook for an event that is none", "/webhooks",
          {"name": "w", "url": "https://1.1.1.1/hook",
           "events": [{"entity": "REGISTERED_MODEL", "action": "DELETED"}]}),
    _post("make a webhook at a private place", "/webhooks",
          {"name": "w", "url": "https://127.0.0.1/hook",
           "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]}),
    _post("make a webhook without a name", "/webhooks",
          {"url": "https://1.1.1.1/hook",
           "events": [{"entity": "REGISTERED_MODEL", "action": "CREATED"}]}),
    _get("read the webhook", "/webhooks/$webhook"),
    _get("read no webhook", "/webhooks/nope"),
    _get("list webhooks", "/webhooks", max_results="5"),
    _get("list too many webhooks", "/webhooks", max_results="1001"),
    Step("change the webhook", "PATCH", API + "/webhooks/$webhook",
         {"name": "v", "description": "", "status": "DISABLED"}),
    Step("change no webhook", "PATCH", API + "/webhooks/nope", {"name": "v"}),
    _post("try no webhook", "/webhooks/nope/test", {}),
    Step("delete the webhook", "DELETE", API + "/webhooks/$webhook"),
    Step("delete it again", "DELETE", API + "/webhooks/$webhook"),
]  # fmt: skip

Send = Callable[[str, str, dict[str, Any]], tuple[int, Any]]


def play(send: Send, steps: Sequence[Step] = STEPS) -> dict[str, Any]:
    """Send every step in order; the comparable answers by the steps' names."""
    known: dict[str, str] = {}
    answers = {}
    for step in steps:
        path = _filled(step.path, known)
        status, answer = send(step.method, path, _filled(dict(step.given), known))
        for name, where in step.keep.items():
            found = answer
            for part in where.split("."):
                found = found[part]
            known[name] = found
        answers[step.name] = {"status": status, "answer": _masked(answer, known)}
    return answers


def _filled(value: Any, known: dict[str, str]) -> Any:
    text = json.dumps(value)
    for name, found in known.items():
        text = text.replace(f"${name}", found)
    return json.loads(text)


_TIMES = (
    "creation_time", "last_update_time", "creation_timestamp_ms", "last_updated_timestamp_ms",
    "creation_timestamp", "last_updated_timestamp",
)  # fmt: skip
_UNORDERED = {"tags": "key", "params": "key", "latest": "key", "latest_versions": "version"}


def _masked(answer: Any, known: dict[str, str], field: str = "") -> Any:
    """The answer without ids and times, lists without an order of their own sorted."""
    match answer:
        case {"error_code": code}:
            return {"error_code": code}  # each says it in its own words
        case {"current_stage": _, "model_id": _}:
            # Kipu keeps the logged model of a registered version; MLflow forgets it.
            rest = {key: value for key, value in answer.items() if key != "model_id"}
            return _masked(rest, known, field)
        case dict():
            # A run's latest metrics have no order; the points of a history have.
            within = "latest" if field == "data" else ""
            return {key: _masked(value, known, within or key) for key, value in answer.items()}
        case list():
            masked = [_masked(item, known) for item in answer]
            if key := _UNORDERED.get(field):
                masked.sort(key=lambda item: item[key])
            return masked
        case str():
            if field == "next_page_token":
                return "<token>"
            for name, found in known.items():
                if len(found) > 3:
                    answer = answer.replace(found, f"<{name}>")
                elif field == "experiment_id":
                    answer = f"<{name}>" if answer == found else answer
                else:
                    answer = re.sub(f":/{found}(?=/|$)", f":/<{name}>", answer)
            return answer
        case _ if field in _TIMES:
            return "<time>"
        case _:
            return answer
