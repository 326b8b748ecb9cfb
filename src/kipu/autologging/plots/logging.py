"""Writes plots into the artifacts of runs."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any, Protocol

from kipu.autologging.plots.png import can_draw, to_png
from kipu.autologging.plots.scene import Scene
from kipu.autologging.plots.svg import to_svg

if TYPE_CHECKING:
    from kipu.client.client import MlflowClient

_log = logging.getLogger(__name__)


class Plot(Protocol):
    """What all kinds of plots can do."""

    def numbers(self) -> dict[str, Any]:
        """What can be written as JSON, and be drawn again from it."""
        ...

    def picture(self) -> Scene:
        """The plot as shapes."""
        ...


def plot_files(name: str, plot: Plot) -> dict[str, bytes]:
    """The files of a plot: numbers, SVG, and, where Pillow is installed, PNG.

    Args:
        name: Of the files, without an extension.
        plot: What to draw.

    Raises:
        ValueError: Its numbers do not fit together.
    """
    scene = plot.picture()
    files = {
        f"{name}.json": json.dumps(plot.numbers(), ensure_ascii=False).encode(),
        f"{name}.svg": to_svg(scene),
    }
    if can_draw():
        files[f"{name}.png"] = to_png(scene)
    return files


def log_plot(client: MlflowClient, run_id: str, name: str, plot: Plot) -> None:
    """Draw a plot and write its files into the run's artifacts, in the background.

    What reads the run, and the run's end, wait for it. A plot that cannot be drawn or stored
    becomes one warning.

    Args:
        client: Whose store has the run.
        run_id: The run.
        name: Path of the files without an extension, such as ``training_roc_curve``.
        plot: What to draw. Its arrays must not change any more.
    """

    def write() -> None:
        try:
            for file, content in plot_files(name, plot).items():
                client.log_stream(run_id, io.BytesIO(content), file)
        except Exception as error:
            _log.warning("The plot %s was not logged: %s: %s", name, type(error).__name__, error)

    client._tracking.later(write, synchronous=False)
