from __future__ import annotations

import base64
import json
import pickle

import pytest

from kipu.exceptions import InvalidParameter
from kipu.search import (
    And,
    Comparison,
    Field,
    InvalidSearch,
    Node,
    Not,
    Or,
    OrderBy,
    decode_token,
    encode_token,
    parse_experiment_filter,
    parse_experiment_order,
    parse_run_filter,
    parse_run_order,
    print_filter,
)

METRIC_M = Field("metric", "m")
START_TIME = Field("attribute", "start_time")
RUN_ID = Field("attribute", "run_id")
NEWEST_FIRST = [OrderBy(START_TIME, ascending=False), OrderBy(RUN_ID)]


@pytest.mark.parametrize(
    ("text", "field", "operator", "value"),
    [
        ("metrics.m > 1", METRIC_M, ">", 1.0),
        ("metrics.m>0", METRIC_M, ">", 0.0),
        ("`metrics`.m > 0", METRIC_M, ">", 0.0),
        ("metric.m >= -1", METRIC_M, ">=", -1.0),
        ("metrics.m != .5", METRIC_M, "!=", 0.5),
        ("metrics.m < 1e300", METRIC_M, "<", 1e300),
        ("metrics.m < 1.5e+300", METRIC_M, "<", 1.5e300),
        ("metrics.`a/b` > 0", Field("metric", "a/b"), ">", 0.0),
        ('metrics."m 1" > 0', Field("metric", "m 1"), ">", 0.0),
        ("metrics.'m 1' > 0", Field("metric", "m 1"), ">", 0.0),
        ("metrics.1st > 0", Field("metric", "1st"), ">", 0.0),
        ("metrics.größe > 0", Field("metric", "größe"), ">", 0.0),
        ("params.a.b = 'x'", Field("param", "a.b"), "=", "x"),
        ("params.or = 'x'", Field("param", "or"), "=", "x"),
        ('params.lr = "0.1"', Field("param", "lr"), "=", "0.1"),
        ("params.lr='0.1'", Field("param", "lr"), "=", "0.1"),
        ('params.lr = "it\'s"', Field("param", "lr"), "=", "it's"),
        ("params.lr = ''", Field("param", "lr"), "=", ""),
        ("params.lr = 'a AND b'", Field("param", "lr"), "=", "a AND b"),
        ("params.Model iLiKe 'c%'", Field("param", "Model"), "ILIKE", "c%"),
        ("parameters.x LIKE '_'", Field("param", "x"), "LIKE", "_"),
        ("param.x is not null", Field("param", "x"), "IS NOT NULL", None),
        ("tags.missing IS NULL", Field("tag", "missing"), "IS NULL", None),
        ("tags.`mlflow.runName` = 'Alpha'", Field("tag", "mlflow.runName"), "=", "Alpha"),
        ("tags.mlflow.runName = 'Alpha'", Field("tag", "mlflow.runName"), "=", "Alpha"),
        ("attributes.`run name` = 'A'", Field("attribute", "run_name"), "=", "A"),
        ("`Run Name` = 'A'", Field("attribute", "run_name"), "=", "A"),
        ("\"run name\" = 'A'", Field("attribute", "run_name"), "=", "A"),
        ("run.run_name = 'A'", Field("attribute", "run_name"), "=", "A"),
        ("attr.status != 'FAILED'", Field("attribute", "status"), "!=", "FAILED"),
        ("Created > 5", START_TIME, ">", 5),
        ("attribute.end_time <= 5.5", Field("attribute", "end_time"), "<=", 5.5),
        ('run_id IN ("a","b")', RUN_ID, "IN", ("a", "b")),
        ("run_id not  in ('a',)", RUN_ID, "NOT IN", ("a",)),
        ("dataset.name IN ('train')", Field("dataset", "name"), "IN", ("train",)),
        ("datasets.context ILIKE 't%'", Field("dataset", "context"), "ILIKE", "t%"),
        ("AND metrics.m > 1 AND", METRIC_M, ">", 1.0),
        # Beyond MLflow:
        ("metrics.m IS NULL", METRIC_M, "IS NULL", None),
        ("metrics.m IN (1,2.5)", METRIC_M, "IN", (1.0, 2.5)),
        ("metrics.m not in (-1,)", METRIC_M, "NOT IN", (-1.0,)),
        ("metrics.m between 1 and 2", METRIC_M, "BETWEEN", (1.0, 2.0)),
        ("metrics.m NOT BETWEEN 1 AND 2", METRIC_M, "NOT BETWEEN", (1.0, 2.0)),
        ("params.lr = 0.1", Field("param", "lr"), "=", 0.1),
        ("params.lr > 1", Field("param", "lr"), ">", 1.0),
        ("params.lr IN (1, 2)", Field("param", "lr"), "IN", (1.0, 2.0)),
        ("params.lr IN ('1', '2')", Field("param", "lr"), "IN", ("1", "2")),
        ("params.lr BETWEEN 0 AND 1e-1", Field("param", "lr"), "BETWEEN", (0.0, 0.1)),
        ("params.lr NOT LIKE 'a'", Field("param", "lr"), "NOT LIKE", "a"),
        ("tags.t not ilike 'a'", Field("tag", "t"), "NOT ILIKE", "a"),
        (
            "status IN ('FINISHED','FAILED')",
            Field("attribute", "status"),
            "IN",
            ("FINISHED", "FAILED"),
        ),
        ("end_time IS NULL", Field("attribute", "end_time"), "IS NULL", None),
        ("run_name IS NOT NULL", Field("attribute", "run_name"), "IS NOT NULL", None),
        ("start_time BETWEEN 1 AND 2.5", START_TIME, "BETWEEN", (1, 2.5)),
        ("dataset.context IS NULL", Field("dataset", "context"), "IS NULL", None),
        ("(metrics.m > 0)", METRIC_M, ">", 0.0),
        ("((metrics.m > 0))", METRIC_M, ">", 0.0),
        ("1 < metrics.m", METRIC_M, ">", 1.0),
        ("1=metrics.m", METRIC_M, "=", 1.0),
        ("0.5 >= params.lr", Field("param", "lr"), "<=", 0.5),
    ],
)
def test_a_comparison_of_runs_is_read(
    text: str, field: Field, operator: str, value: object
) -> None:
    tree = parse_run_filter(text)
    assert tree == Comparison(field, operator, value)  # type: ignore[arg-type]
    assert isinstance(tree, Comparison)
    assert type(tree.value) is type(value)


def test_comparisons_are_joined_by_and() -> None:
    parts = (Comparison(METRIC_M, ">", 1.0), Comparison(METRIC_M, "<", 5.0))
    assert parse_run_filter("metrics.m > 1 AND metrics.m < 5") == And(parts)
    assert parse_run_filter("metrics.m > 1\nand and metrics.m < 5 AND") == And(parts)


P = Comparison(METRIC_M, ">", 1.0)
Q = Comparison(Field("param", "q"), "=", "x")
R = Comparison(Field("tag", "r"), "IS NULL")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("{p} OR {q}", Or((P, Q))),
        ("{p} or {q} or {r}", Or((P, Q, R))),
        ("{p} OR {q} AND {r}", Or((P, And((Q, R))))),
        ("({p} OR {q}) AND {r}", And((Or((P, Q)), R))),
        ("{p} AND ({q} AND {r})", And((P, And((Q, R))))),
        ("NOT {p}", Not(P)),
        ("NOT {p} AND {q}", And((Not(P), Q))),
        ("NOT ({p} AND {q})", Not(And((P, Q)))),
        ("not not({p})", Not(Not(P))),
        ("{q} AND NOT ({p} OR {r})", And((Q, Not(Or((P, R)))))),
        ("1 < metrics.m <= 5", And((P, Comparison(METRIC_M, "<=", 5.0)))),
        ("5 >= metrics.m > 1 OR {q}", Or((And((Comparison(METRIC_M, "<=", 5.0), P)), Q))),
        (
            "metrics.m BETWEEN 1 AND 2 AND {q}",
            And((Comparison(METRIC_M, "BETWEEN", (1.0, 2.0)), Q)),
        ),
        ("AND {p} AND AND {q} AND", And((P, Q))),
    ],
)
def test_or_not_and_parentheses_are_read(text: str, tree: Node) -> None:
    full = text.format(p="metrics.m > 1", q="params.q = 'x'", r="tags.r IS NULL")
    assert parse_run_filter(full) == tree
    assert parse_run_filter(print_filter(tree)) == tree


def test_no_filter_lets_everything_through() -> None:
    assert parse_run_filter(None) is parse_run_filter("") is parse_run_filter("AND") is None


@pytest.mark.parametrize(
    ("text", "position", "why"),
    [
        (" ", 1, "blank"),
        ("m > 1", 0, "no attribute 'm'.*Did you mean metrics.m or params.m or tags.m?"),
        ("attributes.run_nam = 'x'", 11, "Did you mean run_name?"),
        ("status_ = 'x'", 0, "Did you mean status?"),
        ("metrics.m = '1'", 12, "a number without quotes; found '1'"),
        ("metrics.m > +1", 12, "a number"),
        ("metrics.m > nan", 12, "a number"),
        ("params.lr = `0.1`", 12, "a text in quotes"),
        ("params.lr > '0.05'", 12, "a number without quotes; found '0.05'"),
        ("params.lr == 'a'", 10, "equality is ="),
        ("params.lr <> 'a'", 10, "inequality is !="),
        ("params.lr NOT = 'a'", 14, "after NOT"),
        ("params.lr IS 'a'", 13, "NULL or NOT NULL"),
        ("params.lr IS NOT 'a'", 17, "NULL; found"),
        ("params.dash-key = 'x'", 11, "params.`dash-"),
        ("metrics.a/b > 1", 9, "backticks"),
        ("params.lr = 'it''s'", 16, "next quote"),
        ("params.lr = 'it\\'s'", 18, "never closed"),
        ("params.lr = 'x", 12, "never closed"),
        ("start_time = '100'", 13, "a number"),
        ("run_id IN ()", 11, r"a list, such as \('a', 'b'\)"),
        ("run_id IN 'a'", 10, "a list, such as"),
        ("run_id IN ('a', 1)", 16, "a text in quotes; found 1"),
        ("params.p IN ('a', 1)", 18, "do not go into one list"),
        ("params.p IN (1, 'a')", 16, "do not go into one list"),
        ("params.p LIKE 1", 14, "a text in quotes; found 1"),
        ("metrics.m IN ('1')", 14, "a number without quotes"),
        ("metrics.m LIKE 'a'", 10, "not LIKE"),
        ("metrics.m BETWEEN 1", 19, "AND and the other end"),
        ("metrics.m BETWEEN 1 OR 2", 20, "AND and the other end"),
        ("metrics.m BETWEEN (1, 2)", 18, "a number without quotes"),
        ("params.p BETWEEN 'a' AND 'b'", 17, "a number without quotes"),
        ("status IS NULL", 7, "not IS NULL"),
        ("status BETWEEN 1 AND 2", 7, "not BETWEEN"),
        ("1 < metrics.m > 5", 14, "point the same way"),
        ("1 = metrics.m = 1", 14, "point the same way"),
        ("1 < status", 2, "not >"),
        ("1 = status", 0, "a text in quotes; found 1"),
        ("1 LIKE params.p", 2, "a comparator such as <"),
        ("1 < 2", 4, "a field to compare"),
        ("(metrics.m > 0", 0, "never closed"),
        ("(metrics.m > 0 AND", 18, "a field to compare"),
        ("(metrics.m > 0 metrics.n < 1)", 15, r"AND, OR or \)"),
        ("metrics.m > 0)", 13, "AND, OR or the end"),
        ("()", 1, "a field to compare"),
        ("(AND metrics.m > 0)", 1, "a field to compare"),
        ("(metrics.m > 0 AND)", 18, "a field to compare"),
        ("NOT", 3, "a field to compare"),
        ("OR metrics.m > 0", 0, "a field to compare"),
        ("metrics.m > 0 OR", 16, "a field to compare"),
        ("metrics.m > 0 OR AND metrics.m < 5", 17, "a field to compare"),
        ("metrics.m > 0 NOT metrics.m < 5", 14, "AND, OR or the end"),
        ("run_id IN ('a' 'b')", 15, r", or \)"),
        ("run_id = ('a')", 9, "a text in quotes"),
        ("dataset.source = 's'", 8, "one of name, digest, context"),
        ("foo.bar = 'x'", 0, "use one of metrics"),
        ("METRICS.m > 1", 0, "use one of metrics"),
        ("lifecycle_stage = 'active'", 0, "no attribute"),
        ("experiment_id = '1'", 0, "no attribute"),
        ("duration > 1", 0, "no attribute"),
        ("attributes.foo = 'x'", 11, "no attribute 'foo'"),
        ("metrics.m > 0 metrics.m < 5", 14, "expected AND"),
        ("metrics.m > 0;", 13, "expected AND"),
        ("metrics.m > 0 -- why", 14, "expected AND"),
        ("metrics . m > 0", 0, "needs a key"),
        ("metrics > 0", 0, "needs a key"),
        ("`metrics.m` > 0", 0, "metrics.`m`"),
        ("metrics.m", 9, "found the end"),
        ("metrics.m >", 11, "found the end"),
        ("'x' = params.lr", 0, "a field to compare"),
        ("params.lr LIKE '" + "x" * 10_001 + "'", 15, "at most 10000"),
    ],
)
def test_a_wrong_filter_is_refused_at_the_character(text: str, position: int, why: str) -> None:
    with pytest.raises(InvalidSearch, match=why) as refused:
        parse_run_filter(text)
    body = json.loads(refused.value.serialize_as_json())
    assert body["error_code"] == "INVALID_PARAMETER_VALUE"
    assert (body["position"], body["part"]) == (position, "filter")
    assert refused.value.get_http_status_code() == 400


def test_the_message_shows_the_place() -> None:
    with pytest.raises(InvalidSearch) as refused:
        parse_run_filter("metrics.m > 1 OR loss < 0")
    assert refused.value.message == (
        "Invalid filter: no attribute 'loss'; one of run_id, run_name, status, user_id,"
        " artifact_uri, start_time, end_time. Did you mean metrics.loss or params.loss or"
        " tags.loss?\n"
        "  metrics.m > 1 OR loss < 0\n"
        "                   ^"
    )


def test_the_error_survives_a_pickle() -> None:
    with pytest.raises(InvalidSearch) as refused:
        parse_run_filter("m > 1")
    copy = pickle.loads(pickle.dumps(refused.value))
    assert type(copy) is InvalidSearch
    assert (copy.message, copy.position) == (refused.value.message, 0)


def test_the_message_shows_only_the_neighbourhood_of_a_long_filter() -> None:
    with pytest.raises(InvalidSearch) as refused:
        parse_run_filter(" AND ".join(["metrics.m > 1"] * 50) + "\n;")
    shown, caret = refused.value.message.splitlines()[1:]
    assert len(shown) < 80
    assert shown[caret.index("^") :] == ";"


@pytest.mark.parametrize(
    ("order_by", "field", "ascending"),
    [
        ("metrics.m", METRIC_M, True),
        ("metrics.m asc", METRIC_M, True),
        ("metric.m\tDESC", METRIC_M, False),
        ("`metrics`.m", METRIC_M, True),
        ('"metrics.m" DESC', METRIC_M, False),
        ("metrics.`a/b` ASC", Field("metric", "a/b"), True),
        ("metrics.desc", Field("metric", "desc"), True),
        ("params.lr DESC", Field("param", "lr"), False),
        ("tags.`mlflow.user`", Field("tag", "mlflow.user"), True),
        ("attr.status", Field("attribute", "status"), True),
        ("end_time", Field("attribute", "end_time"), True),
        ("artifact_uri desc", Field("attribute", "artifact_uri"), False),
    ],
)
def test_an_order_of_runs_is_read_and_newer_runs_settle_ties(
    order_by: str, field: Field, ascending: bool
) -> None:
    assert parse_run_order([order_by]) == [OrderBy(field, ascending), *NEWEST_FIRST]


def test_runs_come_newest_first_and_an_explicit_tie_break_replaces_the_default() -> None:
    assert parse_run_order(None) == parse_run_order([]) == NEWEST_FIRST
    assert parse_run_order(["Created"]) == [OrderBy(START_TIME), OrderBy(RUN_ID)]
    assert parse_run_order(["start_time DESC", "run_id DESC"]) == [
        OrderBy(START_TIME, ascending=False),
        OrderBy(RUN_ID, ascending=False),
    ]


@pytest.mark.parametrize(
    ("order_by", "position"),
    [
        (["metrics.a/b ASC"], 9),
        (["dataset.name"], 0),
        (["metrics.m FOO"], 10),
        (["metrics.m ASC, params.lr"], 13),
        (["metrics.m ASC DESC"], 14),
        (["`run name`"], 0),
        (["attributes.`run name`"], 12),
        (["experiment_id"], 0),
        (["lifecycle_stage"], 0),
        (["metrics"], 0),
        (["foo.bar"], 0),
        ([""], 0),
        (["metrics.m", "metric.m DESC"], 0),
    ],
)
def test_a_wrong_order_of_runs_is_refused(order_by: list[str], position: int) -> None:
    with pytest.raises(InvalidSearch, match="Invalid order_by") as refused:
        parse_run_order(order_by)
    assert json.loads(refused.value.serialize_as_json())["position"] == position


def test_what_no_engine_could_take_is_refused() -> None:
    with pytest.raises(InvalidSearch, match="more than 100 comparisons"):
        parse_run_filter(" AND ".join(["metrics.m > 1"] * 101))
    with pytest.raises(InvalidSearch, match="more than 10000 values"):
        parse_run_filter("run_id IN (" + "'a'," * 10_001 + ")")
    with pytest.raises(InvalidSearch, match="more than 10000 values"):
        parse_run_filter(" OR ".join(["run_id IN (" + "'a'," * 5_001 + ")"] * 2))
    for deep in ("(" * 21 + "metrics.m > 1" + ")" * 21, "NOT " * 21 + "metrics.m > 1"):
        with pytest.raises(InvalidSearch, match="at most 20 deep"):
            parse_run_filter(deep)
    with pytest.raises(InvalidSearch, match="surrogate"):
        parse_run_filter("params.p = '\ud800'")
    with pytest.raises(InvalidParameter, match="at most 20"):
        parse_run_order([f"metrics.m{number}" for number in range(21)])


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="not int"):
        parse_run_filter(5)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameter, match=r"use \['start_time'\]"):
        parse_run_order("start_time")
    with pytest.raises(InvalidParameter, match="found 5"):
        parse_run_order([5])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "text",
    [
        "name = 'a'",
        "attribute.name ILIKE 'A%'",
        "`name` = 'a'",
        "creation_time > 0 AND last_update_time <= 5",
        "experiment_id = '1'",
        "experiment_id NOT IN ('1', '2')",
        "tags.t IS NULL",
        "tag.`k y` != 'x'",
        "name IN ('a')",
        "tags.t NOT IN ('x')",
        "name = 'a' OR NOT (name = 'b')",
        "creation_time BETWEEN 1 AND 5",
    ],
)
def test_filters_of_experiments_are_read(text: str) -> None:
    tree = parse_experiment_filter(text)
    assert parse_experiment_filter(print_filter(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "attributes.name = 'a'",
        "attr.name = 'a'",
        "name > 'a'",
        "name IS NULL",
        "name = 5",
        "creation_time > 0.5",
        "creation_time > 1e3",
        "creation_time = '5'",
        "experiment_id = 1",
        "experiment_id = 'abc'",
        "experiment_id IN ('1', 'x')",
        "experiment_id LIKE '1'",
        "metrics.m > 1",
        "params.x = 'a'",
        "lifecycle_stage = 'active'",
        "artifact_location = 'x'",
    ],
)
def test_wrong_filters_of_experiments_are_refused(text: str) -> None:
    with pytest.raises(InvalidSearch):
        parse_experiment_filter(text)


def test_ids_of_experiments_compare_as_numbers() -> None:
    assert parse_experiment_filter("experiment_id = ' 01'") == Comparison(
        Field("attribute", "experiment_id"), "=", "1"
    )


def test_orders_of_experiments_end_with_the_id() -> None:
    created, name = Field("attribute", "creation_time"), Field("attribute", "name")
    by_id = Field("attribute", "experiment_id")
    newest = [OrderBy(created, ascending=False), OrderBy(by_id)]
    assert parse_experiment_order(None) == newest
    assert parse_experiment_order(["name desc"]) == [
        OrderBy(name, ascending=False),
        OrderBy(by_id, ascending=False),
    ]
    assert parse_experiment_order(["name", "attribute.name DESC", "experiment_id"]) == [
        OrderBy(name),
        OrderBy(by_id),
    ]


@pytest.mark.parametrize("order_by", ["tags.t", "attributes.name", "lifecycle_stage", "name FOO"])
def test_wrong_orders_of_experiments_are_refused(order_by: str) -> None:
    with pytest.raises(InvalidSearch):
        parse_experiment_order([order_by])


def test_there_is_no_token_of_no_page() -> None:
    assert encode_token(None) is decode_token(None) is decode_token("") is None


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "ä",
        "AAAA",
        base64.b64encode(b'{"offset": 5}').decode(),
        base64.b64encode(b'["k0",[[],1,2]]').decode(),
        base64.b64encode(b'["k1",[[],1]]').decode() + "=?",
        base64.b64encode(b'["k1",[[],1,2,3,4]]').decode(),
        base64.b64encode(b'["k1",[[],1,"2"]]').decode(),
        base64.b64encode(b'["k1",[[],1,%d]]' % (1 << 63)).decode(),
    ],
)
def test_what_is_no_page_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidParameter, match="Invalid page token"):
        decode_token(token)
