"""Reset: end what runs, wait for what may wait, start again.

1.6 section 5.14, errata 3.36; 2.0.1 B11, B12.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.messages import ACCEPTED, Outcome, Reply, Reset, Restart
from chargepoint.core.sessions import Sessions
from chargepoint.core.words import BootReason, Trigger


class Resetting:
    """Carries a Reset out. *pending* is why the station will start again, None if it will not."""

    def __init__(self, common: Common, sessions: Sessions) -> None:
        self._common = common
        self._sessions = sessions
        self.pending: BootReason | None = None

    def reset(self, command: Reset) -> Reply:
        """ACCEPTED, SCHEDULED (a soft one that waits for transactions), REJECTED for one EVSE."""
        if command.evse_id is not None:
            return Reply(Outcome.REJECTED, "UnsupportedRequest", "one EVSE cannot be reset alone")
        busy = any(not evse.free for evse in self._common.evses.values())
        if command.soft and self._common.dialect.soft_reset_waits and busy:
            self.pending = BootReason.SCHEDULED_RESET
            self._common.turn.note("reset scheduled for when the transactions have ended")
            return Reply(Outcome.SCHEDULED)
        dialect = self._common.dialect
        reason = dialect.soft_reset_reason if command.soft else dialect.hard_reset_reason
        for evse in self._common.evses.values():
            if evse.authorized:
                self._sessions.end(evse, Trigger.RESET_COMMAND, reason)
        self.pending = BootReason.REMOTE_RESET
        self._common.turn.note("reset asked for by the central system")
        return ACCEPTED

    def tick(self) -> None:
        """Start again as soon as nothing is in the way."""
        if self.pending is None:
            return
        if all(evse.free and not evse.energized for evse in self._common.evses.values()):
            self._common.turn.keep("boot", "reason", self.pending)
            self._common.turn.do(Restart(self.pending))
            self.pending = None
