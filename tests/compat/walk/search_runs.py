"""Searching runs: the filters, orders, pages and views that are the same everywhere."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step

GOOD = [
    "metrics.acc > 0.5",
    "metrics.acc >= 0.9 AND metrics.acc < 0.95",
    "metrics.acc = 0.9",
    "metrics.acc != 0.9",
    "metric.acc <= 0.5",
    "metrics.acc > -1",
    "metrics.acc > 1e-3 and metrics.acc < 5E2",
    "metrics.nan != 1",
    "metrics.nan > 0",
    "metrics.missing > 0",
    "metrics.`val/acc` > 0.3",
    'metrics."val/acc" > 0.3',
    "`metrics`.acc > 0.5",
    "metrics.acc>0.5",
    "params.lr = '0.1'",
    'params.lr = "0.1"',
    "param.lr != '0.1'",
    "parameters.model LIKE 'res%'",
    "params.model ILIKE 'RES%'",
    "params.model LIKE 'RES%'",
    "params.model like 'resnet__'",
    "params.`learning rate` = 'slow'",
    "params.missing IS NULL",
    "params.model IS NOT NULL",
    "params.model is null",
    "params.model = ''",
    "tags.team = 'a'",
    "tag.team != 'a'",
    "tags.team IS NULL",
    "tags.`mlflow.runName` = 'run 3'",
    "tags.mlflow.runName LIKE 'run%'",
    "attributes.run_name = 'run 1'",
    "run_name LIKE 'run%'",
    "run_name ILIKE 'RUN _'",
    "attributes.`run name` = 'run 2'",
    "run.run_name != 'run 2'",
    "attr.status = 'FINISHED'",
    "status != 'FINISHED'",
    "status = 'finished'",
    "attribute.status ILIKE 'fin%'",
    "start_time > 2000",
    "attributes.start_time <= 2000 AND start_time >= 1000",
    "created = 3000",
    "end_time > 0",
    "end_time != 5000",
    "user_id = 'ada'",
    "user_id LIKE '%a'",
    "artifact_uri LIKE '%artifacts'",
    "run_id != 'x'",
    "run_id IN ('x', 'y')",
    "run_id NOT IN ('x')",
    "dataset.name = 'train'",
    "datasets.name LIKE 'tr%'",
    "dataset.digest = 'd1'",
    "dataset.context = 'training'",
    "dataset.name IN ('train', 'test')",
    "dataset.name NOT IN ('train')",
    'params.quote = "it\'s"',
    "params.`a-b` = 'dash'",
    "",
    "   ",
    "status = 'FINISHED' AND params.lr = '0.1' AND tags.team = 'a' AND metrics.acc > 0.1",
]
BAD = [
    "acc > 1",
    "metrics.acc",
    "metrics.acc >",
    "metrics.acc > 'a'",
    "metrics.acc = '1'",
    "metrics.acc LIKE '1%'",
    "metrics.acc IS NULL",
    "params.lr = 0.1",
    "params.lr = adam",
    "status = FINISHED",
    "start_time = '100'",
    "start_time LIKE '1%'",
    "lifecycle_stage = 'active'",
    "experiment_id = '0'",
    "dataset.source = 's'",
    "dataset.name = 1",
    "foo.bar = 'x'",
    "metrics.acc > 0;",
    "metrics . acc > 0",
    "params.lr RLIKE 'x'",
    "params.lr == '0.1'",
    "params.lr <> '0.1'",
    "run_id IN ()",
    "AND metrics.acc > 0",
    "metrics.acc > 0 AND",
    "metrics.acc > 0 metrics.acc < 1",
    "params. = 'x'",
    "= 'x'",
    "attributes.nothing = 'x'",
]
ORDERS = [
    ["metrics.acc"],
    ["metrics.acc DESC"],
    ["metrics.acc asc", "start_time DESC"],
    ["metrics.nan", "run_name"],
    ["metrics.nan DESC", "run_name DESC"],
    ["params.lr", "run_name"],
    ["params.lr DESC", "run_name"],
    ["params.`learning rate`", "run_name"],
    ["tags.team", "run_name"],
    ["tag.team DESC", "run_name"],
    ["attributes.start_time"],
    ["start_time ASC"],
    ["created DESC"],
    ["end_time", "run_name"],
    ["end_time DESC", "run_name"],
    ["status", "run_name"],
    ["user_id DESC", "run_name"],
    ["run_name"],
    ["attribute.run_name DESC"],
    ["artifact_uri"],
    ["run_id"],
    [],
]
BAD_ORDERS = [
    ["metrics.a/b ASC"],
    ["metrics.acc FOO"],
    ["metrics.acc ASC, params.lr"],
    ["dataset.name"],
    ["acc"],
    ["foo.bar"],
    [""],
    ["metrics.acc ASC DESC"],
]


def _filled(w: Walk) -> str:
    """The experiment, with six runs of which the last is deleted."""
    where: str = w.once("runs", lambda: _fill(w))
    return where


def _fill(w: Walk) -> str:
    e = w.mlflow.entities
    where = w.experiment()
    models = [None, "resnet18", "ResNet50", "resnet50", "cnn", "cnn"]
    for at, model in enumerate(models):
        run = w.client.create_run(
            where, start_time=1000 * at, run_name=f"run {at}",
            tags={"mlflow.user": "ada" if at % 2 else "bob"},
        ).info.run_id  # fmt: skip
        metrics = [e.Metric("acc", [0.5, 0.9, 0.93, -2, 10, 0.1][at], 1, 0)]
        if at in (1, 3):
            metrics.append(e.Metric("nan", float("nan"), 1, 0))
        if at in (0, 2):
            metrics.append(e.Metric("nan", at, 1, 0))
        if at % 2:
            metrics.append(e.Metric("val/acc", at / 10, 1, 0))
        params = [e.Param("lr", "0.1" if at % 2 else "0.01"), e.Param("learning rate", f"s{at}")]
        if model:
            params.append(e.Param("model", model))
        if at == 1:
            params += [e.Param("quote", "it's"), e.Param("a-b", "dash")]
        if at == 2:
            w.client.log_inputs(run, [_dataset(w, "train", "d1", "training")])
        if at == 3:
            w.client.log_inputs(run, [_dataset(w, "test", "d2", "testing")])
        tags = [e.RunTag("team", "ab"[at % 2])] if at < 4 else []
        w.client.log_batch(run, metrics=metrics, params=params, tags=tags, synchronous=True)
        if at in (1, 2, 4):
            w.client.set_terminated(run, ["", "FINISHED", "FAILED", "", "FINISHED"][at], 5000 + at)
        if at == 5:
            w.client.delete_run(run)
    return where


def _dataset(w: Walk, name: str, digest: str, context: str) -> Any:
    e = w.mlflow.entities
    return e.DatasetInput(
        e.Dataset(name, digest, "local", "{}"), [e.InputTag("mlflow.data.context", context)]
    )


def _names(runs: Any) -> list[str]:
    return [run.info.run_name for run in runs]


def _add_a_step_for_each() -> None:
    def filtered(text: str) -> Any:
        return lambda w: _names(w.client.search_runs([_filled(w)], text, order_by=["run_name"]))

    def ordered(order: list[str]) -> Any:
        def names(w: Walk) -> Any:
            found = _names(w.client.search_runs([_filled(w)], order_by=order))
            # These two hold random ids.
            return sorted(found) if order and order[0] in ("run_id", "artifact_uri") else found

        return names

    for kind, texts in (("found by", GOOD), ("refused:", BAD)):
        for text in texts:
            step(filtered(text), "search runs", f"{kind} {text!r}")
    for kind, orders in (("ordered by", ORDERS), ("refused order", BAD_ORDERS)):
        for order in orders:
            step(ordered(order), "search runs", f"{kind} {order}")


_add_a_step_for_each()


@step
def views_show_active_deleted_or_all(w: Walk) -> Any:
    where = [_filled(w)]
    view = w.mlflow.entities.ViewType
    return {
        name: _names(w.client.search_runs(where, run_view_type=number, order_by=["run_name"]))
        for name, number in {
            "active": view.ACTIVE_ONLY, "deleted": view.DELETED_ONLY, "all": view.ALL
        }.items()
    }  # fmt: skip


@step
def pages_join_to_the_whole(w: Walk) -> Any:
    where = [_filled(w)]
    pages, token = [], None
    while True:
        page = w.client.search_runs(
            where, max_results=2, order_by=["metrics.acc DESC"], page_token=token
        )
        pages.append(_names(page))
        token = page.token
        if not token:
            return pages


@step
def page_sizes_have_limits(w: Walk) -> Any:
    where = [_filled(w)]
    return w.each(
        [1, 50_000, 50_001, 0, -1],
        lambda size: len(w.client.search_runs(where, max_results=size)),
    )


@step
def page_tokens_that_are_none_are_refused(w: Walk) -> Any:
    where = [_filled(w)]
    return w.each(
        ["nonsense", "e30=", "AAAA"],
        lambda token: len(w.client.search_runs(where, page_token=token)),
    )


@step
def nowhere_finds_nothing(w: Walk) -> Any:
    return w.outcomes(
        none=lambda: _names(w.client.search_runs([])),
        unknown=lambda: _names(w.client.search_runs(["987654321"])),
        known_and_unknown=lambda: len(w.client.search_runs([_filled(w), "987654321"])),
        no_number=lambda: _names(w.client.search_runs(["abc"])),
    )


@step
def one_experiment_may_stand_without_a_list(w: Walk) -> Any:
    return len(w.client.search_runs(_filled(w)))


@step
def many_experiments_are_searched_at_once(w: Walk) -> Any:
    w.run("run 9", "another to search", start_time=9000)
    both = [_filled(w), w.experiment("another to search")]
    return _names(w.client.search_runs(both, order_by=["start_time DESC"]))


@step
def run_ids_in_a_list_are_found(w: Walk) -> Any:
    where = [_filled(w)]
    ids = [r.info.run_id for r in w.client.search_runs(where, order_by=["run_name"], max_results=2)]
    text = ", ".join(f"'{one}'" for one in ids)
    return [
        _names(w.client.search_runs(where, f"run_id IN ({text})", order_by=["run_name"])),
        _names(w.client.search_runs(where, f"run_id NOT IN ({text})", order_by=["run_name"])),
        _names(w.client.search_runs(where, f"run_id = {ids[0]!r}")),
    ]


@step
def fluent_search_gives_a_table(w: Walk) -> Any:
    table = w.mlflow.search_runs([_filled(w)], order_by=["run_name"])
    columns = [c for c in table.columns if not c.startswith("tags.mlflow.")]
    kept = [c for c in columns if c.startswith(("metrics.", "params.", "tags.")) or c == "status"]
    rows = table[sorted(kept)].astype(object).where(table[sorted(kept)].notna(), None)
    return [sorted(columns), {c: str(table[c].dtype) for c in kept}, rows.to_dict("list")]


@step
def fluent_search_gives_a_list(w: Walk) -> Any:
    _filled(w)
    m = w.mlflow
    return w.outcomes(
        listed=lambda: _names(
            m.search_runs(
                experiment_names=[w.name(w.area)], filter_string="metrics.acc > 0",
                order_by=["metrics.acc"], output_format="list",
            )
        ),
        most=lambda: len(m.search_runs([_filled(w)], max_results=3, output_format="list")),
        both=lambda: m.search_runs([_filled(w)], experiment_names=["x"], output_format="list"),
        format=lambda: m.search_runs([_filled(w)], output_format="csv"),
        unknown=lambda: m.search_runs(experiment_names=[w.name("none")], output_format="list"),
        everywhere=lambda: len(
            m.search_runs(search_all_experiments=True, max_results=1, output_format="list")
        ),
    )  # fmt: skip


@step
def fluent_search_of_nothing_has_the_columns(w: Walk) -> Any:
    w.experiment("nothing to find")
    table = w.mlflow.search_runs([w.experiment("nothing to find")])
    return [len(table), sorted(table.columns)]
