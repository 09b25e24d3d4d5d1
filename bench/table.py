"""The numbers as a table in Markdown, beside those of the baseline and beside the aims."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Line:
    """One row; *baseline* None where the minimal client has nothing of the kind."""

    what: str
    unit: str
    agent: float
    baseline: float | None = None
    aim: str = ""
    digits: int = 0

    def cells(self) -> tuple[str, ...]:
        """Return the row's texts."""
        ratio = "" if not self.baseline else f"{self.agent / self.baseline:.1f}"
        return (self.what, self._said(self.agent), self._said(self.baseline), ratio, self.aim)

    def _said(self, value: float | None) -> str:
        return "" if value is None else f"{value:.{self.digits}f} {self.unit}"


HEAD = ("", "agent", "minimal client", "ratio", "aim")


def table(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the lines of a Markdown table with even columns."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(3, *(len(row[column]) for row in rows)) for column in range(len(HEAD))]
    rule = tuple("-" * width for width in widths)
    for row in (rows[0], rule, *rows[1:]):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"| {' | '.join(cells)} |"


def machine() -> str:
    """Return what it was measured on."""
    system, release = platform.system(), platform.release().split("-")[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {system} {release}"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least *percent* of *values* do not exceed."""
    ordered = sorted(values)
    position = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(position) - 1)]


def middle(values: Iterable[float]) -> float:
    """Return the median: one busy moment of the machine is none of ours."""
    return median(list(values))
