"""What is wrong with a configuration, in one line each: the key and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from chargepoint.core.values import dataclass
from chargepoint.settings.schema import ANY, Key, Known, known, known_at

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Place = tuple[str | int, ...]

CLOSE = 0.7  # how alike two names are before one may be meant for the other
LONGEST_SHOWN = 60  # characters of a wrong value


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake at *place*; *origin* says where that was written."""

    place: Place
    text: str
    origin: str = ""

    def __str__(self) -> str:
        source = f" ({self.origin})" if self.origin else ""
        return f"{dotted(self.place)}{source}: {self.text}"


def dotted(place: Place) -> str:
    """Return *place* as people write it: ``evse[0].meter.driver``."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return words.removeprefix(".")


def of_error(error: ErrorDetails) -> Mistake:
    """Return what a model's error means for the one who wrote the value."""
    place: Place = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "extra_forbidden":
        return Mistake(place, unknown_key(_key(place)))
    row = _nearest(_key(place))
    if row is None:
        return Mistake(place, error["msg"])
    if error["type"] == "missing":
        return Mistake(place, f"is needed; allowed: {row.allowed}")
    return Mistake(place, f"{_complaint(error, row)}; allowed: {row.allowed}")


def unknown_key(key: Key) -> str:
    """Return the complaint about a key that does not exist, with the one probably meant."""
    meant = meant_by(key)
    if meant:
        return f"unknown key; did you mean {'.'.join(meant)}?"
    return f"unknown key; known here: {', '.join(sorted(siblings(key)))}"


def meant_by(key: Key) -> Key | None:
    """Return the setting whose name is close to *key*, None when nothing is."""
    *parent, name = key
    close = get_close_matches(name.lower(), siblings(key), n=1, cutoff=CLOSE)
    if close:
        return (*parent, close[0])
    elsewhere = (other for other in known() if len(other) > 1 and ANY not in other)
    return next((other for other in elsewhere if other[-1] == name.lower()), None)


def siblings(key: Key) -> list[str]:
    """Return the names that are known where *key* is."""
    parent = key[:-1]
    return [
        other[-1]
        for other in known()
        if len(other) == len(key)
        and other[-1] != ANY
        and all(have in (ANY, want) for have, want in zip(other[:-1], parent, strict=True))
    ]


def in_lines(mistakes: Iterable[Mistake]) -> str:
    """Return all *mistakes*, one line each, in alphabetical order."""
    return "\n".join(sorted({str(mistake) for mistake in mistakes}))


def _key(place: Place) -> Key:
    return tuple(str(step) for step in place)


def _nearest(key: Key) -> Known | None:
    """Return the row for *key*, or for the setting that *key* is a part of."""
    rows = (known_at(key[:length]) for length in range(len(key), 0, -1))
    return next((row for row in rows if row is not None), None)


def _complaint(error: ErrorDetails, row: Known) -> str:
    cause = error.get("ctx", {}).get("error")
    reason = str(cause) if isinstance(cause, ValueError) else "is not allowed"
    shown = _shown(error["input"], row)
    if not shown:
        return reason if cause else "this value is not allowed"
    return f"{shown}: {reason}" if cause else f"{shown} is not allowed"


def _shown(value: Any, row: Known) -> str:
    """Return *value* for a message; nothing of what might be, or hold, a secret."""
    if row.secret or row.shape != "value" or row.key[0] in ("ocpp16", "ocpp201"):
        return ""
    text = json.dumps(value, default=str, ensure_ascii=False)
    if "@" in text or "-----BEGIN" in text:
        return ""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
