"""How far uploads are: one line on a terminal."""

from __future__ import annotations

import sys
import time

from kipu.environment_variables import MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR

_EVERY_S = 0.5


class ProgressLine:
    """A line that is written anew while bytes are sent; nothing where nobody looks at a screen.

    Args:
        sent: Bytes that are there already.
    """

    def __init__(self, sent: int) -> None:
        stream = sys.stderr
        is_wanted = MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR.get()
        self._stream = stream if is_wanted and stream is not None and stream.isatty() else None
        self._began, self._first, self._last, self._width = time.monotonic(), sent, 0.0, 0

    def show(self, models: int, sent: int, total: int) -> None:
        """Write it, if the last time was long enough ago."""
        now = time.monotonic()
        if self._stream is None or now - self._last < _EVERY_S:
            return
        self._last = now
        speed = (sent - self._first) / max(now - self._began, 1e-3)
        text = progress_text(models, sent, total, speed)
        self._stream.write(f"\r{text:{self._width}}")
        self._stream.flush()
        self._width = len(text)

    def end(self) -> None:
        """Take it away."""
        if self._stream is not None and self._width:
            self._stream.write(f"\r{'':{self._width}}\r")
            self._stream.flush()


def progress_text(models: int, sent: int, total: int, bytes_per_s: float) -> str:
    """What the line says."""
    what = "a model" if models == 1 else f"{models} models"
    text = f"kipu: {what} on the way, {size_text(sent)} of {size_text(total)}"
    if bytes_per_s >= 1:
        left_s = (total - sent) / bytes_per_s
        text += f", {size_text(bytes_per_s)}/s, {left_s:,.0f} s left"
    return text


def size_text(size: float) -> str:
    """Bytes as people say them."""
    for unit in ("B", "kB", "MB"):
        if size < 999.5:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
