"""Lines, areas, boxes and words on a sheet, written as SVG; ``png`` draws the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Literal
from xml.sax.saxutils import escape

from chargepoint.core.values import dataclass

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through *points*; with *fill* the area that it encloses, too."""

    points: Sequence[Point]
    colour: str
    width: float = 1.0
    dash: str = ""
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; *hint* is shown to a mouse over it."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text; *y* is its base line."""

    x: float
    y: float
    text: str
    size: float = 11.0
    colour: str = "#444444"
    anchor: Anchor = "start"
    bold: bool = False


Shape = Curve | Box | Words


@dataclass(slots=True)
class Sheet:
    """Shapes on white, the later ones on top."""

    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        """Put *shapes* on top."""
        self.shapes.extend(shapes)


def svg(sheet: Sheet) -> str:
    """Return *sheet* as an SVG document."""
    size = f"{sheet.width:g} {sheet.height:g}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
        f'width="{sheet.width:g}" height="{sheet.height:g}" font-family="{FONT}">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(line for shape in sheet.shapes for line in _element(shape)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _element(shape: Shape) -> Iterator[str]:
    match shape:
        case Curve():
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
            dash = f' stroke-dasharray="{shape.dash}"' if shape.dash else ""
            yield (
                f'<polyline points="{points}" fill="{shape.fill or "none"}" '
                f'stroke="{shape.colour}" stroke-width="{shape.width:g}"{dash} '
                'stroke-linejoin="round"/>'
            )
        case Box():
            hint = f"<title>{escape(shape.hint)}</title>" if shape.hint else ""
            yield (
                f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" '
                f'height="{shape.height:.1f}" fill="{shape.fill}">{hint}</rect>'
            )
        case Words():
            weight = ' font-weight="600"' if shape.bold else ""
            yield (
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:g}" '
                f'fill="{shape.colour}" text-anchor="{shape.anchor}"{weight}>'
                f"{escape(shape.text)}</text>"
            )
