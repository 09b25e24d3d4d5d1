"""The values that nobody sets: what the device model computes from facts when asked.

2.0.1 part 2, "Referenced Components and Variables". One row a variable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chargepoint.core.availability import Availability
from chargepoint.core.evse import Evse
from chargepoint.core.problems import problems
from chargepoint.core.words import Status, VariableRef

if TYPE_CHECKING:
    from chargepoint.core.blocks import Blocks

Fact = Callable[[VariableRef], str | None]

# AvailabilityState has 2.0.1's five words whatever version is spoken (ConnectorStatusEnumType).
FIVE_WORDS = {
    Status.AVAILABLE: "Available",
    Status.AUTHORIZED: "Available",
    Status.AWAY: "Available",
    Status.RESERVED: "Reserved",
    Status.UNAVAILABLE: "Unavailable",
    Status.FAULTED: "Faulted",
}


def facts(blocks: Blocks) -> Fact:
    """Return the function that computes a variable; it answers None for what is not known."""

    def station_state(_: VariableRef) -> str:
        return "Available" if blocks.availability.station_operative() else "Unavailable"

    def place_state(ref: VariableRef) -> str | None:
        evse = blocks.evses.get(ref.evse_id or 0)
        return None if evse is None else state_of(blocks.availability, evse, ref.connector_id or 1)

    def power(ref: VariableRef) -> str | None:
        evse = blocks.evses.get(ref.evse_id or 0)
        watts = evse.reading.power_w if evse is not None and evse.reading is not None else None
        return None if watts is None else f"{watts:.0f}"

    def problem(ref: VariableRef) -> str:
        found = problems(blocks.evses[ref.evse_id or 0])
        return str(any(ref == each for each, _ in found)).lower()

    rows: dict[tuple[str, str], Fact] = {
        ("OCPPCommCtrlr", "ActiveNetworkProfile"): lambda _: str(blocks.network.way.slot),
        ("ClockCtrlr", "DateTime"): lambda _: f"{blocks.turn.now.utc:%Y-%m-%dT%H:%M:%SZ}",
        ("SecurityCtrlr", "CertificateEntries"): lambda _: str(len(blocks.trust)),
        ("LocalAuthListCtrlr", "Entries"): lambda _: str(len(blocks.local_list)),
        ("SecurityCtrlr", "SecurityProfile"): lambda _: str(blocks.security_profile.current),
        ("SmartChargingCtrlr", "Entries"): lambda _: str(len(blocks.smart_charging)),
        ("ChargingStation", "AvailabilityState"): station_state,
        ("EVSE", "AvailabilityState"): place_state,
        ("EVSE", "Power"): power,
        ("Connector", "AvailabilityState"): place_state,
    }

    def compute(ref: VariableRef) -> str | None:
        if ref.variable == "Problem":
            return problem(ref)
        row = rows.get((ref.component, ref.variable))
        return None if row is None else row(ref)

    return compute


def state_of(availability: Availability, evse: Evse, connector_id: int) -> str:
    """Return the AvailabilityState of one connector."""
    return FIVE_WORDS.get(availability.status(evse, connector_id), "Occupied")
