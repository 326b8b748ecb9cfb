"""The model registry: models, versions, aliases, tags, stages, searches."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step


def _model(model: Any) -> Any:
    return {
        "name": model.name,
        "description": model.description or None,
        "tags": model.tags,
        "aliases": {alias: str(version) for alias, version in dict(model.aliases).items()},
        "latest": sorted([v.current_stage, str(v.version)] for v in model.latest_versions),
        "created": model.creation_timestamp,
    }


def _version(version: Any) -> Any:
    return {
        "name": version.name,
        "version": str(version.version),
        "description": version.description or None,
        "tags": version.tags,
        "aliases": sorted(version.aliases),
        "stage": version.current_stage,
        "status": version.status,
        "source": version.source,
        "run": version.run_id or None,
        "link": version.run_link or None,
        "created": version.creation_timestamp,
    }


def _registered(w: Walk, name: str, **more: Any) -> str:
    w.client.create_registered_model(w.name(name), **more)
    return w.name(name)


def _logged(w: Walk, name: str) -> str:
    return str(w.client.create_logged_model(w.experiment(), name).model_id)


def _source(w: Walk) -> tuple[str, str]:
    """A run with something like a model in it, and where that lies."""

    def make() -> tuple[str, str]:
        run = w.run("with a model")
        w.client.log_text(run, "x", "model/MLmodel")
        return run, f"{w.read(run).info.artifact_uri}/model"

    made: tuple[str, str] = w.once("source", make)
    return made


def _with_versions(w: Walk, name: str, count: int = 2) -> str:
    full = _registered(w, name)
    run, source = _source(w)
    for _ in range(count):
        w.client.create_model_version(full, source, run)
    return full


@step
def a_model_is_registered_and_read(w: Walk) -> Any:
    made = w.client.create_registered_model(w.name("plain"), {"a": "1"}, "A description.")
    return [_model(made), _model(w.client.get_registered_model(w.name("plain")))]


@step
def a_models_name_is_its_own(w: Walk) -> Any:
    return w.client.create_registered_model(_registered(w, "twice"))


@step
def an_unknown_model_is_refused(w: Walk) -> Any:
    name, c = w.name("nobody registered this"), w.client
    return w.outcomes(
        get=lambda: c.get_registered_model(name),
        rename=lambda: c.rename_registered_model(name, w.name("x")),
        update=lambda: c.update_registered_model(name, "x"),
        delete=lambda: c.delete_registered_model(name),
        tag=lambda: c.set_registered_model_tag(name, "a", "b"),
        untag=lambda: c.delete_registered_model_tag(name, "a"),
        alias=lambda: c.set_registered_model_alias(name, "a", "1"),
        by_alias=lambda: c.get_model_version_by_alias(name, "a"),
        version=lambda: c.get_model_version(name, "1"),
        latest=lambda: c.get_latest_versions(name),
        create_version=lambda: c.create_model_version(name, _source(w)[1], _source(w)[0]),
    )


@step
def names_of_models_have_rules(w: Walk) -> Any:
    full = [w.name(name) for name in ("a/b", "a:b", "a.b", "a b", "ä", "x" * 100)]
    names = [*full, "", "  ", ".", "..", "a/b", "a:b"]
    return w.each(names, lambda name: w.client.create_registered_model(name).name)


@step
def a_model_is_renamed(w: Walk) -> Any:
    name = _with_versions(w, "before")
    w.client.rename_registered_model(name, w.name("after"))
    return w.outcomes(
        old=lambda: w.client.get_registered_model(name),
        version=lambda: _version(w.client.get_model_version(w.name("after"), "1")),
        taken=lambda: w.client.rename_registered_model(w.name("after"), _registered(w, "other")),
    )


@step
def a_model_is_not_renamed_to_nothing(w: Walk) -> Any:
    return w.client.rename_registered_model(_registered(w, "keeps its name"), "")


@step
def a_model_is_described(w: Walk) -> Any:
    name = _registered(w, "described", description="first")
    changed = w.client.update_registered_model(name, "second")
    cleared = w.client.update_registered_model(name, "")
    return [changed.description, cleared.description or None]


@step
def what_was_not_said_is_empty(w: Walk) -> Any:
    model = w.client.create_registered_model(w.name("silent"))
    version = w.client.create_model_version(w.name("silent"), "s3://bucket/model")
    return [model.description, version.description, version.run_id, version.run_link]


@step
def a_model_is_deleted_with_its_versions(w: Walk) -> Any:
    name = _with_versions(w, "deleted")
    w.client.delete_registered_model(name)
    return w.outcomes(
        model=lambda: w.client.get_registered_model(name),
        version=lambda: w.client.get_model_version(name, "1"),
        again=lambda: w.client.delete_registered_model(name),
        anew=lambda: _model(w.client.create_registered_model(name)),
    )


@step
def tags_of_a_model(w: Walk) -> Any:
    name, c = _registered(w, "tagged"), w.client
    return w.outcomes(
        set=lambda: c.set_registered_model_tag(name, "a", "1"),
        overwrite=lambda: c.set_registered_model_tag(name, "a", "2"),
        number=lambda: c.set_registered_model_tag(name, "n", 5),
        empty_value=lambda: c.set_registered_model_tag(name, "e", ""),
        read=lambda: _model(c.get_registered_model(name))["tags"],
        delete=lambda: c.delete_registered_model_tag(name, "a"),
        again=lambda: c.delete_registered_model_tag(name, "a"),
        bad_key=lambda: c.set_registered_model_tag(name, "a*b", "1"),
        empty_key=lambda: c.set_registered_model_tag(name, "", "1"),
        long_key=lambda: c.set_registered_model_tag(name, "k" * 251, "1"),
        long_value=lambda: c.set_registered_model_tag(name, "v", "v" * 100_001),
        after=lambda: _model(c.get_registered_model(name))["tags"],
    )


@step
def a_version_is_made_and_read(w: Walk) -> Any:
    name = _registered(w, "versions")
    run, source = _source(w)
    made = w.client.create_model_version(
        name, source, run, tags={"a": "1"}, description="The first.", run_link="http://link"
    )
    second = w.client.create_model_version(name, source, run)
    return [
        _version(made),
        _version(w.client.get_model_version(name, made.version)),
        str(second.version),
        _model(w.client.get_registered_model(name))["latest"],
    ]


@step
def a_version_needs_a_source_within_its_run(w: Walk) -> Any:
    name, c = _registered(w, "sources"), w.client
    run, source = _source(w)
    return w.outcomes(
        by_runs_uri=lambda: _version(c.create_model_version(name, f"runs:/{run}/model", run)),
        elsewhere=lambda: c.create_model_version(name, "mlflow-artifacts:/elsewhere", run),
        local=lambda: c.create_model_version(name, "/tmp/model", run),
        up=lambda: c.create_model_version(name, f"{source}/../../..", run),
        without_run=lambda: c.create_model_version(name, source),
        s3=lambda: _version(c.create_model_version(name, "s3://bucket/model")),
        empty=lambda: c.create_model_version(name, ""),
    )


@step
def an_unknown_version_is_refused(w: Walk) -> Any:
    name, c = _with_versions(w, "few versions", 1), w.client
    return w.outcomes(
        get=lambda: c.get_model_version(name, "7"),
        word=lambda: c.get_model_version(name, "first"),
        update=lambda: c.update_model_version(name, "7", "x"),
        delete=lambda: c.delete_model_version(name, "7"),
        tag=lambda: c.set_model_version_tag(name, "7", "a", "b"),
        stage=lambda: c.transition_model_version_stage(name, "7", "Production"),
        alias=lambda: c.set_registered_model_alias(name, "a", "7"),
        uri=lambda: c.get_model_version_download_uri(name, "7"),
    )


@step
def a_version_is_described(w: Walk) -> Any:
    name = _with_versions(w, "described versions", 1)
    changed = w.client.update_model_version(name, "1", "first")
    return [changed.description, w.client.get_model_version(name, "1").description]


@step
def a_version_is_deleted(w: Walk) -> Any:
    name = _with_versions(w, "deleted version")
    run, source = _source(w)
    w.client.delete_model_version(name, "2")
    return w.outcomes(
        get=lambda: w.client.get_model_version(name, "2"),
        again=lambda: w.client.delete_model_version(name, "2"),
        other=lambda: _version(w.client.get_model_version(name, "1"))["version"],
        next=lambda: str(w.client.create_model_version(name, source, run).version),
    )


@step
def a_version_tells_where_it_lies(w: Walk) -> Any:
    name = _with_versions(w, "download", 1)
    return w.client.get_model_version_download_uri(name, "1") == _source(w)[1]


@step
def tags_of_a_version(w: Walk) -> Any:
    name, c = _with_versions(w, "tagged versions", 1), w.client
    return w.outcomes(
        set=lambda: c.set_model_version_tag(name, "1", "a", "1"),
        overwrite=lambda: c.set_model_version_tag(name, "1", "a", "2"),
        number=lambda: c.set_model_version_tag(name, "1", "n", 5),
        read=lambda: _version(c.get_model_version(name, "1"))["tags"],
        delete=lambda: c.delete_model_version_tag(name, "1", "a"),
        again=lambda: c.delete_model_version_tag(name, "1", "a"),
        bad_key=lambda: c.set_model_version_tag(name, "1", "a*b", "1"),
        long_key=lambda: c.set_model_version_tag(name, "1", "k" * 251, "1"),
        long_value=lambda: c.set_model_version_tag(name, "1", "v", "v" * 100_001),
        after=lambda: _version(c.get_model_version(name, "1"))["tags"],
    )


@step
def aliases_point_to_versions(w: Walk) -> Any:
    name, c = _with_versions(w, "aliases"), w.client
    return w.outcomes(
        set=lambda: c.set_registered_model_alias(name, "champion", "1"),
        second=lambda: c.set_registered_model_alias(name, "other", "1"),
        read=lambda: _version(c.get_model_version(name, "1"))["aliases"],
        by_alias=lambda: _version(c.get_model_version_by_alias(name, "champion"))["version"],
        move=lambda: c.set_registered_model_alias(name, "champion", "2"),
        moved=lambda: _version(c.get_model_version_by_alias(name, "champion"))["version"],
        model=lambda: _model(c.get_registered_model(name))["aliases"],
        delete=lambda: c.delete_registered_model_alias(name, "champion"),
        again=lambda: c.delete_registered_model_alias(name, "champion"),
        gone=lambda: c.get_model_version_by_alias(name, "champion"),
        latest=lambda: _version(c.get_model_version_by_alias(name, "latest"))["version"],
    )


@step
def names_of_aliases_have_rules(w: Walk) -> Any:
    name = _with_versions(w, "alias names", 1)
    return w.each(
        [
            "ok-alias_1",
            "latest",
            "Latest",
            "v1",
            "V22",
            "v",
            "a b",
            "a.b",
            "",
            "x" * 255,
            "x" * 256,
        ],
        lambda alias: w.client.set_registered_model_alias(name, alias, "1"),
    )


@step
def an_alias_goes_with_its_version(w: Walk) -> Any:
    name, c = _with_versions(w, "alias of a deleted version"), w.client
    c.set_registered_model_alias(name, "gone", "2")
    c.delete_model_version(name, "2")
    return w.outcomes(
        by_alias=lambda: c.get_model_version_by_alias(name, "gone"),
        model=lambda: _model(c.get_registered_model(name))["aliases"],
    )


@step
def stages_change(w: Walk) -> Any:
    name, c = _with_versions(w, "stages", 3), w.client

    def to(version: str, stage: str, **more: Any) -> Any:
        return lambda: c.transition_model_version_stage(name, version, stage, **more).current_stage

    def all_stages() -> Any:
        return [c.get_model_version(name, str(at)).current_stage for at in (1, 2, 3)]

    return w.outcomes(
        staging=to("1", "Staging"),
        any_case=to("2", "pRODUCTION"),
        all=all_stages,
        archive=to("3", "Production", archive_existing_versions=True),
        after_archive=all_stages,
        none=to("1", "None"),
        unknown=to("1", "Somewhere"),
        latest=lambda: sorted(
            [v.current_stage, str(v.version)] for v in c.get_latest_versions(name)
        ),
        latest_of=lambda: [str(v.version) for v in c.get_latest_versions(name, ["Production"])],
        latest_of_unknown=lambda: c.get_latest_versions(name, ["Somewhere"]),
    )


@step
def only_staging_and_production_push_others_out(w: Walk) -> Any:
    return w.client.transition_model_version_stage(
        _with_versions(w, "archived"), "1", "Archived", archive_existing_versions=True
    )


def _filled(w: Walk) -> None:
    w.once("searched", lambda: _fill(w))


def _fill(w: Walk) -> None:
    run, source = _source(w)
    for at, name in enumerate(["find A", "find b", "find c"]):
        full = _registered(w, name, tags={"team": "xy"[at % 2]} if at < 2 else {})
        for version in range(at + 1):
            w.tick()
            w.client.create_model_version(full, source, run, tags={"v": str(version)})


# `{}` is the walk's prefix.
MODELS = [
    "name = '{}find A'",
    "name != '{}find A' AND name LIKE '{}find%'",
    "name LIKE '{}find%'",
    "name ILIKE '{}FIND%'",
    "name IN ('{}find A', '{}find c')",
    "name NOT IN ('{}find A') AND name LIKE '{}find%'",
    "name LIKE '{}find%' AND tags.team = 'x'",
    "name LIKE '{}find%' AND tag.team != 'x'",
    "name LIKE '{}find%' AND tags.team ILIKE 'X'",
    "attribute.name = '{}find A'",
]
BAD_MODELS = [
    "`name` = 'x'", "name > 'x'", "name = x", "description = 'x'", "creation_timestamp > 1",
    "name = 'a' OR name = 'b'", "name", "run_id = 'x'",
]  # fmt: skip
VERSIONS = [
    "name = '{}find c'",
    "name LIKE '{}find%'",
    "name = '{}find c' AND version_number > 1",
    "name = '{}find c' AND version_number = '2'",
    "name = '{}find c' AND version_number <= 2",
    "name LIKE '{}find%' AND tags.v = '0'",
    "name LIKE '{}find%' AND tag.v != '0'",
    "name IN ('{}find A', '{}find b')",
    "name LIKE '{}find%' AND source_path LIKE '%model'",
    "name LIKE '{}find%' AND run_id = 'x'",
    "name LIKE '{}find%' AND run_id NOT IN ('x')",
]
BAD_VERSIONS = [
    "version = 1", "source = 'x'", "current_stage = 'None'", "status = 'READY'", "name > 'x'",
    "version_number LIKE '1'", "version_number = 'x'", "tags.v > '1'", "creation_timestamp > 1",
]  # fmt: skip
MODEL_ORDERS = [
    ["name"], ["name DESC"], ["timestamp"], ["last_updated_timestamp DESC"], [],
    ["creation_timestamp"], ["description"], ["name FOO"],
]  # fmt: skip
VERSION_ORDERS = [
    ["name", "version_number"], ["version_number DESC", "name"], ["creation_timestamp", "name"],
    ["last_updated_timestamp DESC"], [], ["version"], ["run_id"],
]  # fmt: skip


def _add_a_step_for_each() -> None:
    def models(text: str, order: list[str] | None) -> Any:
        def names(w: Walk) -> Any:
            _filled(w)
            found = w.client.search_registered_models(text.replace("{}", w.prefix), order_by=order)
            return [model.name for model in found]

        return names

    def versions(text: str, order: list[str] | None) -> Any:
        def names(w: Walk) -> Any:
            _filled(w)
            found = w.client.search_model_versions(text.replace("{}", w.prefix), order_by=order)
            return [[version.name, str(version.version)] for version in found]

        return names

    mine = "name LIKE '{}find%'"
    for text in (*MODELS, *BAD_MODELS):
        step(models(text, ["name"]), "registry", f"models by {text!r}")
    for text in (*VERSIONS, *BAD_VERSIONS):
        step(versions(text, ["name", "version_number"]), "registry", f"versions by {text!r}")
    for order in MODEL_ORDERS:
        step(models(mine, order), "registry", f"models ordered by {order}")
    for order in VERSION_ORDERS:
        step(versions(mine, order), "registry", f"versions ordered by {order}")


_add_a_step_for_each()


@step
def pages_of_models_join_to_the_whole(w: Walk) -> Any:
    _filled(w)
    pages, token = [], None
    while True:
        page = w.client.search_registered_models(
            f"name LIKE '{w.prefix}find%'", max_results=2, page_token=token
        )
        pages.append([model.name for model in page])
        token = page.token
        if not token:
            return pages


@step
def pages_of_versions_join_to_the_whole(w: Walk) -> Any:
    _filled(w)
    pages, token = [], None
    while True:
        page = w.client.search_model_versions(
            f"name LIKE '{w.prefix}find%'", max_results=4,
            order_by=["name", "version_number"], page_token=token,
        )  # fmt: skip
        pages.append([[version.name, str(version.version)] for version in page])
        token = page.token
        if not token:
            return pages


@step
def page_sizes_have_limits(w: Walk) -> Any:
    _filled(w)
    own, c = f"name LIKE '{w.prefix}find%'", w.client
    return [
        w.each([1, 1000, 1001], lambda n: len(c.search_registered_models(own, max_results=n))),
        w.each(
            [1, 200_000, 200_001, 0, -1], lambda n: len(c.search_model_versions(own, max_results=n))
        ),
    ]


@step
def pages_of_less_than_no_models(w: Walk) -> Any:
    return len(w.client.search_registered_models(max_results=-1))


@step
def page_tokens_that_are_none_are_refused(w: Walk) -> Any:
    return w.outcomes(
        models=lambda: w.client.search_registered_models(page_token="nonsense"),
        versions=lambda: w.client.search_model_versions(page_token="nonsense"),
    )


@step
def fluent_functions_search(w: Walk) -> Any:
    _filled(w)
    own, m = f"name LIKE '{w.prefix}find%'", w.mlflow
    models = m.search_registered_models(filter_string=own, order_by=["name DESC"])
    versions = m.search_model_versions(filter_string=own, max_results=2, order_by=["name"])
    return [[model.name for model in models], len(versions)]


@step
def a_model_is_registered_by_its_uri(w: Walk) -> Any:
    run, _ = _source(w)
    m = w.mlflow
    first = m.register_model(f"runs:/{run}/model", w.name("by uri"), tags={"t": "1"})
    second = m.register_model(f"runs:/{run}/model", w.name("by uri"))
    return [_version(first), str(second.version)]


@step
def a_version_is_copied(w: Walk) -> Any:
    name, c = _with_versions(w, "copied from", 1), w.client
    copied = c.copy_model_version(f"models:/{name}/1", w.name("copied to"))
    again = c.copy_model_version(f"models:/{name}/1", w.name("copied to"))
    return [_version(copied), str(again.version)]


@step
def what_is_no_version_is_not_copied(w: Walk) -> Any:
    name, c = _with_versions(w, "not copied", 1), w.client
    return w.outcomes(
        unknown=lambda: c.copy_model_version(f"models:/{name}/9", w.name("copied to")),
        no_uri=lambda: c.copy_model_version("runs:/x/y", w.name("copied to")),
    )


@step
def artifacts_are_found_by_models_uri(w: Walk) -> Any:
    from pathlib import Path

    name, a = _with_versions(w, "by models uri", 1), w.mlflow.artifacts
    w.client.set_registered_model_alias(name, "champion", "1")
    w.client.transition_model_version_stage(name, "1", "Staging")

    def text(uri: str) -> Any:
        return lambda: Path(a.download_artifacts(uri), "MLmodel").read_text()

    return w.outcomes(
        version=text(f"models:/{name}/1"),
        alias=text(f"models:/{name}@champion"),
        stage=text(f"models:/{name}/Staging"),
        latest=text(f"models:/{name}/latest"),
        unknown_version=text(f"models:/{name}/9"),
        unknown_alias=text(f"models:/{name}@none"),
        unknown_model=text(f"models:/{w.name('no such model')}/1"),
        listed=lambda: [i.path for i in a.list_artifacts(f"models:/{name}/1")],
    )


@step
def a_stage_without_versions_has_no_artifacts(w: Walk) -> Any:
    name = _with_versions(w, "without production", 1)
    return w.mlflow.artifacts.download_artifacts(f"models:/{name}/Production")


@step
def a_logged_model_is_registered(w: Walk) -> Any:
    model, place = _logged(w, "to register"), w.folder()
    (place / "MLmodel").write_text("x")
    w.client.log_model_artifacts(model, str(place))
    w.client.finalize_logged_model(model, "READY")
    version = w.mlflow.register_model(f"models:/{model}", w.name("from a logged model"))
    return [version.name, str(version.version), version.source]


@step
def a_version_knows_its_logged_model(w: Walk) -> Any:
    model = _logged(w, "known to its version")
    w.client.finalize_logged_model(model, "READY")
    version = w.mlflow.register_model(f"models:/{model}", w.name("knows its model"))
    return version.model_id == model


@step
def a_file_is_read_by_its_logged_models_uri(w: Walk) -> Any:
    model, place = _logged(w, "with a file"), w.folder() / "a.txt"
    place.write_text("alpha")
    w.client.log_model_artifact(model, str(place))
    return w.mlflow.artifacts.load_text(f"models:/{model}/a.txt")
