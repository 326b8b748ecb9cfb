"""Metrics: values, steps and times of all kinds, histories, what stands as the latest."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step


def _history(w: Walk, run: str, key: str) -> Any:
    points = w.client.get_metric_history(run, key)
    return [[p.value, p.step, p.timestamp] for p in points]


def _log(w: Walk, name: str, *points: tuple[Any, ...]) -> Any:
    """Log (value, timestamp, step) points one by one; the history and the latest value."""
    run = w.run(name)
    for value, timestamp, at in points:
        w.client.log_metric(run, "m", value, timestamp, at, synchronous=True)
    return {"history": _history(w, run, "m"), "latest": w.read(run).data.metrics["m"]}


@step
def a_point_is_read_back(w: Walk) -> Any:
    return _log(w, "one point", (0.25, 1000, 3))


@step
def the_default_step_is_zero_and_the_default_time_is_now(w: Walk) -> Any:
    run = w.run("defaults")
    w.client.log_metric(run, "m", 1, synchronous=True)
    return _history(w, run, "m")


@step
def nan_is_kept(w: Walk) -> Any:
    return _log(w, "nan", (float("nan"), 1, 0))


@step
def infinity_is_kept(w: Walk) -> Any:
    return _log(w, "infinity", (float("inf"), 1, 0))


@step
def minus_infinity_is_kept(w: Walk) -> Any:
    return _log(w, "minus infinity", (float("-inf"), 1, 0))


@step
def values_keep_every_digit(w: Walk) -> Any:
    values = [0.1, 1 / 3, 1e-300, 5e-324, 1.7976931348623157e308, 123456789.123456789]
    return _log(w, "digits", *((value, 1, at) for at, value in enumerate(values)))


@step
def minus_zero_is_kept(w: Walk) -> Any:
    return _log(w, "minus zero", (-0.0, 1, 0))


@step
def large_whole_numbers_are_floats(w: Walk) -> Any:
    return _log(w, "large", (2**53 + 1, 1, 0), (10**30, 2, 1))


@step
def bools_are_numbers_or_not(w: Walk) -> Any:
    run = w.run("bools")
    return w.outcomes(
        client=lambda: w.client.log_metric(run, "b", True, synchronous=True),
        read=lambda: w.read(run).data.metrics,
    )


@step
def texts_that_are_numbers_are_numbers(w: Walk) -> Any:
    run = w.run("texts")
    return w.each(
        ["1.5", "nan", " 2 "],
        lambda value: w.client.log_metric(run, "t", value, 1, 0, synchronous=True),
    )


@step
def what_is_no_number_is_refused(w: Walk) -> Any:
    run = w.run("no numbers")
    return w.each(
        ["abc", "", None, [1], {"a": 1}],
        lambda value: w.client.log_metric(run, "t", value, 1, 0, synchronous=True),
    )


@step
def arrays_of_one_element_are_numbers(w: Walk) -> Any:
    import numpy as np

    run = w.run("arrays")
    values = [np.float32(0.5), np.int64(7), np.array(2.5), np.array([3.5]), np.array([[4.5]])]
    for at, value in enumerate(values):
        w.client.log_metric(run, "a", value, 1, at, synchronous=True)
    return _history(w, run, "a")


@step
def arrays_of_more_elements_are_refused(w: Walk) -> Any:
    import numpy as np

    run = w.run("long arrays")
    return w.outcomes(
        two=lambda: w.client.log_metric(run, "a", np.array([1.0, 2.0]), synchronous=True),
        none=lambda: w.client.log_metric(run, "a", np.array([]), synchronous=True),
    )


@step
def negative_steps_are_kept(w: Walk) -> Any:
    return _log(w, "negative steps", (1, 1, -5), (2, 2, -1))


@step
def steps_reach_int64(w: Walk) -> Any:
    return _log(w, "large steps", (1, 1, 2**63 - 1), (2, 2, -(2**63)))


@step
def steps_beyond_int64_are_refused(w: Walk) -> Any:
    run = w.run("too large steps")
    return w.each(
        [2**63, -(2**63) - 1, "3", "x"],
        lambda at: w.client.log_metric(run, "m", 1, 1, at, synchronous=True),
    )


@step
def times_that_cannot_be_are_refused(w: Walk) -> Any:
    run = w.run("bad times")
    return w.each(
        [-1, -1000],
        lambda time: w.client.log_metric(run, "m", 1, time, 0, synchronous=True),
    )


@step
def times_beyond_int64_are_refused(w: Walk) -> Any:
    run = w.run("too large times")
    return w.each(
        [2**63, "soon"],
        lambda time: w.client.log_metric(run, "m", 1, time, 0, synchronous=True),
    )


@step
def the_time_zero_is_kept(w: Walk) -> Any:
    return _log(w, "time zero", (1, 0, 0))


@step
def the_same_point_twice_is_kept_once(w: Walk) -> Any:
    return _log(w, "same twice", (1, 1, 0), (1, 1, 0))


@step
def points_of_one_step_are_all_kept(w: Walk) -> Any:
    return _log(w, "one step", (1, 5, 0), (2, 6, 0), (3, 4, 0))


@step
def points_of_one_step_and_time_are_all_kept(w: Walk) -> Any:
    return _log(w, "one step and time", (2, 5, 0), (3, 5, 0), (1, 5, 0))


@step
def the_latest_is_that_of_the_highest_step(w: Walk) -> Any:
    return _log(w, "out of order", (5, 50, 5), (1, 60, 1), (3, 70, 3))


@step
def nan_may_be_the_latest(w: Walk) -> Any:
    return _log(w, "nan last", (1, 1, 0), (float("nan"), 2, 1))


@step
def nan_gives_way_to_a_later_point(w: Walk) -> Any:
    return _log(w, "nan first", (float("nan"), 1, 0), (7, 2, 1))


@step
def of_one_step_and_time_the_greatest_is_the_latest(w: Walk) -> Any:
    return _log(w, "greatest", (2, 1, 0), (5, 1, 0), (3, 1, 0))


@step
def keys_of_all_allowed_characters_are_kept(w: Walk) -> Any:
    run = w.run("keys")
    for at, key in enumerate(["a/b", "a b", "a:b", "a.b", "a-b", "a_b", "é", "寸法", "k" * 250]):
        w.client.log_metric(run, key, at, 1, 0, synchronous=True)
    return [w.read(run).data.metrics, _history(w, run, "a/b"), _history(w, run, "寸法")]


@step
def keys_that_cannot_be_are_refused(w: Walk) -> Any:
    run = w.run("bad keys")
    keys = ["", "a//b", "a/", "/a", "../a", ".", "a*b", "a,b", "a(b)", "a@b", "k" * 251, None]
    return w.each(keys, lambda key: w.client.log_metric(run, key, 1, synchronous=True))


@step
def keys_that_differ_in_case_are_two(w: Walk) -> Any:
    run = w.run("case of keys")
    w.client.log_metric(run, "Loss", 1, 1, 0, synchronous=True)
    w.client.log_metric(run, "loss", 2, 1, 0, synchronous=True)
    return w.read(run).data.metrics


@step
def of_an_unknown_run_are_refused(w: Walk) -> Any:
    return w.each(
        ["0" * 32, "x", ""], lambda run: w.client.log_metric(run, "m", 1, synchronous=True)
    )


@step
def histories_of_what_is_not_there_are_empty(w: Walk) -> Any:
    run = w.run("no history")
    return w.outcomes(
        no_such_key=lambda: _history(w, run, "never"),
        no_such_run=lambda: _history(w, "0" * 32, "m"),
    )


@step
def histories_of_thousands_are_whole(w: Walk) -> Any:
    m = w.mlflow
    run = w.run("thousands")
    points = [m.entities.Metric("m", i / 7, 1000 + i, i) for i in range(2500)]
    for at in range(0, 2500, 1000):
        w.client.log_batch(run, metrics=points[at : at + 1000], synchronous=True)
    got = w.client.get_metric_history(run, "m")
    same = [(p.value, p.timestamp, p.step) for p in got] == [
        (p.value, p.timestamp, p.step) for p in points
    ]
    return [len(got), same]


@step
def histories_come_by_time(w: Walk) -> Any:
    run = w.run("by time")
    points = [(1, 30, 0), (2, 10, 2), (3, 20, 1), (4, 10, 1)]
    metrics = [w.mlflow.entities.Metric("m", *point) for point in points]
    w.client.log_batch(run, metrics=metrics, synchronous=True)
    return _history(w, run, "m")


@step
def fluent_functions_log_to_the_active_run(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent metrics"))
    with m.start_run(run_name="active") as run:
        m.log_metric("a", 1, step=1, timestamp=10)
        m.log_metrics({"b": 2, "c": True}, step=2, timestamp=20)
        m.log_metric("d", True, timestamp=30)
        m.log_metric("e", "4.5", timestamp=40)
    read = w.read(run.info.run_id).data.metrics
    return [read, {key: _history(w, run.info.run_id, key) for key in read}]


@step
def fluent_functions_log_to_the_given_run(w: Walk) -> Any:
    m = w.mlflow
    run = w.run("given", "fluent metrics")
    m.log_metric("a", 1, step=1, timestamp=10, run_id=run)
    m.log_metrics({"b": 2}, step=2, timestamp=20, run_id=run)
    m.flush_async_logging()
    return [w.read(run).data.metrics, m.active_run()]


@step
def asynchronous_logging_ends_in_the_store(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent metrics"))
    with m.start_run(run_name="asynchronous") as run:
        done = [m.log_metric("a", at, step=at, timestamp=at, synchronous=False) for at in range(9)]
        m.log_params({"p": 1}, synchronous=False).wait()
        m.set_tag("t", 2, synchronous=False).wait()
        for one in done:
            one.wait()
        read = w.read(run.info.run_id).data
    return [_history(w, run.info.run_id, "a"), read.params, read.tags["t"]]
