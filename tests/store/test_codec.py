"""Everything that is stored comes back equal, or is called unreadable."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core.messages import (
    DurableEvent,
    FirmwareProgress,
    ReservationEnded,
    SecurityEvent,
    TransactionEvent,
)
from chargepoint.core.words import (
    ChargingState,
    MeterSample,
    SampledValue,
    StopReason,
    Token,
    TokenInfo,
    TokenStatus,
)
from chargepoint.store.codec import EVENT_TYPES, Codec, Unreadable
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

CODEC = Codec({"token": TokenInfo, "profile": Profile, "word": str, "level": float})

TIMES = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NUMBERS = st.floats(allow_nan=False)
TOKENS = st.builds(Token)
SAMPLES = st.builds(
    MeterSample, TIMES, st.lists(st.builds(SampledValue, NUMBERS), max_size=3).map(tuple)
)
TOKEN_INFOS = st.builds(
    TokenInfo,
    group=st.none() | TOKENS,
    expires_at=st.none() | TIMES,
    evse_ids=st.lists(st.integers(0, 9), max_size=3).map(tuple),
    charging_priority=st.none() | st.integers(-9, 9),
    personal_message=st.text(),
)
EVENTS: dict[str, st.SearchStrategy[DurableEvent]] = {
    "TransactionEvent": st.builds(
        TransactionEvent,
        at=TIMES,
        meter_wh=NUMBERS,
        offline=st.booleans(),
        token=st.none() | TOKENS,
        stop_token=st.none() | TOKENS,
        charging_state=st.none() | st.sampled_from(ChargingState),
        stop_reason=st.none() | st.sampled_from(StopReason),
        samples=st.lists(SAMPLES, max_size=2).map(tuple),
        remote_start_id=st.none() | st.integers(),
        cable_a=st.none() | NUMBERS,
    ),
    "FirmwareProgress": st.builds(FirmwareProgress),
    "ReservationEnded": st.builds(ReservationEnded, at=TIMES),
    "SecurityEvent": st.builds(SecurityEvent, at=TIMES, tech_info=st.text()),
}


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_durable_event_comes_back_equal(kind):
    @given(EVENTS[kind])
    def comes_back(event: DurableEvent) -> None:
        again = CODEC.event(CODEC.event_text(event))
        assert again == event
        assert type(again) is type(event)

    comes_back()


@given(TOKEN_INFOS)
def test_a_remembered_value_comes_back_equal(info):
    assert CODEC.value("token", CODEC.value_text("token", info)) == info


def test_a_profile_comes_back_equal():
    schedule = Schedule(Unit.A, (Period(0, math.inf), Period(60, 6.1, phases=1)))
    profile = Profile(1, 0, Purpose.TX_DEFAULT, 3, Kind.RELATIVE, (schedule,))

    assert CODEC.value("profile", CODEC.value_text("profile", profile)) == profile


@given(st.floats())
def test_no_number_is_lost_not_even_endless_ones(level):
    again = CODEC.value("level", CODEC.value_text("level", level))

    assert again == level or (math.isnan(again) and math.isnan(level))


def test_a_time_keeps_its_instant():
    at = datetime(2026, 3, 29, 3, 0, tzinfo=timezone(timedelta(hours=2)))

    assert CODEC.event(CODEC.event_text(SecurityEvent("x", at))).at == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"SecurityEvent"',
        '{"type": "SecurityEvent"}',
        '{"type": "Party", "event": {}}',
        '{"type": ["SecurityEvent"], "event": {}}',
        '{"type": "SecurityEvent", "event": {"type": "x"}}',
        '{"type": "SecurityEvent", "event": {"type": "x", "at": "yesterday"}}',
    ],
)
def test_a_text_that_is_no_event_is_unreadable(text):
    with pytest.raises(Unreadable):
        CODEC.event(text)


@given(st.text())
def test_no_text_does_worse_than_being_unreadable(text):
    for read in (CODEC.event, lambda text: CODEC.value("token", text)):
        with suppress(Unreadable):
            read(text)


def test_fields_with_defaults_may_be_missing_in_what_an_older_program_wrote():
    text = '{"status": "Accepted"}'

    assert CODEC.value("token", text) == TokenInfo(TokenStatus.ACCEPTED)


def test_a_kind_nobody_declared_is_a_bug_of_the_caller():
    assert not CODEC.knows("nonsense")
    with pytest.raises(KeyError, match="nonsense"):
        CODEC.value_text("nonsense", Token("1"))


def test_transaction_events_are_told_apart_from_others():
    others = {FirmwareProgress, ReservationEnded, SecurityEvent}
    assert set(EVENT_TYPES.values()) == {TransactionEvent} | others
