"""Text attached to a run: a param is written once, a tag may change."""

from kipu.entities.record import Record


class Param(Record, frozen=True):
    """A setting of a run; immutable once logged."""

    key: str
    value: str


class RunTag(Record, frozen=True):
    """A label of a run; the last value set wins."""

    key: str
    value: str
