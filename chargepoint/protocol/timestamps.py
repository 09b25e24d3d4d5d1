"""Times on the wire, the same in both versions: ISO 8601 text <-> aware UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chargepoint.errors import ErrorCode, WireError


def parse_timestamp(text: str) -> datetime:
    """Return the instant that *text* names, aware and in UTC.

    Any ISO 8601 offset, ``Z`` in either case, any number of fraction digits (beyond
    microseconds cut) and date alone are taken. Without a designator it is UTC. A leap
    second is the second after it, as POSIX time has it. Raises WireError with
    PROPERTY_CONSTRAINT for anything that is no such text or lies outside the calendar.

    Source: OCPP 1.6 section 3.15, 2.0.1 part 2 "Time format requirements", RFC 3339 section 5.
    """
    try:
        text = text.strip().upper()
        leap = text[16:19] == ":60"
        at = datetime.fromisoformat(text.replace(":60", ":59", 1) if leap else text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return at + timedelta(seconds=leap)
    except (AttributeError, ValueError, OverflowError) as error:
        raise WireError(ErrorCode.PROPERTY_CONSTRAINT, "not an ISO 8601 time") from error


def optional_timestamp(text: str | None) -> datetime | None:
    """Return the instant that *text* names, None where there is no text."""
    return parse_timestamp(text) if text else None


def format_timestamp(at: datetime) -> str:
    """Return *at* in UTC with ``Z``: whole seconds, or cut to milliseconds where it has some.

    *at* must be aware: a naive time has no instant, which is ValueError.

    >>> format_timestamp(datetime(2026, 3, 1, 7, 0, 0, 250_999, tzinfo=UTC))
    '2026-03-01T07:00:00.250Z'
    """
    if at.tzinfo is None:
        raise ValueError("a time without an offset names no instant")
    at = at.astimezone(UTC)
    precision = "milliseconds" if at.microsecond >= 1000 else "seconds"
    return at.replace(tzinfo=None).isoformat(timespec=precision) + "Z"
