"""What ``MetricStore`` promises."""
# ruff: noqa: D102 - the names are the sentences

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from kipu.entities import Metric
from kipu.series.points import Points, SeriesName
from kipu.store.interface import TrackingStore
from kipu.testing.contracts.refusals import ABSENT_RUN, refused

WRITER = 2**62 + 12_345


def _points(*metrics: tuple[str, float, int, int]) -> Points:
    return Points.from_metrics([Metric(*metric) for metric in metrics])


class MetricStoreContract:
    """Inherit, and provide the fixture ``store``."""

    @pytest.fixture
    def run_id(self, store: TrackingStore) -> str:
        return store.create_run("0", "u", 1_000, [], "r").info.run_id

    def test_an_append_that_is_sent_again_changes_nothing(
        self, store: TrackingStore, run_id: str
    ) -> None:
        points = _points(("loss", 0.5, 1, 0), ("loss", 0.25, 2, 1))
        for _ in range(3):
            store.append_points(run_id, WRITER, 1, points)
        store.append_points(run_id, WRITER, 2, _points(("loss", 0.125, 3, 2)))
        store.append_points(run_id, WRITER, 1, points)
        history = store.get_metric_history(run_id, "loss", None, None)
        assert [(point.value, point.step) for point in history] == [(0.5, 0), (0.25, 1), (0.125, 2)]
        assert store.get_run(run_id).data.metrics == {"loss": 0.125}

    def test_writers_do_not_shadow_each_other(self, store: TrackingStore, run_id: str) -> None:
        store.append_points(run_id, WRITER, 1, _points(("m", 1.0, 1, 0)))
        store.append_points(run_id, WRITER + 1, 1, _points(("m", 2.0, 2, 1)))
        history = store.get_metric_history(run_id, "m", None, None)
        assert [point.value for point in history] == [1.0, 2.0]

    def test_points_of_a_batch_are_history_too(self, store: TrackingStore, run_id: str) -> None:
        store.log_batch(run_id, [Metric("m", 1.0, 5, 0), Metric("n", 7.0, 5, 0)], [], [])
        store.log_batch(run_id, [Metric("m", 2.0, 6, 1)], [], [])
        history = store.get_metric_history(run_id, "m", None, None)
        assert [(p.key, p.value, p.timestamp, p.step) for p in history] == [
            ("m", 1.0, 5, 0),
            ("m", 2.0, 6, 1),
        ]

    def test_the_latest_value_has_the_greatest_step_then_time_then_value(
        self, store: TrackingStore, run_id: str
    ) -> None:
        store.log_batch(run_id, [Metric("m", 3.0, 9, 5), Metric("m", 1.0, 99, 4)], [], [])
        assert store.get_run(run_id).data.metrics == {"m": 3.0}
        store.log_batch(run_id, [Metric("m", 4.0, 9, 5)], [], [])
        assert store.get_run(run_id).data.metrics == {"m": 4.0}
        store.log_batch(run_id, [Metric("m", 2.0, 10, 5)], [], [])
        assert store.get_run(run_id).data.metrics == {"m": 2.0}
        store.log_batch(run_id, [Metric("m", 8.0, 10**12, -5)], [], [])
        assert store.get_run(run_id).data.metrics == {"m": 2.0}

    def test_exact_duplicates_are_kept_once(self, store: TrackingStore, run_id: str) -> None:
        for _ in range(2):
            store.log_batch(run_id, [Metric("m", 1.0, 5, 0), Metric("m", 1.0, 5, 0)], [], [])
        assert len(store.get_metric_history(run_id, "m", None, None)) == 1

    def test_nan_and_extreme_numbers_survive(self, store: TrackingStore, run_id: str) -> None:
        values = [float("nan"), 5e-324, -0.0, 1.7976931348623157e308, 0.1 + 0.2]
        store.log_batch(
            run_id, [Metric("m", value, i, i) for i, value in enumerate(values)], [], []
        )
        history = store.get_metric_history(run_id, "m", None, None)
        assert math.isnan(history[0].value)
        assert [point.value.hex() for point in history[1:]] == [one.hex() for one in values[1:]]

    def test_infinities_are_the_largest_doubles_wherever_they_are_read(
        self, store: TrackingStore, run_id: str
    ) -> None:
        largest = sys.float_info.max
        store.log_batch(
            run_id, [Metric("up", math.inf, 1, 0), Metric("down", -math.inf, 1, 0)], [], []
        )
        assert store.get_run(run_id).data.metrics == {"up": largest, "down": -largest}
        for key, value in (("up", largest), ("down", -largest)):
            (point,) = store.get_metric_history(run_id, key, None, None)
            assert point.value == value

    def test_steps_and_times_of_64_bits_survive(self, store: TrackingStore, run_id: str) -> None:
        store.log_batch(
            run_id, [Metric("m", 1.0, 2**62, -(2**63)), Metric("m", 2.0, 0, 2**62)], [], []
        )
        found = {(p.timestamp, p.step) for p in store.get_metric_history(run_id, "m", None, None)}
        assert found == {(2**62, -(2**63)), (0, 2**62)}

    def test_pages_of_a_history_join_to_the_whole(self, store: TrackingStore, run_id: str) -> None:
        points = [Metric("m", float(number), number, number) for number in range(25)]
        store.log_batch(run_id, points, [], [])
        values: list[float] = []
        token: str | None = None
        while True:
            page = store.get_metric_history(run_id, "m", 10, token)
            values += [point.value for point in page]
            token = page.token
            if token is None:
                break
        assert values == [float(number) for number in range(25)]

    def test_a_metric_that_was_never_logged_has_no_history(
        self, store: TrackingStore, run_id: str
    ) -> None:
        assert store.get_metric_history(run_id, "m", None, None) == []
        assert len(store.read_curve(run_id, SeriesName("m")).step) == 0

    def test_a_curve_is_columns_by_step(self, store: TrackingStore, run_id: str) -> None:
        store.append_points(
            run_id, WRITER, 1, _points(("m", 3.0, 7, 2), ("m", 1.0, 9, 0), ("m", 2.0, 8, 1))
        )
        curve = store.read_curve(run_id, SeriesName("m"))
        assert curve.step.tolist() == [0, 1, 2]
        assert curve.timestamp.tolist() == [9, 8, 7]
        assert curve.value.tolist() == [1.0, 2.0, 3.0]

    def test_a_long_curve_is_bucketed_from_all_of_its_points(
        self, store: TrackingStore, run_id: str
    ) -> None:
        steps = np.arange(5_000)
        values = np.sin(steps / 50)
        values[1_234] = 99.0
        points = Points(
            [SeriesName("m")],
            np.zeros(5_000, np.uint32),
            steps.astype(np.int64),
            steps.astype(np.int64) + 1_000,
            values,
        )
        store.append_points(run_id, WRITER, 1, points)
        buckets = store.read_buckets(run_id, "m", 50, "step")
        assert len(buckets.x) <= 50
        assert buckets.max.max() == 99.0
        assert buckets.min.min() == values.min()
        assert buckets.first[0] == values[0]
        assert buckets.last[-1] == values[-1]

    def test_a_run_that_cannot_be_written_takes_no_points(
        self, store: TrackingStore, run_id: str
    ) -> None:
        with refused("RESOURCE_DOES_NOT_EXIST", ABSENT_RUN):
            store.append_points(ABSENT_RUN, WRITER, 1, _points(("m", 1.0, 1, 1)))
        store.delete_run(run_id)
        with refused("INVALID_PARAMETER_VALUE", run_id):
            store.append_points(run_id, WRITER, 1, _points(("m", 1.0, 1, 1)))
