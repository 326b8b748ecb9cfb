"""Which steps of long curves are shown."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kipu.server.sampling import Curve, sampled_steps

values = st.floats(-1e6, 1e6) | st.just(float("nan"))
points = st.tuples(st.integers(-1000, 1000), values)


def curve(given_points: list[tuple[int, float]]) -> Curve:
    given_points = sorted(given_points, key=lambda point: point[0])
    steps, found = zip(*given_points, strict=True) if given_points else ((), ())
    return np.array(steps, np.int64), np.array(found, np.float64)


@given(st.lists(st.lists(points, max_size=60).map(curve), max_size=4), st.integers(1, 50))
def test_ends_and_extremes_are_always_shown(curves: list[Curve], limit: int) -> None:
    for (step, value), shown in zip(curves, sampled_steps(curves, limit), strict=True):
        if len(step):
            assert {int(step[0]), int(step[-1])} <= shown
        if not np.isnan(value).all():
            kept = value[[int(s) in shown for s in step]]
            assert np.nanmin(kept) == np.nanmin(value)
            assert np.nanmax(kept) == np.nanmax(value)


@given(st.lists(st.lists(points, max_size=60).map(curve), max_size=4))
def test_short_curves_are_shown_whole(curves: list[Curve]) -> None:
    for (step, _), shown in zip(curves, sampled_steps(curves, 1000), strict=True):
        assert set(step.tolist()) <= shown


def test_a_long_curve_is_thinned_evenly() -> None:
    step = np.arange(10_000)
    (shown,) = sampled_steps([(step, step.astype(float))], 11)
    assert sorted(shown) == [round(i * 9999 / 10) for i in range(11)]
