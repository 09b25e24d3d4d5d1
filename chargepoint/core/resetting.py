"""Reset: end what runs, wait for what may wait, start again.

1.6 section 5.14, errata 3.36; 2.0.1 B11, B12.
"""

from __future__ import annotations

from math import inf

from chargepoint.core.common import Common
from chargepoint.core.messages import ACCEPTED, Outcome, Reply, Reset, Restart
from chargepoint.core.sessions import Sessions
from chargepoint.core.words import BootReason, StopReason, Trigger

TRY_S = 10.0  # a contactor still closed by then has not opened: the try has failed


class Resetting:
    """Carries a Reset out. *pending* is why the station will start again, None if it will not.

    From the answer on no session begins. Every transaction is told as ended before the
    restart; a contactor that does not open holds it up for ResetRetries more tries.
    """

    def __init__(self, common: Common, sessions: Sessions) -> None:
        self._common = common
        self._sessions = sessions
        self.pending: BootReason | None = None
        self._stops: StopReason | None = None
        self._idle_since_s = inf
        self._done = False

    def reset(self, command: Reset) -> Reply:
        """ACCEPTED, SCHEDULED (a soft one that waits for transactions), REJECTED for one EVSE."""
        if command.evse_id is not None:
            return Reply(Outcome.REJECTED, "UnsupportedRequest", "one EVSE cannot be reset alone")
        common = self._common
        common.restarting = True
        dialect = common.dialect
        if command.soft and dialect.soft_reset_waits and _anybody(common):
            self.pending = self.pending or BootReason.SCHEDULED_RESET
            common.turn.note("reset scheduled for when the transactions have ended")
            return Reply(Outcome.SCHEDULED)
        self.pending = BootReason.REMOTE_RESET
        self._stops = dialect.soft_reset_reason if command.soft else dialect.hard_reset_reason
        common.turn.note("reset asked for by the central system")
        self._end_all()
        return ACCEPTED

    def tick(self) -> None:
        """Start again as soon as nothing is in the way."""
        if self.pending is None or self._done:
            return
        self._end_all()
        evses, now_s = self._common.evses.values(), self._common.now.s
        if any(evse.busy for evse in evses):
            return
        self._idle_since_s = min(self._idle_since_s, now_s)
        tries = 1 + self._common.variables.integer("OCPPCommCtrlr", "ResetRetries")
        patient = now_s - self._idle_since_s < tries * TRY_S
        if patient and any(evse.energized for evse in evses):
            return
        self._common.turn.keep("boot", "reason", self.pending)
        self._common.turn.do(Restart(self.pending))
        self._done = True

    def _end_all(self) -> None:
        """End what runs, unless the reset waits for it (B12.FR.04)."""
        if self._stops is None:
            return
        for evse in self._common.evses.values():
            if evse.ending is None and evse.busy:
                self._sessions.end(evse, Trigger.RESET_COMMAND, self._stops)


def _anybody(common: Common) -> bool:
    return any(evse.busy for evse in common.evses.values())
