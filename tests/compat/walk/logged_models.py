"""Logged models: made, finished, described, measured, searched, linked to runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from walk.step import Walk, step


def _view(model: Any) -> Any:
    return {
        "name": model.name,
        "id": model.model_id,
        "type": model.model_type or None,
        "status": str(model.status),
        "source run": model.source_run_id,
        "params": model.params,
        "tags": {k: v for k, v in model.tags.items() if not k.startswith("mlflow.")},
        "metrics": sorted(
            [m.key, m.value, m.step, m.dataset_name, m.dataset_digest] for m in model.metrics or ()
        ),
        "uri": model.model_uri,
        "created": model.creation_timestamp,
    }


def _made(w: Walk, name: str, experiment: str | None = None, **more: Any) -> str:
    made = w.client.create_logged_model(w.experiment(experiment), name, **more)
    return str(made.model_id)


@step
def is_made_and_read(w: Walk) -> Any:
    run = w.run("source")
    made = w.client.create_logged_model(
        w.experiment(), "made", run, tags={"t": "1"}, params={"p": "1"}, model_type="agent"
    )
    return [_view(made), _view(w.client.get_logged_model(made.model_id))]


@step
def what_was_not_said_of_it_is_empty(w: Walk) -> Any:
    made = w.client.create_logged_model(w.experiment(), "silent")
    return [made.model_type, made.status_message, made.source_run_id]


@step
def gets_a_random_name(w: Walk) -> Any:
    return bool(w.client.create_logged_model(w.experiment("random models")).name)


@step
def names_have_rules(w: Walk) -> Any:
    names = ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "", "a b", "ä", "x" * 100]
    return w.each(
        names, lambda name: w.client.create_logged_model(w.experiment("names"), name).name
    )


@step
def in_an_unknown_experiment_is_refused(w: Walk) -> Any:
    return w.each(["987654321", "abc"], lambda e: w.client.create_logged_model(e, "x"))


@step
def of_an_unknown_id_is_refused(w: Walk) -> Any:
    unknown, c = "m-" + "0" * 32, w.client
    return w.outcomes(
        get=lambda: c.get_logged_model(unknown),
        finalize=lambda: c.finalize_logged_model(unknown, "READY"),
        delete=lambda: c.delete_logged_model(unknown),
        tag=lambda: c.set_logged_model_tags(unknown, {"a": "b"}),
        untag=lambda: c.delete_logged_model_tag(unknown, "a"),
        params=lambda: c.log_model_params(unknown, {"a": "b"}),
        artifacts=lambda: c.list_logged_model_artifacts(unknown),
    )


@step
def is_finished(w: Walk) -> Any:
    def finish(status: Any) -> Any:
        return str(w.client.finalize_logged_model(_made(w, f"finished {status}"), status).status)

    return w.each(["READY", "FAILED"], finish)


@step
def is_not_finished_with_a_status_that_is_none(w: Walk) -> Any:
    return w.client.finalize_logged_model(_made(w, "finished with DONE"), "DONE")


@step
def params_are_added_once(w: Walk) -> Any:
    model, c = _made(w, "params", params={"a": "1"}), w.client
    return w.outcomes(
        more=lambda: c.log_model_params(model, {"b": "2"}),
        same=lambda: c.log_model_params(model, {"a": "1"}),
        other=lambda: c.log_model_params(model, {"a": "2"}),
        read=lambda: c.get_logged_model(model).params,
    )


@step
def tags_are_set_and_deleted(w: Walk) -> Any:
    model, c = _made(w, "tags", tags={"a": "1"}), w.client
    return w.outcomes(
        set=lambda: c.set_logged_model_tags(model, {"a": "2", "b": 3}),
        read=lambda: _view(c.get_logged_model(model))["tags"],
        delete=lambda: c.delete_logged_model_tag(model, "a"),
        again=lambda: c.delete_logged_model_tag(model, "a"),
        after=lambda: _view(c.get_logged_model(model))["tags"],
    )


@step
def is_deleted(w: Walk) -> Any:
    model, c = _made(w, "deleted"), w.client
    c.delete_logged_model(model)
    return w.outcomes(
        get=lambda: c.get_logged_model(model),
        again=lambda: c.delete_logged_model(model),
        found=lambda: [
            m.name for m in c.search_logged_models([w.experiment()], "name = 'deleted'")
        ],
    )


@step
def metrics_belong_to_it(w: Walk) -> Any:
    model, run = _made(w, "measured"), w.run("measuring")
    log = w.client.log_metric
    log(run, "loss", 0.5, 1, 0, synchronous=True, model_id=model)
    log(run, "loss", 0.25, 2, 1, synchronous=True, model_id=model)
    log(
        run, "acc", 0.9, 3, 0, synchronous=True, model_id=model,
        dataset_name="d", dataset_digest="1",
    )  # fmt: skip
    return [_view(w.client.get_logged_model(model))["metrics"], w.read(run).data.metrics]


@step
def runs_read_and_make_it(w: Walk) -> Any:
    e, c = w.mlflow.entities, w.client
    model, run = _made(w, "linked"), w.run("linking")
    outcome = w.outcomes(
        made=lambda: c.log_outputs(run, [e.LoggedModelOutput(model, 3)]),
        read=lambda: c.log_inputs(run, models=[e.LoggedModelInput(model)]),
        read_again=lambda: c.log_inputs(run, models=[e.LoggedModelInput(model)]),
    )
    run = w.read(run)
    return [
        outcome,
        [[o.model_id == model, o.step] for o in run.outputs.model_outputs],
        [i.model_id == model for i in run.inputs.model_inputs],
    ]


@step
def a_run_may_make_none(w: Walk) -> Any:
    return w.client.log_outputs(w.run("making none"), [])


@step
def files_belong_to_it(w: Walk) -> Any:
    c = w.client
    model = _made(w, "with files")
    folder = w.folder()
    (folder / "deep").mkdir()
    (folder / "a.txt").write_text("alpha")
    (folder / "deep/b.txt").write_text("beta")
    c.log_model_artifacts(model, str(folder))
    c.log_model_artifact(model, str(folder / "a.txt"))
    uri = f"models:/{model}"
    a = w.mlflow.artifacts
    return w.outcomes(
        root=lambda: [[i.path, i.is_dir] for i in c.list_logged_model_artifacts(model)],
        deep=lambda: [i.path for i in c.list_logged_model_artifacts(model, "deep")],
        by_uri=lambda: sorted(
            str(f.relative_to(d))
            for d in [Path(a.download_artifacts(uri))]
            for f in d.rglob("*")
            if f.is_file()
        ),
        listed=lambda: [i.path for i in a.list_artifacts(uri)],
    )


def _filled(w: Walk) -> str:
    where: str = w.once("searched", lambda: _fill(w))
    return where


def _fill(w: Walk) -> str:
    c, where = w.client, w.experiment("models to search")
    run = w.run("of models to search", "models to search")
    for at in range(4):
        w.tick()
        model = c.create_logged_model(
            where, f"model {at}", run if at else None, {"team": "ab"[at % 2]},
            {"lr": f"0.{at}"}, "agent" if at < 2 else "classifier",
        ).model_id  # fmt: skip
        if at < 3:
            c.log_metric(run, "acc", at / 10, 1, 0, synchronous=True, model_id=model)
            c.log_metric(
                run, "acc", 0.9 - at / 10, 2, 1, synchronous=True, model_id=model,
                dataset_name="data", dataset_digest="1",
            )  # fmt: skip
        if at % 2:
            c.finalize_logged_model(model, "READY")
        if at == 2:
            c.finalize_logged_model(model, "FAILED")
    return where


GOOD = [
    "name = 'model 1'",
    "name != 'model 1'",
    "name LIKE 'model%'",
    "name ILIKE 'MODEL%'",
    "attributes.name IN ('model 0', 'model 3')",
    "name NOT IN ('model 0')",
    "model_type = 'agent'",
    "params.lr = '0.1'",
    "params.lr = 0.1",
    "params.lr IN ('0.1', '0.2')",
    "params.`lr` LIKE '0.%'",
    "tags.team = 'a'",
    "tags.team != 'a'",
    "metrics.acc > 0.5",
    "metrics.acc < 0.05",
    "metrics.acc >= 0.2 AND metrics.acc <= 0.7",
    "metrics.acc != 0",
    "creation_timestamp > 0",
    "creation_time > 0 AND last_updated_timestamp > 0",
    "status = 2",
    "lifecycle_stage = 'active'",
    "source_run_id != 'x'",
    "model_id != 'x'",
    "name = 'model 1' AND params.lr = '0.1' AND tags.team = 'b' AND metrics.acc > 0.1",
    "",
]
BAD = [
    "metric.acc > 1",
    "param.lr = 'x'",
    "tag.team = 'a'",
    "attribute.name = 'x'",
    "name > 'a'",
    "metrics.acc LIKE '1'",
    "tags.team IS NULL",
    "name =",
    "foo.bar = 'x'",
]
ORDERS: list[list[dict[str, Any]] | None] = [
    None,
    [{"field_name": "name"}],
    [{"field_name": "name", "ascending": False}],
    [{"field_name": "creation_timestamp", "ascending": True}],
    [{"field_name": "metrics.acc"}, {"field_name": "name"}],
    [{"field_name": "metrics.acc", "ascending": False}, {"field_name": "name"}],
    [{"field_name": "metrics.acc", "dataset_name": "data", "dataset_digest": "1"}],
    [{"field_name": "model_type"}, {"field_name": "name"}],
    [{"field_name": "params.lr"}],
    [{"field_name": "nothing"}],
    [{"ascending": True}],
]


def _add_a_step_for_each() -> None:
    def filtered(text: str) -> Any:
        return lambda w: sorted(
            m.name for m in w.client.search_logged_models([_filled(w)], filter_string=text)
        )

    def ordered(order: list[dict[str, Any]] | None) -> Any:
        return lambda w: [
            m.name for m in w.client.search_logged_models([_filled(w)], order_by=order)
        ]

    for text in (*GOOD, *BAD):
        step(filtered(text), "logged models", f"found by {text!r}")
    for order in ORDERS:
        step(ordered(order), "logged models", f"ordered by {order}")


_add_a_step_for_each()


@step
def a_metric_is_compared_with_a_number_only(w: Walk) -> Any:
    return list(w.client.search_logged_models([_filled(w)], "metrics.acc > 'x'"))


@step
def are_found_on_data_sets(w: Walk) -> Any:
    def find(filter_string: str | None, *datasets: dict[str, str]) -> Any:
        return lambda: sorted(
            m.name
            for m in w.client.search_logged_models(
                [_filled(w)], filter_string=filter_string, datasets=list(datasets)
            )
        )

    return w.outcomes(
        digest=find("metrics.acc > 0.75", {"dataset_name": "data", "dataset_digest": "1"}),
        other_digest=find(None, {"dataset_name": "data", "dataset_digest": "2"}),
        other_name=find("metrics.acc > 0", {"dataset_name": "none", "dataset_digest": "1"}),
    )


@step
def data_sets_need_a_name(w: Walk) -> Any:
    return list(w.client.search_logged_models([_filled(w)], datasets=[{"dataset_digest": "1"}]))


@step
def pages_join_to_the_whole(w: Walk) -> Any:
    pages, token = [], None
    while True:
        page = w.client.search_logged_models(
            [_filled(w)], max_results=3, order_by=[{"field_name": "name"}], page_token=token
        )
        pages.append([m.name for m in page])
        token = page.token
        if not token:
            return pages


@step
def page_tokens_belong_to_a_search(w: Walk) -> Any:
    c, where = w.client, [_filled(w)]
    token = c.search_logged_models(where, max_results=1).token
    return c.search_logged_models(where, "name != 'x'", page_token=token)


@step
def page_tokens_that_are_none_are_refused(w: Walk) -> Any:
    return w.client.search_logged_models([_filled(w)], page_token="nonsense")


@step
def an_unknown_experiment_has_none(w: Walk) -> Any:
    return list(w.client.search_logged_models(["987654321"]))


@step
def no_experiment_has_none(w: Walk) -> Any:
    return list(w.client.search_logged_models([]))


@step
def fluent_functions_make_and_find_them(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent models"))
    with m.start_run(run_name="with models"):
        first = m.initialize_logged_model("initialized", params={"a": "1"}, tags={"b": "2"})
        m.log_model_params({"late": "3"}, first.model_id)
        m.log_metric("acc", 0.5, step=1, model_id=first.model_id, timestamp=10)
        done = m.finalize_logged_model(first.model_id, "READY")
        external = m.create_external_model("external", params={"x": "1"}, model_type="agent")
        m.set_logged_model_tags(external.model_id, {"tag": "v"})
    last = m.last_logged_model()
    found = m.search_logged_models(output_format="list", order_by=[{"field_name": "name"}])
    return [
        _view(first), str(done.status), _view(m.get_logged_model(external.model_id)),
        last and last.name, [model.name for model in found],
    ]  # fmt: skip


@step
def fluent_search_gives_a_table(w: Walk) -> Any:
    table = w.mlflow.search_logged_models(experiment_ids=[_filled(w)])
    return [len(table), sorted(table.columns)]


@step
def the_active_model_is_set(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent models"))
    before = m.get_active_model_id()
    model = m.set_active_model(name="active model")
    during = m.get_active_model_id() == model.model_id
    m.clear_active_model()
    return [before, model.name, during, m.get_active_model_id()]
