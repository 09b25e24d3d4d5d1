"""Profiles where the hardware, the clock and the number of places set bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from core.blocks.bench import NOON, Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, SecondContactor
from chargepoint.core.words import Moment
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

TWO = (EvseConfig(1), EvseConfig(2))


def profile(id: int = 1, *periods: Period, **facts: Any) -> Profile:
    """Return a default that counts from noon on."""
    start_at = facts.pop("start_at", NOON)
    schedule = Schedule(
        facts.pop("unit", Unit.A),
        periods or (Period(0, 10.0),),
        start_at,
        facts.pop("duration_s", None),
        facts.pop("min_rate", None),
    )
    base = {"evse_id": 1, "purpose": Purpose.TX_DEFAULT, "stack_level": 0, "kind": Kind.ABSOLUTE}
    return Profile(id, schedules=(schedule,), **(base | facts))


def relative(id: int, *periods: Period, **facts: Any) -> Profile:
    return profile(id, *periods, kind=Kind.RELATIVE, start_at=None, **facts)


def refusal(bench: Bench, wanted: Profile) -> str:
    reply = bench.do(m.SetProfile(wanted))
    assert isinstance(reply, m.Reply)
    return reply.reason


def composite(bench: Bench, evse_id: int = 1, unit: Unit = Unit.A) -> Any:
    reply = bench.do(m.GetComposite(evse_id, 3600, unit))
    assert isinstance(reply, m.CompositeReply)
    return reply.periods


def binding(bench: Bench, evse_id: int = 1) -> Any:
    return min(bench.evse(evse_id).limits, key=lambda limit: limit.limit_a)


# --- phases -----------------------------------------------------------------------------------


@pytest.mark.requirement("K01.FR.43", "K01.FR.45", "K01.FR.47")
@pytest.mark.parametrize(
    ("second", "evse_id", "reason"),
    [
        (SecondContactor.ABSENT, 1, "InvalidSchedule"),
        (SecondContactor.ABSENT, 0, "InvalidSchedule"),
        (SecondContactor.ABSENT, 2, ""),
        (SecondContactor.ALWAYS_ON, 1, ""),
    ],
)
def test_one_phase_needs_a_contactor_for_it(
    second: SecondContactor, evse_id: int, reason: str
) -> None:
    evses = (EvseConfig(1, second_contactor=second), EvseConfig(2))
    one_phase = profile(1, Period(0, 10.0, 1), evse_id=evse_id)

    assert refusal(Bench("2.0.1", evses=evses).online(), one_phase) == reason
    assert refusal(Bench("1.6", evses=evses).online(), one_phase) == ""
    assert refusal(Bench("2.0.1", evses=evses).online(), profile(1, Period(0, 10.0, 3))) == ""


@pytest.mark.requirement("K01.FR.19", "K01.FR.20", "K01.FR.46", "K01.FR.48")
@pytest.mark.parametrize(
    ("evse_id", "phases", "phase_to_use", "reason"),
    [
        (1, 1, 1, ""),
        (1, 1, 2, "InvalidSchedule"),
        (2, 1, 2, ""),
        (2, 1, 1, "InvalidSchedule"),
        (0, 1, 1, "InvalidSchedule"),  # EVSE 2 would not
        (1, 3, 1, "InvalidSchedule"),
        (1, None, 1, "InvalidSchedule"),
    ],
)
def test_only_the_phase_that_is_going_to_be_used_may_be_named(
    evse_id: int, phases: int | None, phase_to_use: int, reason: str
) -> None:
    evses = (EvseConfig(1), EvseConfig(2, phase_map=(2, 3, 1)))
    bench = Bench("2.0.1", evses=evses).online()
    named = profile(1, Period(0, 10.0, phases, phase_to_use), evse_id=evse_id)

    assert refusal(bench, named) == reason


# --- the clock --------------------------------------------------------------------------------


@pytest.mark.requirement("K01.FR.42", "1.6 3.13.2")
@pytest.mark.parametrize("step_s", [-7200.0, 7200.0])
def test_a_step_of_the_clock_does_not_move_a_relative_schedule(bench: Bench, step_s: float) -> None:
    bench.do(m.SetProfile(relative(1, Period(0, 16.0), Period(60, 10.0))))
    bench.charge()
    bench.run(30)
    assert bench.evse().offer_a == 16.0

    bench.now = Moment(bench.now.utc + timedelta(seconds=step_s), bench.now.s)
    bench.run(25)
    assert bench.evse().offer_a == 16.0
    bench.run(10)
    assert bench.evse().offer_a == 10.0


def test_a_step_of_the_clock_moves_to_what_is_dated_for_then(bench: Bench) -> None:
    bench.do(m.SetProfile(profile(1, Period(0, 16.0), Period(3600, 10.0))))
    bench.charge()
    assert bench.evse().offer_a == 16.0

    bench.now = Moment(bench.now.utc + timedelta(hours=2), bench.now.s)
    bench.run(1)

    assert bench.evse().offer_a == 10.0


UNSET = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)


def test_before_the_clock_is_set_the_lowest_limit_counts_and_says_why(version: str) -> None:
    memory = {
        "profile": {
            "1": profile(1, Period(0, 20.0), Period(60, 8.0), Period(120, 25.0)),
            "2": profile(2, stack_level=3, valid_to=NOON, duration_s=60),
            "3": relative(3, Period(0, 9.0), Period(600, 6.0), evse_id=0, stack_level=5),
        }
    }
    bench = Bench(version, memory=memory, utc=UNSET)
    bench.tick()

    assert (binding(bench).limit_a, binding(bench).source) == (
        8.0,
        "TxDefaultProfile 1, clock not set",
    )
    assert composite(bench) == ((0, 8.0, 3), (600, 6.0, 3))

    bench.now = Moment(NOON, bench.now.s)
    bench.tick()
    assert (binding(bench).limit_a, binding(bench).source) == (9.0, "TxDefaultProfile 3")


@pytest.mark.requirement("K01.FR.50")
def test_the_lowest_limit_in_watts_is_the_one_of_the_least_current(version: str) -> None:
    watts = profile(1, Period(0, 3000.0, 1), Period(60, 6000.0, 3), unit=Unit.W)
    bench = Bench(version, memory={"profile": {"1": watts}}, utc=UNSET)
    bench.tick()

    assert binding(bench).limit_a == pytest.approx(8.6)


# --- until when, and how little ---------------------------------------------------------------


def test_a_limit_says_until_when_it_holds(bench: Bench) -> None:
    bench.do(m.SetProfile(profile(1, Period(0, 16.0), Period(3600, 10.0))))
    bench.do(m.SetProfile(relative(2, purpose=Purpose.STATION_MAX, evse_id=0)))
    bench.tick()

    until = {limit.source: limit.until for limit in bench.evse().limits}
    assert until["TxDefaultProfile 1"] == "2030-01-01T13:00:00+00:00"


@pytest.mark.requirement("K01.FR.21", "K02.FR.06", "K03.FR.07", "K04.FR.04")
def test_the_least_rate_is_a_hint_and_no_floor(bench: Bench) -> None:
    smart = bench.station._blocks.smart_charging
    evse = bench.station._blocks.evses[1]
    assert smart.least_a(evse) == 0.0

    bench.do(m.SetProfile(profile(1, Period(0, 4140.0), unit=Unit.W, min_rate=6900.0)))
    bench.charge()

    assert smart.least_a(evse) == 10.0
    assert bench.evse().offer_a == 6.0


# --- places -----------------------------------------------------------------------------------


def test_what_is_over_makes_room_only_when_all_places_are_taken(bench: Bench) -> None:
    most = int(bench.station.variables.maximum("SmartChargingCtrlr", "Entries", "ChargingProfiles"))
    over = [
        profile(1, duration_s=60),
        profile(2, valid_to=NOON + timedelta(seconds=60), stack_level=1),
    ]
    rest = [profile(id, stack_level=id % 10, evse_id=1) for id in range(3, 11)]
    bench.memory.setdefault("profile", {}).update(
        {str(each.id): each for each in [*over, *rest]}
        | {
            str(id): profile(id, evse_id=0, kind=Kind.RECURRING, recurs_s=86_400, stack_level=9)
            for id in range(11, most + 1)
        }
    )
    full = Bench(bench.dialect.name, bench.memory, TWO, bench.now.utc + timedelta(hours=1)).online()
    added = relative(99, evse_id=2, stack_level=5)

    assert refusal(full, added) == ""

    kept = full.memory["profile"]
    assert not {"1", "2"} & set(kept)
    assert len(kept) == most - 1
    assert "charging profile 1 is over" in full.notes


@pytest.mark.requirement("SC.04", "K08.FR.03")
def test_the_schedule_of_one_evse_is_its_share_where_several_share(version: str) -> None:
    bench = Bench(version, evses=TWO).online()
    cap = profile(1, Period(0, 20.0), Period(600, 40.0), evse_id=0, purpose=Purpose.STATION_MAX)
    bench.do(m.SetProfile(cap))
    bench.charge(1)
    assert [limit for _, limit, _ in composite(bench, 1)] == [20.0, 32.0]

    bench.charge(2)
    bench.run(10)

    assert [limit for _, limit, _ in composite(bench, 1)] == [10.0, 20.0]
    assert [limit for _, limit, _ in composite(bench, 0)] == [20.0, 40.0]
    bench.do(m.SetProfile(profile(2, Period(0, 8.0), evse_id=2)))
    bench.run(10)
    assert [limit for _, limit, _ in composite(bench, 1)] == [12.0, 32.0]


@pytest.mark.requirement("K08.FR.04", "K02.FR.08")
def test_gaps_hold_the_local_limit_as_it_is_now(bench: Bench) -> None:
    bench.do(m.SetProfile(profile(1, Period(0, 16.0), Period(1800, 10.0), duration_s=2400)))
    bench.do(m.Override(13.0))
    bench.tick()

    (first, second, third) = composite(bench)
    assert [limit for _, limit, _ in (first, second, third)] == [13.0, 10.0, 13.0]
    bench.do(m.ClearProfiles())
    assert composite(bench) == ((0, 13.0, 3),)


@pytest.mark.requirement("K01.FR.49")
def test_an_evse_of_one_phase_says_so_in_its_schedule(version: str) -> None:
    bench = Bench(version, evses=(EvseConfig(1, phases=1),)).online()
    bench.do(m.SetProfile(profile(1, Period(0, 10.0))))

    assert composite(bench) == ((0, 10.0, 1),)
    assert composite(bench, unit=Unit.W) == ((0, 2300.0, 1),)
