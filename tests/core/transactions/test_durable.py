"""What is on disk, what a power cut leaves, and what the outbox does with events."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.driver import ANNA, Driver

from chargepoint.core import messages as m
from chargepoint.core.station import Station
from chargepoint.core.words import TokenStatus


def after_cut(driver: Driver) -> Driver:
    """Start again on what was on disk, without a goodbye."""
    return Driver(driver.version, memory=driver.memory, now=driver.now.after(3600.0))


def test_the_contactor_stays_open_until_the_session_is_on_disk(driver: Driver) -> None:
    driver.disk_works = False
    driver.charge()
    assert driver.shown().offer_a > 0.0
    assert not driver.closed()
    driver.disk_works = True
    driver.run(2.0)
    assert driver.closed()


def test_a_failing_disk_lets_the_running_session_go_on_and_no_other_begin(driver: Driver) -> None:
    driver.plug()
    driver.card()
    driver.do(m.StoreFailed("disk full"))
    driver.answer()  # asked before, answered now
    assert driver.shown().session == "plugged"
    assert driver.card().outcome == "conflict"
    assert driver.remote().outcome == "rejected"
    driver.do(m.StoreWorks())
    driver.admit()
    driver.run(5.0)
    driver.do(m.StoreFailed("disk full"))
    driver.run(5.0)
    assert driver.closed()
    driver.card()
    driver.run(2.0)
    assert driver.tx[-1].stop_reason == "Local"


def test_a_car_at_a_failing_disk_opens_no_transaction_by_itself(v201: Driver) -> None:
    v201.points("EVConnected", "EVConnected")
    v201.do(m.StoreFailed("disk full"))
    v201.plug()
    assert not v201.tx
    v201.do(m.StoreWorks())
    v201.tick()
    assert v201.story() == ["S CablePluggedIn EVConnected evse"]


def test_a_waiting_grant_keeps_its_promise_when_the_disk_fails(driver: Driver) -> None:
    driver.admit()
    driver.do(m.StoreFailed("disk full"))
    driver.plug()
    assert driver.shown().transaction_id is not None


@pytest.mark.requirement("E01.FR.07", "E06.FR.14", "1.6 4.10")
@pytest.mark.parametrize("seconds", [0.1, 2.0, 70.0])
def test_a_power_cut_ends_the_transaction_with_the_next_number(
    driver: Driver, seconds: float
) -> None:
    driver.plug()
    driver.admit()
    driver.run(seconds)
    told = driver.tx
    on_disk_wh = driver.memory["register"]["1"]
    again = after_cut(driver)
    (ended,) = again.tx
    assert (ended.phase, ended.stop_reason, ended.offline) == ("Ended", "PowerLoss", True)
    assert ended.transaction_id == told[0].transaction_id
    assert [event.seq_no for event in (*told, ended)] == list(range(len(told) + 1))
    assert ended.meter_wh == on_disk_wh >= told[-1].meter_wh
    assert driver.wh[1] - on_disk_wh < 11 * 230 * 3 * 32 / 3600
    assert not again.memory["transaction"]
    assert not again.memory.get("sample")
    assert not again.memory["session"]


@pytest.mark.parametrize(
    ("counted_wh", "belongs"), [(None, False), (-1.0, False), (20.0, True), (5000.0, False)]
)
def test_what_the_meter_counted_before_the_cut_belongs_to_the_transaction(
    driver: Driver, counted_wh: float | None, belongs: bool
) -> None:
    driver.charge()
    driver.run(15.0)
    stored_wh = next(iter(driver.memory["transaction"].values())).last_wh
    registers_wh = {} if counted_wh is None else {1: stored_wh + counted_wh}

    station = Station(
        driver.config, driver.memory, driver.dialect, lambda: "new", driver.now, registers_wh
    )

    (ended,) = station.take().durable
    assert isinstance(ended, m.TransactionEvent)
    assert ended.meter_wh == (stored_wh + (counted_wh or 0.0) if belongs else stored_wh)


@pytest.mark.requirement("E06.FR.11")
@pytest.mark.parametrize("cut", [True, False])
def test_samples_for_the_end_are_kept_over_a_power_cut(v201: Driver, cut: bool) -> None:
    v201.set("SampledDataCtrlr", "TxEndedInterval", "10")
    v201.charge()
    v201.run(30.0)
    assert len(v201.memory["sample"]) == 3
    if cut:
        v201 = after_cut(v201)
    else:
        v201.unplug()
    contexts = [value.context for sample in v201.tx[-1].samples for value in sample.values]
    assert contexts == ["Transaction.Begin", *["Sample.Periodic"] * 3, "Transaction.End"]
    assert not v201.memory["sample"]


def test_registers_never_fall(driver: Driver) -> None:
    driver.charge()
    driver.wh[1] = 0.0
    driver.run(100.0, 1.0)
    registers_wh = [event.meter_wh for event in driver.tx]
    assert registers_wh == sorted(registers_wh)
    again = after_cut(driver)
    again.online()
    again.charge()
    assert again.tx[-1].meter_wh >= registers_wh[-1]


@pytest.mark.requirement("E04.FR.03", "E12.FR.02")
def test_offline_is_written_on_an_event_when_it_is_born(driver: Driver) -> None:
    driver.charge()
    driver.offline()
    driver.run(70.0, 1.0)
    driver.online()
    driver.card()
    driver.run(2.0)
    told = [event.offline for event in driver.tx]
    assert told == [*sorted(told[:-1]), False]
    assert True in told


@pytest.mark.requirement("F06.FR.07")
def test_a_triggered_event_tells_the_state_as_it_is(v201: Driver) -> None:
    assert v201.do(m.TriggerMessage("TransactionEvent")).outcome == "rejected"
    v201.charge()
    assert v201.do(m.TriggerMessage("TransactionEvent")).outcome == "accepted"
    assert v201.story()[-1] == "U Trigger Charging"
    assert v201.tx[-1].samples
    v201.set("SampledDataCtrlr", "Enabled", "false")
    v201.do(m.TriggerMessage("TransactionEvent"))
    assert not v201.tx[-1].samples
    v201.card()
    assert v201.do(m.TriggerMessage("TransactionEvent")).outcome == "rejected"


def test_without_sampling_nothing_is_measured_even_after_a_cut(v201: Driver) -> None:
    v201.set("SampledDataCtrlr", "Enabled", "false")
    v201.charge()
    assert not any(event.samples for event in v201.tx)
    assert not after_cut(v201).tx[-1].samples


def test_a_number_of_the_central_system_lives_until_the_end_is_delivered(v16: Driver) -> None:
    v16.plug()
    v16.admit()
    v16.verdict(TokenStatus.ACCEPTED)
    v16.run(5.0)
    started = v16.tx[0].transaction_id
    v16.card()
    v16.run(2.0)
    assert v16.station.central_id(started) == 77
    assert after_cut(v16).station.central_id(started) == 77
    v16.do(m.EventDelivered(9, v16.tx[-1]))
    assert v16.station.central_id(started) is None
    assert not v16.memory["central_id"]


@pytest.mark.requirement("E13.FR.04", "E3.18")
def test_a_message_that_is_given_up_does_not_stop_the_rest(driver: Driver) -> None:
    driver.charge()
    driver.do(m.EventGivenUp(1, driver.tx[0], "GenericError"))
    driver.card()
    driver.run(2.0)
    driver.do(m.EventGivenUp(2, driver.tx[-1], "GenericError"))
    driver.do(m.EventGivenUp(3, m.SecurityEvent("X", driver.now.utc), "GenericError"))
    driver.do(m.EventDelivered(4, m.SecurityEvent("X", driver.now.utc)))
    assert "a message was given up: GenericError" in driver.notes


def test_a_verdict_without_a_token_is_not_cached(v201: Driver) -> None:
    v201.points("EVConnected", "EVConnected")
    v201.plug()
    v201.verdict(TokenStatus.ACCEPTED)
    assert not v201.memory.get("cache")


def test_a_meter_that_steps_back_in_time_still_puts_its_register_on_disk(driver: Driver) -> None:
    driver.charge()
    before_wh = driver.memory["register"]["1"]
    driver.now = replace(driver.now, utc=driver.now.after(-3600.0).utc)
    driver.run(1.0)
    assert driver.memory["register"]["1"] > before_wh
    driver.card(ANNA)
    driver.run(2.0)
    assert driver.tx[-1].phase == "Ended"
