"""Runs: made, read, ended, resumed, nested, renamed, deleted and restored."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step

OURS = ("mlflow.source.git.commit", "mlflow.source.name", "mlflow.source.type", "mlflow.user")


def _view(run: Any) -> Any:
    info = run.info
    return {
        "name": info.run_name,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "start": info.start_time,
        "end": info.end_time,
        "user": info.user_id if info.user_id == "unknown" else "somebody",
        "uri ends": info.artifact_uri.endswith(f"/{info.run_id}/artifacts"),
        "tags": {k: v for k, v in run.data.tags.items() if k not in OURS},
    }


@step
def is_made_and_read(w: Walk) -> Any:
    made = w.client.create_run(w.experiment(), run_name="made")
    return [_view(made), _view(w.read(made.info.run_id))]


@step
def gets_a_random_name(w: Walk) -> Any:
    made = w.client.create_run(w.experiment("random names"))
    name = made.info.run_name
    return [bool(name), made.data.tags["mlflow.runName"] == name, len(name.split("-"))]


@step
def takes_its_name_from_the_tag(w: Walk) -> Any:
    return _view(w.client.create_run(w.experiment(), tags={"mlflow.runName": "by tag"}))


@step
def name_and_tag_must_agree(w: Walk) -> Any:
    e = w.experiment()
    return w.outcomes(
        same=lambda: _view(
            w.client.create_run(e, run_name="agreed", tags={"mlflow.runName": "agreed"})
        ),
        other=lambda: w.client.create_run(e, run_name="a", tags={"mlflow.runName": "b"}),
    )


@step
def keeps_the_given_start_and_tags(w: Walk) -> Any:
    made = w.client.create_run(
        w.experiment(), start_time=123_456, tags={"a": "1", "mlflow.user": "me"}, run_name="given"
    )
    return [_view(made), made.info.user_id]


@step
def in_an_unknown_experiment_is_refused(w: Walk) -> Any:
    return w.each(["987654321", "abc", ""], w.client.create_run)


@step
def of_an_unknown_id_is_refused(w: Walk) -> Any:
    return w.each(["0" * 32, "x", "a/b", "../x", ""], w.client.get_run)


@step
def ids_that_are_no_text_are_refused(w: Walk) -> Any:
    return w.each([None, 5], w.client.get_run)


@step
def tags_that_are_no_text_are_made_text(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    made = w.client.create_run(w.experiment(), tags={"a": 1}, run_name="number as tag")
    with m.start_run(run_name="number as tag", tags={"a": 1}) as run:
        pass
    return [w.read(made.info.run_id).data.tags["a"], w.read(run.info.run_id).data.tags["a"]]


@step
def is_ended(w: Walk) -> Any:
    def ended(status: Any) -> Any:
        run = w.run(f"ended {status}")
        w.client.set_terminated(run, status)
        return _view(w.read(run))

    return w.each([None, "FINISHED", "FAILED", "KILLED", "RUNNING", "SCHEDULED"], ended)


@step
def is_not_ended_with_a_status_that_is_none(w: Walk) -> Any:
    def ended(status: Any) -> Any:
        run = w.run(f"ended with {status}")
        outcome = w.outcome(lambda: w.client.set_terminated(run, status))
        return [outcome, w.read(run).info.status]

    return w.each(["DONE", "finished", ""], ended)


@step
def is_not_ended_with_a_number_as_status(w: Walk) -> Any:
    run = w.run("ended with a number")
    return [w.outcome(lambda: w.client.set_terminated(run, 3)), w.read(run).info.status]


@step
def is_ended_at_the_given_time(w: Walk) -> Any:
    run = w.run("ended then", start_time=1000)
    w.client.set_terminated(run, end_time=2000)
    return _view(w.read(run))


@step
def is_updated(w: Walk) -> Any:
    run = w.run("before update")
    update = w.client.update_run
    return w.outcomes(
        status=lambda: update(run, status="FAILED"),
        after_status=lambda: _view(w.read(run)),
        name=lambda: update(run, name="after update"),
        after_name=lambda: _view(w.read(run)),
        both=lambda: update(run, status="RUNNING", name="after both"),
        after_both=lambda: _view(w.read(run)),
        nothing=lambda: update(run),
        unknown=lambda: update("0" * 32, name="x"),
        after=lambda: _view(w.read(run)),
    )


@step
def is_not_updated_to_a_status_that_is_none(w: Walk) -> Any:
    run = w.run("no such status")
    return [w.outcome(lambda: w.client.update_run(run, status="DONE")), w.read(run).info.status]


@step
def is_renamed_by_its_tag(w: Walk) -> Any:
    run = w.run("before the tag")
    w.client.set_tag(run, "mlflow.runName", "after the tag")
    return _view(w.read(run))


@step
def keeps_its_name_when_the_tag_goes(w: Walk) -> Any:
    run = w.run("name without tag")
    w.client.delete_tag(run, "mlflow.runName")
    return _view(w.read(run))


@step
def names_of_any_characters_are_kept(w: Walk) -> Any:
    names = ["ä/b", "a'b", 'a"b', "tab\tand\nline", "%41", "x" * 250]
    return w.each(names, lambda name: w.read(w.run(name)).info.run_name == name)


@step
def is_deleted_and_restored(w: Walk) -> Any:
    run = w.run("deleted and restored")
    w.client.delete_run(run)
    deleted = _view(w.read(run))
    w.client.restore_run(run)
    return [deleted, _view(w.read(run))]


@step
def is_deleted_and_restored_twice(w: Walk) -> Any:
    run = w.run("deleted twice")
    return w.outcomes(
        first=lambda: w.client.delete_run(run),
        second=lambda: w.client.delete_run(run),
        third=lambda: w.client.restore_run(run),
        fourth=lambda: w.client.restore_run(run),
        unknown=lambda: w.client.delete_run("0" * 32),
        unknown_back=lambda: w.client.restore_run("0" * 32),
    )


@step
def takes_nothing_once_deleted(w: Walk) -> Any:
    run = w.run("deleted for good")
    w.client.set_tag(run, "there", "x")
    w.client.delete_run(run)
    c = w.client
    return w.outcomes(
        param=lambda: c.log_param(run, "p", 1),
        metric=lambda: c.log_metric(run, "m", 1, synchronous=True),
        tag=lambda: c.set_tag(run, "t", "v"),
        untag=lambda: c.delete_tag(run, "there"),
        batch=lambda: c.log_batch(run, tags=[w.mlflow.entities.RunTag("a", "b")]),
        rename=lambda: c.update_run(run, name="renamed"),
        end=lambda: c.set_terminated(run),
        read=lambda: _view(w.read(run)),
    )


@step
def takes_more_once_finished(w: Walk) -> Any:
    run = w.run("finished, then more")
    w.client.set_terminated(run)
    w.client.log_param(run, "late", 1)
    w.client.log_metric(run, "late", 2, synchronous=True)
    w.client.set_tag(run, "late", 3)
    data = w.read(run).data
    return [data.params, data.metrics, data.tags["late"]]


@step
def is_started_and_ended_fluently(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    with m.start_run(run_name="fluent", description="A note.", tags={"a": "1"}) as run:
        inside = m.active_run().info.run_id == run.info.run_id
        status = w.read(run.info.run_id).info.status
    return [inside, status, _view(w.read(run.info.run_id)), m.active_run()]


@step
def fails_with_its_block(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    try:
        with m.start_run(run_name="failing") as run:
            raise KeyError("stop")
    except KeyError:
        return _view(w.read(run.info.run_id))


@step
def two_at_once_need_nesting(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    with m.start_run(run_name="outer"):
        return w.outcome(lambda: m.start_run(run_name="inner"))


@step
def is_nested(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    with (
        m.start_run(run_name="parent") as parent,
        m.start_run(run_name="child", nested=True) as child,
        m.start_run(run_name="grandchild", nested=True) as grandchild,
    ):
        pass
    c = w.client
    return [
        c.get_parent_run(child.info.run_id).info.run_name,
        c.get_parent_run(grandchild.info.run_id).info.run_name,
        c.get_parent_run(parent.info.run_id),
        m.get_parent_run(child.info.run_id).info.run_name,
    ]


@step
def is_nested_under_a_given_parent(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    parent = w.run("given parent", "given parents")
    m.set_experiment(w.name("given parents"))
    with m.start_run(run_name="given child", parent_run_id=parent) as child:
        pass
    deleted = w.run("deleted parent", "given parents")
    w.client.delete_run(deleted)
    return w.outcomes(
        parent=lambda: w.client.get_parent_run(child.info.run_id).info.run_name,
        unknown=lambda: m.start_run(parent_run_id="0" * 32),
        deleted=lambda: m.start_run(parent_run_id=deleted),
    )


@step
def the_parent_of_an_unknown_run_is_refused(w: Walk) -> Any:
    return w.client.get_parent_run("0" * 32)


@step
def is_resumed(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    with m.start_run(run_name="resumed", tags={"first": "yes"}) as run:
        m.log_metric("loss", 1, step=0)
    with m.start_run(run_id=run.info.run_id, tags={"second": "yes"}) as again:
        status = w.read(run.info.run_id).info.status
        m.log_metric("loss", 0.5, step=1)
        m.log_param("late", "x")
    history = w.client.get_metric_history(run.info.run_id, "loss")
    return [
        again.info.run_id == run.info.run_id,
        status,
        _view(w.read(run.info.run_id)),
        [[p.step, p.value] for p in history],
    ]


@step
def is_resumed_under_another_name(w: Walk) -> Any:
    m = w.mlflow
    run = w.run("resumed by name", "fluent runs")
    m.set_experiment(w.name("fluent runs"))
    with m.start_run(run_id=run, run_name="another name"):
        pass
    return _view(w.read(run))


@step
def is_resumed_only_where_it_is(w: Walk) -> Any:
    m = w.mlflow
    elsewhere = w.run("elsewhere", "other fluent runs")
    deleted = w.run("deleted, then resumed", "fluent runs")
    w.client.delete_run(deleted)
    m.set_experiment(w.name("fluent runs"))
    return w.outcomes(
        unknown=lambda: m.start_run(run_id="0" * 32),
        elsewhere=lambda: m.start_run(run_id=elsewhere).info.run_name,
        deleted=lambda: m.start_run(run_id=deleted),
    )


@step
def is_made_where_the_caller_says(w: Walk) -> Any:
    m = w.mlflow
    there = w.experiment("said by the caller")
    with m.start_run(experiment_id=there, run_name="said") as run:
        pass
    return [run.info.experiment_id == there, m.last_active_run().info.run_name]


@step
def is_ended_with_a_status_fluently(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    run = m.start_run(run_name="killed")
    m.end_run("KILLED")
    return _view(w.read(run.info.run_id))


@step
def is_deleted_and_restored_fluently(w: Walk) -> Any:
    m = w.mlflow
    run = w.run("deleted fluently")
    m.delete_run(run)
    stage = m.get_run(run).info.lifecycle_stage
    m.restore_run(run)
    return [stage, m.get_run(run).info.lifecycle_stage]


@step
def logging_starts_one_by_itself(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("runs that start themselves"))
    m.log_param("a", 1)
    run = m.active_run()
    m.end_run()
    return [run is not None, w.read(run.info.run_id).data.params]


@step
def is_refused_in_a_deleted_experiment(w: Walk) -> Any:
    e = w.experiment("deleted under runs")
    w.client.delete_experiment(e)
    return w.outcomes(
        client=lambda: w.client.create_run(e),
        fluent=lambda: w.mlflow.start_run(experiment_id=e),
    )


@step
def user_comes_from_the_tag(w: Walk) -> Any:
    made = w.client.create_run(w.experiment(), tags={"mlflow.user": "ada"}, run_name="ada's")
    return w.read(made.info.run_id).info.user_id


@step
def note_is_a_tag(w: Walk) -> Any:
    m = w.mlflow
    m.set_experiment(w.name("fluent runs"))
    return w.outcomes(
        both=lambda: m.start_run(description="a", tags={"mlflow.note.content": "b"}),
    )
