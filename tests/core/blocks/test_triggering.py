from __future__ import annotations

import pytest
from core.blocks.bench import Bench, values

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import Outcome, TransactionEvent, TriggerMessage
from chargepoint.core.words import Registration, Trigger
from hardware.api import MeterReading

MAINS = MeterReading(1000.0, (9.0, 8.0, 7.0), None, 5500.0, 120_000.0)


def outcome(reply: object) -> Outcome:
    assert isinstance(reply, m.Reply)
    return reply.outcome


@pytest.fixture
def two(version: str) -> Bench:
    return Bench(version, evses=(EvseConfig(1), EvseConfig(2))).online()


@pytest.mark.requirement("F06.FR.04", "1.6 5.17")
def test_what_is_asked_for_leaves_with_the_same_batch_as_the_answer(bench: Bench) -> None:
    """The batch's order is: disk, answer, then the events."""
    reply = bench.station.handle(TriggerMessage("Heartbeat"), bench.now)

    assert reply == m.ACCEPTED
    assert bench.station.take().live == (m.Heartbeat(),)


@pytest.mark.requirement("F06.FR.08", "1.6 5.17")
@pytest.mark.parametrize("message", ["Nonsense", "SignV2GCertificate", ""])
def test_what_cannot_be_triggered_is_said_to_be_so(bench: Bench, message: str) -> None:
    assert outcome(bench.do(TriggerMessage(message))) is Outcome.UNSUPPORTED
    assert not bench.said


@pytest.mark.requirement("1.6 5.17")
def test_without_a_connector_all_statuses_are_told(two: Bench) -> None:
    reply = two.do(TriggerMessage("StatusNotification"))

    if two.dialect.name == "1.6":
        assert two.statuses() == [(0, "Available"), (1, "Available"), (2, "Available")]
    else:  # F06.FR.12
        assert outcome(reply) is Outcome.REJECTED
        assert outcome(two.do(TriggerMessage("StatusNotification", 1))) is Outcome.REJECTED
        assert not two.said


@pytest.mark.requirement("1.6 5.17", "F06.FR.03")
def test_a_status_is_told_for_the_connector_named(two: Bench) -> None:
    two.do(TriggerMessage("StatusNotification", 2, 1))
    assert two.statuses() == [(2, "Available")]
    assert outcome(two.do(TriggerMessage("StatusNotification", 3, 1))) is Outcome.REJECTED
    two.run(2)
    assert not two.statuses()


@pytest.mark.requirement("1.6 5.17")
def test_connector_0_has_a_status_of_its_own(bench16: Bench) -> None:
    bench16.do(TriggerMessage("StatusNotification", 0))

    assert bench16.statuses() == [(0, "Available")]


@pytest.mark.requirement("B02.FR.02", "1.6 4.2")
def test_what_is_triggered_is_said_while_pending_too(version: str) -> None:
    bench = Bench(version)
    bench.tick()
    bench.link_up()
    bench.answer_boot(Registration.PENDING, 60)
    bench.said.clear()
    for message in ("Heartbeat", "StatusNotification", "MeterValues"):
        bench.do(TriggerMessage(message, 1, 1))

    assert [type(each) for each in bench.said] == [m.Heartbeat, m.StatusChanged, m.MeterValues]


@pytest.mark.requirement("F06.FR.06", "F06.FR.11", "1.6 5.17")
def test_meter_values_of_all_places_with_the_list_of_the_version(two: Bench) -> None:
    aligned = two.dialect.triggers_aligned_values
    two.set("SampledDataCtrlr", "TxUpdatedMeasurands", "Current.Offered")
    two.set("AlignedDataCtrlr", "Measurands", "Power.Active.Import")
    reading = MeterReading(1000.0, (1.0, 0.0, 0.0), None, 230.0, 5.0)
    two.readings = {"mains": MAINS, "evse/1": reading, "evse/2": reading}
    two.tick()
    two.do(TriggerMessage("MeterValues"))

    told = two.heard(m.MeterValues)
    assert [each.evse_id for each in told] == ([1, 2, 0] if aligned else [1, 2])
    name = "Power.Active.Import" if aligned else "Current.Offered"
    assert values([told[0].sample]) == [(name, "Trigger")]


def test_meter_values_of_one_place(two: Bench) -> None:
    two.readings["mains"] = MAINS
    two.tick()
    for evse_id in (0, 2):
        two.do(TriggerMessage("MeterValues", evse_id))
    assert [each.evse_id for each in two.heard(m.MeterValues)] == [0, 2]
    assert outcome(two.do(TriggerMessage("MeterValues", 7))) is Outcome.REJECTED


def test_connector_0_without_a_grid_meter_has_nothing_to_say(bench: Bench) -> None:
    assert outcome(bench.do(TriggerMessage("MeterValues", 0))) is Outcome.REJECTED


@pytest.mark.requirement("1.6 E3.16")
def test_in_a_transaction_the_values_name_it(bench: Bench) -> None:
    bench.charge()
    bench.do(TriggerMessage("MeterValues", 1))

    (told,) = bench.heard(m.MeterValues)
    assert told.transaction_id == bench.evse().transaction_id


@pytest.mark.requirement("F06.FR.07")
def test_a_transaction_event_tells_state_and_values(bench201: Bench) -> None:
    assert outcome(bench201.do(TriggerMessage("TransactionEvent"))) is Outcome.REJECTED
    bench201.charge()
    bench201.said.clear()
    assert outcome(bench201.do(TriggerMessage("TransactionEvent", 4))) is Outcome.REJECTED
    assert outcome(bench201.do(TriggerMessage("TransactionEvent", 1))) is Outcome.ACCEPTED

    (event,) = bench201.heard(TransactionEvent)
    assert event.trigger is Trigger.TRIGGER
    assert event.charging_state is not None
    assert values(event.samples) == [("Energy.Active.Import.Register", "Trigger")]


@pytest.mark.requirement("F06.FR.14", "F06.FR.16", "1.6 5.17")
def test_nothing_under_way_is_told_as_idle(bench: Bench) -> None:
    log = (
        "DiagnosticsStatusNotification" if bench.dialect.name == "1.6" else "LogStatusNotification"
    )
    for message in ("FirmwareStatusNotification", log):
        assert outcome(bench.do(TriggerMessage(message))) is Outcome.ACCEPTED

    told = m.LogStatus(m.UploadStatus.IDLE, diagnostics=bench.dialect.name == "1.6")
    assert bench.said == [m.IdleNotice("FirmwareStatusNotification"), told]
