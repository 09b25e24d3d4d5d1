"""Reset: end what runs, wait for what may wait, start again: the station, or one EVSE.

1.6 section 5.14, errata 3.36; 2.0.1 B11, B12 with their errata.
"""

from __future__ import annotations

from math import inf

from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.messages import ACCEPTED, Outcome, Reply, Reset, ResetBoard, Restart
from chargepoint.core.sessions import Sessions
from chargepoint.core.values import dataclass
from chargepoint.core.words import BootReason, StopReason, Trigger

TRY_S = 10.0  # a contactor still closed by then has not opened: the try has failed
BOARD_S = 3.0  # so long a board that starts anew is left alone
STATION = 0


@dataclass(slots=True)
class Due:
    """A reset on its way: of which EVSEs, and why. *stops* ends what runs, None waits for it.
    *idle_since_s* is when nobody was left there, *began_s* when it was carried out."""

    evses: tuple[Evse, ...]
    reason: BootReason = BootReason.SCHEDULED_RESET
    stops: StopReason | None = None
    idle_since_s: float = inf
    began_s: float = inf


class Resetting:
    """Carries out each Reset.

    From the answer on no session begins where it concerns. Every transaction there is told
    as ended before it; a contactor that does not open holds it up for ResetRetries more
    tries.
    """

    def __init__(self, common: Common, sessions: Sessions) -> None:
        self._common = common
        self._sessions = sessions
        self._due: dict[int, Due] = {}

    @property
    def pending(self) -> BootReason | None:
        """Return why the station will start again, None if it will not."""
        return self._due[STATION].reason if STATION in self._due else None

    def reset(self, command: Reset) -> Reply:
        """ACCEPTED, SCHEDULED (a soft one that waits), REJECTED where there is nothing to reset."""
        common, place = self._common, command.evse_id or STATION
        if command.evse_id is not None and place not in common.evses:
            return Reply(Outcome.REJECTED, "UnknownEvse", f"there is no EVSE {place}")
        if place != STATION and self.pending is not None:
            return Reply(Outcome.REJECTED, "InternalError", "the station is about to restart")
        every = tuple(common.evses.values())
        due = self._due.setdefault(place, Due((common.evses[place],) if place else every))
        common.restarting = common.restarting or place == STATION
        waits = command.soft and common.dialect.soft_reset_waits
        if waits and any(_occupied(evse) for evse in due.evses):
            _close(due)
            common.turn.note("reset scheduled for when the transactions have ended", place)
            return Reply(Outcome.SCHEDULED)
        dialect = common.dialect
        due.reason = BootReason.REMOTE_RESET
        due.stops = dialect.soft_reset_reason if command.soft else dialect.hard_reset_reason
        common.turn.note("reset asked for by the central system", place)
        if place != STATION:
            _close(due)
        self._end_all(due)
        return ACCEPTED

    def tick(self) -> None:
        """Start again as soon as nothing is in the way."""
        for place, due in list(self._due.items()):
            if due.began_s < inf:
                self._finish(place, due)
            elif self._ready(due):
                due.began_s = self._common.now.s
                self._begin(place, due)

    def _ready(self, due: Due) -> bool:
        """End what shall end; return whether nobody is left and the contactors are open."""
        self._end_all(due)
        if any(evse.busy or (due.stops is None and _occupied(evse)) for evse in due.evses):
            return False
        now_s = self._common.now.s
        due.idle_since_s = min(due.idle_since_s, now_s)
        tries = 1 + self._common.variables.integer("OCPPCommCtrlr", "ResetRetries")
        patient = now_s - due.idle_since_s < tries * TRY_S
        return not (patient and any(evse.energized for evse in due.evses))

    def _begin(self, place: int, due: Due) -> None:
        if place != STATION:
            self._common.turn.do(ResetBoard(place))
            return
        self._common.turn.keep("boot", "reason", due.reason)
        self._common.turn.do(Restart(due.reason))

    def _finish(self, place: int, due: Due) -> None:
        """An EVSE is back in service; the station ends with its process."""
        if place == STATION or self._common.now.s - due.began_s < BOARD_S:
            return
        del self._due[place]
        (evse,) = due.evses
        evse.leaving = self.pending is BootReason.SCHEDULED_RESET
        self._sessions.afresh(evse)
        self._common.turn.note("EVSE reset", place)

    def _end_all(self, due: Due) -> None:
        """End what runs, unless the reset waits for it (B12.FR.04, .08)."""
        if due.stops is None:
            return
        for evse in due.evses:
            if evse.ending is None and evse.busy:
                self._sessions.end(evse, Trigger.RESET_COMMAND, due.stops)


def _close(due: Due) -> None:
    """Let nobody new begin there, and show it."""
    for evse in due.evses:
        evse.leaving = True


def _occupied(evse: Evse) -> bool:
    """Return whether a reset would disturb somebody: in a transaction, or with a cable of his
    still locked (B11, remark)."""
    return evse.busy or evse.keep_locked is not None
