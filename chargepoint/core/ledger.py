"""What the central system has of our events, and what it made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chargepoint.core.authorization import Authorization
from chargepoint.core.common import Common
from chargepoint.core.messages import (
    EventDelivered,
    EventGivenUp,
    GetTransactionStatus,
    Outcome,
    TransactionEvent,
    TransactionStatusReply,
    TxPhase,
)
from chargepoint.core.sessions import Sessions
from chargepoint.core.words import TokenInfo, TokenStatus


class Ledger:
    """Keeps the central system's transaction numbers and hears its verdicts on tokens."""

    def __init__(
        self,
        common: Common,
        sessions: Sessions,
        authorization: Authorization,
        central_ids: Mapping[str, int],
    ) -> None:
        self._common = common
        self._sessions = sessions
        self._authorization = authorization
        self.central_ids = dict(central_ids)

    def delivered(self, answer: EventDelivered) -> None:
        """The central system has the event: forget it, remember what it said."""
        self._common.turn.delivered(answer.outbox_id)
        event = answer.event
        if not isinstance(event, TransactionEvent):
            return
        if answer.central_id is not None:
            self.central_ids[event.transaction_id] = answer.central_id
            self._common.turn.keep("central_id", event.transaction_id, answer.central_id)
        if answer.info is not None:
            self._heard(event, answer.info)
        if answer.charging_priority is not None:
            self._ranked(event.transaction_id, answer.charging_priority)
        self._settle(event)

    def given_up(self, answer: EventGivenUp) -> None:
        """The central system does not take it: set it aside, say so, go on (E13.FR.04)."""
        self._common.turn.given_up(answer.outbox_id, answer.why)
        self._common.turn.note(f"a message was given up: {answer.why}", level="error")
        if isinstance(answer.event, TransactionEvent):
            self._settle(answer.event)

    def transaction_status(self, command: GetTransactionStatus) -> TransactionStatusReply:
        """Tell whether a transaction goes on, and whether all of it is told: E14."""
        queued, asked = self._common.turn.queued, command.transaction_id
        if asked is None:
            return TransactionStatusReply(Outcome.ACCEPTED, queued=any(queued.values()))
        running = (evse.transaction for evse in self._common.evses.values())
        ongoing = any(each is not None and each.id == asked for each in running)
        return TransactionStatusReply(Outcome.ACCEPTED, ongoing=ongoing, queued=queued[asked] > 0)

    def _heard(self, event: TransactionEvent, info: TokenInfo) -> None:
        """Take the verdict on the event's token into the cache and to the running session."""
        token = event.stop_token or event.token
        if token is not None:
            self._authorization.learn(token, info, self._common.now)
        for evse in self._common.evses.values():
            running = evse.transaction
            if running is None or running.id != event.transaction_id:
                continue
            if event.stop_token is not None:
                continue  # it stopped a session, whatever is thought of it now
            if info.status is not TokenStatus.ACCEPTED:
                self._sessions.invalidate(evse, info)
            elif evse.grant is not None:
                group, priority = evse.grant.group, evse.grant.priority
                said = info.charging_priority
                evse.grant = replace(
                    evse.grant,
                    group=group if info.group is None else info.group,
                    priority=priority if said is None else said,
                )

    def _ranked(self, transaction_id: str, priority: int) -> None:
        """Note a priority that is for this transaction alone, not for its token (K03.FR.05)."""
        for evse in self._common.evses.values():
            if evse.transaction is not None and evse.transaction.id == transaction_id:
                changed = evse.update_transaction(priority=priority)
                self._common.turn.keep("transaction", changed.id, changed)

    def _settle(self, event: TransactionEvent) -> None:
        """An event has left the outbox; after the last one its transaction's number may go."""
        queued = self._common.turn.queued
        queued[event.transaction_id] -= 1
        if queued[event.transaction_id] <= 0:
            del queued[event.transaction_id]
        if event.phase is TxPhase.ENDED and event.transaction_id in self.central_ids:
            del self.central_ids[event.transaction_id]
            self._common.turn.forget("central_id", event.transaction_id)
