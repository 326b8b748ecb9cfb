"""The journal file that a process writes to: names get numbers, points become records."""

from __future__ import annotations

from kipu.journal.file import JournalFile
from kipu.journal.records import (
    POINT_BODY,
    POINT_MARK,
    RUN,
    SERIES,
    row_body,
    row_mark,
    sealed,
    shape_record,
    text_record,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from kipu.journal.records import Header

    # A key, or (key, model id, data set name, data set digest).
    Name = str | tuple[str, str | None, str | None, str | None]

# A row of more values is split; more kinds of rows than this are written as single points.
MAX_WIDTH = 1000
MAX_SHAPES = 4096


class Shape:
    """The keys of a row: its number in the file, its mark, and how it is packed."""

    __slots__ = ("mark", "number", "pack")

    def __init__(self, number: int, width: int) -> None:
        self.number, self.mark = number, row_mark(width)
        self.pack: Callable[..., bytes] = row_body(width).pack


class Segment(JournalFile):
    """A file with the numbers that it gave to runs, series and shapes of rows.

    ``logged`` is where its last point ends (rounds may follow), ``full_at`` the size at which the
    next file begins (``quick_until``: at which writing needs more thought), ``base`` the bytes of
    the segments before it, so that ``base + logged`` grows through all segments of a process.
    """

    def __init__(self, fd: int, path: Path, header: Header, size: int) -> None:
        super().__init__(fd, path, header, size)
        self.runs: dict[str, int] = {}
        self.series: dict[Name, int] = {}
        self.shapes: dict[tuple[str, ...], Shape] = {}
        self.logged = size
        self.full_at = self.quick_until = 0
        self.base = 0

    def add(self, record: bytes) -> None:
        """Append records that hold points or names."""
        self.append(record)
        self.logged = self.size

    def run_number(self, run_id: str) -> int:
        """The run's number, given now if it is new."""
        number = self.runs.get(run_id)
        if number is None:
            number = len(self.runs)
            self.add(text_record(RUN, number, [run_id]))
            self.runs[run_id] = number
        return number

    def series_number(self, name: Name) -> int:
        """The series' number, given now if it is new."""
        number = self.series.get(name)
        if number is None:
            number = len(self.series)
            self.add(text_record(SERIES, number, [name] if isinstance(name, str) else name))
            self.series[name] = number
        return number

    def shape(self, keys: tuple[str, ...]) -> Shape | None:
        """The shape of a row of these keys, made now if it is new; None when there are too many."""
        shape = self.shapes.get(keys)
        if shape is None and len(self.shapes) < MAX_SHAPES and 1 < len(keys) <= MAX_WIDTH:
            columns = [self.series_number(key) for key in keys]
            shape = Shape(len(self.shapes), len(keys))
            self.add(shape_record(shape.number, columns))
            self.shapes[keys] = shape
        return shape

    def add_points(
        self, run_id: str, names: Sequence[Name], values: Sequence[float], step: int, time: int
    ) -> None:
        """Append one step of any series, in one write; names that are new come first."""
        run = self.run_number(run_id)
        numbers = [self.series_number(name) for name in names]
        bodies = [
            POINT_BODY.pack(POINT_MARK, run, number, step, time, value)
            for number, value in zip(numbers, values, strict=True)
        ]
        self.add(b"".join(map(sealed, bodies)))

    def add_row(
        self, run_id: str, keys: tuple[str, ...], values: Sequence[float], step: int, time: int
    ) -> None:
        """Append one step of many keys."""
        for at in range(0, len(keys), MAX_WIDTH):
            part, numbers = keys[at : at + MAX_WIDTH], values[at : at + MAX_WIDTH]
            shape = self.shape(part)
            if shape is None:
                self.add_points(run_id, part, numbers, step, time)
                continue
            run = self.run_number(run_id)
            self.add(sealed(shape.pack(shape.mark, run, shape.number, step, time, *numbers)))
