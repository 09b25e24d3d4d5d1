"""The authorization cache: what the central system last said of a token.

1.6 section 3.5.1; 2.0.1 C10 and C11. Who charged here is nobody's business: the cache knows
tokens by their hash, under a salt of the station's own (C10.FR.12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from chargepoint.core.messages import ACCEPTED, Outcome, Reply
from chargepoint.core.turn import Turn
from chargepoint.core.values import dataclass
from chargepoint.core.variables import Variables
from chargepoint.core.words import Moment, Token, TokenInfo, TokenStatus

TABLE = "AuthCacheCtrlr"
SALT = "salt"
CACHE_SIZE = 1000
UNCACHED_TYPES = frozenset({"NoAuthorization", "Central"})  # C02.FR.03, C03.FR.02, C05.FR.02


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """What the central system said of a token at *at*; *since* when it is in the cache, when
    and how often it was shown here."""

    info: TokenInfo
    at: datetime
    since: datetime | None = None
    used_at: datetime | None = None
    uses: int = 0


# Which of the entries that are all as good goes first: AuthCacheCtrlr.Policy.
POLICIES: Mapping[str, Callable[[CacheEntry], tuple[float, float]]] = {
    "LRU": lambda entry: (0.0, (entry.used_at or entry.at).timestamp()),
    "LFU": lambda entry: (entry.uses, (entry.used_at or entry.at).timestamp()),
    "FIFO": lambda entry: (0.0, (entry.since or entry.at).timestamp()),
    "CUSTOM": lambda entry: (0.0, entry.at.timestamp()),  # whose news is the oldest
}


class TokenCache:
    """Keeps what was heard of tokens, on disk too; *new_salt* is asked once in a lifetime."""

    def __init__(
        self,
        turn: Turn,
        variables: Variables,
        entries: Mapping[str, CacheEntry],
        salt: Mapping[str, str],
        new_salt: Callable[[], str],
    ) -> None:
        self._turn = turn
        self._variables = variables
        self._entries = dict(entries)
        self._salt = salt.get(SALT, "")
        self._new_salt = new_salt
        if not self._salt:  # entries of a time without hashes say who they are
            self._forget(tuple(self._entries))

    @property
    def enabled(self) -> bool:
        return self._variables.flag(TABLE, "Enabled")

    def find(self, token: Token) -> CacheEntry | None:
        """Return the entry of *token*, expired or not."""
        return self._entries.get(self._hash(token.key)) if self.enabled else None

    def lapsed(self, entry: CacheEntry, now: Moment) -> bool:
        """Return whether an entry's time is over: C10.FR.13, without a date of its own by the
        general life time since the last news (C10.FR.10)."""
        if entry.info.expires_at is not None:
            return entry.info.expires_at <= now.utc
        life_s = self._variables.integer(TABLE, "LifeTime")
        return life_s > 0 and (now.utc - entry.at).total_seconds() > life_s

    def used(self, token: Token, now: Moment) -> None:
        """Remember that the token was shown: some policies keep what is used."""
        entry = self.find(token)
        if entry is not None:
            self._keep(token, replace(entry, used_at=now.utc, uses=entry.uses + 1))

    def learn(self, token: Token, info: TokenInfo, now: Moment) -> None:
        """Take what the central system said: C10.FR.01, .04, .05; 1.6 section 3.5.1. Prices
        told with it would be old news later (C10.FR.09)."""
        if token.type in UNCACHED_TYPES or not self.enabled:
            return
        former = self.find(token)
        if former is None and len(self._entries) >= CACHE_SIZE:
            self._evict()
        news = CacheEntry(replace(info, personal_message=""), now.utc, since=now.utc)
        if former is not None:
            news = replace(news, since=former.since, used_at=former.used_at, uses=former.uses)
        self._keep(token, news)

    def drop(self, keys: Iterable[str]) -> None:
        """Forget the tokens with these keys: the local list knows them better (1.6 section
        3.5.3)."""
        self._forget(self._hash(key) for key in keys)

    def clear(self, store_trouble: str) -> Reply:
        """Empty the cache; REJECTED when it is switched off (C11.FR.04, 1.6 section 5.4), or
        the disk would not forget (C11.FR.05)."""
        if not self.enabled:
            return Reply(Outcome.REJECTED, "NotEnabled", "the authorization cache is off")
        if store_trouble:
            return Reply(Outcome.REJECTED, "InternalError", store_trouble)
        self._forget(tuple(self._entries))
        return ACCEPTED

    def _keep(self, token: Token, entry: CacheEntry) -> None:
        hashed = self._hash(token.key)
        self._entries[hashed] = entry
        self._turn.keep("cache", hashed, entry)

    def _forget(self, hashes: Iterable[str]) -> None:
        for hashed in hashes:
            if self._entries.pop(hashed, None) is not None:
                self._turn.forget("cache", hashed)

    def _hash(self, key: str) -> str:
        if not self._salt:
            self._salt = self._new_salt()
            self._turn.keep("cache_salt", SALT, self._salt)
        return blake2b(key.encode(), key=self._salt.encode()[:64], digest_size=16).hexdigest()

    def _evict(self) -> None:
        """Drop one entry, one that is not valid before one that is (C10.FR.07)."""
        rank = POLICIES[self._variables.text(TABLE, "Policy")]

        def worth(hashed: str) -> tuple[bool, tuple[float, float]]:
            entry = self._entries[hashed]
            return entry.info.status is TokenStatus.ACCEPTED, rank(entry)

        self._forget([min(self._entries, key=worth)])
