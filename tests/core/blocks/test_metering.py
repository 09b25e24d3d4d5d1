from __future__ import annotations

from datetime import timedelta

import pytest
from core.blocks.bench import NOON, Bench, values
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import TransactionEvent, TxPhase
from chargepoint.core.metering import slot_of, thinned
from chargepoint.core.words import MeterSample, Trigger
from hardware.api import MeterReading

REGISTER = "Energy.Active.Import.Register"
MAINS = MeterReading(1000.0, (9.0, 8.0, 7.0), (231.0, 229.0, 230.0), 5500.0, 120_000.0, 30.0)


def periodic(bench: Bench, trigger: Trigger) -> list[TransactionEvent]:
    return [each for each in bench.heard(TransactionEvent) if each.trigger is trigger]


# --- pure pieces --------------------------------------------------------------------------------


@given(st.floats(-1e8, 1e8), st.integers(1, 90_000))
def test_a_slot_begins_on_the_grid_of_its_day_and_holds_the_instant(
    after_noon_s: float, interval_s: int
) -> None:
    at = NOON + timedelta(seconds=after_noon_s)
    slot = slot_of(at, interval_s)

    assert slot is not None
    since_midnight = slot.start - at.replace(hour=0, minute=0, second=0, microsecond=0)
    assert since_midnight % timedelta(seconds=interval_s) == timedelta(0)
    assert timedelta(0) <= at - slot.start < timedelta(seconds=interval_s)


@pytest.mark.requirement(
    *("E06.FR.12", "E06.FR.13", "E07.FR.09", "E07.FR.10", "E08.FR.10", "E08.FR.11"),
    *("E09.FR.06", "E09.FR.07", "E10.FR.05", "E10.FR.06", "E12.FR.08", "E12.FR.09"),
    *("F03.FR.05", "F03.FR.06", "F04.FR.05", "F04.FR.06", "J02.FR.20", "1.6 E3.91"),
)
@given(st.integers(0, 300), st.integers(0, 50))
def test_thinning_keeps_order_and_never_more_than_fit(count: int, most: int) -> None:
    samples = [MeterSample(NOON + timedelta(seconds=n), ()) for n in range(count)]
    kept = thinned(samples, most)

    assert len(kept) <= most
    assert list(kept) == sorted(kept, key=lambda sample: sample.at)
    if count <= most:
        assert list(kept) == samples
    if count == most + 1:
        assert list(kept) == samples[1::2]


# --- the sampled stream -------------------------------------------------------------------------


@pytest.mark.requirement("J02.FR.11", "1.6 3.16.2")
def test_sampled_values_count_from_the_start_of_the_transaction(bench: Bench) -> None:
    bench.set("SampledDataCtrlr", "TxUpdatedInterval", "15")
    bench.charge()
    began = bench.heard(TransactionEvent)[0].at
    bench.run(60)

    told = periodic(bench, Trigger.METER_VALUE_PERIODIC)
    assert [round((each.at - began).total_seconds()) for each in told] == [15, 30, 45, 60]
    assert values(told[0].samples) == [(REGISTER, "Sample.Periodic")]


@pytest.mark.requirement("1.6 9.1.19", "J02.FR.11")
def test_a_new_interval_holds_for_the_running_transaction_and_0_is_off(bench: Bench) -> None:
    bench.set("SampledDataCtrlr", "TxUpdatedInterval", "0")
    bench.charge()
    bench.run(200)
    assert not periodic(bench, Trigger.METER_VALUE_PERIODIC)

    bench.set("SampledDataCtrlr", "TxUpdatedInterval", "20")
    bench.run(19)
    assert not periodic(bench, Trigger.METER_VALUE_PERIODIC)
    bench.run(2)
    assert len(periodic(bench, Trigger.METER_VALUE_PERIODIC)) == 1
    bench.set("SampledDataCtrlr", "TxUpdatedInterval", "5")
    bench.run(6)
    assert len(periodic(bench, Trigger.METER_VALUE_PERIODIC)) == 2


def test_disabled_streams_are_silent(bench201: Bench) -> None:
    for component in ("SampledDataCtrlr", "AlignedDataCtrlr"):
        bench201.set(component, "Enabled", "false")
    bench201.set("SampledDataCtrlr", "TxUpdatedInterval", "15")
    bench201.set("AlignedDataCtrlr", "Interval", "60")
    bench201.charge()
    bench201.run(130)
    bench201.stop()
    bench201.run(10)

    events = bench201.heard(TransactionEvent)
    assert events[-1].phase is TxPhase.ENDED
    assert not any(each.samples for each in events)
    assert not bench201.heard(m.MeterValues)
    reply = bench201.do(m.TriggerMessage("MeterValues", 1))
    assert isinstance(reply, m.Reply)
    assert reply.outcome is m.Outcome.REJECTED


# --- the clock-aligned stream -------------------------------------------------------------------


@pytest.mark.requirement("J01.FR.02", "J01.FR.14", "1.6 3.16.2", "1.6 9.1.5")
@pytest.mark.parametrize("interval_s", [60, 45])
def test_aligned_values_are_of_the_instants_of_the_grid(version: str, interval_s: int) -> None:
    bench = Bench(version, utc=NOON + timedelta(seconds=17.04)).online()
    bench.set("AlignedDataCtrlr", "Interval", str(interval_s))
    bench.run(200)

    midnight = NOON.replace(hour=0)
    told = [each.sample.at - midnight for each in bench.heard(m.MeterValues)]
    assert len(told) == 200 // interval_s + (interval_s == 60 and 17 + 200 >= 240)
    assert all(each % timedelta(seconds=interval_s) == timedelta(0) for each in told)


@pytest.mark.requirement("J01.FR.02")
def test_the_grid_begins_anew_at_midnight(version: str) -> None:
    bench = Bench(version, utc=NOON.replace(hour=23, minute=59)).online()
    bench.set("AlignedDataCtrlr", "Interval", "7000")
    bench.run(70)

    assert [each.sample.at.hour for each in bench.heard(m.MeterValues)] == [0]


def test_a_set_clock_crosses_no_border(bench: Bench) -> None:
    bench.set("AlignedDataCtrlr", "Interval", "900")
    bench.run(1)
    for step_s in (1234, -3456, 90_123, -90_321):
        bench.now = bench.now.__class__(bench.now.utc + timedelta(seconds=step_s), bench.now.s)
        bench.run(1)

    assert not bench.heard(m.MeterValues)


def test_a_clock_set_back_a_little_tells_no_instant_twice(version: str) -> None:
    bench = Bench(version, utc=NOON - timedelta(seconds=3)).online()
    bench.set("AlignedDataCtrlr", "Interval", "900")
    bench.run(5)
    bench.now = bench.now.__class__(bench.now.utc - timedelta(seconds=4), bench.now.s)
    bench.run(10)

    assert [each.sample.at for each in bench.heard(m.MeterValues)] == [NOON]


def test_another_interval_crosses_no_border_either(bench: Bench) -> None:
    bench.run(30)
    for interval_s in ("900", "60", "0", "3600"):
        bench.set("AlignedDataCtrlr", "Interval", interval_s)
        bench.run(1)

    assert not bench.heard(m.MeterValues)


@pytest.mark.requirement("J01.FR.03", "J01.FR.14", "1.6 3.16")
def test_the_grid_meter_is_told_as_evse_0_at_the_inlet(bench: Bench) -> None:
    bench.set("AlignedDataCtrlr", "Interval", "60")
    bench.readings["mains"] = MAINS
    bench.run(61)

    own, grid = bench.heard(m.MeterValues)
    assert (own.evse_id, own.sample.values[0].location) == (1, "Outlet")
    assert (grid.evse_id, grid.sample.values[0].location) == (0, "Inlet")
    assert grid.sample.values[0].value == 120_000.0


def test_offline_ones_are_dropped(bench: Bench) -> None:
    bench.set("AlignedDataCtrlr", "Interval", "60")
    bench.link_down()
    bench.run(61)
    bench.link_up()
    bench.run(1)

    assert not bench.heard(m.MeterValues)


@pytest.mark.requirement("J01.FR.22", "1.6 E3.16")
def test_in_a_transaction_they_belong_to_it(version: str) -> None:
    bench = Bench(version, evses=(EvseConfig(1), EvseConfig(2))).online()
    bench.set("AlignedDataCtrlr", "Interval", "60")
    bench.charge(1)
    bench.run(60)

    (event,) = periodic(bench, Trigger.METER_VALUE_CLOCK)
    assert values(event.samples) == [(REGISTER, "Sample.Clock")]
    assert event.samples[0].at == NOON + timedelta(minutes=1)
    assert [each.evse_id for each in bench.heard(m.MeterValues)] == [2]


@pytest.mark.requirement("J01.FR.19", "J01.FR.20")
def test_during_idle_only_means_no_transaction_anywhere() -> None:
    bench = Bench("2.0.1", evses=(EvseConfig(1), EvseConfig(2))).online()
    bench.set("AlignedDataCtrlr", "Interval", "60")
    bench.set("AlignedDataCtrlr", "SendDuringIdle", "true")
    bench.readings["mains"] = MAINS
    bench.charge(1)
    bench.run(60)
    assert not bench.heard(m.MeterValues)
    assert not periodic(bench, Trigger.METER_VALUE_CLOCK)

    bench.stop(1)
    bench.run(60)
    assert [each.evse_id for each in bench.heard(m.MeterValues)] == [1, 2, 0]


def test_a_transaction_does_not_take_the_instant_before_it(bench: Bench) -> None:
    bench.set("AlignedDataCtrlr", "Interval", "60")
    bench.charge()
    bench.run(70)
    bench.stop()
    bench.run(10)
    bench.unplug()
    while bench.now.utc.second != 1:  # a border just passed
        bench.tick()
    bench.said.clear()
    bench.charge()
    bench.run(3)

    assert not periodic(bench, Trigger.METER_VALUE_CLOCK)


# --- for the end of the transaction -------------------------------------------------------------


def ended(bench: Bench) -> TransactionEvent:
    bench.stop()
    bench.run(10)
    last = bench.heard(TransactionEvent)[-1]
    assert last.phase is TxPhase.ENDED
    return last


@pytest.mark.requirement("1.6 9.1.27", "1.6 E3.14")
def test_stop_txn_lists_carry_begin_end_and_all_between(bench16: Bench) -> None:
    bench16.set("SampledDataCtrlr", "TxEndedMeasurands", f"{REGISTER},Current.Offered")
    bench16.set("AlignedDataCtrlr", "TxEndedMeasurands", "Power.Offered")
    bench16.set("SampledDataCtrlr", "TxUpdatedInterval", "30")
    bench16.set("AlignedDataCtrlr", "Interval", "60")
    bench16.charge()
    bench16.run(65)

    contexts = [sample.values[0].context for sample in ended(bench16).samples]
    assert contexts == [
        "Transaction.Begin",
        "Sample.Periodic",
        "Sample.Clock",
        "Sample.Periodic",
        "Transaction.End",
    ]


@pytest.mark.requirement("1.6 9.1.27")
def test_empty_stop_txn_lists_carry_nothing(bench16: Bench) -> None:
    bench16.charge()
    bench16.run(65)

    assert ended(bench16).samples == ()


@pytest.mark.requirement("E06.FR.11")
@pytest.mark.parametrize(("interval_s", "between"), [("0", 0), ("20", 3)])
def test_tx_ended_values_have_an_interval_of_their_own(
    bench201: Bench, interval_s: str, between: int
) -> None:
    bench201.set("SampledDataCtrlr", "TxEndedInterval", interval_s)
    bench201.set("AlignedDataCtrlr", "Interval", "0")
    bench201.charge()
    bench201.run(65)

    contexts = [context for _, context in values(ended(bench201).samples)]
    assert contexts == ["Transaction.Begin", *["Sample.Periodic"] * between, "Transaction.End"]


def test_aligned_tx_ended_values_have_one_too(bench201: Bench) -> None:
    bench201.set("AlignedDataCtrlr", "Interval", "0")
    bench201.set("AlignedDataCtrlr", "TxEndedInterval", "30")
    bench201.charge()
    bench201.run(65)

    assert not periodic(bench201, Trigger.METER_VALUE_CLOCK)
    contexts = [context for _, context in values(ended(bench201).samples)]
    assert contexts == ["Transaction.Begin", *["Sample.Clock"] * 2, "Transaction.End"]


def test_they_are_never_more_than_the_key_says_also_over_a_power_cut(bench16: Bench) -> None:
    bench16.set("Ocpp16Ctrlr", "StopTransactionMaxMeterValues", "6")
    bench16.set("SampledDataCtrlr", "TxEndedMeasurands", REGISTER)
    bench16.set("SampledDataCtrlr", "TxUpdatedInterval", "1")
    bench16.charge()
    bench16.run(30)
    cut = bench16.restarted()

    last = ended(bench16).samples
    assert 2 < len(last) <= 6
    assert last[0].values[0].context == "Transaction.Begin"
    assert last[-1].values[0].context == "Transaction.End"
    (resumed,) = cut.heard(TransactionEvent)
    assert 1 < len(resumed.samples) <= 6
