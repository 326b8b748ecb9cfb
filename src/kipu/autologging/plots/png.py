"""A picture as PNG, drawn by Pillow: dark on a light card, which reads on any ground."""

from __future__ import annotations

import importlib.util
import io
import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from kipu.autologging.plots.palette import LIGHT
from kipu.autologging.plots.scene import Point, Polygon, Polyline, Rect, Scene, Text

# Pixels for a unit of the picture: sharp on dense screens and in print.
SCALE = 2
# Pillow draws hard edges; shapes are drawn larger by this and made smaller.
_SMOOTH = 2
# A sixth larger than at 6, in a third of the time.
_COMPRESS = 2
# Lines of more points bend so little at each that their joints need no rounding.
_DENSE = 60
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
# Letters that Pillow's own font has beside ASCII.
_PLAIN_TOO = str.maketrans("", "", "…·")
# Looked for in the folders of the system where the plain font lacks a letter, widest first.
_WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "PingFang.ttc",
    "msyh.ttc",
    "Arial Unicode.ttf",
    "DejaVuSans.ttf",
    "arial.ttf",
)


def can_draw() -> bool:
    """Whether Pillow is installed, with fonts of any size; it is not loaded."""
    return importlib.util.find_spec("PIL") is not None


def to_png(scene: Scene) -> bytes:
    """The picture as PNG of twice as many pixels as it has units.

    Raises:
        ImportError: Pillow is not installed.
    """
    from PIL import Image, ImageDraw

    unit = SCALE * _SMOOTH
    size = (round(scene.width) * unit, round(scene.height) * unit)
    large = Image.new("RGB", size, LIGHT["card"])
    pen = ImageDraw.Draw(large, "RGBA")
    for shape in scene.shapes:
        _draw(pen, shape, unit)
    picture = large.reduce(_SMOOTH)
    texts = [shape for shape in scene.shapes if isinstance(shape, Text)]
    plain = all(text.words.translate(_PLAIN_TOO).isascii() for text in texts)
    pen = ImageDraw.Draw(picture)
    for text in texts:
        _write(picture, pen, text, plain)
    stream = io.BytesIO()
    picture.save(stream, "png", compress_level=_COMPRESS)
    return stream.getvalue()


def _draw(pen: Any, shape: object, unit: float) -> None:
    match shape:
        case Rect():
            # Pillow's boxes include their last pixel.
            box = (
                shape.x * unit,
                shape.y * unit,
                max(shape.x * unit, (shape.x + shape.width) * unit - 1),
                max(shape.y * unit, (shape.y + shape.height) * unit - 1),
            )
            # Blending each would take most of the time; these lie on the card alone.
            color = _on_card(shape.fill, shape.opacity)
            pen.rounded_rectangle(box, shape.radius * unit, fill=color, width=0)
        case Polygon():
            points = [(x * unit, y * unit) for x, y in shape.points]
            pen.polygon(points, fill=_color(shape.fill, shape.opacity))
        case Polyline():
            width = max(1, round(shape.width * unit))
            for stroke in _strokes(shape.points, shape.dash):
                points = [(x * unit, y * unit) for x, y in stroke]
                joint = "curve" if len(points) < _DENSE else None
                pen.line(points, fill=LIGHT[shape.stroke], width=width, joint=joint)


def _write(picture: Any, pen: Any, text: Text, plain: bool) -> None:
    font = _font(round(text.size * SCALE), plain)
    x, y = text.x * SCALE, text.y * SCALE
    anchor, color = _ANCHORS[text.anchor], LIGHT[text.fill]
    if not text.turn:
        pen.text((x, y), text.words, fill=color, font=font, anchor=anchor)
        return
    from PIL import Image, ImageDraw

    left, top, right, bottom = font.getbbox(text.words, anchor=anchor)
    size = (max(1, math.ceil(right - left)), max(1, math.ceil(bottom - top)))
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).text((-left, -top), text.words, fill=255, font=font, anchor=anchor)
    turned = mask.transpose(Image.Transpose.ROTATE_90)
    # A quarter turn to the left takes (right, down) to (down, left).
    picture.paste(color, (round(x + top), round(y - left - size[0])), turned)


def _strokes(points: Sequence[Point], dash: Sequence[float]) -> Iterator[list[Point]]:
    """The line in the strokes that its dashes make of it."""
    if not dash:
        yield list(points)
        return
    stroke, turn, left = [points[0]], 0, dash[0]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        done = 0.0
        while length - done > left:
            done += left
            at = (x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length)
            if turn % 2 == 0:
                yield [*stroke, at]
            turn += 1
            stroke, left = [at], dash[turn % len(dash)]
        left -= length - done
        stroke.append((x1, y1))
    if turn % 2 == 0 and len(stroke) > 1:
        yield stroke


def _on_card(name: str, opacity: float) -> tuple[int, int, int]:
    *above, _ = _color(name, opacity)
    *card, _ = _color("card", 1.0)
    red, green, blue = (
        round(one * opacity + other * (1 - opacity)) for one, other in zip(above, card, strict=True)
    )
    return red, green, blue


def _color(name: str, opacity: float) -> tuple[int, int, int, int]:
    code = LIGHT[name]
    red, green, blue = (int(code[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, round(255 * opacity)


@cache
def _font(size: int, plain: bool) -> Any:
    """Pillow's own font, which has plain letters only, or for others one found nearby."""
    from PIL import ImageFont

    if not plain:
        for name in (*_WIDE_FONTS, *_matplotlib_fonts()):
            try:
                return ImageFont.truetype(name, size)
            except OSError:
                continue
    return ImageFont.load_default(size)


def _matplotlib_fonts() -> Iterator[str]:
    """The font in matplotlib's folder, without loading matplotlib."""
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec and spec.submodule_search_locations) or ():
        yield str(Path(folder, "mpl-data", "fonts", "ttf", "DejaVuSans.ttf"))
