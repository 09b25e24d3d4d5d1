"""Charging profiles and limits, as hypothesis makes them up."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core.messages import CompositeReply, Outcome
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.fields import tenths
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v16 import Adapter16
from chargepoint.protocol.v16.smart_charging import KINDS, PURPOSES, RECURRENCES_S, profile
from profiles.schedule import DAILY_S, WEEKLY_S, Kind, Period, Profile, Purpose, Schedule, Unit

EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.requirement("1.6 7.14")
@pytest.mark.parametrize(
    ("number", "cut"),
    [
        (6, 6.0),
        (0, 0.0),
        (0.3, 0.3),
        (16.1, 16.1),
        (11.04, 11.0),
        (11.09, 11.0),
        (Decimal("21.49"), 21.4),
        (Decimal("21.4"), 21.4),
        (9.999999999999998, 10.0),
        (-0.01, -0.1),
        (22080, 22080.0),
    ],
)
def test_a_limit_is_cut_down_to_one_decimal(number, cut):
    assert tenths(number) == cut


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, Decimal("NaN"), 10**400])
def test_a_limit_that_is_no_number_is_refused(number):
    with pytest.raises(WireError) as refused:
        tenths(number)

    assert refused.value.code is ErrorCode.PROPERTY_CONSTRAINT


@given(st.floats(-1e6, 1e6))
def test_cutting_a_limit_never_raises_it_and_cuts_only_once(limit):
    cut = tenths(limit)

    assert limit - 0.1 - 1e-7 <= cut <= limit + 1e-7
    assert tenths(cut) == cut


INSTANTS = st.integers(0, 2**32).map(lambda second: datetime.fromtimestamp(second, UTC))
LIMITS = st.integers(0, 220_800).map(lambda tenth: tenth / 10)
PERIODS = st.builds(
    Period, st.integers(0, WEEKLY_S), LIMITS, st.none() | st.integers(1, 3), st.none()
)


@st.composite
def installed_profiles(draw):
    purpose = draw(st.sampled_from(list(PURPOSES.values())))
    kinds = {*Kind} - ({Kind.RELATIVE} if purpose is Purpose.STATION_MAX else set())
    kind = draw(st.sampled_from(sorted(kinds)))
    schedule = Schedule(
        unit=draw(st.sampled_from(Unit)),
        periods=tuple(draw(st.lists(PERIODS, min_size=1, max_size=6))),
        start_at=None if kind is Kind.RELATIVE else draw(st.none() | INSTANTS),
        duration_s=draw(st.none() | st.integers(0, WEEKLY_S)),
        min_rate=draw(st.none() | LIMITS),
    )
    return Profile(
        id=draw(st.integers(-(2**31), 2**31)),
        evse_id=draw(st.integers(0, 9)),
        purpose=purpose,
        stack_level=draw(st.integers(0, 99)),
        kind=kind,
        schedules=(schedule,),
        recurs_s=draw(st.sampled_from([DAILY_S, WEEKLY_S])) if kind is Kind.RECURRING else None,
        valid_from=draw(st.none() | INSTANTS),
        valid_to=draw(st.none() | INSTANTS),
    )


def word(table, value):
    return next((name for name, meant in table.items() if meant == value), None)


def text(at):
    return None if at is None else format_timestamp(at)


def given_fields(**fields):
    return {name: value for name, value in fields.items() if value is not None}


def as_sent(installed):
    """The central system's side of the conversion."""
    schedule = installed.schedule
    return given_fields(
        chargingProfileId=installed.id,
        stackLevel=installed.stack_level,
        chargingProfilePurpose=word(PURPOSES, installed.purpose),
        chargingProfileKind=word(KINDS, installed.kind),
        recurrencyKind=word(RECURRENCES_S, installed.recurs_s),
        validFrom=text(installed.valid_from),
        validTo=text(installed.valid_to),
        chargingSchedule=given_fields(
            duration=schedule.duration_s,
            startSchedule=text(schedule.start_at),
            chargingRateUnit=schedule.unit.value,
            minChargingRate=schedule.min_rate,
            chargingSchedulePeriod=[
                given_fields(startPeriod=each.start_s, limit=each.limit, numberPhases=each.phases)
                for each in schedule.periods
            ],
        ),
    )


@given(installed_profiles())
def test_a_profile_survives_the_wire(installed):
    assert profile(as_sent(installed), installed.evse_id) == installed


@pytest.mark.requirement("1.6 5.7", "1.6 6.22")
@given(st.lists(st.tuples(st.integers(0, 86400), st.floats(0, 1e5), st.integers(1, 3)), min_size=1))
def test_any_composite_schedule_conforms(conforms, station, periods):
    reply = CompositeReply(Outcome.ACCEPTED, "", "", 0, EIGHT, 86400, Unit.W, tuple(periods))

    result = Adapter16().answer(
        "GetCompositeSchedule", {"connectorId": 0, "duration": 86400}, station(reply).handle
    )

    conforms("GetCompositeScheduleResponse", result)
    assert "startSchedule" not in result["chargingSchedule"]


def test_a_composite_without_a_start_says_none(adapter, station, conforms):
    reply = CompositeReply(Outcome.ACCEPTED, evse_id=1, duration_s=60, periods=((0, 6.0, 3),))

    result = adapter.answer(
        "GetCompositeSchedule", {"connectorId": 1, "duration": 60}, station(reply).handle
    )

    assert "scheduleStart" not in result
    conforms("GetCompositeScheduleResponse", result)
