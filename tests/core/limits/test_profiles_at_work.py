from __future__ import annotations

from typing import Any

import pytest
from core.blocks.bench import NOON, Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import ClearProfiles, GetComposite, Outcome, SetProfile
from chargepoint.core.words import Token, VariableRef
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

TWO = (EvseConfig(1), EvseConfig(2))


def outcome(reply: object) -> Outcome:
    assert isinstance(reply, m.Reply)
    return reply.outcome


def profile(
    limit: float,
    purpose: Purpose = Purpose.TX_DEFAULT,
    evse_id: int = 0,
    profile_id: int = 1,
    unit: Unit = Unit.A,
    **facts: Any,
) -> Profile:
    kind = facts.pop("kind", Kind.RELATIVE)
    schedule = Schedule(unit, (Period(0, limit),), NOON if kind is Kind.ABSOLUTE else None)
    return Profile(
        id=profile_id,
        stack_level=facts.pop("stack_level", 0),
        purpose=purpose,
        kind=kind,
        schedules=(schedule,),
        evse_id=evse_id,
        **facts,
    )


@pytest.fixture
def two(version: str) -> Bench:
    return Bench(version, evses=TWO).online()


@pytest.mark.requirement("1.6 5.16")
def test_a_profile_binds_in_the_next_tick_and_is_on_disk(bench: Bench) -> None:
    bench.charge()
    assert outcome(bench.do(SetProfile(profile(10.0)))) is Outcome.ACCEPTED
    bench.tick()

    assert bench.evse().offer_a == 10.0
    assert list(bench.memory["profile"]) == ["1"]
    again = bench.restarted()
    again.tick()
    assert any(each.limit_a == 10.0 for each in again.evse().limits)


@pytest.mark.requirement("1.6 5.5", "K10.FR.01", "K10.FR.02")
def test_cleared_profiles_bind_no_more(bench: Bench) -> None:
    bench.charge()
    bench.do(SetProfile(profile(10.0)))
    assert outcome(bench.do(ClearProfiles(id=7))) is Outcome.UNKNOWN
    assert outcome(bench.do(ClearProfiles())) is Outcome.ACCEPTED
    bench.tick()

    assert bench.evse().offer_a == 32.0
    assert not bench.memory["profile"]


@pytest.mark.requirement("K01.FR.28", "1.6 E3.39")
def test_unknown_evses_and_bad_profiles_are_refused(bench: Bench) -> None:
    assert outcome(bench.do(SetProfile(profile(10.0, evse_id=9)))) is Outcome.UNKNOWN_EVSE
    refused = bench.do(SetProfile(profile(10.0, stack_level=99)))
    assert outcome(refused) is Outcome.REJECTED
    assert any("refused" in note for note in bench.notes)
    assert outcome(bench.do(GetComposite(9, 60))) is Outcome.UNKNOWN_EVSE


@pytest.mark.requirement("K01.FR.04", "K02.FR.05", "1.6 3.13.1")
def test_the_profile_of_a_transaction_ends_with_it(bench: Bench) -> None:
    bench.charge()
    running = bench.evse().transaction_id
    transaction_id = None if bench.dialect.numbers_transactions else running
    bench.do(SetProfile(profile(9.0, Purpose.TX, 1, transaction_id=transaction_id)))
    bench.tick()
    assert bench.evse().offer_a == 9.0
    assert bench.memory["profile"]["1"].transaction_id == running

    bench.stop()
    bench.run(10)
    assert not bench.memory["profile"]


@pytest.mark.requirement("1.6 5.16.1")
def test_a_transaction_number_must_be_the_running_one(bench16: Bench) -> None:
    bench16.charge()
    started = bench16.heard(m.TransactionEvent)[0]
    bench16.do(m.EventDelivered(1, started, central_id=55))

    def install(number: int) -> Outcome:
        return outcome(bench16.do(SetProfile(profile(9.0, Purpose.TX, 1), number)))

    assert install(54) is Outcome.REJECTED
    assert install(55) is Outcome.ACCEPTED


@pytest.mark.requirement("K01.FR.09", "1.6 5.16.1")
def test_without_a_transaction_there_is_nothing_to_bind_it_to(bench: Bench) -> None:
    assert outcome(bench.do(SetProfile(profile(9.0, Purpose.TX, 1)))) is Outcome.REJECTED


@pytest.mark.requirement("K02.FR.05")
def test_no_profile_of_a_transaction_survives_a_start(bench: Bench) -> None:
    bench.charge(profile=profile(9.0, Purpose.TX))
    assert bench.memory["profile"]
    cut = bench.restarted()

    assert not cut.memory["profile"]


# --- with a remote start ------------------------------------------------------------------------


@pytest.mark.requirement("K05.FR.01", "F01.FR.26", "1.6 5.16.2")
def test_the_profile_of_a_remote_start_is_bound_to_its_transaction(bench: Bench) -> None:
    assert outcome(bench.charge(profile=profile(9.0, Purpose.TX))) is Outcome.ACCEPTED

    assert bench.evse().offer_a == 9.0
    installed = bench.memory["profile"]["1"]
    assert installed.evse_id == 1
    assert installed.transaction_id == bench.evse().transaction_id


@pytest.mark.requirement("K05.FR.01")
def test_it_is_bound_to_a_transaction_that_runs_already_too(bench201: Bench) -> None:
    bench201.set("TxCtrlr", "TxStartPoint", "EVConnected")
    bench201.charge(profile=profile(9.0, Purpose.TX))

    assert bench201.memory["profile"]["1"].transaction_id == bench201.evse().transaction_id
    assert bench201.evse().offer_a == 9.0


@pytest.mark.requirement("1.6 5.11", "F01.FR.26")
def test_a_bad_one_refuses_the_start(bench: Bench) -> None:
    assert outcome(bench.charge(profile=profile(9.0, Purpose.STATION_MAX))) is Outcome.REJECTED
    assert bench.evse().transaction_id is None


@pytest.mark.requirement("1.6 5.16.2")
def test_it_goes_when_nobody_comes(bench: Bench) -> None:
    bench.do(m.RemoteStart(Token("CARD"), 1, profile=profile(9.0, Purpose.TX)))
    bench.run(70)
    bench.charge()

    assert not bench.memory.get("profile")
    assert bench.evse().offer_a == 32.0


# --- several EVSEs ------------------------------------------------------------------------------


@pytest.mark.requirement("K04.FR.05", "1.6 3.13.1")
def test_the_stations_maximum_is_shared(two: Bench) -> None:
    two.do(SetProfile(profile(20.0, Purpose.STATION_MAX, kind=Kind.ABSOLUTE)))
    two.charge(1)
    two.run(3)
    assert two.evse(1).offer_a == 20.0
    two.charge(2)
    two.run(10)

    assert [two.evse(each).offer_a for each in (1, 2)] == [10.0, 10.0]


# --- on and off ---------------------------------------------------------------------------------


def switch_off(bench: Bench) -> None:
    if bench.dialect.name == "1.6":
        bench.set("Ocpp16Ctrlr", "SupportedFeatureProfiles", "Core,RemoteTrigger")
    else:
        ref = VariableRef("SmartChargingCtrlr", "Enabled")
        assert outcome(bench.do(m.SetVariable(ref, "false"))) is Outcome.ACCEPTED


def test_switched_off_nothing_is_installed_and_nothing_binds(bench: Bench) -> None:
    bench.charge()
    bench.do(SetProfile(profile(10.0)))
    bench.do(SetProfile(profile(9.0, Purpose.STATION_MAX, 0, 2, kind=Kind.ABSOLUTE)))
    bench.tick()
    assert bench.evse().offer_a == 9.0

    switch_off(bench)
    bench.tick()
    assert bench.evse().offer_a == 32.0
    assert outcome(bench.do(SetProfile(profile(8.0)))) is Outcome.UNSUPPORTED
    assert outcome(bench.do(GetComposite(1, 60))) is Outcome.UNSUPPORTED


@pytest.mark.requirement("F01.FR.12", "1.6 5.11")
def test_switched_off_a_remote_start_goes_without_its_profile(bench: Bench) -> None:
    switch_off(bench)
    bench.charge(profile=profile(9.0, Purpose.TX))

    assert bench.evse().offer_a == 32.0
    assert not bench.memory.get("profile")


# --- the composite schedule ---------------------------------------------------------------------


@pytest.mark.requirement("K08.FR.02", "K08.FR.06", "1.6 5.7")
def test_the_composite_schedule_is_what_a_transaction_would_get(bench: Bench) -> None:
    bench.do(SetProfile(profile(11.0)))
    for unit, limit in ((None, 11.0), (Unit.A, 11.0), (Unit.W, 11.0 * 230 * 3)):
        reply = bench.do(GetComposite(1, 300, unit))
        assert isinstance(reply, m.CompositeReply)
        assert reply.periods == ((0, limit, 3),)
        assert reply.start_at == bench.now.utc.replace(microsecond=0)


@pytest.mark.requirement("K08.FR.07", "1.6 5.7")
def test_a_unit_that_is_not_offered_is_rejected(bench: Bench) -> None:
    bench.set("SmartChargingCtrlr", "RateUnit", "A")

    assert outcome(bench.do(GetComposite(1, 300, Unit.W))) is Outcome.REJECTED
    assert outcome(bench.do(SetProfile(profile(5000.0, unit=Unit.W)))) is Outcome.REJECTED
