"""Experiments: made, read, renamed, labelled, deleted and restored."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step


def _view(experiment: Any) -> Any:
    if experiment is None:
        return None
    tags = {k: v for k, v in experiment.tags.items() if not k.startswith("mlflow.")}
    return {
        "name": experiment.name,
        "stage": experiment.lifecycle_stage,
        "tags": tags,
        "id is text": isinstance(experiment.experiment_id, str),
        "created": experiment.creation_time,
        "updated": experiment.last_update_time,
    }


@step
def is_made_and_read_by_its_id(w: Walk) -> Any:
    made = w.client.create_experiment(w.name("plain"))
    return [isinstance(made, str), _view(w.client.get_experiment(made))]


@step
def is_read_by_its_name(w: Walk) -> Any:
    w.experiment("by name")
    return _view(w.client.get_experiment_by_name(w.name("by name")))


@step
def of_an_unknown_name_is_none(w: Walk) -> Any:
    return w.client.get_experiment_by_name(w.name("nobody made this"))


@step
def of_an_unknown_id_is_refused(w: Walk) -> Any:
    return w.client.get_experiment("987654321")


@step
def ids_that_are_no_ids_are_refused(w: Walk) -> Any:
    return w.each(["abc", "-1", "1.5", "a/b", " "], w.client.get_experiment)


@step
def ids_may_be_numbers(w: Walk) -> Any:
    return w.client.get_experiment(int(w.experiment("number"))).name == w.name("number")


@step
def is_made_with_tags(w: Walk) -> Any:
    made = w.client.create_experiment(w.name("with tags"), tags={"a": "1", "b": ""})
    return _view(w.client.get_experiment(made))


@step
def tags_that_are_no_text_are_made_text(w: Walk) -> Any:
    made = w.client.create_experiment(w.name("with a number as tag"), tags={"n": 5})
    return _view(w.client.get_experiment(made))["tags"]


@step
def of_a_taken_name_is_refused(w: Walk) -> Any:
    w.experiment("taken")
    return w.client.create_experiment(w.name("taken"))


@step
def of_a_deleted_ones_name_is_refused(w: Walk) -> Any:
    w.client.delete_experiment(w.experiment("deleted name"))
    return w.client.create_experiment(w.name("deleted name"))


@step
def names_are_case_sensitive(w: Walk) -> Any:
    w.experiment("case")
    w.experiment("CASE")
    return _view(w.client.get_experiment_by_name(w.name("Case")))


@step
def names_of_any_characters_are_kept(w: Walk) -> Any:
    names = ["Größe / 寸法", "a'b\"c`d", "100%_x", "line\nbreak", "back\\slash", "  spaces  "]
    return w.each(names, lambda n: _view(w.client.get_experiment(w.experiment(n)))["name"])


@step
def names_that_are_none_are_refused(w: Walk) -> Any:
    return w.each(["", None], w.client.create_experiment)


@step
def names_that_are_no_text_are_refused(w: Walk) -> Any:
    return w.each([5, True], w.client.create_experiment)


@step
def names_have_at_most_500_characters(w: Walk) -> Any:
    fits = w.name("n" * (200 - len(w.prefix)))
    long = w.name("n" * (501 - len(w.prefix)))
    return w.outcomes(
        fits=lambda: isinstance(w.client.create_experiment(fits), str),
        long=lambda: w.client.create_experiment(long),
    )


@step
def tag_keys_and_values_have_limits(w: Walk) -> Any:
    e = w.experiment("tag limits")
    tag = w.client.set_experiment_tag
    return w.outcomes(
        key_fits=lambda: tag(e, "k" * 250, "v"),
        key_is_long=lambda: tag(e, "k" * 251, "v"),
        key_is_empty=lambda: tag(e, "", "v"),
        key_has_a_star=lambda: tag(e, "a*b", "v"),
        key_is_a_path_up=lambda: tag(e, "../a", "v"),
        value_fits=lambda: tag(e, "fits", "v" * 5000),
        value_is_long=lambda: tag(e, "long", "v" * 20_001),
        value_is_empty=lambda: tag(e, "empty", ""),
        value_is_a_number=lambda: tag(e, "number", 1.5),
        value_is_none=lambda: tag(e, "none", None),
        read=lambda: sorted(w.client.get_experiment(e).tags),
    )


@step
def tags_are_overwritten(w: Walk) -> Any:
    e = w.experiment("overwritten tags")
    w.client.set_experiment_tag(e, "colour", "red")
    w.client.set_experiment_tag(e, "colour", "blue")
    return _view(w.client.get_experiment(e))["tags"]


@step
def tags_are_deleted(w: Walk) -> Any:
    e = w.experiment("deleted tags")
    w.client.set_experiment_tag(e, "colour", "red")
    w.client.delete_experiment_tag(e, "colour")
    return w.outcomes(
        read=lambda: _view(w.client.get_experiment(e))["tags"],
        again=lambda: w.client.delete_experiment_tag(e, "colour"),
    )


@step
def tags_of_an_unknown_one_are_refused(w: Walk) -> Any:
    return w.outcomes(
        set=lambda: w.client.set_experiment_tag("987654321", "a", "b"),
        delete=lambda: w.client.delete_experiment_tag("987654321", "a"),
    )


@step
def tags_of_a_deleted_one_are_refused(w: Walk) -> Any:
    e = w.experiment("deleted and tagged")
    w.client.set_experiment_tag(e, "before", "x")
    w.client.delete_experiment(e)
    return w.outcomes(
        set=lambda: w.client.set_experiment_tag(e, "after", "b"),
        delete=lambda: w.client.delete_experiment_tag(e, "before"),
    )


@step
def is_renamed(w: Walk) -> Any:
    e = w.experiment("old name")
    w.client.rename_experiment(e, w.name("new name"))
    return w.outcomes(
        by_id=lambda: _view(w.client.get_experiment(e)),
        by_old=lambda: w.client.get_experiment_by_name(w.name("old name")),
        old_is_free=lambda: isinstance(w.client.create_experiment(w.name("old name")), str),
    )


@step
def renaming_to_a_taken_name_is_refused(w: Walk) -> Any:
    w.experiment("other")
    e = w.experiment("wants another's name")
    return w.outcomes(
        taken=lambda: w.client.rename_experiment(e, w.name("other")),
        own=lambda: w.client.rename_experiment(e, w.name("wants another's name")),
        empty=lambda: w.client.rename_experiment(e, ""),
        none=lambda: w.client.rename_experiment(e, None),
        unknown=lambda: w.client.rename_experiment("987654321", w.name("x")),
    )


@step
def renaming_a_deleted_one_is_refused(w: Walk) -> Any:
    e = w.experiment("deleted, then renamed")
    w.client.delete_experiment(e)
    return w.client.rename_experiment(e, w.name("never"))


@step
def is_deleted_with_its_runs(w: Walk) -> Any:
    run = w.run("inside", "deleted with runs")
    e = w.experiment("deleted with runs")
    w.client.delete_experiment(e)
    return w.outcomes(
        experiment=lambda: _view(w.client.get_experiment(e)),
        by_name=lambda: _view(w.client.get_experiment_by_name(w.name("deleted with runs"))),
        run=lambda: w.read(run).info.lifecycle_stage,
        again=lambda: w.client.delete_experiment(e),
        new_run=lambda: w.client.create_run(e),
        log=lambda: w.client.log_param(run, "a", 1),
    )


@step
def is_restored_with_its_runs(w: Walk) -> Any:
    run = w.run("inside", "restored with runs")
    e = w.experiment("restored with runs")
    w.client.delete_experiment(e)
    w.client.restore_experiment(e)
    return w.outcomes(
        experiment=lambda: _view(w.client.get_experiment(e)),
        run=lambda: w.read(run).info.lifecycle_stage,
        again=lambda: w.client.restore_experiment(e),
        log=lambda: w.client.log_param(run, "a", 1),
    )


@step
def a_run_deleted_by_itself_comes_back_with_its_experiment(w: Walk) -> Any:
    alone = w.run("alone", "restored after a run")
    w.run("with the rest", "restored after a run")
    e = w.experiment("restored after a run")
    w.client.delete_run(alone)
    w.read(alone)
    w.client.delete_experiment(e)
    w.client.restore_experiment(e)
    return w.read(alone).info.lifecycle_stage


@step
def deleting_and_restoring_an_unknown_one_is_refused(w: Walk) -> Any:
    return w.outcomes(
        delete=lambda: w.client.delete_experiment("987654321"),
        restore=lambda: w.client.restore_experiment("987654321"),
    )


@step
def an_artifact_location_is_kept(w: Walk) -> Any:
    place = "mlflow-artifacts:/kept/place"
    made = w.client.create_experiment(w.name("located"), place)
    run = w.client.create_run(made, run_name="there")
    return w.outcomes(
        location=lambda: w.client.get_experiment(made).artifact_location,
        run=lambda: run.info.artifact_uri,
    )


@step
def artifact_locations_that_cannot_be_are_refused(w: Walk) -> Any:
    places = ["runs:/x/y", "mlflow-artifacts:/a#b", "/a;b", "x" * 2049]

    def make(place: str) -> Any:
        w.client.create_experiment(w.name(f"nowhere {places.index(place)}"), place)

    return w.each(places, make)


@step
def an_artifact_location_may_hold_a_semicolon_after_a_scheme(w: Walk) -> Any:
    made = w.client.create_experiment(w.name("semicolon"), "mlflow-artifacts:/a;b")
    return w.client.get_experiment(made).artifact_location


@step
def the_fluent_functions_do_the_same(w: Walk) -> Any:
    m = w.mlflow
    made = m.create_experiment(w.name("fluent"), tags={"x": "1"})
    m.set_experiment(experiment_id=made)
    m.set_experiment_tag("y", 2)
    m.set_experiment_tags({"z": 3, "w": "4"})
    m.delete_experiment_tag("w")
    read = _view(m.get_experiment_by_name(w.name("fluent")))
    m.delete_experiment(made)
    gone = _view(m.get_experiment(made))["stage"]
    m.restore_experiment(made)
    return [read, gone, _view(m.get_experiment(made))["stage"]]


@step
def setting_the_experiment_makes_it(w: Walk) -> Any:
    first = w.mlflow.set_experiment(w.name("set"))
    second = w.mlflow.set_experiment(w.name("set"))
    return [_view(first), first.experiment_id == second.experiment_id]


@step
def setting_the_experiment_needs_one_that_is_there(w: Walk) -> Any:
    gone = w.experiment("set but gone")
    w.client.delete_experiment(gone)
    m = w.mlflow
    return w.outcomes(
        deleted=lambda: m.set_experiment(w.name("set but gone")),
        deleted_by_id=lambda: m.set_experiment(experiment_id=gone),
        unknown_id=lambda: m.set_experiment(experiment_id="987654321"),
        neither=lambda: m.set_experiment(),
        both=lambda: m.set_experiment("a", "1"),
    )
