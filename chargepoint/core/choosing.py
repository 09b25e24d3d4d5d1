"""Which EVSE a token gets."""

from __future__ import annotations

from collections.abc import Iterable

from chargepoint.core.availability import Availability
from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.messages import RemoteStart
from chargepoint.core.reservations import Reservations
from chargepoint.core.session import State
from chargepoint.core.words import Token

# A car that nobody had yet, an empty place, and last a car that was charged already: it
# may be somebody else's (1.6 errata 3.20).
RANKS = {State.PLUGGED: 0, State.IDLE: 1, State.STOPPED: 2}


class Choosing:
    """Chooses among the EVSEs of a reader, or of the station. *group* is that of a token, as
    far as it is known: it may have reserved a place."""

    def __init__(
        self, common: Common, availability: Availability, reservations: Reservations
    ) -> None:
        self._common = common
        self._availability = availability
        self._reservations = reservations

    def target(self, token: Token, group: Token | None, evse_ids: Iterable[int]) -> Evse | None:
        """Return the EVSE that a new driver gets, the first of the best ones: among equals the
        one that he reserved."""

        def rank(evse: Evse) -> tuple[int, bool]:
            his = self._reservations.of(evse, token, group)
            return RANKS[evse.state], his is None or his.evse_id is None

        evses = [self._common.evses[evse_id] for evse_id in evse_ids]
        usable = [evse for evse in evses if self.usable(evse, token, group)]
        return min(usable, key=rank, default=None)

    def usable(self, evse: Evse, token: Token, group: Token | None) -> bool:
        """Return whether this token may start here: not on a transaction that another one
        was authorized for (C01.FR.23), nor on a cable that waits for its owner, nor where
        others have reserved."""
        running, owner = evse.transaction, evse.keep_locked
        if running is not None and running.token and not running.token.same_as(token):
            return False
        if owner is not None and not owner.token.same_as(token):
            return False
        if not self._reservations.allows(evse, token, group):
            return False
        if evse.leaving or not evse.free or evse.fault is not None:
            return False
        return self._availability.serves(evse)

    def remote(self, command: RemoteStart, group: Token | None) -> Evse | None:
        """Return the EVSE for a remote start, one whose transaction nobody was authorized
        for (F01.FR.20 to .24); None when there is no such EVSE."""
        evses = [
            evse
            for evse in self._common.evses.values()
            if command.evse_id in (None, evse.id)
            and (evse.transaction is None or evse.transaction.token is None)
        ]
        return self.target(command.token, group, [evse.id for evse in evses])

    def worth_asking(self, evse_ids: Iterable[int]) -> bool:
        """Return whether an unknown token's group matters there: to stop somebody's session, to
        release a cable, or to use what the group has reserved (C09.FR.05, H03.FR.08)."""
        evses = [self._common.evses[evse_id] for evse_id in evse_ids]
        taken = any(evse.grant is not None or evse.keep_locked is not None for evse in evses)
        return taken or self._reservations.any_for_a_group(evse_ids)
