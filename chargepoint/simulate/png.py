"""The same sheet as PNG, drawn by matplotlib where that is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chargepoint.errors import SettingsError
from chargepoint.simulate.canvas import Box, Curve, Shape, Sheet, Words

DPI = 100
SHARPNESS = 2  # pixels of the file for one of the sheet
POINTS = 72 / DPI
SIDES = {"start": "left", "middle": "center", "end": "right"}


def write_png(path: Path, sheet: Sheet) -> None:
    """Write *sheet* to *path*. Raises SettingsError without matplotlib; may raise OSError."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise SettingsError(
            "PNG needs matplotlib: pip install 'chargepoint-agent[simulate]', or take --format svg"
        ) from None
    figure = Figure(figsize=(sheet.width / DPI, sheet.height / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    axes: Any = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(sheet.height, 0)
    for order, shape in enumerate(sheet.shapes):
        _draw(axes, shape, order)
    figure.savefig(path, dpi=DPI * SHARPNESS, facecolor="white")


def _draw(axes: Any, shape: Shape, order: int) -> None:
    match shape:
        case Curve():
            x, y = zip(*shape.points, strict=True)
            if shape.fill:
                axes.fill(x, y, color=shape.fill, linewidth=0, zorder=order)
            dashes = tuple(float(part) for part in shape.dash.split())
            style: Any = (0, dashes) if dashes else "solid"
            width = shape.width * POINTS
            axes.plot(x, y, color=shape.colour, linewidth=width, linestyle=style, zorder=order)
        case Box():
            right, low = shape.x + shape.width, shape.y + shape.height
            corners = (shape.x, right, right, shape.x), (shape.y, shape.y, low, low)
            axes.fill(*corners, color=shape.fill, linewidth=0, zorder=order)
        case Words():
            axes.text(
                shape.x,
                shape.y,
                shape.text.replace("$", r"\$"),
                fontsize=shape.size * POINTS,
                color=shape.colour,
                ha=SIDES[shape.anchor],
                va="baseline",
                weight="bold" if shape.bold else "normal",
                zorder=order,
            )
