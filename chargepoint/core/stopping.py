"""Who stops what: the driver, his group, a master pass, the central system.

1.6 sections 3.6, 4.9, 5.12; 2.0.1 C01, C09, C16, E07, F03.
"""

from __future__ import annotations

from collections.abc import Iterable

from chargepoint.core.authorization import Authorization
from chargepoint.core.common import Common
from chargepoint.core.evse import Evse, Grant
from chargepoint.core.messages import ACCEPTED, Outcome, RemoteStop, Reply
from chargepoint.core.session import State
from chargepoint.core.sessions import Sessions
from chargepoint.core.words import (
    NO_AUTHORIZATION,
    StopReason,
    Token,
    TokenInfo,
    TokenStatus,
    Trigger,
)


class Stopping:
    """Ends sessions for those who may."""

    def __init__(self, common: Common, sessions: Sessions, authorization: Authorization) -> None:
        self._common = common
        self._sessions = sessions
        self._authorization = authorization

    def stop(self, token: Token, evse_ids: Iterable[int], info: TokenInfo | None) -> bool:
        """Stop what a token, of which *info* is known, may stop at a reader's EVSEs; return
        whether it has done its work. A master pass stops everything (C16.FR.02, .07)."""
        if not self._authorization.is_master(info):
            return self._stop_own(token, evse_ids, info)
        evses = self._common.evses.values()
        running = [evse for evse in evses if evse.grant is not None]
        for evse in running:
            self._sessions.stop(evse, Trigger.STOP_AUTHORIZED, StopReason.MASTER_PASS, token)
        for evse in evses:
            evse.keep_locked = None
        return bool(running)

    def remote(self, command: RemoteStop, central_ids: dict[str, int]) -> Reply:
        """F03; 1.6 section 5.12. Unknown or ended transactions are REJECTED."""
        for evse in self._common.evses.values():
            running = evse.transaction
            if running is None or evse.ending is not None:
                continue
            ours = command.transaction_id == running.id
            theirs = command.central_id is not None and (
                central_ids.get(running.id) == command.central_id
            )
            if ours or theirs:
                self._sessions.stop(evse, Trigger.REMOTE_STOP, StopReason.REMOTE)
                return ACCEPTED
        return Reply(Outcome.REJECTED, "TxNotFound", "no such transaction is running")

    def _stop_own(self, token: Token, evse_ids: Iterable[int], info: TokenInfo | None) -> bool:
        """Stop what the token, or its group as far as *info* tells it, has here; or release
        its cable. C01.FR.03, C09.FR.03, .07, .11, E07.FR.01; 1.6 section 4.9 B1."""
        for evse_id in evse_ids:
            evse = self._common.evses[evse_id]
            owner, grant = evse.keep_locked, evse.grant
            if owner is not None and _belongs(token, info, owner.token, owner.group):
                evse.keep_locked = None
                self._common.turn.note("cable released to its owner", evse.id)
                return not (owner.may_resume and evse.connected)
            if grant is not None and self._stops(token, info, evse, grant):
                self._sessions.stop(
                    evse, Trigger.STOP_AUTHORIZED, StopReason.LOCAL, stop_token=token
                )
                return True
        return False

    def _stops(self, token: Token, info: TokenInfo | None, evse: Evse, grant: Grant) -> bool:
        """Return whether the token may stop the session. While no car and no transaction is
        there yet, only the very same one takes itself back."""
        if grant.token.same_as(token):
            return True
        if evse.state is State.AUTHORIZED and evse.transaction is None:
            return False
        anybody = grant.token.type == NO_AUTHORIZATION.type  # F01 remark
        return anybody or _belongs(token, info, grant.token, grant.group)


def _belongs(token: Token, info: TokenInfo | None, owner: Token, group: Token | None) -> bool:
    """Return whether a token is the owner's, or accepted and of his group: C09.FR.03, .11,
    1.6 section 3.6."""
    if owner.same_as(token):
        return True
    accepted = info is not None and info.status is TokenStatus.ACCEPTED
    return accepted and _same(info.group if info is not None else None, group)


def _same(one: Token | None, other: Token | None) -> bool:
    return one is not None and other is not None and one.same_as(other)
