"""What a server holds after a walk, read with plain HTTP."""

from __future__ import annotations

import http.client
import json
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any, NamedTuple

API = "/api/2.0/mlflow"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MASKED_OF_A_RUN = ("experiment_id", "user_id", "start_time", "end_time")
MASKED_OF_A_MODEL = (
    "experiment_id", "creation_timestamp_ms", "last_updated_timestamp_ms",
)  # fmt: skip
FROM_THE_MACHINE = re.compile(r"mlflow\.(user|source\..*)")


class Answer(NamedTuple):
    """A status and a body: JSON decoded, anything else as text."""

    status: int
    body: Any


class Rest:
    """Requests to one server, over one connection."""

    def __init__(self, uri: str) -> None:
        self._connection = http.client.HTTPConnection(uri.removeprefix("http://"), timeout=60)

    def __enter__(self) -> Rest:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request, as it is given."""
        self._connection.request(method, path, body, headers or {})
        got = self._connection.getresponse()
        data = got.read()
        if data and "json" in (got.headers.get("content-type") or ""):
            return Answer(got.status, json.loads(data))
        return Answer(got.status, data.decode(errors="replace"))

    def get(self, path: str, /, **query: Any) -> Any:
        """What a GET answers."""
        question = urllib.parse.urlencode(query, doseq=True)
        answer = self.send("GET", f"{API}{path}?{question}")
        assert answer.status == 200, answer
        return answer.body

    def post(self, path: str, /, **body: Any) -> Any:
        """What a POST answers."""
        kind = {"Content-Type": "application/json"}
        answer = self.send("POST", f"{API}{path}", json.dumps(body), kind)
        assert answer.status == 200, answer
        return answer.body


def end_state(uri: str, prefix: str) -> dict[str, Any]:
    """Everything whose name begins with the prefix, part by part; ids stand as ``<kind name>``."""
    with Rest(uri) as rest:
        return _by_name(list(_parts(rest, prefix)))


def _parts(rest: Rest, prefix: str) -> Iterator[tuple[str, Any]]:
    experiments = list(
        _pages(rest.post, "/experiments/search", "experiments", view_type="ALL", max_results=1000,
               filter=f"name LIKE '{prefix}%'")
    )  # fmt: skip
    runs = list(
        _pages(rest.post, "/runs/search", "runs", run_view_type="ALL", max_results=1000,
               experiment_ids=[experiment["experiment_id"] for experiment in experiments])
    )  # fmt: skip
    names = {e["experiment_id"]: e["name"].removeprefix(prefix) for e in experiments}
    for experiment in experiments:
        name = f"experiment {names[experiment['experiment_id']]}"
        yield name, _replace(_experiment(experiment), {}, prefix)
    of_run = {
        run["info"]["run_id"]: f"{names[run['info']['experiment_id']]} / "
        + _steady(run["info"]["run_name"])
        for run in runs
    }
    ids = {run_id: f"<run {name}>" for run_id, name in of_run.items()}
    for run in runs:
        yield f"run {of_run[run['info']['run_id']]}", _replace(_run(rest, run), ids, prefix)

    yield from _models(rest, prefix, ids)
    for experiment in experiments:
        yield from _logged_models(rest, experiment, prefix, ids)


def _models(rest: Rest, prefix: str, runs: dict[str, str]) -> Iterator[tuple[str, Any]]:
    asked = {"filter": f"name LIKE '{prefix}%'", "max_results": 1000}
    models = _pages(rest.get, "/registered-models/search", "registered_models", **asked)
    versions = list(_pages(rest.get, "/model-versions/search", "model_versions", **asked))
    for model in models:
        whole = rest.get("/registered-models/get", name=model["name"])["registered_model"]
        own = [version for version in versions if version["name"] == model["name"]]
        for part in (whole, *whole.get("latest_versions", ()), *own):
            for time in ("creation_timestamp", "last_updated_timestamp"):
                assert part.pop(time, 0) > 0
        name = f"registered model {model['name'].removeprefix(prefix)}"
        yield name, _replace(_sorted([whole, own]), runs, prefix)


def _logged_models(
    rest: Rest, experiment: dict[str, Any], prefix: str, runs: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    asked = {"experiment_ids": [experiment["experiment_id"]], "max_results": 1000}
    for model in _pages(rest.post, "/logged-models/search", "models", **asked):
        info, data = model["info"], model.get("data", {})
        kept = {k: v for k, v in info.items() if k not in MASKED_OF_A_MODEL} | {
            "tags": _labels(info.get("tags", ())),
            "params": _labels(data.get("params", ())),
            "metrics": sorted(
                [*_point(point), point.get("dataset_name"), point.get("dataset_digest")]
                for point in data.get("metrics", ())
            ),
        }
        name = f"{experiment['name'].removeprefix(prefix)} / {_steady(info['name'])}"
        yield f"logged model {name}", _replace(kept, runs, prefix)


def _pages(ask: Any, path: str, what: str, **body: Any) -> Iterator[Any]:
    token = None
    while True:
        answer = ask(path, **body, **({"page_token": token} if token else {}))
        yield from answer.get(what, ())
        token = answer.get("next_page_token")
        if not token:
            return


def _experiment(experiment: dict[str, Any]) -> dict[str, Any]:
    masked = ("experiment_id", "creation_time", "last_update_time")
    kept = {k: v for k, v in experiment.items() if k not in masked}
    return kept | {"tags": _labels(experiment.get("tags", ()))}


def _run(rest: Rest, run: dict[str, Any]) -> dict[str, Any]:
    info, data = run["info"], run["data"]
    asked = {"run_id": info["run_id"]}
    got = rest.get("/runs/get", **asked)["run"]
    # A search of the official server leaves out the models that a run read.
    for part in ("info", "data"):
        assert _sorted(got[part]) == _sorted(run[part]), (got, run)
    kept = {k: v for k, v in info.items() if k not in MASKED_OF_A_RUN}
    return kept | {
        "ended": "end_time" in info,
        "params": _labels(data.get("params", ())),
        "tags": _labels(data.get("tags", ())),
        "latest": sorted(map(_point, data.get("metrics", ()))),
        "histories": {
            metric["key"]: [
                _point(point)
                for point in rest.get("/metrics/get-history", metric_key=metric["key"], **asked)[
                    "metrics"
                ]
            ]
            for metric in data.get("metrics", ())
        },
        "inputs": _sorted(got.get("inputs")),
        "outputs": _sorted(got.get("outputs")),
        "artifacts": list(_tree(rest, info["run_id"])),
    }


def _sorted(part: Any) -> Any:
    """The part with its lists, which come in no order, in one."""
    match part:
        case dict():
            return {key: _sorted(value) for key, value in part.items()}
        case list():
            return sorted(map(_sorted, part), key=lambda item: json.dumps(item, sort_keys=True))
        case _:
            return part


def _labels(labels: Any) -> dict[str, str]:
    return {
        label["key"]: "<from the machine>"
        if FROM_THE_MACHINE.fullmatch(label["key"])
        else label["value"]
        for label in sorted(labels, key=lambda label: label["key"])
    }


def _point(point: dict[str, Any]) -> list[Any]:
    logged_now = point["timestamp"] > 10**12
    return [
        point["key"], repr(point["value"]), point["step"],
        "<now>" if logged_now else point["timestamp"],
    ]  # fmt: skip


def _tree(rest: Rest, run_id: str, path: str = "") -> Iterator[list[Any]]:
    files = rest.get("/artifacts/list", run_id=run_id, path=path).get("files", ())
    for file in sorted(files, key=lambda file: file["path"]):
        yield [file["path"], file.get("is_dir"), file.get("file_size")]
        if file.get("is_dir"):
            yield from _tree(rest, run_id, file["path"])


def _steady(name: str) -> str:
    return re.sub(r"^[a-z]+-[a-z]+-\d{1,4}$", "<random name>", name)


def _replace(part: Any, ids: dict[str, str], prefix: str) -> Any:
    match part:
        case str() if part in ids:
            return ids[part]
        case str():
            # Within a text (a URI) only ids that cannot be part of anything else.
            text = part.replace(prefix, "")
            text = UUID.sub("<id>", text)
            text = re.sub(r"[0-9a-f]{32}", lambda found: ids.get(found[0], "<id>"), text)
            return _steady(re.sub(r"^mlflow-artifacts:/\d+", "mlflow-artifacts:/<id>", text))
        case dict():
            return {_replace(k, ids, prefix): _replace(v, ids, prefix) for k, v in part.items()}
        case list():
            return [_replace(item, ids, prefix) for item in part]
        case _:
            return part


def _by_name(parts: list[tuple[str, Any]]) -> dict[str, Any]:
    """Parts of one name (runs may share theirs) as one, in an order of their own."""
    named: dict[str, Any] = {}
    for name, part in parts:
        named.setdefault(name, []).append(part)
    return {name: sorted(same, key=json.dumps) for name, same in sorted(named.items())}
