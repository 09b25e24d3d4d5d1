"""The local list: tokens that the central system wants judged without being asked.

1.6 sections 3.5.2, 5.10 and 5.15, errata 3.52; 2.0.1 block D. Only SendLocalList changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chargepoint.core.common import Common
from chargepoint.core.messages import (
    ACCEPTED,
    GetListVersion,
    ListReply,
    Outcome,
    Reply,
    SendLocalList,
)
from chargepoint.core.values import dataclass
from chargepoint.core.words import Moment, Token, TokenInfo

TABLE = "LocalAuthListCtrlr"
FEATURE = "LocalAuthListManagement"


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry, as it is kept on disk under the token's key."""

    token: Token
    info: TokenInfo


class LocalList:
    """Keeps the list. *on_listed* is called with the keys that an update has put in."""

    def __init__(self, common: Common, entries: Mapping[str, Listed], version: int) -> None:
        self._common = common
        self._entries = dict(entries)
        self._version = version
        self.on_listed: Callable[[Iterable[str]], None] = lambda _: None

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def enabled(self) -> bool:
        """Return whether there is a list, and it counts."""
        offered = self._common.offers(TABLE, FEATURE)
        return offered and self._common.variables.flag(TABLE, "Enabled")

    def find(self, token: Token) -> TokenInfo | None:
        """Return what the list says of *token*, expired or not; None where it says nothing."""
        entry = self._entries.get(token.key) if self.enabled else None
        return None if entry is None else entry.info

    def lapsed(self, info: TokenInfo, now: Moment) -> bool:
        """Return whether an entry's date has passed, where dates count (C13.FR.05, C14.FR.05)."""
        if info.expires_at is None or info.expires_at > now.utc:
            return False
        return self._common.variables.flag(TABLE, "SupportsExpiryDateTime")

    def version(self, _: GetListVersion) -> Reply:
        """Return version and size; UNSUPPORTED while the list is off (D02.FR.03)."""
        if not self.enabled:
            return Reply(Outcome.UNSUPPORTED, "NotEnabled", "there is no local list")
        return ListReply(Outcome.ACCEPTED, version=self._version, entries=len(self))

    def send(self, command: SendLocalList) -> Reply:
        """Take a new list, or changes of the old one, wholly or not at all."""
        refusal = self._refusal(command)
        if refusal is not None:
            return refusal
        wanted = {token.key: (token, info) for token, info in command.entries}
        gone = {key for key, (_, info) in wanted.items() if info is None}
        if command.full:
            gone = self._entries.keys() - wanted.keys()
        put = {k: Listed(token, info) for k, (token, info) in wanted.items() if info is not None}
        if len(self._entries.keys() - gone | put.keys()) > self._most():
            return _refused("TooManyElements", f"the list holds {self._most()} tokens at most")
        self._apply(put, gone & self._entries.keys())
        self._version = command.version
        turn = self._common.turn
        turn.keep("local_list_version", "version", command.version)
        turn.note(f"local list: version {command.version}, {len(self)} tokens")
        return ACCEPTED

    def _apply(self, put: Mapping[str, Listed], gone: Iterable[str]) -> None:
        """Write what differs, so that sending the same list again costs the disk little."""
        for key in gone:
            del self._entries[key]
            self._common.turn.forget("local_list", key)
        for key, entry in put.items():
            if self._entries.get(key) != entry:
                self._entries[key] = entry
                self._common.turn.keep("local_list", key, entry)
        self.on_listed(put)

    def _refusal(self, command: SendLocalList) -> Reply | None:
        """Return why nothing may be changed, by the first rule that says so."""
        if not self.enabled:
            return Reply(Outcome.UNSUPPORTED, "NotEnabled", "there is no local list")
        if command.version <= 0:  # D01.FR.18, 1.6 errata 3.52
            return _refused("InvalidValue", "a list's version is above 0")
        if not command.full and command.version <= self._version:  # D01.FR.19
            return Reply(Outcome.VERSION_MISMATCH, info=f"the list has version {self._version}")
        entries, integer = command.entries, self._common.variables.integer
        if len(entries) > integer(TABLE, "ItemsPerMessage"):  # D01.FR.11
            return _refused("TooManyElements", "too many tokens in one message")
        if command.size_bytes > integer(TABLE, "BytesPerMessage"):
            return _refused("TooLargeElement", "the message is too long")
        if len({token.key for token, _ in entries}) < len(entries):  # D01.FR.06
            return _refused("InvalidValue", "a token is listed twice")
        if command.full and any(info is None for _, info in entries):  # 1.6 section 7.1
            return _refused("MissingParam", "a full list says something of every token")
        return None

    def _most(self) -> int:
        most = self._common.variables.maximum(TABLE, "Entries")
        assert most is not None
        return int(most)


def _refused(reason: str, why: str) -> Reply:
    return Reply(Outcome.REJECTED, reason, why)
