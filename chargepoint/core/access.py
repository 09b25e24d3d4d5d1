"""Tokens at the reader and from afar: who gets which EVSE.

1.6 sections 4.1, 4.8, 5.11; 2.0.1 C01, F01, F02, H03.
"""

from __future__ import annotations

from chargepoint.core.authorization import Ask, Authorization, Refused, Verdict
from chargepoint.core.availability import Availability
from chargepoint.core.choosing import Choosing
from chargepoint.core.common import Common, masked
from chargepoint.core.evse import Evse, Grant
from chargepoint.core.keypad import Keypad
from chargepoint.core.messages import (
    ACCEPTED,
    AskToken,
    AuthorizeAnswered,
    Outcome,
    PresentToken,
    RemoteStart,
    Reply,
    StartReply,
)
from chargepoint.core.reservations import Reservations
from chargepoint.core.session import State
from chargepoint.core.sessions import Sessions
from chargepoint.core.smart_charging import SmartCharging
from chargepoint.core.stopping import Stopping
from chargepoint.core.token_cache import UNCACHED_TYPES
from chargepoint.core.values import dataclass
from chargepoint.core.words import (
    NO_AUTHORIZATION,
    Token,
    TokenInfo,
    TokenStatus,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A token whose fate the central system decides; *start* as it came from afar."""

    token: Token
    evse_ids: tuple[int, ...]
    start: RemoteStart | None = None

    def repeats(self, other: Asked) -> bool:
        """Return whether both ask for the same: somebody is impatient."""
        local = self.start is None and other.start is None
        return self.evse_ids == other.evse_ids and (local or self.start == other.start)


NOTHING_FREE = Refused("no EVSE is free")
RESERVED = Refused("reserved for somebody else")


class Access:
    """Brings tokens and EVSEs together."""

    def __init__(
        self,
        common: Common,
        sessions: Sessions,
        authorization: Authorization,
        availability: Availability,
        smart_charging: SmartCharging,
        reservations: Reservations,
        stopping: Stopping,
    ) -> None:
        self._common = common
        self._sessions = sessions
        self._authorization = authorization
        self._availability = availability
        self._reservations = reservations
        self._stopping = stopping
        self._choosing = Choosing(common, availability, reservations)
        self._smart_charging = smart_charging
        self._keypad = Keypad()
        self._asked: list[Asked] = []
        sessions.on_plugging = self._bring_grant
        sessions.on_plugged = self._start_unasked

    def may_begin(self, evse: Evse) -> bool:
        """Return whether a transaction may begin: for whoever is authorized already always."""
        closed = self._common.closed or evse.leaving
        return evse.authorized or (not closed and self._availability.serves(evse))

    # --- at the reader -----------------------------------------------------------------------

    def present(self, command: PresentToken) -> Reply:
        """A card: stops its own session, else starts at the first free EVSE with a car,
        else waits for one. CONFLICT when no session may begin, or a key code comes too soon."""
        evses = self._common.evses
        evse_ids = command.evse_ids or tuple(evses)
        for evse_id in evse_ids:
            if evse_id not in evses:
                return Reply(Outcome.UNKNOWN_EVSE, "UnknownEvse", f"there is no EVSE {evse_id}")
        wait_s = self._keypad.wait_s(command.token, self._common.now.s)
        if wait_s > 0.0:
            return Reply(Outcome.CONFLICT, "InvalidIdToken", f"wrong code: wait {wait_s:.0f} s")
        asked = Asked(command.token, evse_ids)
        if self._stopping.stop(asked.token, evse_ids, self._known(command.token)):
            return ACCEPTED
        if self._common.closed:
            return Reply(Outcome.CONFLICT, "InternalError", self._common.closed)
        self._start(asked)
        return ACCEPTED

    def answered(self, answer: AuthorizeAnswered) -> None:
        """The central system judged a token, or did not answer (info None)."""
        if answer.info is not None:
            self._authorization.learn(answer.token, answer.info, self._common.now)
        waiting = [asked for asked in self._asked if asked.token.same_as(answer.token)]
        self._asked = [asked for asked in self._asked if asked not in waiting]
        for asked in waiting:
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
        known = self._known(command.token)
        evse = self._choosing.remote(command, _group(known, command))
        if evse is None:
            return Reply(Outcome.REJECTED, "TxInProgress", "no such EVSE is free")
        if command.profile is not None:
            refusal = self._smart_charging.refuse_remote_start(command.profile, evse)
            if refusal is not None:
                return refusal
        running = evse.transaction
        asked = Asked(command.token, (evse.id,), command)
        if self._asks_before(command):
            self._start(asked)
        else:
            self._grant(evse, asked, TokenInfo(TokenStatus.ACCEPTED), "remote start")
        return StartReply(Outcome.ACCEPTED, transaction_id=running.id if running else None)

    # --- starting ----------------------------------------------------------------------------

    def _asks_before(self, command: RemoteStart) -> bool:
        """Return whether a remote start's token is authorized first. One that the central
        system made up for it never is (C05.FR.01)."""
        if command.token.type in UNCACHED_TYPES:
            return False
        return self._common.variables.flag("AuthCtrlr", "AuthorizeRemoteStart")

    def _start(self, asked: Asked) -> None:
        """Decide on a token that is to start, or may have to stop somebody else's session."""
        target, evse_id = self._target(asked, self._known(asked.token))
        online, now = self._common.online, self._common.now
        decision = self._authorization.decide(asked.token, evse_id, online, now)
        if isinstance(decision, Ask):
            if target is not None or self._choosing.worth_asking(asked.evse_ids):
                self._ask(asked)
            else:
                self._refuse(asked, self._no_place(asked))
        else:
            self._decided(target, asked, decision)

    def _judged(self, asked: Asked, info: TokenInfo | None) -> None:
        local = asked.start is None and info is not None
        if local and self._stopping.stop(asked.token, asked.evse_ids, info):
            return
        target, evse_id = self._target(asked, info or self._known(asked.token))
        verdict = self._authorization.judge(asked.token, evse_id, info, self._common.now)
        self._decided(target, asked, verdict)

    def _decided(self, target: Evse | None, asked: Asked, verdict: Verdict) -> None:
        if asked.start is None:
            accepted = not isinstance(verdict, Refused)
            self._keypad.judged(asked.token, accepted, self._common.now.s)
        if isinstance(verdict, Refused):
            self._refuse(asked, verdict)
        elif target is None:
            self._refuse(asked, self._no_place(asked))
        elif self._common.closed:
            self._refuse(asked, Refused(self._common.closed))
        else:
            self._grant(target, asked, verdict.info, verdict.source)

    def _grant(self, evse: Evse, asked: Asked, info: TokenInfo, source: str) -> None:
        start, group = asked.start, _group(info, asked.start, self._known(asked.token))
        reserved = self._reservations.of(evse, asked.token, group)
        elsewhere = tuple(each for each in _places(asked, info) if each != evse.id)
        grant = Grant(
            asked.token,
            self._common.now.s,
            group=group,
            remote_start_id=start.remote_start_id if start is not None else None,
            profile=start.profile if start is not None else None,
            candidates=elsewhere if reserved is None or reserved.evse_id is None else (),
            reservation_id=reserved.id if reserved is not None else None,
            priority=info.charging_priority,
        )
        if self._common.dialect.reservation_ends_when_shown:
            self._reservations.used(grant.reservation_id)
        running = evse.transaction
        self._sessions.grant(evse, grant, source)
        if running is not None:  # it began without a driver, so without the driver's profile
            self._smart_charging.transaction_began(evse)

    def _ask(self, asked: Asked) -> None:
        """Ask the central system once, however often the card is shown meanwhile."""
        waiting = [each for each in self._asked if each.token.same_as(asked.token)]
        if not waiting:
            self._common.turn.tell(AskToken(asked.token))
        if not any(asked.repeats(each) for each in waiting):
            self._asked.append(asked)

    def _refuse(self, asked: Asked, refused: Refused) -> None:
        self._common.turn.note(
            f"token {masked(asked.token)} refused: {refused.why}",
            asked.evse_ids[0] if len(asked.evse_ids) == 1 else 0,
            "warning",
        )

    def _no_place(self, asked: Asked) -> Refused:
        reserved = any(
            self._reservations.shows(self._common.evses[each]) for each in asked.evse_ids
        )
        return RESERVED if reserved else NOTHING_FREE

    def _start_unasked(self, evse: Evse) -> None:
        """Start for whoever plugs in, where nobody needs a token of his own (C02)."""
        token_id = self._common.config.offline.free_vend_token
        if evse.authorized or self._common.closed:
            return
        if token_id:
            self._start(Asked(Token(token_id), (evse.id,)))
        elif not self._common.variables.flag("AuthCtrlr", "Enabled"):
            self._start(Asked(NO_AUTHORIZATION, (evse.id,)))

    def _bring_grant(self, evse: Evse) -> None:
        """Bring a grant here that waits for a car at another EVSE of the same reader."""
        for other in self._common.evses.values():
            grant = other.grant
            if grant is None or other.state is not State.AUTHORIZED:
                continue
            fits = self._choosing.usable(evse, grant.token, grant.group)
            if evse.id in grant.candidates and fits:
                self._sessions.move(other, evse)
                return

    def _target(self, asked: Asked, info: TokenInfo | None) -> tuple[Evse | None, int]:
        """Return the EVSE that a token gets of which *info* is known, None when there is none;
        and which EVSE to judge it for."""
        group = _group(info, asked.start)
        target = self._choosing.target(asked.token, group, _places(asked, info))
        return target, asked.evse_ids[0] if target is None else target.id

    def _known(self, token: Token) -> TokenInfo | None:
        known = self._authorization.known(token, self._common.now)
        return known.info if known is not None else None


def _group(*told: TokenInfo | RemoteStart | None) -> Token | None:
    """Return the group of a token by the first who names one (H03.FR.07, F01.FR.22)."""
    return next((each.group for each in told if each is not None and each.group is not None), None)


def _places(asked: Asked, info: TokenInfo | None) -> tuple[int, ...]:
    """Return the reader's EVSEs that a token is good for (C01.FR.21); all where it is for none
    of them, so that it is refused for that reason."""
    named = info.evse_ids if info is not None else ()
    return tuple(each for each in asked.evse_ids if each in named) or asked.evse_ids
