"""Searching experiments: filters, orders, pages and views."""

from __future__ import annotations

from typing import Any

from walk.step import Walk, step

# `{}` is the walk's prefix, so that a walk finds its own experiments only.
GOOD = [
    "name = '{}find a'",
    "name != '{}find a'",
    "name LIKE '{}find %'",
    "name ILIKE '{}FIND %'",
    "attribute.name LIKE '{}find _'",
    "tags.team = 'a'",
    "tag.team != 'a'",
    "tags.team LIKE '%'",
    "tags.`two words` ILIKE 'X%'",
    "tags.team IS NULL",
    "tags.team IS NOT NULL",
    "creation_time > 0",
    "creation_time < 1",
    "last_update_time >= 0",
    "attribute.creation_time != 0",
    "experiment_id != '987654321'",
    "experiment_id IN ('987654321')",
    "experiment_id NOT IN ('987654321')",
    "name LIKE '{}find%' AND tags.team = 'b'",
    "",
]
BAD = [
    "attributes.name = 'x'",
    "attr.name = 'x'",
    "colour = 'red'",
    "name = red",
    "name > 'a'",
    "name IN ('x')",
    "name IS NULL",
    "creation_time = '5'",
    "creation_time = 1.5",
    "creation_time LIKE '1'",
    "tags.team > 'a'",
    "metrics.m > 1",
    "params.p = 'x'",
    "lifecycle_stage = 'active'",
    "artifact_location = 'x'",
    "experiment_id = 5",
    "name =",
    "name = 'a' AND",
    "(name = 'a')",
]
ORDERS = [
    ["name"],
    ["name DESC"],
    ["attribute.name asc"],
    ["creation_time", "name"],
    ["last_update_time DESC"],
    ["experiment_id"],
    ["experiment_id DESC"],
    [],
]
BAD_ORDERS = [["tags.team"], ["colour"], ["name FOO"], ["name, creation_time"], [""]]


def _fill(w: Walk) -> None:
    w.once("experiments", lambda: _make(w))


def _make(w: Walk) -> None:
    tags = {"a": {"team": "a"}, "b": {"team": "b", "two words": "xyz"}, "B": {}}
    for name, labels in tags.items():
        w.client.create_experiment(w.name(f"find {name}"), tags=labels)
        w.tick()
    gone = w.client.create_experiment(w.name("find gone"))
    w.client.delete_experiment(gone)


def _mine(w: Walk, found: Any) -> list[str]:
    return [e.name.removeprefix(w.prefix) for e in found if e.name.startswith(w.name("find"))]


def _add_a_step_for_each() -> None:
    def filtered(text: str) -> Any:
        def names(w: Walk) -> Any:
            _fill(w)
            given = text.replace("{}", w.prefix)
            return _mine(
                w,
                w.client.search_experiments(
                    filter_string=given, order_by=["name"], max_results=10_000
                ),
            )

        return names

    def ordered(order: list[str]) -> Any:
        def names(w: Walk) -> Any:
            _fill(w)
            own = f"name LIKE '{w.prefix}find%'"
            return _mine(w, w.client.search_experiments(filter_string=own, order_by=order))

        return names

    for kind, texts in (("found by", GOOD), ("refused:", BAD)):
        for text in texts:
            step(filtered(text), "search experiments", f"{kind} {text!r}")
    for kind, orders in (("ordered by", ORDERS), ("refused order", BAD_ORDERS)):
        for order in orders:
            step(ordered(order), "search experiments", f"{kind} {order}")


_add_a_step_for_each()


@step
def views_show_active_deleted_or_all(w: Walk) -> Any:
    _fill(w)
    view = w.mlflow.entities.ViewType
    own = f"name LIKE '{w.prefix}find%'"
    return {
        name: _mine(w, w.client.search_experiments(number, filter_string=own, order_by=["name"]))
        for name, number in {
            "active": view.ACTIVE_ONLY, "deleted": view.DELETED_ONLY, "all": view.ALL
        }.items()
    }  # fmt: skip


@step
def pages_join_to_the_whole(w: Walk) -> Any:
    _fill(w)
    own = f"name LIKE '{w.prefix}find%'"
    pages, token = [], None
    while True:
        page = w.client.search_experiments(
            max_results=2, filter_string=own, order_by=["name"], page_token=token
        )
        pages.append(_mine(w, page))
        token = page.token
        if not token:
            return pages


@step
def page_sizes_have_limits(w: Walk) -> Any:
    _fill(w)
    own = f"name LIKE '{w.prefix}find%'"
    return w.each(
        [1, 50_000, 50_001, 0, -1],
        lambda size: len(w.client.search_experiments(max_results=size, filter_string=own)),
    )


@step
def page_tokens_that_are_none_are_refused(w: Walk) -> Any:
    return w.client.search_experiments(page_token="nonsense")


@step
def fluent_search_reads_all_pages(w: Walk) -> Any:
    _fill(w)
    own = f"name LIKE '{w.prefix}find%'"
    return w.outcomes(
        all=lambda: _mine(w, w.mlflow.search_experiments(filter_string=own, order_by=["name"])),
        some=lambda: _mine(
            w, w.mlflow.search_experiments(filter_string=own, order_by=["name"], max_results=1)
        ),
    )
