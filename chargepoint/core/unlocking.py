"""UnlockConnector: let the cable go, and say whether it went.

1.6 section 5.18, errata 3.87; 2.0.1 F05.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.messages import Later, Outcome, Reply, Unlock
from chargepoint.core.session import State
from chargepoint.core.sessions import Sessions
from chargepoint.core.values import dataclass
from chargepoint.core.words import StopReason, Trigger
from hardware.api import FaultCode

ANSWER_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class _Try:
    ticket: int
    evse: Evse
    until_s: float


class Unlocking:
    """Opens locks and answers once the feedback says so."""

    def __init__(self, common: Common, sessions: Sessions) -> None:
        self._common = common
        self._sessions = sessions
        self._tries: list[_Try] = []

    def unlock(self, command: Unlock) -> Reply | Later:
        """Begin; the answer is Later, when the lock has told."""
        evse = self._common.evses.get(command.evse_id)
        if evse is None or not 1 <= command.connector_id <= evse.config.connectors:
            return Reply(Outcome.UNKNOWN_EVSE, "UnknownConnectorId", "there is no such connector")
        if not evse.config.connector_lock:
            return Reply(Outcome.UNSUPPORTED, "FixedCable", "the cable is fixed")
        if evse.authorized and (evse.transaction is not None or evse.state is not State.AUTHORIZED):
            if not self._common.dialect.unlock_stops_transaction:
                return Reply(Outcome.TX_ONGOING, "TxInProgress", "an authorized session runs")
            self._sessions.stop(evse, Trigger.UNLOCK_COMMAND, StopReason.UNLOCK_COMMAND)
        ticket = self._common.turn.ticket()
        now_s = self._common.now.s
        evse.keep_locked = None
        evse.unlock_until_s = now_s + ANSWER_WITHIN_S
        self._tries.append(_Try(ticket, evse, now_s + ANSWER_WITHIN_S))
        return Later(ticket)

    def tick(self) -> None:
        """Answer the tries whose lock has told, or had time enough."""
        for each in list(self._tries):
            outcome = self._outcome(each)
            if outcome is not None:
                self._tries.remove(each)
                each.evse.unlock_until_s = self._common.now.s
                self._common.turn.answer(each.ticket, outcome)
                self._common.turn.note(f"cable {outcome.outcome}", each.evse.id)

    def _outcome(self, each: _Try) -> Reply | None:
        sensed = each.evse.sensed
        faults = sensed.faults if sensed is not None else frozenset()
        if any(fault.code is FaultCode.CONNECTOR_LOCK_FAILURE for fault in faults):
            return Reply(Outcome.UNLOCK_FAILED, "InternalError", "the lock does not move")
        if sensed is not None and not sensed.locked and not _live(each.evse):
            return Reply(Outcome.UNLOCKED)
        if self._common.now.s >= each.until_s:
            return Reply(Outcome.UNLOCK_FAILED, "InternalError", "the lock did not answer")
        return None


def wants_lock(evse: Evse, now_s: float) -> bool:
    """Return whether the cable shall be held: in a session, while the socket is live (also
    by a welded contactor), or until its owner comes (E05.FR.11, E10.FR.01). An unlock wins
    as soon as the socket is dead."""
    if _live(evse):
        return evse.config.connector_lock
    if not evse.config.connector_lock or now_s < evse.unlock_until_s:
        return False
    return evse.state in (State.ACTIVE, State.DETACHED) or evse.keep_locked is not None


def _live(evse: Evse) -> bool:
    """Return whether any contactor of the socket is closed."""
    sensed = evse.sensed
    return sensed is not None and (sensed.main_closed or sensed.second_closed)
