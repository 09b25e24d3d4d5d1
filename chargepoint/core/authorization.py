"""May this token charge here? Local list later; cache, central system and offline now.

1.6 section 3.5, 4.1 and 2.0.1 block C, in the order of their use cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chargepoint.core.config import OfflineConfig, OfflinePolicy
from chargepoint.core.messages import ACCEPTED, Outcome, Reply
from chargepoint.core.turn import Turn
from chargepoint.core.variables import Variables
from chargepoint.core.words import Moment, Token, TokenInfo, TokenStatus

CACHE_SIZE = 1000
UNCACHED_TYPES = frozenset({"NoAuthorization", "Central"})  # C02.FR.03, C03.FR.02, C05.FR.02


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """What the central system last said of a token."""

    token: Token
    info: TokenInfo
    at: datetime


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


class Authorization:
    """Judges tokens and keeps the authorization cache."""

    def __init__(
        self,
        turn: Turn,
        variables: Variables,
        offline: OfflineConfig,
        cache: Mapping[str, CacheEntry],
    ) -> None:
        self._turn = turn
        self._variables = variables
        self._offline = offline
        self._cache = dict(cache)

    def decide(self, token: Token, evse_id: int, online: bool, now: Moment) -> Decision:
        """Return what to do with a presented token, without asking anybody."""
        if not self._flag("AuthCtrlr", "Enabled"):
            return Accepted("no authorization needed", TokenInfo(TokenStatus.ACCEPTED))
        known = self.known(token, now)
        if not online:
            return self._decide_offline(token, evse_id, known)
        if self._flag("AuthCtrlr", "LocalPreAuthorize") and known is not None:
            if known.status is TokenStatus.ACCEPTED:
                return _accepted("cache", known, evse_id)
            if self._flag("AuthCacheCtrlr", "DisablePostAuthorize"):
                return Refused(f"the cache says {known.status}")
        if self._flag("AuthCtrlr", "DisableRemoteAuthorization"):
            return Refused("not known here, and asking is switched off")
        return Ask()

    def judge(self, token: Token, evse_id: int, info: TokenInfo | None, now: Moment) -> Verdict:
        """Return what to do with the central system's answer; None is no answer.

        No answer is treated as being offline: 1.6 section 3.5 leaves it open.
        """
        if info is None:
            return self._decide_offline(token, evse_id, self.known(token, now))
        if info.status is not TokenStatus.ACCEPTED:
            return Refused(f"the central system says {info.status}")
        return _accepted("central system", info, evse_id)

    def known(self, token: Token, now: Moment) -> TokenInfo | None:
        """Return what the cache says of *token*; an expired entry reads as Expired."""
        if not self._flag("AuthCacheCtrlr", "Enabled"):
            return None
        entry = self._cache.get(_key(token))
        if entry is None:
            return None
        life_s = self._variables.integer("AuthCacheCtrlr", "LifeTime")
        expires_at = entry.info.expires_at
        if expires_at is not None:  # C10.FR.13; only without it the general life: C10.FR.10
            expired = expires_at <= now.utc
        else:
            expired = life_s > 0 and (now.utc - entry.at).total_seconds() > life_s
        if expired:
            return replace(entry.info, status=TokenStatus.EXPIRED)
        return entry.info

    def learn(self, token: Token, info: TokenInfo, now: Moment) -> None:
        """Put what the central system said into the cache: C10.FR.01, .04, .05; 1.6 3.5.1."""
        if token.type in UNCACHED_TYPES or not self._flag("AuthCacheCtrlr", "Enabled"):
            return
        if _key(token) not in self._cache and len(self._cache) >= CACHE_SIZE:
            self._evict()
        entry = CacheEntry(token, info, now.utc)
        self._cache[_key(token)] = entry
        self._turn.keep("cache", _key(token), entry)

    def clear(self) -> Reply:
        """Empty the cache; REJECTED when it is switched off (C11.FR.04, 1.6 section 5.4)."""
        if not self._flag("AuthCacheCtrlr", "Enabled"):
            return Reply(Outcome.REJECTED, "NotEnabled", "the authorization cache is off")
        for key in self._cache:
            self._turn.forget("cache", key)
        self._cache.clear()
        return ACCEPTED

    def _decide_offline(self, token: Token, evse_id: int, known: TokenInfo | None) -> Verdict:
        policy = self._offline.authorization
        if policy is OfflinePolicy.NONE:
            return Refused("offline, and nobody may charge offline")
        if known is not None and known.status is not TokenStatus.ACCEPTED:
            return Refused(f"offline, and the cache says {known.status}")
        if policy is OfflinePolicy.ANY:
            return Accepted("offline policy", known or TokenInfo(TokenStatus.ACCEPTED))
        if token.id and token.id == self._offline.free_vend_token:
            return Accepted("free vend", TokenInfo(TokenStatus.ACCEPTED))
        if known is not None and self._flag("AuthCtrlr", "LocalAuthorizeOffline"):
            return _accepted("cache", known, evse_id)
        if known is None and self._flag("AuthCtrlr", "OfflineTxForUnknownIdEnabled"):
            return Accepted("unknown tokens are accepted offline", TokenInfo(TokenStatus.ACCEPTED))
        return Refused("offline, and the token is not known here")

    def _evict(self) -> None:
        """Drop the oldest entry, one that is not valid before one that is (C10.FR.07)."""
        key = min(
            self._cache,
            key=lambda key: (
                self._cache[key].info.status is TokenStatus.ACCEPTED,
                self._cache[key].at,
            ),
        )
        del self._cache[key]
        self._turn.forget("cache", key)

    def _flag(self, component: str, variable: str) -> bool:
        return self._variables.flag(component, variable)


def _accepted(source: str, info: TokenInfo, evse_id: int) -> Verdict:
    if info.evse_ids and evse_id not in info.evse_ids:  # C01.FR.21
        return Refused(f"the token is not for EVSE {evse_id}")
    return Accepted(source, info)


def _key(token: Token) -> str:
    return f"{token.type}/{token.id.casefold()}"
