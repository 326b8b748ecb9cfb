"""Which run a model was logged into, and what it predicted: for what is measured later.

Everything is kept by weak references: nothing here keeps data or models alive, and a model is not
given attributes that its pickle would show.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kipu.autologging.sklearn.storing import RunLog


@dataclass
class KnownRun:
    """A run of a model, and what was measured into it after the fit.

    Attributes:
        log: The run.
        model_id: The logged model, or None.
        datasets: The data that predictions were made on, by variable name.
        calls: Metric keys with the calls that gave them, by the name of what was called.
        logged: The data sets that are noted as inputs.
    """

    log: RunLog
    model_id: str | None
    datasets: dict[str, list[_Same]] = field(default_factory=dict)
    calls: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    logged: list[_Same] = field(default_factory=list)

    def name_dataset(self, name: str, data: Any) -> str:
        """The name of data in keys of metrics: a second one of the same name becomes ``X-2``."""
        return _numbered(name, _place(self.datasets.setdefault(name, []), data))

    def is_new(self, data: Any) -> bool:
        """Whether data was not seen by this before; it is from now on."""
        count = len(self.logged)
        return _place(self.logged, data) == count

    def note_call(self, name: str, dataset: str, command: str) -> str:
        """The key of a metric: a second call becomes ``accuracy_score-2_X``."""
        calls = self.calls.setdefault(name, [])
        key = f"{_numbered(name, len(calls))}_{dataset}"
        calls.append((key, command))
        return key

    def commands(self) -> dict[str, str]:
        """The calls by the keys of their metrics."""
        return dict(sorted(one for calls in self.calls.values() for one in calls))


class Prediction(NamedTuple):
    """What a model answered: its run, and the name of the data it was asked about."""

    run: KnownRun
    dataset: str


class _Same(NamedTuple):
    """Remembers an object without keeping it; another one at its place in memory is not it."""

    id: int
    reference: Any

    @classmethod
    def of(cls, thing: Any) -> _Same:
        try:
            return cls(id(thing), weakref.ref(thing))
        except TypeError:  # a list, say
            return cls(id(thing), None)

    def is_same(self, thing: Any) -> bool:
        if self.reference is None:
            return self.id == id(thing)
        return self.reference() is thing


class _Known:
    """By identity, for as long as the objects live."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a weak reference may call back in between
        self._models: dict[int, tuple[Any, KnownRun]] = {}
        self._predictions: dict[int, tuple[Any, Prediction]] = {}

    def remember_model(self, model: Any, log: RunLog, model_id: str | None) -> None:
        """From now on, what is measured of a model belongs to a run."""
        self._keep(self._models, model, KnownRun(log, model_id))

    def remember_prediction(self, answer: Any, prediction: Prediction) -> None:
        """From now on, what is measured of a model's answer belongs to its run.

        Answers that allow no weak references, such as lists, are not known later.
        """
        self._keep(self._predictions, answer, prediction)

    def run_of(self, model: Any) -> KnownRun | None:
        """The run of a model."""
        found = self._models.get(id(model))
        return found[1] if found is not None and found[0]() is model else None

    @property
    def has_predictions(self) -> bool:
        """Whether any answer is known."""
        return bool(self._predictions)

    def prediction_among(self, values: Any) -> Prediction | None:
        """The first value that is a known answer of a model."""
        if not self._predictions:
            return None
        for value in values:
            found = self._predictions.get(id(value))
            if found is not None and found[0]() is value:
                return found[1]
        return None

    def _keep(self, kept: dict[int, tuple[Any, Any]], thing: Any, told: Any) -> None:
        key = id(thing)

        def forget(reference: Any) -> None:
            with self._lock:
                if key in kept and kept[key][0] is reference:
                    del kept[key]

        try:
            reference = weakref.ref(thing, forget)
        except TypeError:
            return
        with self._lock:
            kept[key] = (reference, told)


def _place(seen: list[_Same], data: Any) -> int:
    for place, one in enumerate(seen):
        if one.is_same(data):
            return place
    seen.append(_Same.of(data))
    return len(seen) - 1


def _numbered(name: str, place: int) -> str:
    return name if place == 0 else f"{name}-{place + 1}"


KNOWN = _Known()
