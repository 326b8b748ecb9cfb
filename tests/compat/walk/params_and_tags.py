"""Params, which never change, and tags, which do; one by one and in batches."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step

KEYS = ["", "a//b", "a/", "/a", "../a", ".", "a*b", "a,b", "a(b)", "a@b", "k" * 251, None]


def _tags(w: Walk, run: str) -> Any:
    tags = w.read(run).data.tags
    return {k: v for k, v in tags.items() if not k.startswith("mlflow.")}


@step
def a_param_is_read_back_as_text(w: Walk) -> Any:
    run = w.run("params")
    values = {
        "int": 1, "float": 0.1, "bool": True, "none": None, "list": [1, "a"], "dict": {"a": 1},
        "empty": "", "text": "Ä→ü\n\t", "quote": "'\"`", "big": 10**40,
    }  # fmt: skip
    given = [w.outcome(lambda k=k, v=v: w.client.log_param(run, k, v)) for k, v in values.items()]
    return [given, w.read(run).data.params]


@step
def a_param_may_be_logged_again_with_its_value(w: Walk) -> Any:
    run = w.run("same param")
    w.client.log_param(run, "p", 1)
    return w.outcomes(
        same=lambda: w.client.log_param(run, "p", "1"),
        other=lambda: w.client.log_param(run, "p", 2),
        other_type=lambda: w.client.log_param(run, "p", 1.0),
        read=lambda: w.read(run).data.params,
    )


@step
def a_params_value_is_cut_at_6000_characters(w: Walk) -> Any:
    run = w.run("long params")
    return w.outcomes(
        fits=lambda: len(w.client.log_param(run, "fits", "v" * 6000)),
        long=lambda: len(w.client.log_param(run, "long", "v" * 6001)),
        wide=lambda: len(w.client.log_param(run, "wide", "ü" * 7000)),
        read=lambda: {k: len(v) for k, v in w.read(run).data.params.items()},
    )


@step
def param_keys_that_cannot_be_are_refused(w: Walk) -> Any:
    run = w.run("bad param keys")
    return w.each(KEYS, lambda key: w.client.log_param(run, key, 1))


@step
def param_keys_of_all_allowed_characters_are_kept(w: Walk) -> Any:
    run = w.run("param keys")
    for key in ["a/b", "a b", "a:b", "a.b", "é", "k" * 250, "Case", "case"]:
        w.client.log_param(run, key, key)
    return w.read(run).data.params


@step
def params_of_an_unknown_run_are_refused(w: Walk) -> Any:
    return w.each(["0" * 32, "x", ""], lambda run: w.client.log_param(run, "p", 1))


@step
def a_tag_is_read_back_as_text(w: Walk) -> Any:
    run = w.run("tags")
    for key, value in {"int": 1, "none": None, "list": [1], "empty": "", "text": "Ä→ü\n"}.items():
        w.client.set_tag(run, key, value)
    return _tags(w, run)


@step
def a_tag_is_overwritten(w: Walk) -> Any:
    run = w.run("overwritten tag")
    w.client.set_tag(run, "t", 1)
    w.client.set_tag(run, "t", 2)
    return _tags(w, run)


@step
def a_tag_is_deleted(w: Walk) -> Any:
    run = w.run("deleted tag")
    w.client.set_tag(run, "t", 1)
    return w.outcomes(
        first=lambda: w.client.delete_tag(run, "t"),
        again=lambda: w.client.delete_tag(run, "t"),
        never=lambda: w.client.delete_tag(run, "never"),
        unknown=lambda: w.client.delete_tag("0" * 32, "t"),
        read=lambda: _tags(w, run),
    )


@step
def a_tags_value_is_cut_at_8000_characters(w: Walk) -> Any:
    run = w.run("long tags")
    return w.outcomes(
        fits=lambda: w.client.set_tag(run, "fits", "v" * 8000),
        long=lambda: w.client.set_tag(run, "long", "v" * 8001),
        read=lambda: {k: len(v) for k, v in _tags(w, run).items()},
    )


@step
def tag_keys_that_cannot_be_are_refused(w: Walk) -> Any:
    run = w.run("bad tag keys")
    return w.each(KEYS, lambda key: w.client.set_tag(run, key, 1))


@step
def tags_of_an_unknown_run_are_refused(w: Walk) -> Any:
    return w.each(["0" * 32, "x", ""], lambda run: w.client.set_tag(run, "t", 1))


@step
def keys_that_are_no_text_are_refused(w: Walk) -> Any:
    run = w.run("numbers as keys")
    return w.outcomes(
        metric=lambda: w.client.log_metric(run, 5, 1, synchronous=True),
        param=lambda: w.client.log_param(run, 5, 1),
        tag=lambda: w.client.set_tag(run, 5, 1),
    )


@step
def system_tags_may_be_set(w: Walk) -> Any:
    run = w.run("system tags")
    w.client.set_tag(run, "mlflow.note.content", "a note")
    w.client.set_tag(run, "mlflow.parentRunId", "no such run")
    tags = w.read(run).data.tags
    return {k: v for k, v in tags.items() if k.startswith("mlflow.")}


@step
def fluent_functions_write_to_the_active_run(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent params"))
    with m.start_run(run_name="active") as run:
        given = m.log_param("a", 1)
        m.log_params({"b": 2, "c": [3]})
        m.set_tag("d", 4)
        m.set_tags({"e": 5, "f": None})
        m.delete_tag("e")
    return [given, w.read(run.info.run_id).data.params, _tags(w, run.info.run_id)]


@step
def fluent_functions_write_to_the_given_run(w: Walk) -> Any:
    m = w.mlflow
    run = w.run("given", "fluent params")
    m.log_params({"a": 1}, run_id=run)
    return [w.read(run).data.params, m.active_run()]


@step
def many_params_at_once_are_split(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent params"))
    with m.start_run(run_name="many") as run:
        m.log_params({f"p{i}": i for i in range(250)})
        m.set_tags({f"t{i}": i for i in range(150)})
    return [len(w.read(run.info.run_id).data.params), len(_tags(w, run.info.run_id))]


@step
def one_changed_param_among_many_refuses_the_rest(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent params"))
    with m.start_run(run_name="changed") as run:
        m.log_param("a", 1)
        outcome = w.outcome(lambda: m.log_params({"b": 2, "a": 3}))
    return [outcome, w.read(run.info.run_id).data.params]
