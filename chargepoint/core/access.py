"""Tokens at the reader and from afar: who gets which EVSE, who stops what.

1.6 sections 4.1, 4.8, 5.11, 5.12; 2.0.1 C01, C09, E07, F01 to F03.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chargepoint.core.authorization import Accepted, Ask, Authorization, Decision, Refused
from chargepoint.core.availability import Availability
from chargepoint.core.common import Common, masked
from chargepoint.core.evse import Evse, Grant
from chargepoint.core.messages import (
    ACCEPTED,
    AskToken,
    AuthorizeAnswered,
    Outcome,
    PresentToken,
    RemoteStart,
    RemoteStop,
    Reply,
    StartReply,
)
from chargepoint.core.session import State
from chargepoint.core.sessions import Sessions
from chargepoint.core.smart_charging import SmartCharging
from chargepoint.core.words import StopReason, Token, TokenInfo, TokenStatus, Trigger


@dataclass(frozen=True, slots=True)
class Asked:
    """A token whose fate the central system decides; *start* as it came from afar."""

    token: Token
    evse_ids: tuple[int, ...]
    start: RemoteStart | None = None


class Access:
    """Brings tokens and EVSEs together."""

    def __init__(
        self,
        common: Common,
        sessions: Sessions,
        authorization: Authorization,
        availability: Availability,
        smart_charging: SmartCharging,
    ) -> None:
        self._common = common
        self._sessions = sessions
        self._authorization = authorization
        self._availability = availability
        self._smart_charging = smart_charging
        self._asked: list[Asked] = []
        sessions.on_plugged = self._free_vend

    # --- at the reader -----------------------------------------------------------------------

    def present(self, command: PresentToken) -> Reply:
        """A card: stops its own transaction, else starts at the first free EVSE with a car,
        else waits for one. CONFLICT when the disk cannot keep a session."""
        evses = self._common.evses
        evse_ids = command.evse_ids or tuple(evses)
        for evse_id in evse_ids:
            if evse_id not in evses:
                return Reply(Outcome.UNKNOWN_EVSE, "UnknownEvse", f"there is no EVSE {evse_id}")
        candidates = [evses[evse_id] for evse_id in evse_ids]
        if self._stop_own(command.token, candidates):
            return ACCEPTED
        if self._common.closed:
            return Reply(Outcome.CONFLICT, "InternalError", self._common.closed)
        self._start(Asked(command.token, evse_ids))
        return ACCEPTED

    def answered(self, answer: AuthorizeAnswered) -> None:
        """The central system judged a token, or did not answer (info None)."""
        if answer.info is not None:
            self._authorization.learn(answer.token, answer.info, self._common.now)
        waiting = [asked for asked in self._asked if asked.token.same_as(answer.token)]
        self._asked = [asked for asked in self._asked if asked not in waiting]
        for asked in waiting[:1]:
            self._judged(asked, answer.info)

    def link_lost(self) -> None:
        """Nobody will answer what was asked: decide as offline."""
        waiting, self._asked = self._asked, []
        for asked in waiting:
            self._judged(asked, None)

    # --- from afar ---------------------------------------------------------------------------

    def remote_start(self, command: RemoteStart) -> Reply:
        """F01, F02; 1.6 section 5.11. Answers first: what follows is told afterwards."""
        if not self._common.online or self._common.closed:
            return Reply(Outcome.REJECTED, "CSNotAccepted", "not registered, or no disk")
        evse = self._remote_target(command)
        if evse is None:
            return Reply(Outcome.REJECTED, "TxInProgress", "no such EVSE is free")
        if command.profile is not None:
            refusal = self._smart_charging.refuse_remote_start(command.profile, evse)
            if refusal is not None:
                return refusal
        asked = Asked(command.token, (evse.id,), command)
        if self._common.variables.flag("AuthCtrlr", "AuthorizeRemoteStart"):
            self._start(asked)
        else:
            self._grant(evse, asked, TokenInfo(TokenStatus.ACCEPTED), "remote start")
        running = evse.transaction
        return StartReply(Outcome.ACCEPTED, transaction_id=running.id if running else None)

    def remote_stop(self, command: RemoteStop, central_ids: dict[str, int]) -> Reply:
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

    # --- starting ----------------------------------------------------------------------------

    def _start(self, asked: Asked) -> None:
        """Decide on a token that is to start, or may have to stop somebody else's session."""
        target = self._target(asked.evse_ids)
        online = self._common.online
        if target is None:
            if online:  # its group may own a session here: C09.FR.05
                self._ask(asked)
            else:
                self._refuse(asked, Refused("no EVSE is free"))
            return
        decision = self._authorization.decide(asked.token, target.id, online, self._common.now)
        if isinstance(decision, Ask):
            self._ask(asked)
        else:
            self._decided(target, asked, decision)

    def _judged(self, asked: Asked, info: TokenInfo | None) -> None:
        candidates = [self._common.evses[evse_id] for evse_id in asked.evse_ids]
        if asked.start is None and self._stop_group(asked.token, info, candidates):
            return
        target = self._target(asked.evse_ids)
        if target is None:
            self._refuse(asked, Refused("no EVSE is free"))
            return
        decision = self._authorization.judge(asked.token, target.id, info, self._common.now)
        self._decided(target, asked, decision)

    def _decided(self, target: Evse, asked: Asked, decision: Decision) -> None:
        if isinstance(decision, Accepted) and self._common.closed:
            self._refuse(asked, Refused(self._common.closed))
        elif isinstance(decision, Accepted):
            self._grant(target, asked, decision.info, decision.source)
        elif isinstance(decision, Refused):
            self._refuse(asked, decision)

    def _grant(self, evse: Evse, asked: Asked, info: TokenInfo, source: str) -> None:
        start = asked.start
        grant = Grant(
            asked.token,
            self._common.now.s,
            group=info.group or (start.group if start is not None else None),
            remote_start_id=start.remote_start_id if start is not None else None,
            profile=start.profile if start is not None else None,
            candidates=tuple(each for each in asked.evse_ids if each != evse.id),
        )
        self._sessions.grant(evse, grant, source)

    def _ask(self, asked: Asked) -> None:
        if not any(each.token.same_as(asked.token) for each in self._asked):
            self._common.turn.tell(AskToken(asked.token))
        self._asked.append(asked)

    def _refuse(self, asked: Asked, refused: Refused) -> None:
        self._common.turn.note(
            f"token {masked(asked.token)} refused: {refused.why}",
            asked.evse_ids[0] if len(asked.evse_ids) == 1 else 0,
            "warning",
        )

    def _free_vend(self, evse: Evse) -> None:
        """Start for whoever plugs in, where the installer wants that."""
        token_id = self._common.config.offline.free_vend_token
        if token_id and evse.state is State.PLUGGED and not self._common.closed:
            self._start(Asked(Token(token_id), (evse.id,)))

    # --- stopping ----------------------------------------------------------------------------

    def _stop_own(self, token: Token, candidates: Iterable[Evse]) -> bool:
        """Stop or renew what this token, or its known group, has here (E07.FR.01)."""
        info = self._authorization.known(token, self._common.now)
        for evse in candidates:
            if evse.keep_locked is not None and evse.keep_locked.same_as(token):
                evse.keep_locked = None
                return True
            grant = evse.grant
            if grant is None or not (grant.token.same_as(token) or _same_group(info, grant)):
                continue
            if evse.state is State.AUTHORIZED:
                evse.since_s = self._common.now.s
            else:
                self._sessions.stop(
                    evse, Trigger.STOP_AUTHORIZED, StopReason.LOCAL, stop_token=token
                )
            return True
        return False

    def _stop_group(self, token: Token, info: TokenInfo | None, candidates: Iterable[Evse]) -> bool:
        """Stop the session of the token's group that the answer told us of (C09.FR.03, .11)."""
        for evse in candidates:
            grant = evse.grant
            if (
                grant is not None
                and evse.state is not State.AUTHORIZED
                and _same_group(info, grant)
            ):
                self._sessions.stop(
                    evse, Trigger.STOP_AUTHORIZED, StopReason.LOCAL, stop_token=token
                )
                return True
        return False

    # --- choosing ----------------------------------------------------------------------------

    def _target(self, evse_ids: Iterable[int]) -> Evse | None:
        """Return the EVSE that a new driver gets: one with a car first."""
        usable = [
            evse
            for evse in (self._common.evses[evse_id] for evse_id in evse_ids)
            if evse.free and evse.fault is None and self._availability.operative(evse)
        ]
        with_car = [evse for evse in usable if evse.connected]
        return next(iter(with_car or usable), None)

    def _remote_target(self, command: RemoteStart) -> Evse | None:
        evses = self._common.evses
        if command.evse_id is None:
            return self._target(evses)
        return self._target((command.evse_id,)) if command.evse_id in evses else None


def _same_group(info: TokenInfo | None, grant: Grant) -> bool:
    """Return whether an accepted token is of the grant's group: C09.FR.03, 1.6 section 3.6."""
    return (
        info is not None
        and info.status is TokenStatus.ACCEPTED
        and info.group is not None
        and grant.group is not None
        and info.group.same_as(grant.group)
    )
