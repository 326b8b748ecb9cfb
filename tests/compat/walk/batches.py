"""Batches: metrics, params and tags in one request."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step


def _view(w: Walk, run: str) -> Any:
    data = w.read(run).data
    tags = {k: v for k, v in data.tags.items() if not k.startswith("mlflow.")}
    return [data.metrics, data.params, tags]


@step
def all_three_kinds_are_written(w: Walk) -> Any:
    e = w.mlflow.entities
    run = w.run("all kinds")
    w.client.log_batch(
        run,
        metrics=[e.Metric("m", 1.5, 10, 0), e.Metric("m", 2.5, 11, 1)],
        params=[e.Param("p", "1")],
        tags=[e.RunTag("t", "2")],
        synchronous=True,
    )
    return _view(w, run)


@step
def an_empty_one_does_nothing(w: Walk) -> Any:
    run = w.run("empty batch")
    w.client.log_batch(run, synchronous=True)
    return _view(w, run)


@step
def limits_of_each_kind(w: Walk) -> Any:
    e = w.mlflow.entities
    run = w.run("batch limits")
    log = w.client.log_batch

    def metrics(count: int) -> Any:
        return [e.Metric("m", i, i, i) for i in range(count)]

    return w.outcomes(
        metrics_fit=lambda: log(run, metrics=metrics(1000), synchronous=True),
        params_fit=lambda: log(run, params=[e.Param(f"a{i}", "v") for i in range(100)]),
        tags_fit=lambda: log(run, tags=[e.RunTag(f"a{i}", "v") for i in range(100)]),
        read=lambda: [len(part) for part in _view(w, run)],
    )


@step
def beyond_the_limits(w: Walk) -> Any:
    e = w.mlflow.entities
    run = w.run("beyond the limits")
    log = w.client.log_batch

    def metrics(count: int) -> Any:
        return [e.Metric("m", i, i, i) for i in range(count)]

    return w.outcomes(
        metrics=lambda: log(run, metrics=metrics(1001), synchronous=True),
        params=lambda: log(run, params=[e.Param(f"b{i}", "v") for i in range(101)]),
        tags=lambda: log(run, tags=[e.RunTag(f"b{i}", "v") for i in range(101)]),
        all=lambda: log(
            run, metrics=metrics(950), params=[e.Param(f"c{i}", "v") for i in range(51)],
            synchronous=True,
        ),
        points=lambda: len(w.client.get_metric_history(run, "m")),
        read=lambda: [len(part) for part in _view(w, run)],
    )  # fmt: skip


@step
def the_same_param_twice_is_refused(w: Walk) -> Any:
    param = w.mlflow.entities.Param
    run = w.run("same param twice")
    return w.outcomes(
        differing=lambda: w.client.log_batch(run, params=[param("a", "1"), param("a", "2")]),
        equal=lambda: w.client.log_batch(run, params=[param("b", "1"), param("b", "1")]),
        read=lambda: _view(w, run),
    )


@step
def the_same_tag_twice_keeps_the_last(w: Walk) -> Any:
    tag = w.mlflow.entities.RunTag
    run = w.run("same tag twice")
    w.client.log_batch(run, tags=[tag("a", "1"), tag("a", "2")])
    return _view(w, run)


@step
def a_changed_param_is_refused(w: Walk) -> Any:
    param = w.mlflow.entities.Param
    run = w.run("changed in a batch")
    w.client.log_param(run, "a", "1")
    return w.outcomes(
        batch=lambda: w.client.log_batch(run, params=[param("new", "x"), param("a", "2")]),
        read=lambda: _view(w, run),
    )


@step
def one_bad_key_refuses_all(w: Walk) -> Any:
    e = w.mlflow.entities
    run = w.run("bad key in a batch")
    log = w.client.log_batch
    return w.outcomes(
        param=lambda: log(run, params=[e.Param("good", "x"), e.Param("b*d", "x")]),
        tag=lambda: log(run, tags=[e.RunTag("good", "x"), e.RunTag("b*d", "x")]),
        metric=lambda: log(
            run, metrics=[e.Metric("good", 1, 1, 0), e.Metric("b*d", 1, 1, 0)], synchronous=True
        ),
        read=lambda: _view(w, run),
    )


@step
def long_values_are_cut(w: Walk) -> Any:
    e = w.mlflow.entities
    run = w.run("long in a batch")
    return w.outcomes(
        param=lambda: w.client.log_batch(run, params=[e.Param("p", "v" * 6001)]),
        tag=lambda: w.client.log_batch(run, tags=[e.RunTag("t", "v" * 8001)]),
        read=lambda: [{k: len(v) for k, v in part.items()} for part in _view(w, run)[1:]],
    )


@step
def a_name_tag_renames_the_run(w: Walk) -> Any:
    run = w.run("before the batch")
    tag = w.mlflow.entities.RunTag
    w.client.log_batch(run, tags=[tag("mlflow.runName", "after the batch")])
    return w.read(run).info.run_name


@step
def to_an_unknown_run_is_refused(w: Walk) -> Any:
    param = w.mlflow.entities.Param
    return w.each(["0" * 32, "x"], lambda run: w.client.log_batch(run, params=[param("a", "1")]))


@step
def nan_and_infinities_are_kept(w: Walk) -> Any:
    metric = w.mlflow.entities.Metric
    run = w.run("odd numbers in a batch")
    values = [float("nan"), float("inf"), float("-inf"), 1]
    points = [metric(f"m{at}", value, 1, 0) for at, value in enumerate(values)]
    w.client.log_batch(run, metrics=points, synchronous=True)
    return _view(w, run)[0]


@step
def repeated_points_are_kept_once(w: Walk) -> Any:
    metric = w.mlflow.entities.Metric
    run = w.run("repeated points")
    points = [metric("m", 1, 1, 0), metric("m", 1, 1, 0), metric("m", 2, 1, 0)]
    w.client.log_batch(run, metrics=points, synchronous=True)
    w.client.log_batch(run, metrics=points, synchronous=True)
    return [[p.value, p.step] for p in w.client.get_metric_history(run, "m")]
