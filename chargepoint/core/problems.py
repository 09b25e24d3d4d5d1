"""What is wrong, as 2.0.1's device model says it: the Problem of the component that has it.

2.0.1 G05 and the generic variable Problem; 1.6 tells faults with a connector's status.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chargepoint.core.evse import Evse
from chargepoint.core.messages import ProblemChanged
from chargepoint.core.turn import Turn
from chargepoint.core.words import Moment, VariableRef
from hardware.api import Fault, FaultCode

LOCK = "ConnectorPlugRetentionLock"
COMPONENTS: Mapping[FaultCode, str] = {
    FaultCode.CONNECTOR_LOCK_FAILURE: LOCK,
    FaultCode.EV_COMMUNICATION_ERROR: "CPPWMController",
    FaultCode.GROUND_FAILURE: "RCD",
    FaultCode.OVER_CURRENT_FAILURE: "OverCurrentProtection",
    FaultCode.OVER_VOLTAGE: "ElectricalFeed",
    FaultCode.UNDER_VOLTAGE: "ElectricalFeed",
    FaultCode.POWER_METER_FAILURE: "FiscalMetering",
    FaultCode.POWER_SWITCH_FAILURE: "PowerContactor",
    FaultCode.READER_FAILURE: "TokenReader",
}
REST = "EVSE"  # has whatever is no component's


def problems(evse: Evse) -> Iterator[tuple[VariableRef, Fault]]:
    """Yield the Problem that is true of each component, with the worst fault behind it."""
    faults = evse.sensed.faults if evse.sensed is not None else frozenset()
    for fault in sorted(faults, reverse=True):
        component = COMPONENTS.get(fault.code, REST)
        plug = (evse.connector_id or 1) if component == LOCK else None
        yield VariableRef(component, "Problem", evse_id=evse.id, connector_id=plug), fault


class Problems:
    """Tells each problem when it comes and when it goes (NotifyEvent)."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._told: dict[VariableRef, ProblemChanged] = {}
        self._sure = True
        self._events = 0

    def tell(self, evses: Iterable[Evse], now: Moment) -> None:
        """Tell what changed, while anybody listens; all that is wrong when it may be news."""
        if not self._turn.online:
            return
        current = {ref: fault for evse in evses for ref, fault in problems(evse)}
        for ref in [ref for ref in self._told if ref not in current]:
            self._turn.tell(replace(self._told.pop(ref), id=self._next(), at=now.utc, holds=False))
        for ref, fault in current.items():
            if ref not in self._told or not self._sure:
                self._told[ref] = ProblemChanged(self._next(), now.utc, ref, fault)
                self._turn.tell(self._told[ref])
        self._sure = True

    def forget(self) -> None:
        """What was told may not have arrived, or nobody may remember it."""
        self._sure = False

    def _next(self) -> int:
        self._events += 1
        return self._events
