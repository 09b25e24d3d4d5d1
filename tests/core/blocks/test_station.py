from __future__ import annotations

import pytest
from core.blocks.bench import Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, OfflineConfig, OfflinePolicy
from chargepoint.core.kinds import KINDS
from chargepoint.core.messages import GetBaseReport, GetVariable, ReportPart
from chargepoint.core.words import Registration, Token, TokenInfo, TokenStatus, VariableRef
from hardware.api import MeterReading
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit


def value(
    bench: Bench,
    component: str,
    variable: str,
    instance: str | None = None,
    evse_id: int | None = None,
) -> str | None:
    ref = VariableRef(component, variable, instance=instance, evse_id=evse_id)
    reply = bench.do(GetVariable(ref))
    assert isinstance(reply, m.ValueReply)
    return reply.value


# --- memory -------------------------------------------------------------------------------------


def test_every_kind_of_memory_that_a_day_leaves_has_a_type(bench: Bench) -> None:
    schedule = Schedule(Unit.A, (Period(0, 16.0),))
    profile = Profile(1, 0, Purpose.TX_DEFAULT, 0, Kind.RELATIVE, (schedule,))
    bench.do(m.SetProfile(profile))
    bench.set("SampledDataCtrlr", "TxEndedMeasurands", "Voltage,Energy.Active.Import.Register")
    bench.set("SampledDataCtrlr", "TxUpdatedInterval", "1")
    bench.set("SampledDataCtrlr", "TxEndedInterval", "1")
    bench.plug()
    bench.do(m.PresentToken(Token("CARD0001")))
    bench.do(m.AuthorizeAnswered(Token("CARD0001"), TokenInfo(TokenStatus.ACCEPTED)))
    bench.run(5)
    bench.do(m.EventDelivered(1, bench.heard(m.TransactionEvent)[0], central_id=8))
    bench.do(m.ChangeAvailability(1, None, False))
    bench.do(m.Reset(soft=False))
    bench.run(10)

    assert set(bench.memory) <= set(KINDS)
    assert {"boot", "cache", "central_id", "profile", "sample", "session"} <= set(bench.memory)


def test_the_number_of_a_transaction_is_known_while_it_is_needed(bench: Bench) -> None:
    bench.charge()
    events = bench.heard(m.TransactionEvent)
    running = bench.evse().transaction_id
    assert bench.station.central_id(running) is None
    bench.do(m.EventDelivered(1, events[0], central_id=8))

    assert bench.station.central_id(running) == 8
    assert bench.evse().central_id == 8
    assert bench.restarted().station.central_id(running) == 8


def test_the_register_never_falls(bench: Bench) -> None:
    for energy_wh, shown_wh in ((100.0, 100.0), (50.0, 100.0), (None, 100.0), (101.0, 101.0)):
        bench.readings["evse/1"] = MeterReading(bench.now.s, (0.0,) * 3, None, 0.0, energy_wh)
        bench.tick()
        assert bench.evse().energy_wh == shown_wh


def test_what_an_empty_list_asks_for_is_not_sent(bench: Bench) -> None:
    bench.set("AlignedDataCtrlr", "Interval", "60")
    bench.set("AlignedDataCtrlr", "Measurands", "")
    bench.run(61)

    assert not bench.heard(m.MeterValues)


# --- the device model ---------------------------------------------------------------------------


@pytest.mark.requirement("B06.FR.01")
def test_computed_values_are_those_of_now(bench201: Bench) -> None:
    assert value(bench201, "SmartChargingCtrlr", "Entries", "ChargingProfiles") == "0"
    schedule = Schedule(Unit.A, (Period(0, 16.0),))
    profile = Profile(1, 0, Purpose.TX_DEFAULT, 0, Kind.RELATIVE, (schedule,))
    bench201.do(m.SetProfile(profile))
    assert value(bench201, "SmartChargingCtrlr", "Entries", "ChargingProfiles") == "1"

    assert value(bench201, "EVSE", "Power", evse_id=1) in (None, "")
    bench201.readings["evse/1"] = MeterReading(bench201.now.s, (1.0, 0.0, 0.0), None, 230.4)
    bench201.tick()
    assert value(bench201, "EVSE", "Power", evse_id=1) == "230"
    assert value(bench201, "ClockCtrlr", "DateTime") == f"{bench201.now.utc:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.requirement("B07.FR.01", "B02.FR.02")
def test_a_report_follows_its_answer_also_while_pending() -> None:
    bench = Bench("2.0.1", evses=(EvseConfig(1), EvseConfig(2)))
    bench.tick()
    bench.link_up()
    bench.answer_boot(Registration.PENDING, 60)
    bench.said.clear()
    assert bench.do(GetBaseReport(7, "FullInventory")) == m.ACCEPTED

    parts = bench.heard(ReportPart)
    assert [each.seq_no for each in parts] == list(range(len(parts)))
    assert [each.more for each in parts] == [True] * (len(parts) - 1) + [False]
    assert {each.request_id for each in parts} == {7}


@pytest.mark.requirement("B07.FR.02")
def test_a_report_that_we_do_not_make_is_said_to_be_so(bench201: Bench) -> None:
    reply = bench201.do(GetBaseReport(7, "SomethingElse"))

    assert isinstance(reply, m.Reply)
    assert reply.outcome is m.Outcome.UNSUPPORTED
    assert not bench201.said


# --- the disk -----------------------------------------------------------------------------------


def test_trouble_with_the_disk_is_shown_and_refuses_sessions(bench: Bench) -> None:
    for _ in range(2):
        bench.do(m.StoreFailed("no space"))
    assert bench.notes.count("the disk fails: no space; no new sessions") == 1
    assert "disk: no space" in bench.snapshot().warnings
    reply = bench.charge()
    assert isinstance(reply, m.Reply)
    assert reply.outcome is m.Outcome.REJECTED

    bench.unplug()
    bench.do(m.StoreWorks())
    reply = bench.charge()
    assert isinstance(reply, m.Reply)
    assert reply.outcome is m.Outcome.ACCEPTED


def test_no_contactor_closes_before_its_session_is_on_disk(bench: Bench) -> None:
    bench.disk_works = False
    bench.charge()
    bench.run(3)
    assert bench.actuations[1].offer_a > 0.0
    assert not bench.actuations[1].close_main

    bench.disk_works = True
    bench.station.committed(10_000)
    bench.tick()
    assert bench.actuations[1].close_main


# --- alone --------------------------------------------------------------------------------------


def test_where_there_is_no_central_system_nothing_waits_for_one(version: str) -> None:
    offline = OfflineConfig(authorization=OfflinePolicy.ANY)
    bench = Bench(version, has_central=False, offline=offline)
    bench.plug()
    bench.do(m.PresentToken(Token("CARD0001")))
    bench.run(1)
    assert bench.evse().charging
    bench.unplug()
    bench.run(5)
    bench.do(m.NoteSecurity("StartupOfTheDevice", ""))

    assert bench.evse().transaction_id is None
    assert bench.said == []
