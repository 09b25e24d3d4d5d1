"""What of a frame or a sentence may stand in a log: no secrets, no drivers, no novels.

Masked are idTags and idTokens, passwords wherever they are set or configured, passwords in
URLs and Authorization headers, and private keys.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

MASK = "***"
LONGEST_TEXT = 2000

# Fields whose text is the secret itself, in either version.
SECRET_FIELDS = frozenset(
    {
        "idtag",
        "parentidtag",
        "idtoken",
        "basicauthpassword",
        "apnpassword",
        "password",
        "simpin",
        "emaid",
    }
)
# Configuration keys and variables whose value is a secret.
SECRET_KEYS = frozenset({"authorizationkey", "basicauthpassword"})

_QUOTED = r'"(?:[^"\\]|\\.)*"?'
_PATTERNS = (
    (re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END|$)", re.S), rf"\1{MASK}\2"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s/:@\"']*):[^\s/@\"']*@", re.I), rf"\1:{MASK}@"),
    (re.compile(r"(\bAuthorization: \w+ )\S+", re.I), rf"\1{MASK}"),
    (
        re.compile(rf'("(?:{"|".join(sorted(SECRET_FIELDS))})"\s*:\s*){_QUOTED}', re.I),
        rf'\1"{MASK}"',
    ),
)
# In a text that cannot be read, what stands near a telling word is masked with it.
_NEARBY = (
    (
        re.compile("|".join(sorted(SECRET_KEYS)), re.I),
        re.compile(rf'(value"\s*:\s*){_QUOTED}', re.I),
    ),
    (re.compile('"vpn"'), re.compile(rf'("key"\s*:\s*){_QUOTED}')),
)


def redact_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return *text* with what looks like a secret masked, cut to about *longest* characters."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    for telling, pattern in _NEARBY:
        if telling.search(text):
            text = pattern.sub(rf'\1"{MASK}"', text)
    return _trimmed(text, longest)


def redact_frame(frame: str | bytes, longest: int = LONGEST_TEXT) -> str:
    """Return *frame* for a log. What is not JSON is treated as any other text."""
    if isinstance(frame, bytes):
        return f"<{len(frame)} bytes>"
    try:
        elements = json.loads(frame)
    except (ValueError, RecursionError):
        return redact_text(frame, longest)
    return _trimmed(json.dumps(_masked(elements), separators=(",", ":")), longest)


class Redacted:
    """A frame that is redacted only if a log really wants its text."""

    __slots__ = ("_frame",)

    def __init__(self, frame: str | bytes) -> None:
        self._frame = frame

    def __str__(self) -> str:
        return redact_frame(self._frame)


class RedactingFilter(logging.Filter):
    """For handlers: whoever logs, also libraries, no secret leaves by the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message in place; never drop it."""
        record.msg, record.args = redact_text(record.getMessage()), None
        return True


def _trimmed(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def _masked(value: Any) -> Any:
    match value:
        case dict():
            return {name: _masked_field(value, name, inner) for name, inner in value.items()}
        case list():
            return [_masked(inner) for inner in value]
        case str():
            return redact_text(value)
        case _:
            return value


def _masked_field(whole: dict[str, Any], name: str, value: Any) -> Any:
    """Return *value* of field *name*, judged by its name and by what stands beside it."""
    if isinstance(value, str) and (name.casefold() in SECRET_FIELDS or _is_secret(whole, name)):
        return MASK
    return _masked(value)


def _is_secret(whole: dict[str, Any], name: str) -> bool:
    """Return whether field *name* of *whole* is the value of a secret setting.

    1.6: ``{"key": "AuthorizationKey", "value": ...}``; 2.0.1: ``{"variable": {"name":
    "BasicAuthPassword"}, "attributeValue": ...}``; a VPN's pre-shared key stands in ``key``.
    """
    match whole:
        case {"key": str() as key, "value": str()} if name == "value":
            return key.casefold() in SECRET_KEYS
        case {"variable": {"name": str() as variable}} if name == "attributeValue":
            return variable.casefold() in SECRET_KEYS
        case {"server": _, "key": _} if name == "key":
            return True
        case _:
            return False
