"""Values of the core as JSON text and back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from chargepoint.core.messages import DurableEvent

EVENT_TYPES: dict[str, Any] = {kind.__name__: kind for kind in get_args(DurableEvent)}


class Unreadable(ValueError):
    """A stored text that no longer, or not yet, means anything to this program."""


class Codec:
    """Writes and reads the kinds of values that the station remembers, and its events.

    *kinds* says which type the values of a kind have: ``{"variable": str, "profile": Profile}``.
    """

    def __init__(self, kinds: Mapping[str, Any]) -> None:
        self._kinds = kinds

    def knows(self, kind: str) -> bool:
        """Return whether values of *kind* can be read."""
        return kind in self._kinds

    def value_text(self, kind: str, value: Any) -> str:
        """Return *value* as text; a *kind* nobody declared is a KeyError."""
        if kind not in self._kinds:
            raise KeyError(f"no kind of memory is called {kind!r}")
        return _text(value)

    def value(self, kind: str, text: str) -> Any:
        """Return the value that *text* says; raise Unreadable when it says none of *kind*."""
        try:
            return _reader(self._kinds[kind]).validate_json(text)
        except ValueError as error:
            raise Unreadable(str(error)) from error

    def event_text(self, event: DurableEvent) -> str:
        """Return *event* as text that says which event it is."""
        return _text({"type": type(event).__name__, "event": event})

    def event(self, text: str) -> DurableEvent:
        """Return the event that *text* says; raise Unreadable when it says none."""
        try:
            tagged = from_json(text)
            event: DurableEvent = _reader(EVENT_TYPES[tagged["type"]]).validate_python(
                tagged["event"]
            )
            return event
        except (ValueError, TypeError, LookupError) as error:
            raise Unreadable(str(error)) from error


@cache
def _reader(shape: Any) -> TypeAdapter[Any]:
    """Return what reads a *shape*, made when the first one is read: a new station has none."""
    return TypeAdapter(shape)


def _text(value: Any) -> str:
    """Infinity is written as such: a limit without an opinion must come back as one."""
    return to_json(value, inf_nan_mode="constants").decode()
