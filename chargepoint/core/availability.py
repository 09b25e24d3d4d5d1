"""What each connector is: rows over facts, and the orders that take it out of service.

1.6 sections 4.9, 5.2 and 7.7; 2.0.1 blocks G01, G03 and G04.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.messages import ACCEPTED, ChangeAvailability, Outcome, Reply
from chargepoint.core.session import State
from chargepoint.core.turn import Turn
from chargepoint.core.values import dataclass
from chargepoint.core.words import ChargingState, Status

Place = tuple[int, int]  # EVSE and connector; connector 0 is the whole EVSE, (0, 0) the station

_WHILE_ACTIVE = {
    ChargingState.CHARGING: Status.CHARGING,
    ChargingState.SUSPENDED_EV: Status.SUSPENDED_EV,
    ChargingState.SUSPENDED_EVSE: Status.SUSPENDED_EVSE,
    ChargingState.EV_CONNECTED: Status.PREPARING,
    ChargingState.IDLE: Status.SUSPENDED_EV,
}

_DETACHED = {True: Status.SUSPENDED_EV, False: Status.AWAY}  # a cable in the socket, or none

# The first row whose condition holds names the status. A transaction that is ending still
# charges until its contactor opens. A car at a reserved place changes nothing before its
# driver has shown who he is (G03.FR.09). The condition's second argument: is it reserved?
STATUS_ROWS: tuple[tuple[Callable[[Evse, bool], bool], Callable[[Evse], Status]], ...] = (
    (lambda evse, _: evse.fault is not None, lambda _: Status.FAULTED),
    (lambda _, reserved: reserved, lambda _: Status.RESERVED),
    (lambda evse, _: evse.state is State.DETACHED, lambda evse: _DETACHED[evse.cable_in]),
    (lambda evse, _: evse.state is State.ACTIVE, lambda evse: _WHILE_ACTIVE[evse.charging_state]),
    (lambda evse, _: evse.ending is not None, lambda _: Status.CHARGING),
    (lambda evse, _: evse.state is State.STOPPED, lambda _: Status.FINISHING),
    (lambda evse, _: evse.state is State.PLUGGED, lambda _: Status.PREPARING),
    (lambda evse, _: evse.cable_in, lambda _: Status.PREPARING),
    (lambda evse, _: evse.state is State.AUTHORIZED, lambda _: Status.AUTHORIZED),
)
WHOLE_EVSE = 2  # so many of the rows hold for every connector (H01.FR.23)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A ChangeAvailability that waits for a transaction to end; kept over a restart."""

    evse_id: int
    connector_id: int
    operative: bool


class Availability:
    """Which connectors are in service. *reserved* says whether an EVSE is kept for somebody,
    *updating* whether new firmware keeps every one out of service that is not in use."""

    def __init__(
        self, turn: Turn, operative: Mapping[str, bool], scheduled: Mapping[str, Scheduled]
    ) -> None:
        self._turn = turn
        self._inoperative = {_place(key) for key, serves in operative.items() if not serves}
        self._scheduled = dict(scheduled)
        self.reserved: Callable[[Evse], bool] = lambda _: False
        self.updating: Callable[[], bool] = lambda: False

    def station_operative(self) -> bool:
        """Return whether the station as a whole is in service."""
        return (0, 0) not in self._inoperative

    def serves(self, evse: Evse) -> bool:
        """Return whether a session may begin: the connector in use is in service, or any
        of them while none is in use."""
        every = range(1, evse.config.connectors + 1)
        numbers = every if evse.connector_id is None else (evse.connector_id,)
        return any(self.operative(evse, number) for number in numbers)

    def operative(self, evse: Evse, connector_id: int) -> bool:
        """Return whether the connector, its EVSE and the station are in service.

        A free EVSE that a scheduled order covers is out of service already, so that it
        never shows Available between a transaction's end and the order.
        """
        places = {(0, 0), (evse.id, 0), (evse.id, connector_id)}
        if places & self._inoperative:
            return False
        if evse.busy:
            return True
        return not self.updating() and not any(
            not wish.operative and (wish.evse_id, wish.connector_id) in places
            for wish in self._scheduled.values()
        )

    def status(self, evse: Evse, connector_id: int) -> Status:
        """Return what the connector is now. The one in use, the first while none is, carries
        the EVSE's session; the others of a busy EVSE stay as they are (G01.FR.08)."""
        in_use = connector_id == (evse.connector_id or 1)
        if not evse.free or self.operative(evse, connector_id) or evse.fault is not None:
            reserved = evse.free and self.reserved(evse)
            for holds, status in STATUS_ROWS[: None if in_use else WHOLE_EVSE]:
                if holds(evse, reserved):
                    return status(evse)
        serves = self.operative(evse, connector_id) and not evse.leaving
        return Status.AVAILABLE if serves else Status.UNAVAILABLE

    def change(
        self, command: ChangeAvailability, evses: Mapping[int, Evse], dialect: Dialect
    ) -> Reply:
        """Do it now, or when the transactions it concerns have ended.

        1.6 section 5.2; 2.0.1 G03.FR.03 to .08, G04.FR.04 to .09. An unknown EVSE or
        connector is REJECTED.
        """
        evse_id, connector_id = command.evse_id, command.connector_id or 0
        if evse_id and evse_id not in evses:
            return Reply(Outcome.REJECTED, "UnknownEvse", f"there is no EVSE {evse_id}")
        if connector_id > (evses[evse_id].config.connectors if evse_id else 0):
            return Reply(Outcome.REJECTED, "UnknownConnectorId", "there is no such connector")
        key = _key((evse_id, connector_id))
        covers_all = evse_id == 0 and dialect.station_availability_cascades
        for waiting in list(self._scheduled) if covers_all else [key]:
            if self._scheduled.pop(waiting, None) is not None:
                self._turn.forget("availability_scheduled", waiting)
        if command.operative or not any(evse.busy for evse in _concerned(evse_id, evses)):
            self._set((evse_id, connector_id), command.operative, evses, dialect)
            return ACCEPTED
        wish = Scheduled(evse_id, connector_id, command.operative)
        self._scheduled[key] = wish
        self._turn.keep("availability_scheduled", key, wish)
        return Reply(Outcome.SCHEDULED)

    def run_scheduled(self, evses: Mapping[int, Evse], dialect: Dialect) -> None:
        """Do what waited, where no transaction is in the way any more."""
        for key, wish in list(self._scheduled.items()):
            if not any(evse.busy for evse in _concerned(wish.evse_id, evses)):
                del self._scheduled[key]
                self._turn.forget("availability_scheduled", key)
                self._set((wish.evse_id, wish.connector_id), wish.operative, evses, dialect)

    def _set(
        self, place: Place, operative: bool, evses: Mapping[int, Evse], dialect: Dialect
    ) -> None:
        places = [place]
        if place == (0, 0) and dialect.station_availability_cascades:
            places += [(evse.id, 0) for evse in evses.values()]
        for each in places:
            (self._inoperative.discard if operative else self._inoperative.add)(each)
            self._turn.keep("availability", _key(each), operative)
        what = "in service" if operative else "out of service"
        where = f"EVSE {place[0]}" if place[0] else "station"
        self._turn.note(f"{where} {what}", place[0])


def _concerned(evse_id: int, evses: Mapping[int, Evse]) -> list[Evse]:
    return [evses[evse_id]] if evse_id else list(evses.values())


def _key(place: Place) -> str:
    return f"{place[0]}/{place[1]}"


def _place(key: str) -> Place:
    evse_id, _, connector_id = key.partition("/")
    return int(evse_id), int(connector_id)
