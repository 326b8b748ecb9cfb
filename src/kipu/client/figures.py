"""Figures of plotting libraries as files; no library is imported that the caller did not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_PLOTLY_PICTURES = (".png", ".jpeg", ".jpg", ".webp", ".svg", ".pdf")


def save_figure(figure: Any, place: Path, options: dict[str, Any]) -> None:
    """Write a figure to ``place``, in the format that its suffix says.

    Raises:
        TypeError: It is no figure, or its library cannot write this format.
    """
    if _is_a(figure, "matplotlib.figure", "Figure"):
        figure.savefig(place, **options)
    elif _is_a(figure, "plotly.graph_objects", "Figure"):
        _save_plotly(figure, place, options)
    else:
        raise TypeError(
            f"Cannot log {type(figure).__module__}.{type(figure).__name__} as a figure; figures of "
            "matplotlib and plotly can be logged."
        )


def _save_plotly(figure: Any, place: Path, options: dict[str, Any]) -> None:
    if place.suffix == ".html":
        figure.write_html(place, **{"include_plotlyjs": "cdn", "auto_open": False, **options})
    elif place.suffix in _PLOTLY_PICTURES:
        figure.write_image(place, **options)
    else:
        raise TypeError(
            f"plotly cannot write {place.suffix!r}; use .html, {', '.join(_PLOTLY_PICTURES)}."
        )


def _is_a(figure: object, module: str, name: str) -> bool:
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(figure, getattr(loaded, name))
