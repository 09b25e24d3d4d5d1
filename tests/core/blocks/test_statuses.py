from __future__ import annotations

from datetime import timedelta

import pytest
from core.blocks.bench import Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import ChangeAvailability, Outcome
from chargepoint.core.words import Registration, Status, VariableRef
from hardware.api import Fault, FaultCode, Pilot

TWO = (EvseConfig(1), EvseConfig(2))
WELDED = Fault(FaultCode.POWER_SWITCH_FAILURE, "Welded", "stuck")
READER = Fault(FaultCode.READER_FAILURE, "R7", "no reader")


def outcome(reply: object) -> Outcome:
    assert isinstance(reply, m.Reply)
    return reply.outcome


@pytest.fixture
def two(version: str) -> Bench:
    return Bench(version, evses=TWO).online()


# --- when they are told -------------------------------------------------------------------------


@pytest.mark.requirement("1.6 4.9", "G01.FR.03", "G01.FR.04")
def test_every_change_is_told_once(bench: Bench) -> None:
    bench.plug()
    bench.run(1)
    bench.unplug()
    bench.run(1)

    in_use = "Preparing" if bench.dialect.name == "1.6" else "Occupied"
    assert bench.statuses() == [(1, in_use), (1, "Available")]


@pytest.mark.requirement("1.6 4.9")
def test_a_session_is_told_in_all_its_steps(bench16: Bench) -> None:
    bench16.charge()
    bench16.do(m.Override(0.0))
    bench16.run(10)
    bench16.do(m.Override(None))
    bench16.run(5)
    bench16.stop()
    bench16.run(10)
    bench16.unplug()

    told = [word for _, word in bench16.statuses()]
    steps = "Preparing Charging SuspendedEVSE Charging Finishing Available"
    assert told == steps.split()


@pytest.mark.requirement("G01.FR.03")
def test_a_session_is_one_word_in_the_newer_version(bench201: Bench) -> None:
    bench201.charge()
    bench201.stop()
    bench201.run(10)
    bench201.unplug()

    assert bench201.statuses() == [(1, "Occupied"), (1, "Available")]


@pytest.mark.requirement("B04.FR.02", "1.6 4.9")
def test_a_short_time_offline_tells_only_what_changed(two: Bench) -> None:
    two.link_down()
    two.plug(2)
    two.run(30)
    changed_at = two.now.utc - timedelta(seconds=30)
    two.link_up()
    two.tick()

    events = two.heard(m.StatusChanged)
    assert [each.evse_id for each in events] == [2]
    assert abs(events[0].at - changed_at) < timedelta(seconds=1)  # when it changed


@pytest.mark.requirement("B04.FR.01", "1.6 4.9")
def test_a_long_time_offline_tells_all_where_the_version_wants_it(two: Bench) -> None:
    two.link_down()
    two.tick(61)
    two.link_up()
    two.tick()

    all_of_them = [(1, "Available"), (2, "Available")]
    assert two.statuses() == (all_of_them if two.dialect.offline_threshold_tells_all else [])


def test_what_went_and_came_back_meanwhile_is_no_news(bench: Bench) -> None:
    bench.link_down()
    bench.plug()
    bench.run(5)
    bench.unplug()
    bench.link_up()
    bench.run(2)

    assert not bench.heard(m.StatusChanged)


def test_what_was_not_confirmed_is_told_again_after_a_reconnect(bench: Bench) -> None:
    bench.plug()
    bench.link_down()  # nobody said they had it
    bench.run(1)
    bench.said.clear()
    bench.link_up()
    bench.tick()
    assert len(bench.heard(m.StatusChanged)) == 1

    bench.confirm()
    bench.said.clear()
    bench.link_down()
    bench.link_up()
    bench.run(1)
    assert not bench.heard(m.StatusChanged)


def test_a_board_that_has_not_spoken_yet_has_no_status(version: str) -> None:
    bench = Bench(version, evses=TWO)
    silent = bench.sensed.pop(2)
    bench.tick()
    assert not bench.snapshot().ready
    bench.link_up()
    bench.answer_boot(Registration.ACCEPTED, 60)
    bench.tick()
    assert (2, "Available") not in bench.statuses()
    assert outcome(bench.do(m.TriggerMessage("StatusNotification", 2, 1))) is Outcome.REJECTED

    bench.sensed[2] = silent
    bench.tick()
    assert bench.statuses() == [(2, "Available")]


# --- MinimumStatusDuration ----------------------------------------------------------------------


@pytest.fixture
def patient(bench16: Bench) -> Bench:
    bench16.set("Ocpp16Ctrlr", "MinimumStatusDuration", "10")
    return bench16


@pytest.mark.requirement("1.6 4.9", "1.6 9.1.20")
def test_a_status_shorter_than_the_minimum_is_skipped(patient: Bench) -> None:
    patient.plug()
    patient.run(9)
    patient.unplug()
    patient.run(30)
    assert not patient.statuses()

    patient.plug()
    patient.run(9)
    assert not patient.statuses()
    patient.run(2)
    assert patient.statuses() == [(1, "Preparing")]


def test_each_change_starts_the_wait_anew(patient: Bench) -> None:
    patient.plug()
    patient.run(8)
    patient.do(m.RemoteStart(m.Token("CARD"), 1))
    patient.run(9)
    assert not patient.statuses()
    patient.run(3)
    assert patient.statuses() == [(1, "Charging")]


def test_the_minimum_delays_neither_the_boot_nor_a_trigger(patient: Bench) -> None:
    patient.plug()
    patient.do(m.TriggerMessage("StatusNotification", 1))
    assert patient.statuses() == [(1, "Preparing")]
    patient.run(15)
    assert not patient.statuses()  # it was told already

    again = patient.restarted()
    again.tick()
    again.link_up()
    again.answer_boot(Registration.ACCEPTED, 60)
    again.tick()
    assert again.statuses() == [(0, "Available"), (1, "Available")]


def test_what_was_stable_while_offline_is_told_at_once(patient: Bench) -> None:
    patient.link_down()
    patient.plug()
    patient.run(20)
    patient.link_up()
    patient.tick()

    assert patient.statuses() == [(1, "Preparing")]


# --- faults -------------------------------------------------------------------------------------


@pytest.mark.requirement("1.6 4.9", "1.6 7.6")
def test_a_fault_is_told_with_its_code_and_its_end(bench16: Bench) -> None:
    bench16.plug()
    bench16.said.clear()
    bench16.sense(faults=frozenset({WELDED}))
    bench16.tick()
    bench16.sense(faults=frozenset())
    bench16.tick()

    one, other = bench16.heard(m.StatusChanged)
    assert one.status is Status.FAULTED
    assert (one.error, one.info, one.vendor_error) == ("PowerSwitchFailure", "stuck", "Welded")
    assert (other.status, other.error) == (Status.PREPARING, "NoError")


@pytest.mark.requirement("1.6 4.9")
def test_a_warning_leaves_the_status_as_it_is(bench: Bench) -> None:
    bench.sense(faults=frozenset({READER}))
    bench.tick()

    events = bench.heard(m.StatusChanged)
    if bench.dialect.status_tells_errors:
        assert [(each.status, each.error) for each in events] == [
            (Status.AVAILABLE, "ReaderFailure")
        ]
    else:
        assert not events


# --- heat ---------------------------------------------------------------------------------------


def test_a_hot_board_is_a_fault_until_it_has_cooled_down(bench: Bench) -> None:
    bench.charge()
    bench.sense(temperature_c=65.0)
    bench.run(1)
    assert bench.evse().offer_a > 0.0

    bench.sense(temperature_c=65.5)
    bench.run(8)
    assert bench.evse().fault == "HighTemperature the board is above 65 degrees"
    assert bench.evse().offer_a == 0.0
    assert not bench.sensed[1].main_closed

    for temperature_c in (56.0, None, 55.0):
        bench.sense(temperature_c=temperature_c)
        bench.run(1)
        assert bench.evse().fault is not None
    bench.sense(temperature_c=54.9)
    bench.run(3)
    assert bench.evse().fault is None
    assert bench.evse().offer_a > 0.0  # and goes on by itself


# --- availability -------------------------------------------------------------------------------


@pytest.mark.requirement("G03.FR.04", "1.6 5.2")
def test_an_idle_connector_goes_out_of_service_and_back(bench: Bench) -> None:
    for operative, word in ((False, "Unavailable"), (True, "Available")):
        assert outcome(bench.do(ChangeAvailability(1, None, operative))) is Outcome.ACCEPTED
        bench.run(1)
        assert bench.statuses() == [(1, word)]


@pytest.mark.requirement("G03.FR.03", "G04.FR.04", "1.6 5.2")
@pytest.mark.parametrize("evse_id", [0, 1])
@pytest.mark.parametrize("operative", [True, False])
def test_what_is_so_already_is_accepted(bench: Bench, evse_id: int, operative: bool) -> None:
    bench.do(ChangeAvailability(evse_id, None, operative))
    bench.run(1)
    bench.said.clear()

    again = bench.do(ChangeAvailability(evse_id, None, operative))
    bench.run(1)
    assert outcome(again) is Outcome.ACCEPTED
    assert not bench.statuses()


@pytest.mark.requirement("G04.FR.05", "G04.FR.07", "1.6 5.2")
def test_the_whole_station_goes_out_of_service(two: Bench) -> None:
    two.do(ChangeAvailability(0, None, False))
    two.run(1)

    connectors = [(1, "Unavailable"), (2, "Unavailable")]
    station = [(0, "Unavailable")] if two.dialect.tells_station_status else []
    assert two.statuses() == station + connectors
    assert two.snapshot().availability == "Inoperative"


@pytest.mark.requirement("G04.FR.08", "1.6 5.2")
def test_back_in_service_each_is_as_its_version_says(two: Bench) -> None:
    """1.6: the order for the station is one for every connector; 2.0.1: each keeps its own."""
    two.do(ChangeAvailability(2, None, False))
    two.do(ChangeAvailability(0, None, False))
    two.run(1)
    two.said.clear()
    two.do(ChangeAvailability(0, None, True))
    two.run(1)

    told = dict(two.statuses())
    assert told[1] == "Available"
    assert (told.get(2) == "Available") == two.dialect.station_availability_cascades


@pytest.mark.requirement("G03.FR.05", "1.6 5.2")
def test_a_running_transaction_goes_first_and_nothing_flashes_between(bench: Bench) -> None:
    bench.charge()
    bench.said.clear()
    assert outcome(bench.do(ChangeAvailability(1, None, False))) is Outcome.SCHEDULED
    bench.run(5)
    assert not bench.statuses()

    bench.stop()
    bench.run(10)
    assert bench.statuses() == [(1, "Unavailable")]
    bench.unplug()
    bench.run(1)
    assert not bench.statuses()


@pytest.mark.requirement("G04.FR.06", "1.6 5.2")
def test_the_idle_rest_of_the_station_goes_at_once(two: Bench) -> None:
    two.charge(1)
    two.said.clear()
    assert outcome(two.do(ChangeAvailability(0, None, False))) is Outcome.SCHEDULED
    two.run(1)
    assert two.statuses() == [(2, "Unavailable")]

    two.stop(1)
    two.run(10)
    assert (1, "Unavailable") in two.statuses()


def test_a_scheduled_order_is_withdrawn_by_its_opposite(bench: Bench) -> None:
    bench.charge()
    bench.do(ChangeAvailability(1, None, False))
    assert outcome(bench.do(ChangeAvailability(1, None, True))) is Outcome.ACCEPTED
    bench.stop()
    bench.run(10)
    bench.unplug()

    assert bench.statuses()[-1] == (1, "Available")


@pytest.mark.requirement("G03.FR.05")
def test_an_order_waits_for_a_transaction_without_a_driver_too(bench201: Bench) -> None:
    bench201.set("TxCtrlr", "TxStartPoint", "EVConnected")
    bench201.set("TxCtrlr", "TxStopPoint", "EVConnected")
    bench201.plug()
    assert outcome(bench201.do(ChangeAvailability(1, None, False))) is Outcome.SCHEDULED
    bench201.run(1)
    assert bench201.statuses() == [(1, "Occupied")]

    bench201.unplug()
    bench201.run(1)
    assert bench201.statuses() == [(1, "Unavailable")]


@pytest.mark.requirement("1.6 5.2")
def test_an_order_for_all_connectors_withdraws_what_waits_for_one(bench16: Bench) -> None:
    bench16.charge()
    bench16.do(ChangeAvailability(1, None, False))
    bench16.do(ChangeAvailability(0, None, True))
    bench16.stop()
    bench16.run(10)
    bench16.unplug()

    assert bench16.statuses()[-1] == (1, "Available")
    assert not bench16.memory["availability_scheduled"]


@pytest.mark.requirement("G03.FR.08", "G04.FR.09", "B11.FR.02", "1.6 5.2")
def test_out_of_service_survives_a_restart_also_when_it_was_still_to_come(bench: Bench) -> None:
    bench.do(ChangeAvailability(1, None, False))
    again = bench.restarted()
    again.tick()
    assert again.evse().connectors[0].status == "Unavailable"

    bench.do(ChangeAvailability(1, None, True))
    bench.charge()
    bench.do(ChangeAvailability(1, None, False))
    cut = bench.restarted()
    cut.run(1)
    assert cut.evse().connectors[0].status == "Unavailable"
    assert cut.memory["availability"]["1/0"] is False


@pytest.mark.requirement("1.6 5.2", "G03.FR.01")
@pytest.mark.parametrize(("evse_id", "connector_id"), [(9, None), (1, 2), (0, 1)])
def test_unknown_places_are_rejected(bench: Bench, evse_id: int, connector_id: int | None) -> None:
    reply = bench.do(ChangeAvailability(evse_id, connector_id, False))

    assert outcome(reply) is Outcome.REJECTED


def test_out_of_service_means_nobody_starts(bench: Bench) -> None:
    for connector_id in (None, 1):
        bench.do(ChangeAvailability(1, connector_id, False))
        assert outcome(bench.charge()) is Outcome.REJECTED
        bench.do(ChangeAvailability(1, connector_id, True))
        bench.unplug()


@pytest.mark.requirement("G01.FR.08")
def test_the_other_connector_of_a_busy_evse_stays_as_it_is() -> None:
    bench = Bench("2.0.1", evses=(EvseConfig(1, connectors=2),)).online()
    bench.charge()

    assert [each.connector_id for each in bench.heard(m.StatusChanged)] == [1]


@pytest.mark.requirement("G01.FR.08", "E01.FR.16")
def test_the_connector_in_use_carries_the_session() -> None:
    bench = Bench("2.0.1", evses=(EvseConfig(1, connectors=2),)).online()
    bench.sense(connector_id=2)
    bench.charge()
    bench.stop()
    bench.unplug()

    assert [each.connector_id for each in bench.heard(m.StatusChanged)] == [2, 2]
    told = bench.heard(m.TransactionEvent)
    assert {each.connector_id for each in told} == {2}
    assert [each.status for each in bench.evse().connectors] == ["Available", "Available"]


@pytest.mark.requirement("1.6 2.2")
def test_where_plugs_have_no_numbers_the_one_in_use_is_the_connector() -> None:
    bench = Bench("1.6", evses=(EvseConfig(1, connectors=2),)).online()
    bench.sense(connector_id=2)
    bench.plug()

    assert bench.statuses() == [(1, "Preparing")]


def test_a_connector_out_of_service_leaves_the_other_to_be_used() -> None:
    bench = Bench("2.0.1", evses=(EvseConfig(1, connectors=2),)).online()
    bench.do(ChangeAvailability(1, 1, False))
    bench.sense(connector_id=2)
    bench.charge()
    assert bench.evse().charging
    bench.stop()
    bench.unplug()

    bench.sense(connector_id=1)
    bench.charge()
    assert not bench.evse().charging


@pytest.mark.requirement("G01.FR.01")
def test_the_device_model_tells_the_same(two: Bench) -> None:
    def told(component: str, evse_id: int | None) -> str | None:
        ref = VariableRef(component, "AvailabilityState", evse_id=evse_id)
        if component == "Connector":
            ref = VariableRef(component, "AvailabilityState", evse_id=evse_id, connector_id=1)
        reply = two.do(m.GetVariable(ref))
        assert isinstance(reply, m.ValueReply)
        return reply.value

    two.plug(1)
    assert told("ChargingStation", None) == "Available"
    assert told("EVSE", 1) == told("Connector", 1) == "Occupied"
    two.do(ChangeAvailability(0, None, False))
    two.tick()
    assert told("ChargingStation", None) == told("EVSE", 2) == "Unavailable"
    two.sense(2, faults=frozenset({WELDED}), pilot=Pilot.F)
    two.tick()
    assert told("EVSE", 2) == "Faulted"
