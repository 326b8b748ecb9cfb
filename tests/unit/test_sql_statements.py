"""How many statements each call costs; BEGIN counts as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kipu.entities import (
    Dataset,
    DatasetInput,
    LoggedModelInput,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from kipu.entities.model_registry import ModelVersionTag, RegisteredModelTag
from kipu.store.sql.store import SqlStore

TAGS = [RunTag("mlflow.user", "u"), RunTag("mlflow.source.name", "train.py")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(f"sqlite:///{tmp_path}/kipu.db", str(tmp_path), portable=True)
    yield store
    store.close()


class Counted:
    """Counts the statements of a call, and keeps their texts to be shown if the number is off."""

    def __init__(self, store: SqlStore) -> None:
        self._texts: list[str] = []

        @sa.event.listens_for(store._database.engine, "before_cursor_execute")
        def note(_db: object, _cursor: object, text: str, *_: object) -> None:
            self._texts.append(text.split("\n")[0])

    def __call__(self, call: Callable[[], object]) -> int:
        self._texts.clear()
        call()
        print("\n".join(self._texts))
        return len(self._texts)


def _finished(store: SqlStore, count: int) -> list[str]:
    made = []
    for number in range(count):
        run_id = store.create_run("0", "u", number, TAGS, f"r{number}").info.run_id
        store.log_batch(run_id, [Metric("m", 1.0, 1, 1)], [Param("p", "1")], [])
        store.log_inputs(run_id, [DatasetInput(Dataset("d", "1", "local", "s"), [])], [])
        store.update_run_info(run_id, "FINISHED", 9, None)
        made.append(run_id)
    return made


def test_writes_cost_few_statements_however_much_they_carry(store: SqlStore) -> None:
    counted = Counted(store)
    assert counted(lambda: store.create_run("0", "u", 1, TAGS, "first")) == 6
    assert counted(lambda: store.create_run("0", "u", 1, TAGS, "second")) == 5
    run_id = store.create_run("0", "u", 1, TAGS, "third").info.run_id
    assert counted(lambda: store.set_tag(run_id, RunTag("new", "1"))) == 4
    assert counted(lambda: store.set_tag(run_id, RunTag("new", "2"))) == 3
    many = [Param(f"p{number}", "1") for number in range(100)]
    assert counted(lambda: store.log_batch(run_id, [], many, [])) == 4
    assert counted(lambda: store.log_batch(run_id, [], many, [])) == 3
    points = [Metric(f"m{number}", 1.0, 1, 1) for number in range(100)]
    store.log_batch(run_id, points, [], [])
    assert counted(lambda: store.log_batch(run_id, points, [], [])) <= 6
    assert counted(lambda: store.log_inputs(run_id, [], [LoggedModelInput("m-1")])) == 4
    assert counted(lambda: store.delete_run(run_id)) == 2


def test_a_run_that_ended_is_one_read_once_it_was_read(store: SqlStore) -> None:
    (run_id,) = _finished(store, 1)
    counted = Counted(store)
    built = counted(lambda: store.get_run_document(run_id))
    assert built <= 9
    assert counted(lambda: store.get_run_document(run_id)) == 2
    store.set_tag(run_id, RunTag("late", "1"))
    assert counted(lambda: store.get_run_document(run_id)) == built


def test_a_search_costs_as_many_statements_for_many_runs_as_for_few(store: SqlStore) -> None:
    _finished(store, 40)
    counted = Counted(store)

    def search(size: int) -> int:
        return counted(
            lambda: store.search_runs(["0"], None, ViewType.ACTIVE_ONLY, size, None, None)
        )

    few, many = search(2), search(40)
    assert few == many <= 11
    assert search(40) <= 4


def test_a_table_costs_a_statement_per_column(store: SqlStore) -> None:
    _finished(store, 40)
    counted = Counted(store)

    def table(metrics: list[str], params: list[str]) -> int:
        view = ViewType.ACTIVE_ONLY
        return counted(lambda: store.run_table(["0"], None, view, None, metrics, params, [], 99))

    bare = table([], [])
    assert bare <= 5
    assert table(["m"], []) == bare + 1
    assert table(["m"], ["p"]) == bare + 2


def test_summaries_of_all_experiments_are_three_statements(store: SqlStore) -> None:
    for number in range(5):
        store.create_experiment(f"e{number}", None, [])
    counted = Counted(store)
    assert counted(lambda: store.experiment_summaries(ViewType.ALL)) == 4


def test_a_search_of_models_costs_as_many_statements_for_many_as_for_few(store: SqlStore) -> None:
    run_id = store.create_run("0", "u", 1, TAGS, "r").info.run_id
    counted = Counted(store)
    models = []
    for number in range(40):
        params = [LoggedModelParameter("lr", str(number))]
        model = store.create_logged_model("0", f"m{number}", run_id, [], params, None)
        models.append(model.model_id)
    points = [Metric("acc", at / 40, 1, 1, model_id) for at, model_id in enumerate(models)]
    store.log_batch(run_id, points, [], [])
    assert counted(lambda: store.log_batch(run_id, points, [], [])) <= 10
    order = [{"field_name": "metrics.acc"}]

    def search(size: int, text: str | None = None) -> int:
        return counted(lambda: store.search_logged_models(["0"], text, None, size, order, None))

    assert search(2) == search(40) == search(40, "metrics.acc > 0 AND params.lr != '3'") == 6
    assert counted(lambda: store.get_logged_model(models[0])) == 6
    assert counted(lambda: store.finalize_logged_model(models[0], LoggedModelStatus.READY)) == 8
    tag = [LoggedModelTag("t", "1")]
    assert counted(lambda: store.set_logged_model_tags(models[0], tag)) == 3


def test_searches_of_the_registry_cost_the_same_for_many_as_for_few(store: SqlStore) -> None:
    for number in range(30):
        name = f"m{number}"
        store.create_registered_model(name, [RegisteredModelTag("t", "1")], None)
        for _ in range(3):
            tags = [ModelVersionTag("t", "1")]
            store.create_model_version(name, "s3://b/m", None, tags, None, None, None)
        store.set_registered_model_alias(name, "best", "1")
    counted = Counted(store)

    def models(size: int) -> int:
        return counted(lambda: store.search_registered_models("tags.t = '1'", size, None, None))

    def versions(size: int) -> int:
        return counted(lambda: store.search_model_versions("tags.t = '1'", size, None, None))

    assert models(2) == models(30) == 6
    assert versions(2) == versions(90) == 3
    assert counted(lambda: store.get_registered_model("m1")) == 6
    assert counted(lambda: store.get_model_version("m1", "1")) == 4
    assert counted(lambda: store.get_latest_versions("m1", [])) == 5


def test_writes_of_the_registry_cost_few_statements(store: SqlStore) -> None:
    store.create_registered_model("m", [], None)
    counted = Counted(store)
    tags = [ModelVersionTag(f"t{number}", "1") for number in range(50)]
    assert counted(
        lambda: store.create_model_version("m", "s", None, tags, None, None, None)
    ) == 8  # fmt: skip
    assert counted(lambda: store.set_model_version_tag("m", "1", tags[0])) == 3
    assert counted(lambda: store.set_registered_model_alias("m", "a", "1")) == 3
    assert counted(lambda: store.delete_registered_model("m")) == 7
