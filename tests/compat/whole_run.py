"""Log a run as large as the main job needs and read all of it back; prints what was read.

python whole_run.py MODULE TRACKING_URI
"""

import importlib
import json
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

module, uri = sys.argv[1:]
mlflow: Any = importlib.import_module(module)

mlflow.set_tracking_uri(uri)
experiment = mlflow.set_experiment(f"whole run by {module}, {uuid.uuid4().hex}")
mlflow.set_experiment_tag("team", "compat")

with mlflow.start_run(
    run_name="the run", description="A *note*.", tags={"given": "at start"}
) as run:
    mlflow.log_params({f"p{i}": i / 10 for i in range(20)})
    for step in range(500):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    for step in range(100):
        mlflow.log_metrics({f"m{i}": step * i for i in range(5)}, step=step)
    mlflow.log_metric("nan", float("nan"))
    mlflow.log_metric("big", float("inf"))
    mlflow.log_metric("negative step", 1, step=-3)
    mlflow.set_tags({"colour": "blue", "unicode": "Ä→ü"})
    mlflow.set_tag("gone", "soon")
    mlflow.delete_tag("gone")
    mlflow.log_text("hello", "texts/hello.txt")
    mlflow.log_dict({"a": [1, 2]}, "a.json")
    mlflow.log_dict({"a": [1, 2]}, "a.yaml")
    mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "t.json")
    mlflow.log_table({"x": [3], "y": ["c"]}, "t.json")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "big.bin").write_bytes(bytes(range(256)) * 20_000)
        Path(folder, "sub").mkdir()
        Path(folder, "sub", "small.txt").write_text("small")
        mlflow.log_artifact(str(Path(folder, "big.bin")), "bins")
        mlflow.log_artifacts(folder, "tree")
    with mlflow.start_run(run_name="child", nested=True) as child:
        mlflow.log_metric("loss", 0.25)

client = mlflow.MlflowClient()
back = client.get_run(run.info.run_id)
history = client.get_metric_history(run.info.run_id, "loss")
negative = client.get_metric_history(run.info.run_id, "negative step")
found = mlflow.search_runs(
    [experiment.experiment_id],
    filter_string="metrics.loss < 0.1 and params.p3 = '0.3' and tags.colour = 'blue'",
    output_format="list",
)
table = mlflow.search_runs([experiment.experiment_id], order_by=["metrics.loss DESC"])
parents = table.set_index("tags.mlflow.runName")["tags.mlflow.parentRunId"]
OTHER_COLUMNS = ("tags.mlflow.source", "metrics.", "params.")
TIMES = ("start_time", "end_time")


def tree(path: str | None = None) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for info in client.list_artifacts(run.info.run_id, path):
        rows.append([info.path, info.is_dir, info.file_size])
        if info.is_dir:
            rows += tree(info.path)
    return rows


with tempfile.TemporaryDirectory() as folder:
    big = Path(client.download_artifacts(run.info.run_id, "tree/big.bin", folder)).read_bytes()
    whole = Path(client.download_artifacts(run.info.run_id, "tree", folder))
    names = sorted(str(f.relative_to(whole)) for f in whole.rglob("*") if f.is_file())

refused = []
for call in (
    lambda: client.log_param(run.info.run_id, "p0", "other"),
    lambda: client.get_run("0" * 32),
    lambda: client.search_runs([experiment.experiment_id], "metrics.loss >"),
    lambda: client.create_experiment(experiment.name),
    lambda: client.log_metric(run.info.run_id, "bad*key", 1, synchronous=True),
    lambda: client.get_experiment("987654321"),
):
    try:
        call()
        refused.append("accepted")
    except mlflow.exceptions.MlflowException as error:
        refused.append(error.error_code)

print(json.dumps({
    "status": back.info.status,
    "name": back.info.run_name,
    "params": back.data.params,
    "metrics": {k: repr(v) for k, v in sorted(back.data.metrics.items())},
    "tags": {k: v for k, v in sorted(back.data.tags.items()) if not k.startswith("mlflow.")},
    "note": back.data.tags["mlflow.note.content"],
    "system tags": sorted(k for k in back.data.tags if k.startswith("mlflow.")),
    "history": [[m.step, m.value] for m in history],
    "steps of the negative": [m.step for m in negative],
    "found": [r.info.run_name for r in found],
    "ordered": list(table["tags.mlflow.runName"]),
    "columns": sorted(c for c in table.columns if not c.startswith(OTHER_COLUMNS)),
    "dtypes": {c: str(table[c].dtype) for c in ("metrics.loss", "params.p0", *TIMES)},
    "parent": parents["child"] == run.info.run_id,
    "tree": tree(),
    "big": [len(big), big == bytes(range(256)) * 20_000],
    "names": names,
    "text": mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/texts/hello.txt"),
    "dict": mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/a.json"),
    "table": mlflow.load_table("t.json", [run.info.run_id]).to_dict("list"),
    "experiment tags": mlflow.get_experiment(experiment.experiment_id).tags,
    "refused": refused,
}))  # fmt: skip
