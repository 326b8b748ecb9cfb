"""What runs read: data sets and their tags; and what they made."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step


def _input(w: Walk, name: str, digest: str, *tags: tuple[str, str], **more: str) -> Any:
    e = w.mlflow.entities
    dataset = e.Dataset(name, digest, "local", '{"uri": "x"}', **more)
    return e.DatasetInput(dataset, [e.InputTag(*tag) for tag in tags])


def _view(w: Walk, run: str) -> Any:
    found = []
    for one in w.read(run).inputs.dataset_inputs:
        d = one.dataset
        tags = sorted((tag.key, tag.value) for tag in one.tags)
        found.append([d.name, d.digest, d.source_type, d.source, d.schema, d.profile, tags])
    return sorted(found, key=repr)


@step
def a_data_set_is_read_back(w: Walk) -> Any:
    run = w.run("one")
    one = _input(w, "train", "d1", ("mlflow.data.context", "training"), schema="[]", profile="{}")
    w.client.log_inputs(run, [one])
    return _view(w, run)


@step
def several_at_once_and_later(w: Walk) -> Any:
    run = w.run("several")
    w.client.log_inputs(run, [_input(w, "a", "d1"), _input(w, "b", "d2", ("k", "v"))])
    w.client.log_inputs(run, [_input(w, "c", "d3")])
    return _view(w, run)


@step
def a_repeated_link_is_harmless(w: Walk) -> Any:
    run = w.run("repeated")
    for _ in range(2):
        w.client.log_inputs(run, [_input(w, "a", "d1", ("k", "v"))])
    return _view(w, run)


@step
def a_repeated_link_keeps_its_tags(w: Walk) -> Any:
    run = w.run("tagged twice")
    w.client.log_inputs(run, [_input(w, "a", "d1", ("k", "v"))])
    w.client.log_inputs(run, [_input(w, "a", "d1", ("k", "w"), ("l", "x"))])
    return _view(w, run)


@step
def one_name_with_two_digests_are_two(w: Walk) -> Any:
    run = w.run("two digests")
    w.client.log_inputs(run, [_input(w, "a", "d1"), _input(w, "a", "d2")])
    return _view(w, run)


@step
def runs_of_one_experiment_share_a_data_set(w: Walk) -> Any:
    first, second = w.run("sharing first"), w.run("sharing second")
    w.client.log_inputs(first, [_input(w, "shared", "s1", ("of", "first"), profile="p1")])
    w.client.log_inputs(second, [_input(w, "shared", "s1", ("of", "second"), profile="p2")])
    return [_view(w, first), _view(w, second)]


@step
def nothing_is_harmless(w: Walk) -> Any:
    run = w.run("nothing")
    return w.outcomes(
        empty=lambda: w.client.log_inputs(run, []),
        none=lambda: w.client.log_inputs(run),
        read=lambda: _view(w, run),
    )


@step
def of_an_unknown_run_are_refused(w: Walk) -> Any:
    return w.each(["0" * 32, "x"], lambda run: w.client.log_inputs(run, [_input(w, "a", "d")]))


@step
def of_a_deleted_run_are_refused(w: Walk) -> Any:
    run = w.run("deleted")
    w.client.delete_run(run)
    return [w.outcome(lambda: w.client.log_inputs(run, [_input(w, "a", "d1")])), _view(w, run)]


@step
def names_and_digests_have_limits(w: Walk) -> Any:
    run = w.run("limits")

    def log(*given: Any, **more: str) -> Any:
        return lambda: w.client.log_inputs(run, [_input(w, *given, **more)])

    return w.outcomes(
        name_fits=log("n" * 500, "d"),
        name_is_long=log("n" * 501, "d"),
        digest_fits=log("a", "d" * 36),
        digest_is_long=log("a", "d" * 37),
        tag_key_fits=log("t1", "d", ("k" * 255, "v")),
        tag_key_is_long=log("t2", "d", ("k" * 256, "v")),
        tag_value_fits=log("t3", "d", ("k", "v" * 500)),
        tag_value_is_long=log("t4", "d", ("k", "v" * 501)),
        schema_is_long=log("s", "d", schema="s" * 1_048_576),
        read=lambda: [[len(n), len(d), [len(k) for k, _ in t]] for n, d, *_, t in _view(w, run)],
    )


@step
def names_and_digests_are_needed(w: Walk) -> Any:
    run = w.run("without a name")
    return w.outcomes(
        name=lambda: w.client.log_inputs(run, [_input(w, "", "d")]),
        digest=lambda: w.client.log_inputs(run, [_input(w, "a", "")]),
        read=lambda: [one[:2] for one in _view(w, run)],
    )
