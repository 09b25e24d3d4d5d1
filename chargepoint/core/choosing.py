"""Which EVSE a token gets."""

from __future__ import annotations

from collections.abc import Iterable

from chargepoint.core.availability import Availability
from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.messages import RemoteStart
from chargepoint.core.session import State
from chargepoint.core.words import Token

# A car that nobody had yet, an empty place, and last a car that was charged already: it
# may be somebody else's (1.6 errata 3.20).
RANKS = {State.PLUGGED: 0, State.IDLE: 1, State.STOPPED: 2}


class Choosing:
    """Chooses among the EVSEs of a reader, or of the station."""

    def __init__(self, common: Common, availability: Availability) -> None:
        self._common = common
        self._availability = availability

    def target(self, token: Token, evse_ids: Iterable[int]) -> Evse | None:
        """Return the EVSE that a new driver gets, the first of the best ones."""
        evses = [self._common.evses[evse_id] for evse_id in evse_ids]
        usable = [evse for evse in evses if self.usable(evse, token)]
        return min(usable, key=lambda evse: RANKS[evse.state], default=None)

    def usable(self, evse: Evse, token: Token) -> bool:
        """Return whether this token may start here: not on a transaction that another one
        was authorized for (C01.FR.23), nor on a cable that waits for its owner."""
        running, owner = evse.transaction, evse.keep_locked
        if running is not None and running.token and not running.token.same_as(token):
            return False
        if owner is not None and not owner.token.same_as(token):
            return False
        return evse.free and evse.fault is None and self._availability.operative(evse)

    def remote(self, command: RemoteStart) -> Evse | None:
        """Return the EVSE for a remote start, one whose transaction nobody was authorized
        for (F01.FR.20, .23, .24); None when there is no such EVSE."""
        evses = [
            evse
            for evse in self._common.evses.values()
            if command.evse_id in (None, evse.id)
            and (evse.transaction is None or evse.transaction.token is None)
        ]
        return self.target(command.token, [evse.id for evse in evses])

    def somebody(self, evse_ids: Iterable[int]) -> bool:
        """Return whether somebody has a session or a locked cable there."""
        evses = [self._common.evses[evse_id] for evse_id in evse_ids]
        return any(evse.grant is not None or evse.keep_locked is not None for evse in evses)
