"""The device model as the central system wants it told: 2.0.1 B07. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from chargepoint.core.messages import ReportedVariable, ReportPart
from chargepoint.core.variable_rows import MUTABILITY, Cell
from chargepoint.core.variables import Variables

ITEMS_PER_PART = 40

BASES: dict[str, Callable[[Cell], bool]] = {
    "ConfigurationInventory": lambda cell: cell.access in ("RW", "WO"),
    "FullInventory": lambda cell: cell.access != "",
    "SummaryInventory": lambda cell: cell.ref.variable == "AvailabilityState",
}
"""Which variables each ReportBaseEnumType asks for: B07.FR.07, .08, .09."""


def inventory(variables: Variables, base: str) -> tuple[ReportedVariable, ...] | None:
    """Return the variables of a base report, None for a base that we do not make."""
    belongs = BASES.get(base)
    if belongs is None:
        return None
    return tuple(_reported(variables, cell) for cell in variables if belongs(cell))


def parts(
    request_id: int,
    reported: Sequence[ReportedVariable],
    at: datetime,
    per_part: int = ITEMS_PER_PART,
) -> tuple[ReportPart, ...]:
    """Return a report in messages of at most *per_part* variables, numbered from 0.

    All but the last say that more comes. An empty report is one empty part (B07.FR.10).
    """
    starts = range(0, max(1, len(reported)), per_part)
    return tuple(
        ReportPart(
            request_id,
            seq_no=number,
            more=start + per_part < len(reported),
            at=at,
            variables=tuple(reported[start : start + per_part]),
        )
        for number, start in enumerate(starts)
    )


def _reported(variables: Variables, cell: Cell) -> ReportedVariable:
    bounds = cell.bounds
    return ReportedVariable(
        cell.ref,
        attributes=(("Actual", variables.shown(cell), MUTABILITY[cell.access]),),
        data_type="string" if bounds.data_type == "password" else bounds.data_type,
        unit=cell.unit,
        min_limit=bounds.minimum,
        max_limit=bounds.maximum,
        values_list=",".join(bounds.values),
        constant=cell.access == "RO" and cell.source != "computed",
        persistent=cell.source != "computed",
    )
