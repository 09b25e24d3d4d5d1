"""What a fuzzed field says: words that mean something to the station, and their bad neighbours.

By the field's name, because most rules are behind the schema: a list that only ever names
tokens nobody has shown tests one branch.
"""

from __future__ import annotations

from functools import cache

from chargepoint.core.variable_rows import rows

TOKENS = ("CARD-1", "card-1", "CARD-2", "STRANGER", "é", "x" * 20)
KEYS = tuple(row["key16"] for row in rows() if row["key16"])
TRANSACTION = "@transaction"
"""Stands for the id of the running transaction, which nobody knows before."""

INSTANTS = (
    "2026-03-01T12:00:30Z",
    "2026-03-01T14:01:00.123456789+02:00",
    "2026-03-02T00:00:00Z",
    "2025-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
)
NO_INSTANTS = (
    "",
    "yesterday",
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",  # there is no such day in UTC
    "9999-12-31T23:59:59.999-14:00",
)
WHOLE = (1, 0, 2, 3, 7, 60, -1, 2**31 - 1, -(2**31), 2**40, 2**63 - 1)
BROKEN = (6.0, 0.0, 16.0, 10.04, 5.9, 32, -1.0, 1e-9, 1e300, -1e300)
PLACES = ("http://127.0.0.1:9/file", "ftp://127.0.0.1:9/", "nowhere", "file:///etc/passwd", "")
DIGESTS = ("ab" * 32, "00", "zz")
VALUES = (
    "true", "False", "0", "1", "60", "-1", "1.5", "abc", "", " ", "2147483648", "9" * 40,
    "Voltage.L1,Current.Import", "Voltage,,", "SoC", "0.RST,1.RST", "9.RST", "EVConnected",
    "é" * 10, "0123456789abcdef0123456789abcdef", "a good long password",
)  # fmt: skip
WORDS: dict[str, tuple[str, ...]] = {
    "idtag": TOKENS,
    "parentidtag": TOKENS,
    "idtoken": TOKENS,
    "key": (*KEYS, "NoSuchKey", "heartbeatinterval", ""),
    "value": VALUES,
    "attributevalue": VALUES,
    "transactionid": (TRANSACTION, "nobody's"),
    "vendorid": ("nobody", "org.openchargealliance"),
    "location": PLACES,
    "remotelocation": PLACES,
    "serialnumber": DIGESTS,
    "issuernamehash": DIGESTS,
    "issuerkeyhash": DIGESTS,
}
PLAIN = ("", "a", "é" * 5, "\x00", "\ud83d\ude00", "%s{}", "../..", "-----BEGIN CERTIFICATE-----")


@cache
def texts(field: str, longest: int | None) -> tuple[str, ...]:
    """Return what a text field may say within its length."""
    known = WORDS.get(field.casefold(), PLAIN)
    most = 500 if longest is None else longest
    return (*(word for word in known if len(word) <= most), "y" * min(most, 2500))


@cache
def components() -> tuple[tuple[str, str], ...]:
    """Return component and variable of every row, for 2.0.1."""
    return tuple((row["component"], row["variable"]) for row in rows())
