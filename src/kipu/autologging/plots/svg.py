"""A picture as SVG: light or dark as its viewer is, plain light where a viewer knows no styles."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from kipu.autologging.plots.palette import DARK, LIGHT
from kipu.autologging.plots.scene import Polygon, Polyline, Rect, Scene, Shape, Text

_FONT = (
    "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', "
    "'Liberation Sans', sans-serif"
)
# What XML cannot hold, even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_svg(scene: Scene) -> bytes:
    """The picture as a file that needs no other."""
    size = f"{_number(scene.width)} {_number(scene.height)}"
    width, height = size.split()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {size}" role="img" font-family="{_FONT}">',
        f"<title>{_escaped(scene.title)}</title>",
        _style(scene),
        f'<rect width="{width}" height="{height}" {_paint("fill", "card")}/>',
        *map(_shape, scene.shapes),
        "</svg>\n",
    ]
    return "\n".join(lines).encode()


def _style(scene: Scene) -> str:
    """The dark colours; attributes, which any style outdoes, hold the light ones."""
    fills = {shape.fill for shape in scene.shapes if not isinstance(shape, Polyline)} | {"card"}
    strokes = {shape.stroke for shape in scene.shapes if isinstance(shape, Polyline)}
    rules = [f".f-{name}{{fill:{DARK[name]}}}" for name in sorted(fills)]
    rules += [f".s-{name}{{stroke:{DARK[name]}}}" for name in sorted(strokes)]
    return f"<style>@media (prefers-color-scheme: dark){{{''.join(rules)}}}</style>"


def _shape(shape: Shape) -> str:
    match shape:
        case Rect():
            place = " ".join(
                f'{name}="{_number(value)}"'
                for name, value in (
                    ("x", shape.x),
                    ("y", shape.y),
                    ("width", shape.width),
                    ("height", shape.height),
                )
            )
            radius = f' rx="{_number(shape.radius)}"' if shape.radius else ""
            attributes = f"{place}{radius} {_paint('fill', shape.fill)}{_opacity(shape.opacity)}"
            return _element("rect", attributes, shape.says)
        case Polyline():
            dash = f' stroke-dasharray="{_numbers(shape.dash)}"' if shape.dash else ""
            attributes = (
                f'points="{_points(shape.points)}" fill="none" {_paint("stroke", shape.stroke)} '
                f'stroke-width="{_number(shape.width)}" stroke-linejoin="round"{dash}'
            )
            return _element("polyline", attributes, shape.says)
        case Polygon():
            attributes = f'points="{_points(shape.points)}" {_paint("fill", shape.fill)}'
            return _element("polygon", attributes + _opacity(shape.opacity), "")
        case Text():
            return _text(shape)


def _text(text: Text) -> str:
    x, y = _number(text.x), _number(text.y)
    place = f'x="{x}" y="{y}" font-size="{_number(text.size)}" {_paint("fill", text.fill)}'
    if text.anchor != "start":
        place += f' text-anchor="{text.anchor}"'
    if text.strong:
        place += ' font-weight="600"'
    if text.turn:
        place += f' transform="rotate(-90 {x} {y})"'
    return f"<text {place}>{_escaped(text.words)}</text>"


def _element(name: str, attributes: str, says: str) -> str:
    if not says:
        return f"<{name} {attributes}/>"
    return f"<{name} {attributes}><title>{_escaped(says)}</title></{name}>"


def _paint(kind: str, color: str) -> str:
    return f'class="{kind[0]}-{color}" {kind}={quoteattr(LIGHT[color])}'


def _opacity(opacity: float) -> str:
    return "" if opacity >= 1 else f' fill-opacity="{opacity:.3g}"'


def _points(points: object) -> str:
    assert isinstance(points, (list, tuple))
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _numbers(numbers: tuple[float, ...]) -> str:
    return " ".join(map(_number, numbers))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _escaped(words: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", words))
