"""The device model as the central system wants it told: 2.0.1 B07, B08. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from chargepoint.core.messages import ReportedVariable, ReportPart, Wanted
from chargepoint.core.variable_rows import MUTABILITY, Cell
from chargepoint.core.variables import Variables

ITEMS_PER_PART = 40

BASES: dict[str, Callable[[Cell, str | None], bool]] = {
    "ConfigurationInventory": lambda cell, _: cell.access in ("RW", "WO"),
    "FullInventory": lambda cell, _: cell.access != "",
    "SummaryInventory": lambda cell, value: (
        (cell.ref.variable == "AvailabilityState")
        or (cell.ref.variable == "Problem" and value == "true")
    ),
}
"""Which variables, with which value, each ReportBaseEnumType asks for: B07.FR.07, .08, .09."""


CRITERIA = {"Active": "true", "Available": "true", "Enabled": "true", "Problem": "false"}
"""What counts for a component that does not have the variable: B08.FR.07 to .10."""


def inventory(variables: Variables, base: str) -> tuple[ReportedVariable, ...] | None:
    """Return the variables of a base report, None for a base that we do not make."""
    belongs = BASES.get(base)
    if belongs is None:
        return None
    return tuple(
        _reported(variables, cell) for cell in variables if belongs(cell, variables.shown(cell))
    )


def selection(
    variables: Variables, criteria: Sequence[str], wanted: Sequence[Wanted]
) -> tuple[ReportedVariable, ...]:
    """Return the variables that a report with criteria asks for: B08.

    Each of *wanted* names some; of these belong the components that meet one of the
    *criteria*. Empty lists do not limit.
    """
    known = [cell for cell in variables if cell.access]
    named = [cell for cell in known if not wanted or any(_names(each, cell) for each in wanted)]
    flags = {
        (_place(cell), cell.ref.variable): variables.shown(cell)
        for cell in known
        if cell.ref.variable in CRITERIA
    }
    return tuple(
        _reported(variables, cell)
        for cell in named
        if not criteria
        or any(
            flags.get((_place(cell), criterion), CRITERIA[criterion]) == "true"
            for criterion in criteria
        )
    )


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


def _place(cell: Cell) -> tuple[str, str | None, int | None, int | None]:
    """Return which component a variable belongs to."""
    ref = cell.ref
    return ref.component, ref.component_instance, ref.evse_id, ref.connector_id


def _names(wanted: Wanted, cell: Cell) -> bool:
    """Return whether *wanted* means this variable too; names have no case."""
    ref = cell.ref
    pairs = (
        (wanted.component, ref.component),
        (wanted.component_instance, ref.component_instance),
        (wanted.evse_id, ref.evse_id),
        (wanted.connector_id, ref.connector_id),
        (wanted.variable, ref.variable),
        (wanted.instance, ref.instance),
    )
    return all(asked is None or _same(asked, found) for asked, found in pairs)


def _same(asked: str | int, found: str | int | None) -> bool:
    if isinstance(asked, str) and isinstance(found, str):
        return asked.casefold() == found.casefold()
    return asked == found
