"""Reservations: who may begin where until when.

1.6 sections 5.1 and 5.13; 2.0.1 block H. A reservation is for one EVSE, or for any one (of a
connector type): then as many EVSEs are held back as there are such reservations, and no
single one as long as there is choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chargepoint.core.availability import Availability
from chargepoint.core.common import Common, masked
from chargepoint.core.evse import Evse
from chargepoint.core.messages import (
    ACCEPTED,
    CancelReservation,
    Outcome,
    Reply,
    ReservationEnded,
    ReserveNow,
)
from chargepoint.core.values import dataclass
from chargepoint.core.words import Token

TABLE = "ReservationCtrlr"

# What is answered when the EVSEs in question differ: the first of these that one of them says.
BEST_FIRST = (Outcome.ACCEPTED, Outcome.OCCUPIED, Outcome.FAULTED, Outcome.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Reservation:
    """One reservation, as it is kept on disk. Without *evse_id* any EVSE will do, of
    *connector_type* where that is given."""

    id: int
    token: Token
    expires_at: datetime
    evse_id: int | None = None
    connector_type: str | None = None
    group: Token | None = None

    def is_for(self, token: Token, group: Token | None) -> bool:
        """Return whether a token, of *group* as far as that is known, may use it: H03.FR.01 to
        .06; 1.6 section 5.13."""
        if self.token.same_as(token):
            return True
        return self.group is not None and group is not None and self.group.same_as(group)

    def covers(self, evse: Evse) -> bool:
        """Return whether it can be used at *evse*."""
        if self.evse_id is not None and self.evse_id != evse.id:
            return False
        return self.connector_type in (None, evse.config.connector_type)

    @property
    def choice(self) -> tuple[bool, bool]:
        """Order reservations by how much choice they leave, the least first."""
        return self.evse_id is None, self.connector_type is None


class Reservations:
    """Keeps the reservations and says what they keep from whom."""

    def __init__(
        self, common: Common, availability: Availability, kept: Mapping[str, Reservation]
    ) -> None:
        self._common = common
        self._availability = availability
        self._pending = {each.id: each for each in kept.values()}

    def __iter__(self) -> Iterator[Reservation]:
        return iter(self._pending.values())

    # --- orders ------------------------------------------------------------------------------

    def reserve(self, command: ReserveNow) -> Reply:
        """Keep a place; one of the same id gives way to the new one, if that can be had."""
        new = Reservation(
            command.id,
            command.token,
            command.expires_at,
            command.evse_id,
            command.connector_type,
            command.group,
        )
        refusal = self._refusal(new)
        if refusal is not None:
            return refusal
        waiting = [each for each in self._waiting() if each.id != new.id]
        held = self._held(waiting, waiting)
        states = {self._state(evse, held) for evse in self._evses() if new.covers(evse)}
        outcome = next(each for each in BEST_FIRST if each in states)
        if outcome is not Outcome.ACCEPTED:
            return Reply(outcome, info="no such place is free")
        self._unclaim(new.id)
        self._pending[new.id] = new
        self._common.turn.keep("reservation", str(new.id), new)
        until = f"{new.expires_at:%Y-%m-%d %H:%M:%S} UTC"
        self._note(new, f"reserved for {masked(new.token)} until {until}")
        return ACCEPTED

    def cancel(self, command: CancelReservation) -> Reply:
        """H02; 1.6 section 5.1. REJECTED when there is none of that id."""
        found = self._pending.get(command.id)
        if found is None:
            return Reply(Outcome.REJECTED, "NotFound", "there is no such reservation")
        self._unclaim(found.id)
        self._forget(found, "cancelled")
        return ACCEPTED

    def _refusal(self, new: Reservation) -> Reply | None:
        """Return why no such reservation is made here, whatever is free."""
        if not self._common.offers(TABLE, "Reservation"):  # H01.FR.01
            return Reply(Outcome.REJECTED, "NotEnabled", "reservation is off")
        if new.expires_at <= self._common.now.utc:
            return Reply(Outcome.REJECTED, "InvalidValue", "that time is over")
        if new.evse_id is None:  # H01.FR.18, .19; 1.6 ReserveConnectorZeroSupported
            if not self._common.variables.flag(TABLE, "NonEvseSpecific"):
                return Reply(Outcome.REJECTED, "UnsupportedParam", "name an EVSE")
        elif new.evse_id not in self._common.evses:
            return Reply(Outcome.REJECTED, "UnknownEvse", f"there is no EVSE {new.evse_id}")
        if not any(new.covers(evse) for evse in self._evses()):
            return Reply(Outcome.REJECTED, "UnsupportedParam", "no such connector there")
        return None

    def _state(self, evse: Evse, held: frozenset[int]) -> Outcome:
        """Return what a new reservation finds there: H01.FR.11, .12, .14; 1.6 section 5.13."""
        if evse.fault is not None:
            return Outcome.FAULTED
        if not self._availability.serves(evse):
            return Outcome.UNAVAILABLE
        taken = evse.busy or evse.cable_in or evse.id in held
        return Outcome.OCCUPIED if taken else Outcome.ACCEPTED

    # --- what they keep from whom ------------------------------------------------------------

    def shows(self, evse: Evse) -> bool:
        """Return whether *evse* is Reserved: H01.FR.20, .23, .24; 1.6 section 4.9."""
        waiting = self._waiting()
        return bool(waiting) and evse.id in self._held(waiting, waiting)

    def allows(self, evse: Evse, token: Token, group: Token | None) -> bool:
        """Return whether a driver leaves enough to those who reserved if he begins here: H01.FR.07,
        .09, H03 remark."""
        waiting = self._waiting()
        others = [each for each in waiting if not each.is_for(token, group)]
        return evse.id not in self._held(waiting, others)

    def of(self, evse: Evse, token: Token, group: Token | None) -> Reservation | None:
        """Return the reservation that the driver uses here, the one with the least choice."""
        his = (each for each in self._waiting() if each.is_for(token, group) and each.covers(evse))
        return min(his, key=lambda each: each.choice, default=None)

    def any_for_a_group(self, evse_ids: Iterable[int]) -> bool:
        """Return whether it depends on a token's group if it may begin there (H03.FR.08)."""
        evses = [self._common.evses[evse_id] for evse_id in evse_ids]
        return any(each.group and any(map(each.covers, evses)) for each in self._waiting())

    def used(self, reservation_id: int | None) -> None:
        """Somebody has what he reserved: H03.FR.09; 1.6 section 5.13."""
        found = self._pending.get(reservation_id) if reservation_id is not None else None
        if found is not None:
            self._forget(found, "used")

    def tick(self) -> None:
        """End what is over, and what can no longer be served: H04, H01.FR.16, .17; 1.6 section
        5.13."""
        if not self._pending:
            return
        now = self._common.now.utc
        for each in [each for each in self._pending.values() if each.expires_at <= now]:
            self._end(each, "Expired")
        left = {evse.id: evse for evse in self._evses() if self._in_service(evse)}
        for each in sorted(self._pending.values(), key=lambda each: each.choice):
            place = next((evse.id for evse in left.values() if each.covers(evse)), None)
            if place is None:
                self._end(each, "Removed")
            else:
                del left[place]

    # --- the pieces --------------------------------------------------------------------------

    def _waiting(self) -> list[Reservation]:
        """Return those whose driver has not come yet. A driver who has, but whose car has
        not, may have to leave again (1.6: a reservation ends with the transaction's start)."""
        if not self._pending:
            return []
        come = {evse.grant.reservation_id for evse in self._evses() if evse.grant is not None}
        return [each for each in self._pending.values() if each.id not in come]

    def _held(
        self, waiting: Sequence[Reservation], others: Sequence[Reservation]
    ) -> frozenset[int]:
        """Return the EVSEs that nobody may have without breaking one of *others*, which are all
        or some of those *waiting*."""
        named = frozenset(each.evse_id for each in others if each.evse_id is not None)
        pool, loose = self._pool(waiting), _loose(others)
        return named | {
            evse.id for evse in pool if not _fit(loose, [each for each in pool if each is not evse])
        }

    def _pool(self, waiting: Sequence[Reservation]) -> list[Evse]:
        """Return the EVSEs that serve the reservations without a place of their own.

        Cars of strangers stand in the way, so empty places count first; of the others those
        where a car came last: they were held back already when it came.
        """
        named = {each.evse_id for each in waiting}
        free = [
            evse
            for evse in self._evses()
            if evse.free and evse.id not in named and self._in_service(evse)
        ]
        pool = [evse for evse in free if not evse.cable_in]
        for evse in sorted(free, key=lambda evse: -evse.since_s):
            if evse.cable_in and not _fit(_loose(waiting), pool):
                pool.append(evse)
        return pool

    def _in_service(self, evse: Evse) -> bool:
        return evse.fault is None and self._availability.serves(evse)

    def _evses(self) -> Iterable[Evse]:
        return self._common.evses.values()

    def _end(self, each: Reservation, why: str) -> None:
        """End one without its driver, and tell."""
        self._unclaim(each.id)
        self._forget(each, why.casefold())
        self._common.turn.tell(ReservationEnded(each.id, why, self._common.now.utc))

    def _unclaim(self, reservation_id: int) -> None:
        """Let the driver who waits for his car here go on without it."""
        for evse in self._evses():
            if evse.grant is not None and evse.grant.reservation_id == reservation_id:
                evse.grant = replace(evse.grant, reservation_id=None)

    def _forget(self, each: Reservation, why: str) -> None:
        del self._pending[each.id]
        self._common.turn.forget("reservation", str(each.id))
        self._note(each, f"reservation {each.id} {why}")

    def _note(self, each: Reservation, text: str) -> None:
        self._common.turn.note(text, each.evse_id or 0)


def _loose(reservations: Iterable[Reservation]) -> list[Reservation]:
    """Return those for no certain EVSE, the ones with the least choice first."""
    return sorted((e for e in reservations if e.evse_id is None), key=lambda each: each.choice)


def _fit(reservations: Sequence[Reservation], evses: Sequence[Evse]) -> bool:
    """Return whether there is an EVSE for each of *reservations*, which come with the least
    choice first. An EVSE has one type of connector, so taking the first that fits is enough."""
    if len(evses) < len(reservations):
        return False
    left = list(evses)
    for each in reservations:
        place = next((evse for evse in left if each.covers(evse)), None)
        if place is None:
            return False
        left.remove(place)
    return True
