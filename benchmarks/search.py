"""What a search costs in one experiment of many runs: the first page of 100, and the count.

Times are the best of several.

python benchmarks/search.py [runs] [folder]

With a folder the database is kept there, and used again if it has as many runs.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kipu.entities.states import ViewType
from kipu.search import number_in, parse_run_filter, parse_run_order
from kipu.store.sql import keys, tables
from kipu.store.sql.search import count_runs, find_runs
from kipu.store.sql.store import SqlStore

AT_ONCE = 5_000
MODELS = [f"model-{number}" for number in range(10)]
FILTERS = [
    "metrics.acc > 0.5 AND params.model = 'model-3'",
    "metrics.acc > 0.9999 AND params.model = 'model-3'",
    "metrics.acc > 0.9999 OR metrics.loss < 0.001",
    "metrics.acc > 0.9 OR metrics.loss < 0.1",
    "metrics.acc > 0.9999 OR tags.missing = 'x'",
    "NOT metrics.acc > 0.5",
    "NOT (metrics.acc <= 0.9999 OR params.model = 'model-3')",
    "params.lr > 0.1",
    "params.lr BETWEEN 0.05 AND 0.0501",
    "0.5 < metrics.acc < 0.5001",
    "params.seed IN (17, 4711, 99999)",
    "params.model IN ('model-1', 'model-2')",
    "params.model NOT IN ('model-1', 'model-2')",
    "tags.team IN ('team-1', 'team-2', 'team-3')",
    "(params.model = 'model-1' OR tags.team = 'team-7') AND metrics.acc > 0.9",
    "metrics.acc > 0.99 AND params.model = 'model-1' OR metrics.loss < 0.001 AND NOT params.lr > 1",
    "metrics.half IS NULL",
    "params.model RLIKE '-[12]$'",
    "params.seed RLIKE '^99.9$'",
    "params.seed LIKE '99_9'",
]


def rows_of(number: int, chance: random.Random) -> Iterator[tuple[sa.Table, dict[str, Any]]]:
    run_id = f"{chance.getrandbits(128):032x}"
    start = 1_700_000_000_000 + number * 1000
    place = {"experiment_id": 1, "run_no": keys.run_no(start, run_id)}
    yield tables.run_directory, place | {"run_id": run_id}
    yield tables.runs, place | {
        "run_id": run_id, "name": f"run-{number}", "status": "FINISHED", "user_id": "u",
        "lifecycle_stage": "active", "start_time": start, "end_time": start + 1, "changed": number,
    }  # fmt: skip
    metrics = {"acc": chance.random(), "loss": chance.expovariate(1)}
    if number % 2:
        metrics["half"] = chance.random()
    for key, value in metrics.items():
        yield tables.latest_metrics, place | {
            "key_id": keys.key_id(key), "source_id": 0, "kind": 0, "value": value, "step": 0,
            "timestamp": start, "count": 1, "is_latest": True,
        }  # fmt: skip
    params = {
        "model": chance.choice(MODELS),
        "lr": f"{10 ** chance.uniform(-4, 0):.6g}",
        "seed": str(number),
    }
    tags = {"team": f"team-{chance.randrange(100)}", "mlflow.runName": f"run-{number}"}
    for table, pairs in ((tables.params, params), (tables.run_tags, tags)):
        for key, value in pairs.items():
            row = place | {"key_id": keys.key_id(key), "value": value}
            row |= {"value_hash": keys.value_hash(value), "value_prefix": value[:64]}
            if table is tables.params:
                row["number"] = number_in(value)
            yield table, row


def fill(store: SqlStore, runs: int) -> None:
    chance = random.Random(1)
    store.create_experiment("benchmark", None, [])
    for start in range(0, runs, AT_ONCE):
        rows: dict[sa.Table, list[dict[str, Any]]] = {}
        for number in range(start, min(runs, start + AT_ONCE)):
            for table, row in rows_of(number, chance):
                rows.setdefault(table, []).append(row)

        def insert(db: sa.Connection, rows: dict[sa.Table, list[dict[str, Any]]] = rows) -> None:
            for table, some in rows.items():
                db.execute(table.insert(), some)

        store._database.write(insert)


def best_ms(work: Callable[[], Any]) -> float:
    spent: list[float] = []
    while len(spent) < 3 or (len(spent) < 20 and sum(spent) < 1):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return min(spent) * 1e3


def measure(store: SqlStore) -> None:
    print(f"{'filter':<93} {'newest':>9} {'by metric':>9} {'count':>9} {'runs':>7}")
    by_metric, newest = parse_run_order(["metrics.acc DESC"]), parse_run_order(None)
    with store._read() as db:
        for text in FILTERS:
            about = (db, [1], parse_run_filter(text))
            view = ViewType.ACTIVE_ONLY
            spent = [
                best_ms(partial(find_runs, *about, newest, view, 100)),
                best_ms(partial(find_runs, *about, by_metric, view, 100)),
                best_ms(partial(count_runs, *about, view)),
            ]
            shown = " ".join(f"{ms:6.1f} ms" for ms in spent)
            print(f"{text:<93} {shown} {count_runs(*about, view):7}")


def main(runs: int, folder: Path) -> None:
    store = SqlStore(f"sqlite:///{folder / 'kipu.db'}", str(folder))
    with store._read() as db:
        there = db.execute(sa.select(sa.func.count()).select_from(tables.runs)).scalar_one()
    if there != runs:
        fill(store, runs)
    measure(store)
    store.close()


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        main(number, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as place:
            main(number, Path(place))
