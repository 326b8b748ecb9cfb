"""Requests as clients of other languages send them, without a client: the wire's conventions."""

from __future__ import annotations

import json
import re
import urllib.parse
from typing import Any, NamedTuple

from end_state import API, Rest

JSON = "application/json"
ANY = ("creation_time", "last_update_time", "next_page_token", "dataset_uuid")
AJAX = "/ajax-api/2.0/mlflow"


class Request(NamedTuple):
    """A request; ``$experiment``, ``$run`` and ``$other`` (run) stand for ids.

    ``$prefix`` is what names begin with.

    Args:
        method: GET, POST, ...
        path: With its query.
        body: Sent as it is if it is text, else as JSON.
        kind: The content type.
    """

    method: str
    path: str
    body: Any = None
    kind: str | None = JSON


def _get(path: str, body: Any = None) -> Request:
    return Request("GET", API + path, body, JSON if body else None)


def _post(path: str, body: Any, kind: str | None = JSON) -> Request:
    return Request("POST", API + path, body, kind)


METRIC = {"run_id": "$run", "key": "m", "value": 1.5, "timestamp": 5, "step": 0}
SEARCH = {"experiment_ids": ["$experiment"], "max_results": 5}


def _metric(**changed: Any) -> Request:
    return _post("/runs/log-metric", METRIC | changed)


REQUESTS = {
    "a number as text": _metric(timestamp="7", step="3", value="2.5"),
    "NaN as text": _metric(key="nan", value="NaN"),
    "NaN as a bare token": _post(
        "/runs/log-metric", '{"run_id": "$other", "key": "bare", "value": NaN, "timestamp": 1}'
    ),
    "NaN that was a bare token": _get("/metrics/get-history?run_id=$other&metric_key=bare"),
    "a truth value as a number": _metric(key="true", value=True),
    "the step left out": _post(
        "/runs/log-metric", {"run_id": "$run", "key": "no step", "value": 1, "timestamp": 1}
    ),
    "the key left out": _post("/runs/log-metric", {"run_id": "$run", "value": 1, "timestamp": 1}),
    "the value left out": _post("/runs/log-metric", {"run_id": "$run", "key": "a", "timestamp": 1}),
    "the time left out": _post("/runs/log-metric", {"run_id": "$run", "key": "a", "value": 1}),
    "a word for a number": _metric(value="abc"),
    "the run by its old name": _post(
        "/runs/log-metric", {"run_uuid": "$run", "key": "old", "value": 1, "timestamp": 1}
    ),
    "no run": _post("/runs/log-metric", {"key": "a", "value": 1, "timestamp": 1}),
    "a negative step": _metric(key="negative", step=-5),
    "the largest step": _metric(key="largest", step=2**63 - 1),
    "an unknown field": _metric(key="unknown field", colour="red"),
    "JSON in a JSON text": _post("/runs/log-metric", json.dumps(json.dumps(METRIC))),
    "names in camel case": _post(
        "/runs/set-tag", {"runId": "$run", "run_id": "$run", "key": "camel", "value": "x"}
    ),
    "optional names in camel case": _post(
        "/runs/search", {"experimentIds": ["$experiment"], "maxResults": 1}
    ),
    "a content type with a parameter": _post(
        "/runs/set-tag", {"run_id": "$run", "key": "kind", "value": "x"}, JSON + "; charset=utf-8"
    ),
    "another content type": _post(
        "/runs/set-tag", json.dumps({"run_id": "$run", "key": "text"}), "text/plain"
    ),
    "no content type": _post("/runs/set-tag", json.dumps({"run_id": "$run", "key": "none"}), None),
    "no JSON at all": _post("/runs/set-tag", "{nonsense"),
    "an empty body": _post("/runs/set-tag", ""),
    "a list for a body": _post("/runs/set-tag", [1]),
    "null for a body": _post("/runs/set-tag", "null"),
    "a tag without a value": _post("/runs/set-tag", {"run_id": "$run", "key": "no value"}),
    "a tag with an empty value": _post(
        "/runs/set-tag", {"run_id": "$run", "key": "empty value", "value": ""}
    ),
    "a param without a value": _post("/runs/log-parameter", {"run_id": "$run", "key": "none"}),
    "a param with a number": _post(
        "/runs/log-parameter", {"run_id": "$run", "key": "n", "value": "5"}
    ),
    "a batch": _post(
        "/runs/log-batch",
        {
            "run_id": "$run",
            "metrics": [
                {"key": "b", "value": "1e2", "timestamp": "3", "step": "1"},
                {"key": "b", "value": 2, "timestamp": 4, "step": 2},
            ],
            "params": [{"key": "bp", "value": "v"}],
            "tags": [{"key": "bt", "value": "v"}],
        },
    ),
    "an infinity": _metric(run_id="$other", key="infinite", value="-Infinity"),
    "an infinity that was logged": _get("/metrics/get-history?run_id=$other&metric_key=infinite"),
    "an empty batch": _post("/runs/log-batch", {"run_id": "$run"}),
    "a batch without a run": _post("/runs/log-batch", {"params": []}),
    "a batch of too many metrics": _post(
        "/runs/log-batch",
        {
            "run_id": "$run",
            "metrics": [{"key": "x", "value": 1, "timestamp": 1, "step": i} for i in range(1001)],
        },
    ),
    "a batch of too many params": _post(
        "/runs/log-batch",
        {"run_id": "$run", "params": [{"key": f"x{i}", "value": "v"} for i in range(101)]},
    ),
    "a batch of too many tags": _post(
        "/runs/log-batch",
        {"run_id": "$run", "tags": [{"key": f"x{i}", "value": "v"} for i in range(101)]},
    ),
    "a batch of too much together": _post(
        "/runs/log-batch",
        {
            "run_id": "$run",
            "params": [{"key": f"x{i}", "value": "v"} for i in range(100)],
            "metrics": [{"key": "x", "value": 1, "timestamp": 1, "step": i} for i in range(901)],
        },
    ),
    "a param twice in a batch": _post(
        "/runs/log-batch",
        {"run_id": "$run", "params": [{"key": "t", "value": "1"}, {"key": "t", "value": "1"}]},
    ),
    "the run": _get("/runs/get?run_id=$run"),
    "the run by its old name in a query": _get("/runs/get?run_uuid=$run"),
    "the run with a body for a query": _get("/runs/get", {"run_id": "$run"}),
    "no run in a query": _get("/runs/get"),
    "an unknown run in a query": _get("/runs/get?run_id=f00"),
    "an unknown name in a query": _get("/runs/get?run_id=$run&colour=red"),
    "a history": _get("/metrics/get-history?run_id=$run&metric_key=m"),
    "a history by its old name": _get("/metrics/get-history?run_uuid=$run&metric_key=m"),
    "a page of a history": _get("/metrics/get-history?run_id=$run&metric_key=b&max_results=2"),
    "no history": _get("/metrics/get-history?run_id=$run&metric_key=never"),
    "a history without a key": _get("/metrics/get-history?run_id=$run"),
    "histories of many runs": Request(
        "GET", f"{AJAX}/metrics/get-history-bulk?run_id=$run&metric_key=m&max_results=10"
    ),
    "histories of no run": Request("GET", f"{AJAX}/metrics/get-history-bulk?metric_key=m"),
    "an interval of a history": _get(
        "/metrics/get-history-bulk-interval?run_ids=$run&metric_key=m&max_results=2"
    ),
    "an interval with its steps": _get(
        "/metrics/get-history-bulk-interval?run_ids=$run&metric_key=m&start_step=0&end_step=3"
    ),
    "an interval of half its steps": _get(
        "/metrics/get-history-bulk-interval?run_ids=$run&metric_key=m&start_step=0"
    ),
    "an interval of no run": _get("/metrics/get-history-bulk-interval?metric_key=m"),
    "an experiment": _get("/experiments/get?experiment_id=$experiment"),
    "an experiment by its name": _get("/experiments/get-by-name?experiment_name=$prefixwire"),
    "no experiment by a name": _get("/experiments/get-by-name?experiment_name=$prefixnone"),
    "experiments by GET": _get(
        "/experiments/search?max_results=5&filter=name%20LIKE%20'$prefix%25'&order_by=name"
        "&order_by=experiment_id%20DESC&view_type=ALL"
    ),
    "experiments by POST": _post(
        "/experiments/search",
        {"max_results": "5", "filter": "name LIKE '$prefix%'", "view_type": 1},
    ),
    "experiments without a page size": _post("/experiments/search", {}),
    "an experiment without a name": _post("/experiments/create", {}),
    "an experiment with an empty name": _post("/experiments/create", {"name": ""}),
    "runs": _post("/runs/search", SEARCH),
    "runs with a view by number": _post("/runs/search", SEARCH | {"run_view_type": 3}),
    "runs with a view by name": _post("/runs/search", SEARCH | {"run_view_type": "DELETED_ONLY"}),
    "runs with a filter": _post("/runs/search", SEARCH | {"filter": "metrics.m > 1"}),
    "runs of none": _post("/runs/search", {"max_results": 5}),
    "runs without a page size": _post("/runs/search", {"experiment_ids": ["$experiment"]}),
    "too many runs": _post("/runs/search", SEARCH | {"max_results": 50_001}),
    "runs in an order": _post("/runs/search", SEARCH | {"order_by": ["metrics.m DESC"]}),
    "a run in an unknown experiment": _post("/runs/create", {"experiment_id": "424242"}),
    "a run updated by number": _post("/runs/update", {"run_id": "$run", "status": 3}),
    "a run updated by name": _post(
        "/runs/update", {"run_id": "$run", "status": "FAILED", "end_time": "77"}
    ),
    "a run renamed": _post("/runs/update", {"run_id": "$run", "run_name": "renamed"}),
    "a run not renamed": _post("/runs/update", {"run_id": "$run", "run_name": ""}),
    "a data set": _post(
        "/runs/log-inputs",
        {
            "run_id": "$run",
            "datasets": [
                {
                    "dataset": {"name": "d", "digest": "1", "source_type": "s", "source": "{}"},
                    "tags": [{"key": "mlflow.data.context", "value": "train"}],
                }
            ],
        },
    ),
    "a data set without a name": _post(
        "/runs/log-inputs",
        {"run_id": "$other", "datasets": [{"dataset": {"digest": "1", "source_type": "s"}}]},
    ),
    "data sets found": Request(
        "POST", f"{AJAX}/experiments/search-datasets", {"experiment_ids": ["$experiment"]}
    ),
    "data sets of none": Request("POST", f"{AJAX}/experiments/search-datasets", {}),
    "artifacts of a run without any": _get("/artifacts/list?run_id=$run"),
    "a file put": Request(
        "PUT", "/api/2.0/mlflow-artifacts/artifacts/wire/$run/a%20b.txt", "text", "text/plain"
    ),
    "a file got": Request("GET", "/api/2.0/mlflow-artifacts/artifacts/wire/$run/a%20b.txt"),
    "a file listed": Request("GET", "/api/2.0/mlflow-artifacts/artifacts?path=wire/$run"),
    "a file got that is not there": Request(
        "GET", "/api/2.0/mlflow-artifacts/artifacts/wire/$run/none"
    ),
    "a folder got": Request("GET", "/api/2.0/mlflow-artifacts/artifacts/wire/$run"),
    "a file out of the root": Request(
        "GET", "/api/2.0/mlflow-artifacts/artifacts/%2e%2e/%2e%2e/etc/passwd"
    ),
    "a file deleted": Request("DELETE", "/api/2.0/mlflow-artifacts/artifacts/wire/$run/a%20b.txt"),
    "a file deleted again": Request(
        "DELETE", "/api/2.0/mlflow-artifacts/artifacts/wire/$run/a%20b.txt"
    ),
    "a file uploaded by the page": Request(
        "POST", f"{AJAX}/upload-artifact?run_uuid=$run&path=up.txt", "text", "text/plain"
    ),
    "a file got by the page": Request("GET", "/get-artifact?run_uuid=$run&path=up.txt"),
    "a file missed by the page": Request("GET", "/get-artifact?run_uuid=$run&path=none"),
    "the twin of a route": Request("GET", f"{AJAX}/runs/get?run_id=$run"),
    "a wrong method": Request("GET", f"{API}/runs/create"),
    "a route that is not there": Request("GET", f"{API}/nothing"),
    "the health": Request("GET", "/health"),
    "a deleted run": _post("/runs/delete", {"run_id": "$run"}),
    "a metric of a deleted run": _metric(key="late"),
    "a restored run": _post("/runs/restore", {"run_id": "$run"}),
}


def play(uri: str, prefix: str) -> dict[str, Any]:
    """The answers to all requests: status and body, of an error the code alone."""
    with Rest(uri) as rest:
        experiment = rest.post("/experiments/create", name=f"{prefix}wire")["experiment_id"]
        asked = {"experiment_id": experiment, "run_name": "wire", "user_id": "me", "start_time": 5}
        run = rest.post("/runs/create", **asked)["run"]["info"]["run_id"]
        elsewhere = rest.post("/experiments/create", name=f"{prefix}other")["experiment_id"]
        other = rest.post("/runs/create", experiment_id=elsewhere)["run"]["info"]["run_id"]
        known = {
            "$experiment": experiment, "$elsewhere": elsewhere, "$run": run, "$other": other,
            "$prefix": prefix,
        }  # fmt: skip
        return {name: _send(rest, request, known) for name, request in REQUESTS.items()}


def _send(rest: Rest, request: Request, known: dict[str, str]) -> Any:
    body = request.body
    if body is not None and not isinstance(body, str):
        body = json.dumps(body)
    quoted = {name: urllib.parse.quote(value) for name, value in known.items()}
    path, body = _filled(request.path, quoted), _filled(body, known)
    headers = {"Content-Type": request.kind} if request.kind and body is not None else {}
    answer = rest.send(request.method, path, body, headers)
    return [answer.status, _masked(answer.body, {value: name for name, value in known.items()})]


def _filled(text: str | None, known: dict[str, str]) -> Any:
    for name, value in known.items():
        text = text and text.replace(name, value)
    return text


def _masked(body: Any, ids: dict[str, str]) -> Any:
    match body:
        case {"error_code": code}:
            return code
        case dict():
            return {k: "<any>" if k in ANY else _masked(v, ids) for k, v in body.items()}
        case [{"key": _}, *_]:  # in no order
            return sorted((_masked(item, ids) for item in body), key=json.dumps)
        case list():
            return [_masked(item, ids) for item in body]
        case str() if "<html" in body or "<!doctype" in body.lower():
            return "<a page>"
        case str():
            text = re.sub(r"^mlflow-artifacts:/\d+", "mlflow-artifacts:/$experiment", body)
            for value, name in ids.items():
                # A number may be part of anything.
                text = (
                    name
                    if text == value
                    else text
                    if value.isdigit()
                    else text.replace(value, name)
                )
            return text
        case _:
            return body
