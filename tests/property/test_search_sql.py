from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kipu.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunTag,
)
from kipu.entities.states import LifecycleStage, ViewType
from kipu.exceptions import InvalidParameter
from kipu.search import (
    And,
    Comparison,
    Field,
    Node,
    Not,
    Or,
    OrderBy,
    decode_token,
    encode_token,
    matches,
    number_in,
    parse_experiment_filter,
    parse_experiment_order,
    parse_run_filter,
    parse_run_order,
    print_order,
    sort_entities,
)
from kipu.store.sql import keys, search, search_drivers, search_walks, tables
from kipu.store.sql.engine import add_functions
from kipu.store.sql.search import count_runs, find_experiments, find_runs
from kipu.store.sql.search_parts import parts

LARGEST = sys.float_info.max
METRICS, PARAMS, TAGS = ("a", "b"), ("x", "y_time"), ("t", "mlflow.runName")
NUMBERS = (-LARGEST, -1.0, 0.0, 1.0, 2.5, LARGEST, math.inf, -math.inf)
TEXTS = ("", "a", "A", "ab", "aB", "%", "_", "[a]", "a*", "ä", "Ä", "10", "9", "a\nb", "\\", "0.1",
         ".1", "1e-1", "-1.5", "nan", "inf", "1_0", " 9 ")  # fmt: skip
EXPRESSIONS = ("", "a", "^a", "(?i)b$", r"^\d+$", "[^a]", "a|9", "(a.)+")
TIMES = (-5, 0, 1, 2, 1000)
STAGES = (LifecycleStage.ACTIVE, LifecycleStage.ACTIVE, LifecycleStage.DELETED)
EXPERIMENTS = (1, 2, 7)

# What is kept


@pytest.fixture(scope="module")
def database() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    # The driver would begin transactions late, and not roll everything back.
    sa.event.listen(engine, "connect", lambda db, _: setattr(db, "isolation_level", None))
    sa.event.listen(engine, "begin", lambda db: db.exec_driver_sql("BEGIN"))
    sa.event.listen(engine, "connect", lambda db, _: add_functions(db))
    with engine.connect() as db:
        db.exec_driver_sql("PRAGMA case_sensitive_like = ON")
        tables.metadata.create_all(db)
        rows = [
            {"experiment_id": one, "name": str(one), "artifact_location": f"s3://b/{one}"}
            | {"lifecycle_stage": "active", "creation_time": 0, "last_update_time": 0}
            for one in EXPERIMENTS
        ]
        db.execute(tables.experiments.insert(), rows)
        db.commit()
        yield db
    engine.dispose()


@contextmanager
def forgotten(db: sa.Connection) -> Iterator[sa.Connection]:
    """The database, which is as it was afterwards."""
    try:
        yield db
    finally:
        db.rollback()


def insert(db: sa.Connection, runs: Sequence[Run]) -> None:
    rows: dict[sa.Table, list[dict[str, Any]]] = {}
    for run in runs:
        _rows_of(run, rows)
    for table, values in rows.items():
        if table is tables.datasets:
            db.execute(table.insert().prefix_with("OR IGNORE"), values)
        else:
            db.execute(table.insert(), values)


def place_of(run: Run) -> tuple[int, int]:
    return int(run.info.experiment_id), keys.run_no(run.info.start_time or 0, run.info.run_id)


def _rows_of(run: Run, rows: dict[sa.Table, list[dict[str, Any]]]) -> None:
    info = run.info
    experiment_id, run_no = place_of(run)
    place = {"experiment_id": experiment_id, "run_no": run_no}

    def add(table: sa.Table, **values: Any) -> None:
        rows.setdefault(table, []).append(place | values)

    add(
        tables.runs,
        run_id=info.run_id,
        name=info.run_name,
        status=info.status,
        lifecycle_stage=info.lifecycle_stage,
        user_id=info.user_id,
        start_time=info.start_time,
        end_time=info.end_time,
        artifact_uri=None,
        changed=0,
    )
    add(tables.run_directory, run_id=info.run_id)
    for metric in run.data._metric_objs:
        kind, value = stored_metric(metric.value)
        row = {"key_id": keys.key_id(metric.key), "step": 0, "timestamp": 0, "count": 1}
        add(tables.latest_metrics, **row, source_id=0, kind=kind, value=value, is_latest=True)
        # An older point of a model under the same key, which no search may see.
        older = {"source_id": keys.source_id("m", None, None), "model_id": "m", "is_latest": False}
        add(tables.latest_metrics, **row, **older, kind=0, value=1.0)
    for table, pairs in ((tables.params, run.data.params), (tables.run_tags, run.data.tags)):
        for key, value in pairs.items():
            row = {"key_id": keys.key_id(key), "value": value, "value_hash": keys.value_hash(value)}
            row |= {"number": number_in(value)} if table is tables.params else {}
            add(table, **row, value_prefix=value[:64])
    for at, used in enumerate(run.inputs.dataset_inputs if run.inputs else ()):
        number = keys.key_id(used.dataset.name + "/" + used.dataset.digest)
        labels = {tag.key: tag.value for tag in used.tags}
        text = msgspec.json.encode(labels).decode()
        add(tables.run_links, kind=1, target=str(number), step=0, tags=text, position=at)
        dataset = {"name": used.dataset.name, "digest": used.dataset.digest}
        rows.setdefault(tables.datasets, []).append(
            {"experiment_id": experiment_id, "dataset_id": number, "source_type": "", "source": ""}
            | dataset
        )


def stored_metric(value: float) -> tuple[int, float]:
    if math.isnan(value):
        return 1, 0.0
    if math.isinf(value):
        return (2, LARGEST) if value > 0 else (3, -LARGEST)
    return 0, value


# What is drawn

inputs = st.lists(
    st.builds(
        lambda name, digest, context: DatasetInput(
            Dataset(name, digest, "", ""),
            [InputTag("mlflow.data.context", context)] if context is not None else [],
        ),
        st.sampled_from(("train", "test")),
        st.sampled_from(("1", "2")),
        st.sampled_from((None, "training", "")),
    ),
    max_size=2,
    unique_by=lambda used: used.dataset.name + used.dataset.digest,
)


@st.composite
def run_lists(draw: st.DrawFn) -> list[Run]:
    heads = draw(st.lists(st.integers(0, 0xFFFFF), max_size=12, unique=True))
    return [draw(one_run(f"{head:05x}" + "0" * 27)) for head in heads]


@st.composite
def one_run(draw: st.DrawFn, run_id: str) -> Run:
    text = st.sampled_from(TEXTS)
    tags = draw(st.dictionaries(st.sampled_from(TAGS), text))
    experiment_id = str(draw(st.sampled_from(EXPERIMENTS)))
    info = RunInfo(
        run_id=run_id,
        experiment_id=experiment_id,
        user_id=draw(text),
        status=draw(st.sampled_from(("RUNNING", "FINISHED"))),
        start_time=draw(st.sampled_from(TIMES)),
        end_time=draw(st.sampled_from((None, *TIMES))),
        lifecycle_stage=draw(st.sampled_from(STAGES)),
        artifact_uri=f"s3://b/{experiment_id}/{run_id}/artifacts",
        run_name=tags.get("mlflow.runName", ""),
    )
    values = st.sampled_from((*NUMBERS, math.nan))
    metrics = draw(st.dictionaries(st.sampled_from(METRICS), values))
    params = draw(st.dictionaries(st.sampled_from(PARAMS), text))
    data = RunData(
        [Metric(key, value, 0, 0) for key, value in metrics.items()],
        [Param(*pair) for pair in params.items()],
        [RunTag(*pair) for pair in tags.items()],
    )
    return Run(info, data, RunInputs(draw(inputs)))


def comparisons() -> st.SearchStrategy[Comparison]:
    compared = st.sampled_from(("=", "!=", ">", ">=", "<", "<="))
    patterns = st.sampled_from((*TEXTS, "a%", "%b", "_", "a_", "%a%b", "%%"))
    alike = st.sampled_from(("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"))
    in_list = st.sampled_from(("IN", "NOT IN"))
    worded = st.one_of(
        st.tuples(st.sampled_from(("=", "!=")), st.sampled_from(TEXTS)),
        st.tuples(alike, patterns),
        st.tuples(st.sampled_from(("RLIKE", "NOT RLIKE")), st.sampled_from(EXPRESSIONS)),
        st.tuples(in_list, st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(tuple)),
    )

    def numbered(values: Sequence[float]) -> st.SearchStrategy[Any]:
        one = st.sampled_from(values)
        return st.one_of(
            st.tuples(compared, one),
            st.tuples(in_list, st.lists(one, min_size=1, max_size=3).map(tuple)),
            st.tuples(st.sampled_from(("BETWEEN", "NOT BETWEEN")), st.tuples(one, one)),
        )

    present = st.tuples(st.sampled_from(("IS NULL", "IS NOT NULL")), st.none())
    names = st.sampled_from(("train", "test", "TRAIN", "1", "training"))
    listed = st.tuples(in_list, st.lists(names, min_size=1, max_size=2).map(tuple))

    def on(kind: str, key: Sequence[str], *rest: st.SearchStrategy[Any]) -> Any:
        fields = st.builds(Field, st.just(kind), st.sampled_from(key))
        return st.builds(lambda field, pair: Comparison(field, *pair), fields, st.one_of(*rest))

    ids = st.sampled_from(("00000" + "0" * 27, "%", "0%"))
    return st.one_of(
        on("metric", METRICS, numbered(NUMBERS), present),
        on("param", PARAMS, worded, numbered((-1.5, 0.1, 9.0, 10.0, 1e300)), present),
        on("tag", TAGS, worded, present),
        on("attribute", ("status", "user_id"), worded),
        on("attribute", ("run_name",), worded, present),
        on("attribute", ("run_id",), st.tuples(st.sampled_from(("=", "!=", "LIKE")), ids)),
        on("attribute", ("artifact_uri",), st.tuples(st.just("LIKE"), st.sampled_from(
            ("s3://b/1/%", "%artifacts", "S3%")))),
        on("attribute", ("start_time",), numbered((*TIMES, 0.5, -1e300, math.inf))),
        on("attribute", ("end_time",), numbered((*TIMES, 0.5, -1e300, math.inf)), present),
        on("dataset", ("name", "digest", "context"), listed, present,
           st.tuples(st.sampled_from(("=", "!=")) | alike, names)),
    )  # fmt: skip


conjunctions = st.lists(comparisons(), min_size=1, max_size=3).map(lambda p: And(tuple(p)))
trees: st.SearchStrategy[Node] = st.recursive(
    comparisons() | conjunctions,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda p: And(tuple(p))),
        st.lists(inner, min_size=1, max_size=3).map(lambda p: Or(tuple(p))),
        inner.map(Not),
    ),
    max_leaves=5,
)
sort_fields = st.one_of(
    st.builds(Field, st.just("metric"), st.sampled_from((*METRICS, "none"))),
    st.builds(Field, st.just("param"), st.sampled_from(PARAMS)),
    st.builds(Field, st.just("tag"), st.sampled_from(TAGS)),
    st.builds(Field, st.just("attribute"), st.sampled_from(
        ("run_id", "run_name", "status", "user_id", "start_time", "end_time", "artifact_uri"))),
)  # fmt: skip
orders = st.lists(
    st.builds(OrderBy, sort_fields, st.booleans()), max_size=3, unique_by=lambda part: part.field
).map(lambda order: parse_run_order(print_order(order)))
views = st.sampled_from((ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL))


@contextmanager
def thresholds(rare: int, portion: int) -> Iterator[None]:
    """Let small data take the ways of large data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_drivers, "RARE", rare)
        patch.setattr(search_drivers, "_MOST_COUNTED", max(rare, 1))
        patch.setattr(search_drivers, "_MOST_MERGED", rare)
        patch.setattr(search_walks, "RARE", max(rare, 1))
        patch.setattr(search_walks, "_SAMPLE", max(rare, 1))
        patch.setattr(search_walks, "_MOST_LOOKED_UP", max(rare, 1))
        patch.setattr(search, "_SMALLEST_PORTION", portion)
        patch.setattr(search, "_WORTH_A_WALK", rare)
        yield


def all_pages(
    db: sa.Connection, ids: Sequence[int], tree: Node | None, order: list[OrderBy], view: int,
    limit: int,
) -> list[tuple[int, int]]:  # fmt: skip
    found: list[tuple[int, int]] = []
    after = None
    while True:
        page = find_runs(db, ids, tree, order, view, limit, after)
        found += page.runs
        after = decode_token(encode_token(page.next))
        if after is None:
            return found


# What holds


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    run_lists(), st.none() | trees, orders, views, st.sampled_from((0, 1, 2, 1000)),
    st.integers(1, 4), st.lists(st.sampled_from((*EXPERIMENTS, 99)), max_size=4),
)  # fmt: skip
def test_sql_and_predicate_agree_on_every_page(
    database: sa.Connection,
    runs: list[Run], tree: Node | None, order: list[OrderBy], view: int, rare: int, limit: int,
    experiment_ids: list[int],
) -> None:  # fmt: skip
    stages = LifecycleStage.view_type_to_stages(view)
    expected = [
        run for run in runs
        if int(run.info.experiment_id) in experiment_ids
        and run.info.lifecycle_stage in stages and matches(tree, run)
    ]  # fmt: skip
    with forgotten(database) as db, thresholds(rare, portion=1):
        insert(db, runs)
        got = all_pages(db, experiment_ids, tree, order, view, limit)
        assert got == [place_of(run) for run in sort_entities(expected, order)]
        assert count_runs(db, experiment_ids, tree, view) == len(expected)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    run_lists(), st.integers(0, 12), st.none() | trees, orders, st.sampled_from((0, 1, 2, 1000)),
    st.integers(1, 4),
)  # fmt: skip
def test_pages_of_runs_concatenate_to_the_whole_while_others_arrive(
    database: sa.Connection, runs: list[Run], there: int, tree: Node | None,
    order: list[OrderBy], rare: int, limit: int,
) -> None:  # fmt: skip
    known, arriving = runs[:there], runs[there:]
    with forgotten(database) as db, thresholds(rare, portion=1):
        insert(db, known)
        found: list[tuple[int, int]] = []
        page = find_runs(db, EXPERIMENTS, tree, order, ViewType.ALL, limit)
        while True:
            found += page.runs
            after = decode_token(encode_token(page.next))
            if after is None:
                break
            if arriving:
                insert(db, [arriving.pop()])
            page = find_runs(db, EXPERIMENTS, tree, order, ViewType.ALL, limit, after)
    assert len(found) == len(set(found))
    expected = sort_entities([run for run in known if matches(tree, run)], order)
    places = [place_of(run) for run in expected]
    assert [one for one in found if one in places] == places


experiment_lists = st.lists(
    st.builds(
        Experiment,
        experiment_id=st.integers(0, 10**18).map(str),
        name=st.sampled_from(TEXTS),
        artifact_location=st.just(""),
        lifecycle_stage=st.sampled_from(STAGES),
        tags=st.dictionaries(st.sampled_from(TAGS), st.sampled_from(TEXTS)),
        creation_time=st.sampled_from(TIMES),
        last_update_time=st.sampled_from(TIMES),
    ),
    max_size=8,
    unique_by=(lambda one: one.experiment_id, lambda one: one.name),
)
experiment_filters = st.sampled_from(
    ("name = 'a'", "name != 'a'", "name LIKE 'a%'", "name ILIKE 'A%'", "creation_time > 0",
     "last_update_time <= 1 AND creation_time != -5", "tags.t = 'a'", "tags.t IS NULL",
     "tags.t IS NOT NULL AND name != ''", "tags.`mlflow.runName` ILIKE '%A%'", "tags.t != 'a'",
     "experiment_id = '1'", "experiment_id NOT IN ('1', '2')", "name IN ('a', 'ab')",
     "name NOT LIKE 'a%'", "name RLIKE '^.$' AND NOT tags.t = 'a'", "-5 < creation_time <= 2",
     "last_update_time BETWEEN 0 AND 2", "tags.t NOT IN ('a', '') OR creation_time IN (0, 1)")
)  # fmt: skip
experiment_orders = st.lists(
    st.sampled_from(
        ("name", "name DESC", "creation_time", "last_update_time DESC", "experiment_id")
    ),
    max_size=3,
)


def insert_experiments(db: sa.Connection, experiments: Sequence[Experiment]) -> None:
    for one in experiments:
        row = one.to_dictionary()
        db.execute(tables.experiments.insert(), {c.name: row[c.name] for c in tables.experiments.c})
        for key, value in one.tags.items():
            place = {"experiment_id": one.experiment_id, "key": key, "value": value}
            db.execute(tables.experiment_tags.insert(), place)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    experiment_lists, st.integers(0, 8), st.lists(experiment_filters, max_size=3), st.booleans(),
    experiment_orders, views, st.integers(1, 4),
)  # fmt: skip
def test_sql_and_predicate_agree_on_experiments_while_others_arrive(
    database: sa.Connection, experiments: list[Experiment], there: int, texts: list[str],
    negated: bool, order_by: list[str], view: int, limit: int,
) -> None:  # fmt: skip
    text = " OR ".join(f"({one})" for one in texts)
    tree = parse_experiment_filter(f"NOT ({text})" if negated and text else text)
    order = parse_experiment_order(order_by)
    known, arriving = experiments[:there], experiments[there:]
    stages = LifecycleStage.view_type_to_stages(view)
    expected = [e for e in known if e.lifecycle_stage in stages and matches(tree, e)]
    with forgotten(database) as db:
        db.execute(tables.experiments.delete())
        insert_experiments(db, known)
        found: list[int] = []
        page = find_experiments(db, tree, order, view, limit)
        while True:
            found += page.experiment_ids
            if page.next is None:
                break
            if arriving:
                insert_experiments(db, [arriving.pop()])
            after = decode_token(encode_token(page.next))
            page = find_experiments(db, tree, order, view, limit, after)
    assert len(found) == len(set(found))
    ids = [int(one.experiment_id) for one in sort_entities(expected, order)]
    assert [one for one in found if one in ids] == ids


# How it is found


def one_thousand(db: sa.Connection, statements: list[str]) -> None:
    """Runs of one experiment with two metrics and a param; then the statements are noted."""
    runs = []
    for number in range(1000):
        info = RunInfo(f"{number:05x}", "1", "u", "FINISHED", number, None, "active", None, "")
        metrics = [Metric("a", number / 1000, 0, 0), Metric("b", number % 7, 0, 0)]
        runs.append(Run(info, RunData(metrics, [Param("x", str(number % 3))])))
    insert(db, runs)
    sa.event.listen(db, "before_cursor_execute", lambda *args: statements.append(args[2]))


@pytest.mark.parametrize(
    ("text", "order_by", "most"),
    [
        (None, None, 1),
        ("params.x = '1'", None, 1),
        ("metrics.a > 0.5 AND params.x = '1'", None, 2),
        ("metrics.a > 0.999", ["metrics.b DESC"], 2),
        (None, ["metrics.a DESC"], 3),
        (None, ["params.x"], 1),
        ("status = 'FINISHED'", None, 1),
        ("metrics.a > 0.999 OR metrics.b = 9", None, 2),
        ("metrics.a > 0.5 OR metrics.b = 1", None, 2),
        ("metrics.a > 0.999 OR metrics.b = 9", ["metrics.b DESC"], 2),
        ("params.x IN ('1', '2')", None, 2),
        ("params.x > 1 AND NOT metrics.b = 1", None, 2),
        ("params.x BETWEEN 7 AND 8", None, 2),
        ("NOT (metrics.a > 0.5 OR params.x = '1')", None, 1),
        ("NOT params.x = 1", ["metrics.a DESC"], 4),
    ],
)
def test_a_page_costs_few_statements_and_reads_no_table_from_end_to_end(
    database: sa.Connection, text: str | None, order_by: list[str] | None, most: int
) -> None:
    statements: list[str] = []
    with forgotten(database) as db, thresholds(100, portion=50):
        one_thousand(db, statements)
        find_runs(db, [1], parse_run_filter(text), parse_run_order(order_by), 1, 10)
        ours = [statement for statement in statements if not statement.startswith("EXPLAIN")]
        assert len(ours) <= most
        for statement in ours:
            plan = db.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", (0,) * statement.count("?")
            )
            scans = [row.detail for row in plan if row.detail.startswith("SCAN")]
            derived = ("SCAN CONSTANT ROW", "SCAN few", "SCAN driver", "SCAN ahead", "SCAN anon")
            assert all(scan.startswith(derived) for scan in scans), scans


@pytest.mark.parametrize(
    ("text", "led_by"),
    [
        ("metrics.a > 0.999 OR metrics.b = 9", "union"),
        ("metrics.a > 0.999 OR (params.x = '1' AND metrics.b = 9)", "union"),
        ("NOT (metrics.a <= 0.999 OR metrics.b != 9)", None),
        ("NOT (NOT metrics.a > 0.999 OR metrics.b != 9)", "latest_metrics"),
        ("0.5 < metrics.a < 0.51", "latest_metrics"),
        ("params.x >= 7", "params"),
        ("params.x IN ('7', '8')", "params"),
        ("metrics.a > 0.999 OR status = 'FAILED'", None),
        ("metrics.a > 0.999 OR metrics.b > 0", None),
    ],
)
def test_rare_conditions_lead_wherever_they_stand(
    database: sa.Connection, text: str, led_by: str | None
) -> None:
    with forgotten(database) as db, thresholds(100, portion=50):
        one_thousand(db, [])
        tree = parse_run_filter(text)
        driver = search_drivers.rare_driver(db, search_drivers.drivers(parts(tree), [1]))
        rows = None if driver is None else driver.rows
        if isinstance(rows, sa.Alias):
            assert rows.element.description == led_by
        else:
            assert (None if rows is None else "union") == led_by


def test_a_key_of_another_order_is_refused(database: sa.Connection) -> None:
    with forgotten(database) as db:
        one_thousand(db, [])
        page = find_runs(db, [1], None, parse_run_order(["metrics.a"]), 1, 10)
        for order_by in (None, ["params.x"], ["metrics.a", "metrics.b"], ["status"]):
            with pytest.raises(InvalidParameter, match="another order"):
                find_runs(db, [1], None, parse_run_order(order_by), 1, 10, page.next)


def test_many_experiments_without_the_key_cost_one_statement(database: sa.Connection) -> None:
    statements: list[str] = []
    with forgotten(database) as db:
        one_thousand(db, statements)
        tree = parse_run_filter("metrics.none > 1")
        assert find_runs(db, EXPERIMENTS, tree, parse_run_order(None), 1, 10).runs == []
        assert len(statements) == 1
