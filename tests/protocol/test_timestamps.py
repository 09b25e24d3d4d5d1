"""Times on the wire: whatever ISO 8601 allows comes in, RFC 3339 with Z goes out."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp

SEVEN = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)


@pytest.mark.requirement("1.6 3.15")
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T07:00:00Z", SEVEN),
        ("2026-03-01t07:00:00z", SEVEN),
        ("2026-03-01T08:00:00+01:00", SEVEN),
        ("2026-03-01T08:00+01:00", SEVEN),
        ("2026-03-01T12:30:00+0530", SEVEN),
        ("2026-02-28T23:30:00-07:30", SEVEN),
        ("2026-03-01T07:00:00", SEVEN),
        ("20260301T070000Z", SEVEN),
        ("2026-03-01 07:00:00Z", SEVEN),
        (" 2026-03-01T07:00:00Z ", SEVEN),
        ("2026-03-01T07:00:00.5Z", SEVEN.replace(microsecond=500_000)),
        ("2026-03-01T07:00:00,250Z", SEVEN.replace(microsecond=250_000)),
        ("2026-03-01T07:00:00.123456789Z", SEVEN.replace(microsecond=123_456)),
        ("2026-03-01", SEVEN.replace(hour=0)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T00:59:60.5+01:00", datetime(2017, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_every_spelling_of_an_instant_is_understood(text: str, instant: datetime) -> None:
    assert parse_timestamp(text) == instant
    assert parse_timestamp(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-03-01T07:00:61Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T07:00:00+25:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:60Z",
        None,
        1772348400,
    ],
)
def test_what_is_no_time_is_refused_as_an_illegal_value(text: str) -> None:
    with pytest.raises(WireError) as refused:
        parse_timestamp(text)

    assert refused.value.code is ErrorCode.PROPERTY_CONSTRAINT


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (SEVEN, "2026-03-01T07:00:00Z"),
        (SEVEN.astimezone(timezone(timedelta(hours=-8))), "2026-03-01T07:00:00Z"),
        (SEVEN.replace(microsecond=250_999), "2026-03-01T07:00:00.250Z"),
        (SEVEN.replace(microsecond=999), "2026-03-01T07:00:00Z"),
    ],
)
def test_times_are_told_in_utc_with_milliseconds_at_most(at: datetime, text: str) -> None:
    assert format_timestamp(at) == text


def test_a_time_without_an_offset_is_never_told() -> None:
    with pytest.raises(ValueError, match="no instant"):
        format_timestamp(SEVEN.replace(tzinfo=None))


@given(st.datetimes(min_value=SEVEN.replace(year=1000, tzinfo=None), timezones=st.timezones()))
def test_a_told_time_comes_back_as_it_was_to_the_millisecond(at: datetime) -> None:
    in_utc = at.astimezone(UTC)
    cut = in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)

    assert parse_timestamp(format_timestamp(at)) == cut


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(WireError):
        assert parse_timestamp(text).tzinfo is UTC
