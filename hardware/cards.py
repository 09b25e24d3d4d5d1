"""From what a reader says to a token, and which sightings are one presentation. Pure.

A reader says the number of a card as bytes, or writes it: the same card must be the same
token at all of them. Many say it again and again while the card lies there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from hardware.api import CardSeen


class Writing(StrEnum):
    """How a reader writes the number of a card."""

    HEX = "hex"  # two digits a byte; colons, dashes and blanks between them do not count
    DECIMAL = "decimal"  # all bytes as one number
    TEXT = "text"  # not the number of a card but something else: left as it is


TYPES_BY_BYTES = {  # ISO/IEC 14443-3 (type A: 4, 7, 10), ISO/IEC 15693-3 (8)
    4: "ISO14443",
    7: "ISO14443",
    8: "ISO15693",
    10: "ISO14443",
}
LOCAL, KEY_CODE = "Local", "KeyCode"  # what else OCPP 2.0.1 calls such tokens
DECIMAL_BYTES = (4, 7, 8, 10)  # a number says no leading zeros: it is as long as it has to be
LONGEST = 36  # identifierString[36] of OCPP 2.0.1
SEPARATORS = str.maketrans("", "", ":- ")
TEXT = re.compile(rf"[!-~]{{1,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """A card, as everybody is to know it. *type* is an IdTokenEnumType of OCPP 2.0.1."""

    id_token: str
    type: str


@dataclass(frozen=True, slots=True)
class CardRules:
    """How a reader's words are to be taken.

    *reverse_bytes*: the reader begins with the last byte. *key_code_digits*: so many digits
    or fewer are a code that somebody typed, 0 for never. *type* "" is by length.
    """

    writing: Writing = Writing.HEX
    reverse_bytes: bool = False
    upper_case: bool = True
    key_code_digits: int = 0
    type: str = ""

    def token(self, seen: CardSeen) -> TokenSeen:
        """Return the token; raise ValueError, which does not tell the number, when what was
        read is none."""
        if isinstance(seen, bytes):
            return self._card(seen)
        text = seen.strip()
        if text.isascii() and text.isdecimal() and len(text) <= self.key_code_digits:
            return TokenSeen(text, KEY_CODE)
        match self.writing:
            case Writing.HEX:
                return self._card(_from_hex(text))
            case Writing.DECIMAL:
                return self._card(_from_decimal(text))
        if not TEXT.fullmatch(text):
            raise ValueError(f"no token: one is 1 to {LONGEST} printable characters, no blanks")
        return TokenSeen(text, self.type or LOCAL)

    def _card(self, number: bytes) -> TokenSeen:
        if not 1 <= len(number) <= LONGEST // 2:
            raise ValueError(f"no number of a card: {len(number)} bytes")
        written = (number[::-1] if self.reverse_bytes else number).hex()
        kind = self.type or TYPES_BY_BYTES.get(len(number), LOCAL)
        return TokenSeen(written.upper() if self.upper_case else written, kind)


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text.translate(SEPARATORS))
    except ValueError:
        raise ValueError(
            "not whole bytes in hexadecimal: is the reader set to another writing?"
        ) from None


def _from_decimal(text: str) -> bytes:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        raise ValueError("not decimal: is the reader set to another writing?")
    number = int(text)
    for length in DECIMAL_BYTES:
        if number < 1 << 8 * length:
            return number.to_bytes(length)
    raise ValueError("no number of a card: too large")


class Presence:
    """Tells a card that is shown from one that still lies there.

    A card counts as taken away when it was not seen for *gone_after_s*. What is seen so
    soon after *opened_at_s* lay there before anybody looked: nobody is showing it now.
    """

    def __init__(self, gone_after_s: float, opened_at_s: float) -> None:
        self._gone_after_s = gone_after_s
        self._opened_at_s = opened_at_s
        self._seen_at_s: dict[TokenSeen, float] = {}

    def is_shown(self, token: TokenSeen, now_s: float) -> bool:
        """Return whether seeing *token* now is a presentation."""
        since_s = max(self._opened_at_s, self._seen_at_s.get(token, -inf))
        still = {each: at for each, at in self._seen_at_s.items() if not self._is_gone(at, now_s)}
        self._seen_at_s = {**still, token: now_s}
        return self._is_gone(since_s, now_s)

    def _is_gone(self, seen_at_s: float, now_s: float) -> bool:
        return now_s - seen_at_s >= self._gone_after_s
