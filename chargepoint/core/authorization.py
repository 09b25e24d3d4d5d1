"""May this token charge here? Local list before cache before central system; offline policy.

1.6 section 3.5, 4.1 and 2.0.1 block C, in the order of their use cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chargepoint.core.config import OfflineConfig, OfflinePolicy
from chargepoint.core.local_list import LocalList
from chargepoint.core.token_cache import TokenCache
from chargepoint.core.values import dataclass
from chargepoint.core.variables import Variables
from chargepoint.core.words import Moment, Token, TokenInfo, TokenStatus


@dataclass(frozen=True, slots=True)
class Known:
    """What is known here of a token. *lapsed*: it was true once, and is no answer any more.

    *source* is a word for people, *component* whose DisablePostAuthorize counts.
    """

    info: TokenInfo
    source: str
    component: str
    lapsed: bool = False

    @property
    def accepted(self) -> bool:
        return self.info.status is TokenStatus.ACCEPTED


@dataclass(frozen=True, slots=True)
class Accepted:
    """Charge; *source* is a word for people."""

    source: str
    info: TokenInfo


@dataclass(frozen=True, slots=True)
class Ask:
    """Only the central system can tell."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Do not charge; *why* is a sentence."""

    why: str


Verdict = Accepted | Refused
Decision = Verdict | Ask

VALID_WHEN_LISTED = frozenset({TokenStatus.ACCEPTED, TokenStatus.CONCURRENT_TX})  # 1.6 3.5.2


class Authorization:
    """Judges tokens. *on_conflict* is called when the central system contradicts the list."""

    def __init__(
        self,
        variables: Variables,
        offline: OfflineConfig,
        local_list: LocalList,
        cache: TokenCache,
    ) -> None:
        self._variables = variables
        self._offline = offline
        self._list = local_list
        self._cache = cache
        self.on_conflict: Callable[[], None] = lambda: None
        local_list.on_listed = cache.drop

    def decide(self, token: Token, evse_id: int, online: bool, now: Moment) -> Decision:
        """Return what to do with a presented token, without asking anybody."""
        if not self._flag("AuthCtrlr", "Enabled"):
            return Accepted("no authorization needed", TokenInfo(TokenStatus.ACCEPTED))
        known = self.known(token, now)
        self._cache.used(token, now)
        if not online:
            return self._decide_offline(token, evse_id, known)
        may_ask = not self._flag("AuthCtrlr", "DisableRemoteAuthorization")
        if known is not None and (self._flag("AuthCtrlr", "LocalPreAuthorize") or not may_ask):
            if known.accepted:  # C12.FR.02, C14.FR.02, .04
                return self._accepted(known.source, known.info, evse_id)
            if not known.lapsed and self._flag(known.component, "DisablePostAuthorize"):
                return Refused(f"the {known.source} says {known.info.status}")
        if may_ask:
            return Ask()
        return Refused("not accepted here, and asking is switched off")

    def judge(self, token: Token, evse_id: int, info: TokenInfo | None, now: Moment) -> Verdict:
        """Return what to do with the central system's answer; None is no answer.

        No answer is treated as being offline: 1.6 section 3.5 leaves it open.
        """
        if info is None:
            return self._decide_offline(token, evse_id, self.known(token, now))
        if info.status is not TokenStatus.ACCEPTED:
            return Refused(f"the central system says {info.status}")
        return self._accepted("central system", info, evse_id)

    def known(self, token: Token, now: Moment) -> Known | None:
        """Return what the local list says of *token*, else the cache (C13.FR.01, C14.FR.01,
        1.6 section 3.5.3). What has lapsed reads as Expired."""
        info = self._list.find(token)
        if info is not None:
            lapsed = self._list.lapsed(info, now)
            return _known(info, "local list", "LocalAuthListCtrlr", lapsed)
        entry = self._cache.find(token)
        if entry is None:
            return None
        return _known(entry.info, "cache", "AuthCacheCtrlr", self._cache.lapsed(entry, now))

    def learn(self, token: Token, info: TokenInfo, now: Moment) -> None:
        """Take what the central system said of *token*: into the cache, unless it is in the
        local list, which only the central system changes (1.6 sections 3.5.2, 3.5.3)."""
        if self._list.find(token) is None:
            self._cache.learn(token, info, now)
            return
        listed = self.known(token, now)
        assert listed is not None
        if (listed.info.status in VALID_WHEN_LISTED) != (info.status in VALID_WHEN_LISTED):
            self.on_conflict()

    def is_master(self, info: TokenInfo | None) -> bool:
        """Return whether a token stops everybody's transaction and starts none: C16."""
        return (
            info is not None and info.status is TokenStatus.ACCEPTED and self._in_master_group(info)
        )

    def _decide_offline(self, token: Token, evse_id: int, known: Known | None) -> Verdict:
        policy = self._offline.authorization
        if policy is OfflinePolicy.NONE:
            return Refused("offline, and nobody may charge offline")
        if known is not None and not known.accepted:  # C13.FR.06, 1.6 section 3.5.4
            return Refused(f"no answer, and the {known.source} says {known.info.status}")
        info = TokenInfo(TokenStatus.ACCEPTED) if known is None else known.info
        if policy is OfflinePolicy.ANY:
            return self._accepted("offline policy", info, evse_id)
        if token.id and token.id == self._offline.free_vend_token:
            return Accepted("free vend", TokenInfo(TokenStatus.ACCEPTED))
        if known is not None and self._flag("AuthCtrlr", "LocalAuthorizeOffline"):
            return self._accepted(known.source, info, evse_id)
        if known is None and self._flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled"):
            return Accepted("unknown tokens are accepted offline", info)
        return Refused("no answer, and the token is not known here")

    def _accepted(self, source: str, info: TokenInfo, evse_id: int) -> Verdict:
        if self._in_master_group(info):  # C12.FR.09, C16.FR.03
            return Refused("a master pass stops transactions and starts none")
        if info.evse_ids and evse_id not in info.evse_ids:  # C01.FR.21
            return Refused(f"the token is not for EVSE {evse_id}")
        return Accepted(source, info)

    def _in_master_group(self, info: TokenInfo) -> bool:
        master = self._variables.text("AuthCtrlr", "MasterPassGroupId")
        return bool(master) and info.group is not None and info.group.id == master

    def _flag(self, component: str, variable: str) -> bool:
        return self._variables.flag(component, variable)


def _known(info: TokenInfo, source: str, component: str, lapsed: bool) -> Known:
    told = replace(info, status=TokenStatus.EXPIRED) if lapsed else info
    return Known(told, source, component, lapsed)
