"""What may be a value, and what becomes of one that is too long."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from numbers import Number
from operator import attrgetter
from typing import TypeGuard

from kipu.entities import ExperimentTag, Metric, Param, RunTag
from kipu.environment_variables import MLFLOW_TRUNCATE_LONG_VALUES
from kipu.exceptions import InvalidParameter
from kipu.service.limits import (
    MAX_ENTITIES_PER_BATCH,
    MAX_EXPERIMENT_TAG_VAL_LENGTH,
    MAX_METRICS_PER_BATCH,
    MAX_PARAM_VAL_LENGTH,
    MAX_PARAMS_TAGS_PER_BATCH,
    MAX_TAG_VAL_LENGTH,
)
from kipu.service.names import check_experiment_tag_key, check_key
from kipu.wire.metrics import MetricPoint

_log = logging.getLogger(__name__)
_INT64 = 1 << 63
_timestamp_of = attrgetter("timestamp")
_check_key_once = lru_cache(maxsize=10_000)(check_key)  # what it refuses is not remembered


def check_metric(metric: Metric) -> None:
    """Refuse a point that cannot be stored.

    Raises:
        InvalidParameter: The key, value, timestamp, step or data set is not what it must be.
    """
    check_key(metric.key, "metric")
    check_metric_value(metric.key, metric.value)
    check_time(metric.key, metric.timestamp, metric.step)
    if not _names_data_set(metric):
        raise InvalidParameter(
            f"A point of metric {metric.key!r} names a data set by half: give dataset_name and "
            "dataset_digest together, or neither."
        )


def _names_data_set(metric: Metric) -> bool:
    """Whether a point names a data set as a whole, or none."""
    return (not metric.dataset_name) is (not metric.dataset_digest)


def check_metrics(metrics: Sequence[Metric]) -> None:
    """Refuse a batch with a point that cannot be stored; raises like ``check_metric``.

    Batches are large and repeat a few keys, and mostly hold just what they should. Points that came
    over the wire have numbers of the right kind and size already.
    """
    if set(map(type, metrics)) == {MetricPoint} and min(map(_timestamp_of, metrics)) >= 0:
        # So one of each curve stands for all of it.
        curves = {(one.key, one.dataset_name, one.dataset_digest): one for one in metrics}
        metrics = list(curves.values())
    known: set[str] = set()
    for metric in metrics:
        key, timestamp, step = metric.key, metric.timestamp, metric.step
        plain = type(metric.value) is float and type(timestamp) is type(step) is int
        plain = plain and _names_data_set(metric)
        if not (plain and 0 <= timestamp < _INT64 and -_INT64 <= step < _INT64):
            check_metric(metric)
        elif type(key) is not str:
            check_key(key, "metric")
        elif key not in known:
            _check_key_once(key, "metric")
            known.add(key)


def check_metric_value(key: str, value: object) -> None:
    """Refuse a metric's value that is no number; NaN and the infinities are numbers.

    Raises:
        InvalidParameter: It is a truth value, or no number.
    """
    if not _is_number(value):
        raise InvalidParameter(
            f"The value of metric {key!r} must be a number; {value!r} is {type(value).__name__}."
        )
    try:
        float(value)
    except (OverflowError, TypeError):
        raise InvalidParameter(
            f"The value of metric {key!r} must fit into a double; {value!r:.60} does not."
        ) from None


def check_time(key: str, timestamp: object, step: object) -> None:
    """Refuse a point's place in time that cannot be stored.

    Raises:
        InvalidParameter: The timestamp is no number of ms since the Unix epoch, or the step does
            not fit into 64 bits.
    """
    if not _is_number(timestamp) or timestamp < 0:
        raise InvalidParameter(
            f"The timestamp of metric {key!r} must be milliseconds since 1970, 0 or more; "
            f"it is {timestamp!r}."
        )
    if not _is_number(step):
        raise InvalidParameter(
            f"The step of metric {key!r} must be an integer; {step!r} is {type(step).__name__}."
        )
    if not (-_INT64 <= step < _INT64 and timestamp < _INT64):
        raise InvalidParameter(
            f"Step and timestamp of metric {key!r} must fit into 64 bits; they are {step!r} and "
            f"{timestamp!r}."
        )


def storable_param(param: Param) -> Param:
    """The param as it can be stored: a value that is too long is cut, where that is allowed.

    Raises:
        InvalidParameter: The key is refused, or the value is too long and must not be cut.
    """
    check_key(param.key, "param")
    value = _fit(param.value, MAX_PARAM_VAL_LENGTH, "param", param.key)
    return param if value is param.value else Param(param.key, value)


def storable_tag(tag: RunTag) -> RunTag:
    """The run's tag as it can be stored; cuts and raises like ``storable_param``."""
    check_key(tag.key, "tag")
    value = _fit(tag.value, MAX_TAG_VAL_LENGTH, "tag", tag.key)
    return tag if value is tag.value else RunTag(tag.key, value)


def check_experiment_tag(tag: ExperimentTag) -> None:
    """Refuse an experiment's tag that cannot be stored; nothing is cut.

    Raises:
        InvalidParameter: The key is refused, or the value is too long.
    """
    check_experiment_tag_key(tag.key)
    if len(tag.value) > MAX_EXPERIMENT_TAG_VAL_LENGTH:
        raise InvalidParameter(
            f"The value of experiment tag {tag.key!r} has {len(tag.value)} characters; at most "
            f"{MAX_EXPERIMENT_TAG_VAL_LENGTH} are allowed."
        )


def check_batch(metrics: Sequence[object], params: Sequence[Param], tags: Sequence[object]) -> None:
    """Refuse a batch that is too large or names a param twice.

    Raises:
        InvalidParameter: There are more of one kind, or in all, than a batch may hold.
    """
    sizes = (
        ("metrics", len(metrics), MAX_METRICS_PER_BATCH),
        ("params", len(params), MAX_PARAMS_TAGS_PER_BATCH),
        ("tags", len(tags), MAX_PARAMS_TAGS_PER_BATCH),
        (
            "metrics, params and tags",
            len(metrics) + len(params) + len(tags),
            MAX_ENTITIES_PER_BATCH,
        ),
    )
    for what, count, limit in sizes:
        if count > limit:
            raise InvalidParameter(
                f"A batch may hold at most {limit} {what}; this one has {count}. "
                "Send several batches."
            )
    repeated = _repeated(param.key for param in params)
    if repeated:
        raise InvalidParameter(
            f"A batch may name each param once; it repeats {', '.join(map(repr, repeated))}."
        )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Number) and not isinstance(value, bool)


def _repeated(keys: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({key for key in keys if key in seen or seen.add(key)})  # type: ignore[func-returns-value]


def _fit(value: str, limit: int, kind: str, key: str) -> str:
    if not isinstance(value, str):
        raise InvalidParameter(
            f"The value of {kind} {key!r} must be text; {value!r} is {type(value).__name__}."
        )
    if len(value) <= limit:
        return value
    if not MLFLOW_TRUNCATE_LONG_VALUES.get():
        raise InvalidParameter(
            f"The value of {kind} {key!r} has {len(value)} characters; at most {limit} are "
            "allowed. Set MLFLOW_TRUNCATE_LONG_VALUES=true to have it cut."
        )
    _log.warning(
        "The value of %s %r was cut from %d to %d characters.", kind, key, len(value), limit
    )
    return value[:limit]
