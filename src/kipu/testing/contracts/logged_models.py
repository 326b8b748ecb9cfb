"""What ``LoggedModelStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import math
from typing import Any

import pytest

from kipu.entities import (
    LoggedModel,
    LoggedModelParameter,
    LoggedModelStatus,
    LoggedModelTag,
    Metric,
)
from kipu.series.points import Points
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import ABSENT_EXPERIMENT, refused

ABSENT_MODEL = "m-" + "f" * 32


class LoggedModelStoreContract:
    """Inherit, and provide the fixture ``store``."""

    @pytest.fixture
    def run_id(self, store: TrackingStore) -> str:
        return store.create_run("0", "u", 1, [], "r").info.run_id

    def test_a_model_reads_back_as_it_was_made(self, store: TrackingStore, run_id: str) -> None:
        made = store.create_logged_model(
            "0",
            "forest",
            run_id,
            [LoggedModelTag("t", "1")],
            [LoggedModelParameter("p", "2")],
            "sklearn",
        )
        assert made.model_id.startswith("m-")
        assert len(made.model_id) == 34
        assert (made.name, made.model_type, made.source_run_id) == ("forest", "sklearn", run_id)
        assert (made.tags, made.params, made.metrics) == ({"t": "1"}, {"p": "2"}, None)
        assert made.status == LoggedModelStatus.PENDING
        location = store.get_experiment("0").artifact_location
        assert made.artifact_location == f"{location}/models/{made.model_id}/artifacts"
        assert store.get_logged_model(made.model_id) == made

    def test_what_is_not_there_is_not_found(self, store: TrackingStore) -> None:
        tag, param = LoggedModelTag("k", "v"), LoggedModelParameter("k", "v")
        for ask in (
            lambda: store.get_logged_model(ABSENT_MODEL),
            lambda: store.get_logged_model(ABSENT_MODEL, allow_deleted=True),
            lambda: store.finalize_logged_model(ABSENT_MODEL, LoggedModelStatus.READY),
            lambda: store.delete_logged_model(ABSENT_MODEL),
            lambda: store.set_logged_model_tags(ABSENT_MODEL, [tag]),
            lambda: store.delete_logged_model_tag(ABSENT_MODEL, "k"),
            lambda: store.log_logged_model_params(ABSENT_MODEL, [param]),
        ):
            with refused("RESOURCE_DOES_NOT_EXIST", ABSENT_MODEL):
                ask()
        with refused("RESOURCE_DOES_NOT_EXIST", ABSENT_EXPERIMENT):
            store.create_logged_model(ABSENT_EXPERIMENT, "m", None, [], [], None)

    def test_a_model_is_finalized(self, store: TrackingStore) -> None:
        made = _make(store, "m")
        ready = store.finalize_logged_model(made.model_id, LoggedModelStatus.READY)
        assert ready.status == LoggedModelStatus.READY
        assert ready.last_updated_timestamp >= made.last_updated_timestamp
        failed = store.finalize_logged_model(made.model_id, LoggedModelStatus.FAILED)
        assert store.get_logged_model(made.model_id) == failed

    def test_a_deleted_model_is_seen_by_those_who_ask_for_it(self, store: TrackingStore) -> None:
        made = _make(store, "m", {"p": "1"})
        store.delete_logged_model(made.model_id)
        store.delete_logged_model(made.model_id)
        with refused("RESOURCE_DOES_NOT_EXIST", made.model_id):
            store.get_logged_model(made.model_id)
        assert store.get_logged_model(made.model_id, allow_deleted=True).params == {"p": "1"}
        assert _found(store) == []

    def test_tags_are_set_and_removed(self, store: TrackingStore) -> None:
        model_id = _make(store, "m").model_id
        store.set_logged_model_tags(model_id, [LoggedModelTag("a/b c", "1")])
        store.set_logged_model_tags(
            model_id, [LoggedModelTag("a/b c", "2"), LoggedModelTag("d", "3")]
        )
        assert store.get_logged_model(model_id).tags == {"a/b c": "2", "d": "3"}
        store.delete_logged_model_tag(model_id, "a/b c")
        assert store.get_logged_model(model_id).tags == {"d": "3"}
        with refused("RESOURCE_DOES_NOT_EXIST", "a/b c", model_id):
            store.delete_logged_model_tag(model_id, "a/b c")

    def test_params_are_written_once(self, store: TrackingStore) -> None:
        model_id = _make(store, "m", {"a": "1"}).model_id
        store.log_logged_model_params(model_id, [LoggedModelParameter("b", "2")])
        for value in ("1", "3"):
            with refused("BAD_REQUEST", "'a'"):
                store.log_logged_model_params(
                    model_id, [LoggedModelParameter("c", "4"), LoggedModelParameter("a", value)]
                )
        assert store.get_logged_model(model_id).params == {"a": "1", "b": "2"}

    def test_a_model_has_more_params_than_fit_into_a_request(self, store: TrackingStore) -> None:
        params = {f"p{number:03}": str(number) for number in range(250)}
        assert _make(store, "m", params).params == params

    def test_points_that_name_a_model_are_its_metrics_and_the_runs(
        self, store: TrackingStore, run_id: str
    ) -> None:
        one, other = _make(store, "one").model_id, _make(store, "other").model_id
        points = [
            Metric("loss", 0.5, 1, 1, one),
            Metric("loss", 0.25, 2, 2, one, "test", "d1"),
            Metric("loss", math.nan, 3, 3, other),
            Metric("loss", 9.0, 4, 4),
        ]
        store.log_batch(run_id, points[:2], [], [])
        store.append_points(run_id, 7, 1, Points.from_metrics(points[2:]))
        store.append_points(run_id, 7, 1, Points.from_metrics(points[2:]))
        assert store.get_logged_model(one).metrics == [
            Metric("loss", 0.5, 1, 1, one, None, None, run_id),
            Metric("loss", 0.25, 2, 2, one, "test", "d1", run_id),
        ]
        (nan,) = store.get_logged_model(other).metrics or []
        assert math.isnan(nan.value)
        history = store.get_metric_history(run_id, "loss", None, None)
        assert [(point.step, point.model_id) for point in history] == [
            (1, one), (2, one), (3, other), (4, None)
        ]  # fmt: skip

    def test_points_of_one_place_are_all_kept_and_a_repeated_one_is_once(
        self, store: TrackingStore, run_id: str
    ) -> None:
        model_id = _make(store, "m").model_id
        for value in (1.0, 2.0, 2.0):
            store.log_batch(run_id, [Metric("acc", value, 5, 0, model_id)], [], [])
        metrics = store.get_logged_model(model_id).metrics or []
        assert sorted(metric.value for metric in metrics) == [1.0, 2.0]

    def test_points_of_a_model_that_is_not_there_stay_in_the_run(
        self, store: TrackingStore, run_id: str
    ) -> None:
        store.append_points(
            run_id, 7, 1, Points.from_metrics([Metric("acc", 1.0, 5, 0, ABSENT_MODEL)])
        )
        assert len(store.get_metric_history(run_id, "acc", None, None)) == 1
        with refused("BAD_REQUEST", ABSENT_MODEL):
            store.log_batch(run_id, [Metric("acc", 2.0, 6, 1, ABSENT_MODEL)], [], [])
        assert len(store.get_metric_history(run_id, "acc", None, None)) == 1

    def test_models_are_found_by_all_that_they_have(
        self, store: TrackingStore, run_id: str
    ) -> None:
        a = _make(store, "a", {"lr": "0.1", "kind": "cnn"}, {"team": "x"}, run_id)
        b = _make(store, "b", {"lr": "0.2"}, {"team": "X"})
        store.finalize_logged_model(b.model_id, LoggedModelStatus.READY)
        store.log_batch(
            run_id,
            [
                Metric("acc", 0.9, 1, 1, a.model_id, "test", "d1"),
                Metric("acc", 0.1, 2, 2, a.model_id, "train", "d2"),
                Metric("acc", math.nan, 1, 1, b.model_id),
                Metric("a/b", 1.0, 1, 1, b.model_id),
            ],
            [],
            [],
        )
        for text, names in {
            "metrics.acc > 0.5": "a",
            "metrics.acc < 0.5": "a",
            "metrics.acc != 7": "ab",
            "metrics.acc = 0": "",
            "metrics.`a/b` >= 1 AND name != 'a'": "b",
            "params.lr = '0.1'": "a",
            "params.lr = 0.1 AND params.kind LIKE 'c%'": "a",
            "params.lr IN ('0.1', '0.2')": "ab",
            "params.kind != 'cnn'": "",
            "tags.team = 'x'": "a",
            "tags.team ILIKE 'x'": "ab",
            "tags.team NOT IN ('x')": "b",
            "name ILIKE 'A'": "a",
            "attributes.name = b": "b",
            "status = 2": "b",
            "status IN ('1')": "a",
            f"source_run_id = '{run_id}'": "a",
            f"source_run_id != '{run_id}'": "",
            "lifecycle_stage = 'active' AND experiment_id = '0'": "ab",
            f"creation_time >= {a.creation_timestamp}": "ab",
            f"model_id = '{b.model_id}'": "b",
            "params.lr > 0.15": "b",
            "params.lr BETWEEN 0 AND 0.1 OR metrics.`a/b` IN (1, 2)": "ab",
            "NOT (metrics.acc > 0.5 OR name = 'c')": "b",
            "params.kind IS NULL AND source_run_id IS NULL": "b",
            "params.kind IS NOT NULL": "a",
            "metrics.acc NOT BETWEEN 0 AND 1": "b",
            "name RLIKE '^[ac]$' AND tags.team NOT LIKE 'X'": "a",
        }.items():
            assert (text, "".join(sorted(_found(store, text)))) == (text, names)

    def test_a_filter_looks_at_metrics_on_the_data_sets(
        self, store: TrackingStore, run_id: str
    ) -> None:
        a, b = _make(store, "a").model_id, _make(store, "b").model_id
        store.log_batch(
            run_id,
            [
                Metric("acc", 0.9, 1, 1, a, "test", "d1"),
                Metric("acc", 0.1, 1, 1, a, "train", "d2"),
                Metric("acc", 0.8, 1, 1, b, "test", "d2"),
                Metric("acc", 0.8, 1, 1, b),
            ],
            [],
            [],
        )
        test, train = {"dataset_name": "test"}, {"dataset_name": "train"}
        assert _found(store, "metrics.acc > 0.5", datasets=[train]) == []
        assert sorted(_found(store, "metrics.acc > 0.5", datasets=[test])) == ["a", "b"]
        assert _found(store, datasets=[test | {"dataset_digest": "d1"}]) == ["a"]
        assert _found(store, datasets=[train]) == ["a"]
        assert _found(store, datasets=[{"dataset_name": "none"}]) == []

    def test_models_are_sorted_by_attributes_and_by_their_newest_points(
        self, store: TrackingStore, run_id: str
    ) -> None:
        ids = {name: _make(store, name).model_id for name in "abcd"}
        store.log_batch(
            run_id,
            [
                Metric("acc", 0.9, 1, 9, ids["a"], "test", "d1"),
                Metric("acc", 0.1, 2, 1, ids["a"], "train", "d2"),
                Metric("acc", 0.5, 1, 1, ids["b"], "test", "d1"),
                Metric("acc", math.nan, 1, 1, ids["c"]),
            ],
            [],
            [],
        )
        by_acc = {"field_name": "metrics.acc"}
        down = by_acc | {"ascending": False}
        for order, names in (
            ([by_acc], "abcd"),
            ([down], "bacd"),
            ([down | {"dataset_name": "test"}, {"field_name": "name"}], "abcd"),
            ([down | {"dataset_name": "train"}, {"field_name": "name"}], "abcd"),
            ([{"field_name": "name", "ascending": False}], "dcba"),
            ([{"field_name": "model_type"}, {"field_name": "name"}], "abcd"),
        ):
            assert (order, "".join(_found(store, order_by=order))) == (order, names)

    def test_pages_join_to_the_whole_while_models_are_made(
        self, store: TrackingStore, run_id: str
    ) -> None:
        ids = {f"m{number}": _make(store, f"m{number}").model_id for number in range(7)}
        points = [
            Metric("acc", value, 1, 1, ids[name])
            for name, value in {"m1": 0.5, "m2": math.nan, "m3": 0.5, "m5": 0.1}.items()
        ]
        store.log_batch(run_id, points, [], [])
        for order in (
            None,
            [{"field_name": "name"}],
            [{"field_name": "metrics.acc", "ascending": False}],
            [{"field_name": "source_run_id"}, {"field_name": "metrics.acc"}],
        ):
            whole = _found(store, "name LIKE 'm%'", order_by=order)
            assert len(whole) == 7
            seen: list[str] = []
            token = None
            while True:
                page = store.search_logged_models(["0"], "name LIKE 'm%'", None, 2, order, token)
                seen += [model.name for model in page]
                token = page.token
                _make(store, "other")
                if not token:
                    break
                assert len(page) == 2
            assert seen == whole

    def test_a_token_belongs_to_its_search(self, store: TrackingStore) -> None:
        for name in "ab":
            _make(store, name)
        token = store.search_logged_models(["0"], None, None, 1, None, None).token
        order = [{"field_name": "name"}]
        for ids, text, by in (
            (["0"], "name = 'a'", None),
            (["0"], None, order),
            (["1"], None, None),
        ):
            with refused("INVALID_PARAMETER_VALUE", "token"):
                store.search_logged_models(ids, text, None, 1, by, token)
        with refused("INVALID_PARAMETER_VALUE", "token"):
            store.search_logged_models(["0"], None, None, 1, None, "abc")

    def test_what_cannot_be_searched_is_refused(self, store: TrackingStore) -> None:
        for text in (
            "colour = 'red'",
            "metric.acc > 1",
            "param.p = '1'",
            "attribute.name = 'a'",
            "metrics.acc LIKE 'x'",
            "metrics.acc = '1'",
            "name > 'a'",
            "status > 1",
            "model_uri = 'x'",
            "name = 'a';",
            " ",
        ):
            with refused("INVALID_PARAMETER_VALUE"):
                _found(store, text)
        orders: tuple[Any, ...] = (
            [{"field_name": "colour"}],
            [{"field_name": "params.p"}],
            [{"field_name": "tags.t"}],
            [{}],
            ["name"],
            "name",
        )
        for order in orders:
            with refused("INVALID_PARAMETER_VALUE", "order_by"):
                _found(store, order_by=order)
        wrong: tuple[Any, ...] = ([{}], ["test"], [{"dataset_digest": "d"}])
        for datasets in wrong:
            with refused("INVALID_PARAMETER_VALUE", "datasets"):
                _found(store, datasets=datasets)


def _make(
    store: TrackingStore,
    name: str,
    params: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
    run_id: str | None = None,
) -> LoggedModel:
    return store.create_logged_model(
        "0",
        name,
        run_id,
        [LoggedModelTag(*tag) for tag in (tags or {}).items()],
        [LoggedModelParameter(*param) for param in (params or {}).items()],
        None,
    )


def _found(
    store: TrackingStore, text: str | None = None, datasets: Any = None, order_by: Any = None
) -> list[str]:
    page = store.search_logged_models(["0"], text, datasets, 100, order_by, None)
    return [model.name for model in page]
