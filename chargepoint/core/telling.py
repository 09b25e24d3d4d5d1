"""StatusNotification: what the central system was told of each connector, and when again.
NotifyEvent goes along with it, for the problems behind a status.

1.6 section 4.9 and errata 3.55, 3.64; 2.0.1 B04, G01.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chargepoint.core.availability import Availability, Place
from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.messages import StatusChanged
from chargepoint.core.problems import Problems
from chargepoint.core.turn import Turn
from chargepoint.core.words import Moment, Status
from hardware.api import Fault

FIRST = 1


class StatusTelling:
    """Sends each status once, the current one, and again after it was not confirmed."""

    def __init__(self, turn: Turn, availability: Availability) -> None:
        self._turn = turn
        self._availability = availability
        self._told: dict[Place, StatusChanged] = {}
        self._confirmed: dict[Place, StatusChanged] = {}
        self._since_s: dict[Place, tuple[StatusChanged, float]] = {}
        self._problems = Problems(turn)

    def current(
        self, evses: Mapping[int, Evse], dialect: Dialect, now: Moment
    ) -> dict[Place, StatusChanged]:
        """Return the status of every connector that the version has a number for, and of the
        station where that has one: an EVSE that counts as one connector is its plug in use.

        Of an EVSE whose board has not said anything yet nothing is known.
        """
        statuses: dict[Place, StatusChanged] = {}
        if dialect.tells_station_status:
            statuses[0, 0] = self._station(now)
        for evse in (each for each in evses.values() if each.sensed is not None):
            for number, plug in _plugs(evse, dialect).items():
                status = self._availability.status(evse, plug)
                in_use = plug == (evse.connector_id or FIRST)
                statuses[evse.id, number] = _status_changed(evse, number, status, now, in_use)
        return statuses

    def tell_changes(
        self,
        evses: Mapping[int, Evse],
        dialect: Dialect,
        now: Moment,
        minimum_s: float,
    ) -> None:
        """Tell what changed and has been stable for *minimum_s* (MinimumStatusDuration).

        Call it offline too: what was stable by then is told at once after a reconnect.
        """
        self._problems.tell(evses.values(), now)
        for place, event in self.current(evses, dialect, now).items():
            told = self._told.get(place)
            if told is not None and _says_the_same(told, event, dialect):
                self._since_s.pop(place, None)
                continue
            seen, since_s = self._since_s.get(place, (event, now.s))
            if not _says_the_same(seen, event, dialect):
                seen, since_s = event, now.s
            self._since_s[place] = (seen, since_s)
            if self._turn.online and (told is None or now.s - since_s >= minimum_s):
                self._told[place] = seen
                self._turn.tell(seen)

    def tell_again(self, events: Iterable[StatusChanged]) -> None:
        """Tell *events*, which are current, whether they are news or not (TriggerMessage)."""
        for event in events:
            self._told[event.evse_id, event.connector_id] = event
            self._turn.tell_anyway(event)

    def list_conflict(self, now: Moment) -> None:
        """Tell that the central system contradicts its own local list (1.6 section 3.5.2)."""
        self._turn.tell(replace(self._station(now), error="LocalListConflict"))

    def confirmed(self, event: StatusChanged) -> None:
        """Remember that the central system has it."""
        self._confirmed[event.evse_id, event.connector_id] = event

    def link_lost(self) -> None:
        """What was not confirmed may not have arrived."""
        self._told = dict(self._confirmed)
        self._problems.forget()

    def forget(self) -> None:
        """Tell everything anew: after a boot, and after a long time offline (B04.FR.01)."""
        self._told.clear()
        self._confirmed.clear()
        self._since_s.clear()
        self._problems.forget()

    def _station(self, now: Moment) -> StatusChanged:
        operative = self._availability.station_operative()
        return StatusChanged(0, 0, Status.AVAILABLE if operative else Status.UNAVAILABLE, now.utc)


def _plugs(evse: Evse, dialect: Dialect) -> dict[int, int]:
    """Return the plug that each number of the EVSE's connectors stands for."""
    if dialect.numbers_plugs:
        return {number: number for number in range(1, evse.config.connectors + 1)}
    return {FIRST: evse.connector_id or FIRST}


def _status_changed(
    evse: Evse, connector_id: int, status: Status, now: Moment, in_use: bool
) -> StatusChanged:
    fault = evse.fault or _warning(evse)
    if fault is not None:
        return StatusChanged(
            evse.id, connector_id, status, now.utc, fault.code, fault.info, fault.vendor_code
        )
    info = "EV side disconnected" if evse.ev_side_lost and in_use else ""
    return StatusChanged(evse.id, connector_id, status, now.utc, info=info)


def _warning(evse: Evse) -> Fault | None:
    faults = evse.sensed.faults if evse.sensed is not None else frozenset()
    return min(faults, default=None)


def _says_the_same(one: StatusChanged, other: StatusChanged, dialect: Dialect) -> bool:
    words = dialect.status_words
    if words[one.status] != words[other.status]:
        return False
    return not dialect.status_tells_errors or _rest(one) == _rest(other)


def _rest(event: StatusChanged) -> tuple[str, str, str]:
    return event.error, event.info, event.vendor_error
