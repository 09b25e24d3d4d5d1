from __future__ import annotations

import pytest
from core.blocks.bench import Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, OfflineConfig
from chargepoint.core.messages import Outcome, Reset, Restart, TransactionEvent, TxPhase
from chargepoint.core.words import BootReason, StopReason, Token, TokenInfo, TokenStatus, Trigger

CARD = Token("CARD0001")


def outcome(reply: object) -> Outcome:
    assert isinstance(reply, m.Reply)
    return reply.outcome


def restarts(bench: Bench) -> list[Restart]:
    return [effect for effect in bench.effects if isinstance(effect, Restart)]


@pytest.mark.requirement("B11.FR.01", "B11.FR.03", "1.6 5.14")
@pytest.mark.parametrize("soft", [True, False])
def test_an_idle_station_restarts_at_once_and_once(bench: Bench, soft: bool) -> None:
    assert outcome(bench.do(Reset(soft))) is Outcome.ACCEPTED
    assert not restarts(bench)
    bench.run(5)

    assert restarts(bench) == [Restart(BootReason.REMOTE_RESET)]
    assert bench.memory["boot"] == {"reason": BootReason.REMOTE_RESET}  # before it happens


@pytest.mark.requirement("B12.FR.02", "B12.FR.04", "1.6 5.14", "1.6 E3.36")
@pytest.mark.parametrize("soft", [True, False])
def test_what_runs_is_ended_and_told_before_the_restart(bench: Bench, soft: bool) -> None:
    bench.charge()
    bench.said.clear()
    bench.do(Reset(soft))
    if soft and bench.dialect.soft_reset_waits:
        bench.do(Reset(soft=False))
    bench.run(8)

    reasons = {
        ("1.6", True): StopReason.SOFT_RESET,
        ("1.6", False): StopReason.HARD_RESET,
        ("2.0.1", True): StopReason.IMMEDIATE_RESET,
        ("2.0.1", False): StopReason.IMMEDIATE_RESET,
    }
    (last,) = (e for e in bench.heard(TransactionEvent) if e.phase is TxPhase.ENDED)
    assert last.trigger is Trigger.RESET_COMMAND
    assert last.stop_reason is reasons[bench.dialect.name, soft]
    assert restarts(bench) == [Restart(BootReason.REMOTE_RESET)]
    assert not bench.memory["transaction"]


@pytest.mark.requirement("B12.FR.01", "B12.FR.03")
def test_on_idle_waits_for_the_transaction(bench201: Bench) -> None:
    bench201.charge()
    assert outcome(bench201.do(Reset(soft=True))) is Outcome.SCHEDULED
    bench201.run(100)
    assert not restarts(bench201)
    assert bench201.evse().transaction_id

    bench201.stop()
    bench201.run(8)
    assert restarts(bench201) == [Restart(BootReason.SCHEDULED_RESET)]


@pytest.mark.requirement("B12.FR.01")
def test_on_idle_waits_for_a_transaction_without_a_driver_too(bench201: Bench) -> None:
    bench201.set("TxCtrlr", "TxStartPoint", "EVConnected")
    bench201.set("TxCtrlr", "TxStopPoint", "EVConnected")
    bench201.plug()
    assert bench201.evse().transaction_id
    assert outcome(bench201.do(Reset(soft=True))) is Outcome.SCHEDULED
    bench201.run(5)
    assert not restarts(bench201)

    bench201.unplug()
    bench201.run(2)
    assert restarts(bench201) == [Restart(BootReason.SCHEDULED_RESET)]


@pytest.mark.requirement("B12.FR.04")
def test_immediate_ends_a_transaction_without_a_driver_too(bench201: Bench) -> None:
    bench201.set("TxCtrlr", "TxStartPoint", "EVConnected")
    bench201.set("TxCtrlr", "TxStopPoint", "EVConnected")
    bench201.plug()
    bench201.do(Reset(soft=False))
    bench201.run(2)

    assert bench201.heard(TransactionEvent)[-1].stop_reason is StopReason.IMMEDIATE_RESET
    assert restarts(bench201)


@pytest.mark.requirement("B12.FR.02")
def test_immediate_overtakes_on_idle_and_not_the_reverse(bench201: Bench) -> None:
    bench201.charge()
    bench201.do(Reset(soft=True))
    assert outcome(bench201.do(Reset(soft=False))) is Outcome.ACCEPTED
    assert outcome(bench201.do(Reset(soft=True))) is Outcome.SCHEDULED
    bench201.run(8)

    assert restarts(bench201) == [Restart(BootReason.REMOTE_RESET)]


@pytest.mark.requirement("B11.FR.04", "B01.FR.09")
def test_the_next_boot_says_why(bench: Bench) -> None:
    bench.do(Reset(soft=False))
    bench.run(1)
    again = bench.restarted()
    again.tick()
    again.link_up()

    assert again.said == [m.Boot(BootReason.REMOTE_RESET)]


@pytest.mark.requirement("B12.FR.01", "B12.FR.03")
def test_on_idle_waits_for_a_cable_that_its_owner_has_not_fetched(bench201: Bench) -> None:
    bench201.charge()
    bench201.do(m.AuthorizeAnswered(CARD, TokenInfo(TokenStatus.INVALID)))
    evse = bench201.station._blocks.evses[1]
    bench201.station._blocks.sessions.invalidate(evse, TokenInfo(TokenStatus.INVALID))
    bench201.run(8)
    assert evse.transaction is None
    assert outcome(bench201.do(Reset(soft=True))) is Outcome.SCHEDULED
    bench201.run(20)
    assert not restarts(bench201)

    bench201.do(m.PresentToken(CARD, (1,)))
    bench201.run(1)
    assert restarts(bench201)


@pytest.mark.requirement("B12.FR.01", "TC_B_41_CS")
def test_free_places_show_unavailable_while_the_others_are_waited_for() -> None:
    bench = Bench("2.0.1", evses=(EvseConfig(1), EvseConfig(2))).online()
    bench.charge(1)
    bench.statuses()
    bench.do(Reset(soft=True))
    bench.run(1)

    assert bench.statuses() == [(2, "Unavailable")]


# --- one EVSE alone -----------------------------------------------------------------------------


@pytest.fixture
def two() -> Bench:
    """A station with two EVSEs, registered."""
    return Bench("2.0.1", evses=(EvseConfig(1), EvseConfig(2))).online()


def boards(bench: Bench) -> list[m.ResetBoard]:
    return [effect for effect in bench.effects if isinstance(effect, m.ResetBoard)]


@pytest.mark.requirement("B11.FR.01", "B11.FR.08", "B11.FR.10", "TC_B_25_CS")
@pytest.mark.parametrize("soft", [True, False])
def test_an_idle_evse_is_reset_at_once_and_alone(two: Bench, soft: bool) -> None:
    assert outcome(two.do(Reset(soft, evse_id=1))) is Outcome.ACCEPTED
    two.tick()
    assert boards(two) == [m.ResetBoard(1)]
    assert two.statuses() == [(1, "Unavailable")]
    assert outcome(two.do(m.RemoteStart(CARD, 1))) is Outcome.REJECTED
    assert outcome(two.do(m.RemoteStart(CARD, 2))) is Outcome.ACCEPTED
    two.run(4)

    assert two.statuses() == [(1, "Available")]
    assert not restarts(two)
    assert len(boards(two)) == 1
    assert two.station.variables.text("EVSE", "AllowReset", evse_id=1) == "true"


@pytest.mark.requirement("B12.FR.01", "B12.FR.07", "TC_B_26_CS")
def test_an_evse_waits_for_its_own_transaction_only(two: Bench) -> None:
    two.charge(1)
    two.charge(2, "CARD0002")
    assert outcome(two.do(Reset(soft=True, evse_id=1))) is Outcome.SCHEDULED
    two.run(30)
    assert not boards(two)
    assert two.evse(1).transaction_id
    two.stop(1)
    two.run(8)

    assert boards(two) == [m.ResetBoard(1)]
    assert two.evse(2).transaction_id
    assert two.evse(1).session == "plugged"  # its car is still there, as after a start


@pytest.mark.requirement("B12.FR.02", "B12.FR.08", "TC_B_27_CS")
def test_immediate_ends_the_transaction_of_one_evse_and_tells(two: Bench) -> None:
    two.charge(1)
    two.charge(2, "CARD0002")
    two.said.clear()
    assert outcome(two.do(Reset(soft=False, evse_id=1))) is Outcome.ACCEPTED
    two.run(10)

    (last,) = (e for e in two.heard(TransactionEvent) if e.phase is TxPhase.ENDED)
    assert (last.evse_id, last.trigger) == (1, Trigger.RESET_COMMAND)
    assert last.stop_reason is StopReason.IMMEDIATE_RESET
    assert last.stop_token is None
    assert not last.tells_token  # TC_B_22_CS, _27: the idToken is left out
    assert two.evse(2).transaction_id
    assert boards(two) == [m.ResetBoard(1)]


def test_nobody_begins_at_an_evse_that_waits_for_its_reset(two: Bench) -> None:
    two.set("TxCtrlr", "TxStartPoint", "EVConnected")
    two.charge(1)
    two.do(Reset(soft=True, evse_id=1))
    two.stop(1)
    two.do(m.PresentToken(Token("CARD0002"), (1,)))
    two.do(m.AuthorizeAnswered(Token("CARD0002"), TokenInfo(TokenStatus.ACCEPTED)))
    two.unplug(1)
    two.plug(1)
    assert two.evse(1).transaction_id is None
    two.run(8)

    assert boards(two) == [m.ResetBoard(1)]
    assert two.evse(1).transaction_id  # the car was there after the reset: EVConnected


@pytest.mark.requirement("B11.FR.01")
@pytest.mark.parametrize("evse_id", [0, 3, -1])
def test_an_evse_that_is_not_there_is_not_reset(two: Bench, evse_id: int) -> None:
    reply = two.do(Reset(soft=False, evse_id=evse_id))
    two.run(1)

    assert (outcome(reply), reply.reason) == (Outcome.REJECTED, "UnknownEvse")
    assert not boards(two)
    assert not restarts(two)


@pytest.mark.requirement("B11.FR.06", "B12.FR.10")
def test_an_evse_is_not_reset_while_the_station_is_about_to_be(two: Bench) -> None:
    two.charge(1)
    two.do(Reset(soft=True, evse_id=2))
    two.do(Reset(soft=True))
    assert outcome(two.do(Reset(soft=False, evse_id=2))) is Outcome.REJECTED
    two.run(5)

    assert boards(two) == [m.ResetBoard(2)]
    assert (2, "Unavailable") in two.statuses()  # still: the station goes next
    assert (2, "Available") not in two.statuses()


@pytest.mark.requirement("B11.FR.02", "B11.FR.05", "B12.FR.06", "B01.FR.07", "B01.FR.13")
@pytest.mark.requirement("TC_B_23_CS", "TC_B_24_CS")
@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize("alone", [True, False], ids=["EVSE", "station"])
def test_who_was_out_of_service_or_reserved_still_is(two: Bench, alone: bool, soft: bool) -> None:
    two.do(m.ChangeAvailability(1, None, operative=False))
    until = two.now.utc.replace(hour=20)
    two.do(m.ReserveNow(7, Token("ANNA"), until, 2))
    two.tick()
    for evse_id in (1, 2):
        assert outcome(two.do(Reset(soft, evse_id if alone else None))) is Outcome.ACCEPTED
        two.run(5)
    after = two if alone else two.restarted().online()

    assert [after.evse(each).connectors[0].status for each in (1, 2)] == ["Unavailable", "Reserved"]
    assert bool(boards(two)) is alone
    assert [each.id for each in after.snapshot().reservations] == [7]


# --- nobody starts any more -----------------------------------------------------------------------


@pytest.fixture
def leaving(version: str) -> Bench:
    """Two EVSEs; the first charges, and a reset is on its way."""
    bench = Bench(version, evses=(EvseConfig(1), EvseConfig(2))).online()
    bench.charge(1)
    bench.plug(2)
    bench.do(Reset(soft=bench.dialect.soft_reset_waits))
    return bench


def test_no_session_begins_while_a_reset_is_pending(leaving: Bench) -> None:
    remote = leaving.do(m.RemoteStart(Token("CARD0002"), 2))
    local = leaving.do(m.PresentToken(Token("CARD0002"), (2,)))
    leaving.run(1)

    assert outcome(remote) is Outcome.REJECTED
    assert outcome(local) is Outcome.CONFLICT
    assert leaving.evse(2).transaction_id is None


def test_the_card_of_the_running_session_still_stops_it(leaving: Bench) -> None:
    if leaving.dialect.soft_reset_waits:
        assert outcome(leaving.do(m.PresentToken(CARD, (1,)))) is Outcome.ACCEPTED
    leaving.run(8)

    assert restarts(leaving)


def test_a_card_that_was_just_asked_about_does_not_start(bench: Bench) -> None:
    bench.plug()
    bench.do(m.PresentToken(CARD, (1,)))
    bench.do(Reset(soft=False))
    bench.do(m.AuthorizeAnswered(CARD, TokenInfo(TokenStatus.ACCEPTED)))
    bench.run(3)

    assert bench.evse().transaction_id is None
    assert any("about to restart" in note for note in bench.notes)
    assert restarts(bench)


def test_a_session_that_is_only_beginning_is_ended_too(bench: Bench) -> None:
    """A token waits for its car; the car comes with the reset."""
    bench.do(m.RemoteStart(CARD, 1))
    bench.do(Reset(soft=False))
    bench.plug()
    bench.run(3)

    assert bench.evse().session == "plugged"
    assert restarts(bench)


def test_a_free_vend_does_not_begin_either(version: str) -> None:
    bench = Bench(version, offline=OfflineConfig(free_vend_token="GUEST")).online()
    bench.do(Reset(soft=False))
    bench.plug()
    bench.run(1)

    assert bench.evse().session == "plugged"


# --- a contactor that does not open ---------------------------------------------------------------


@pytest.mark.requirement("1.6 9.1.22")
@pytest.mark.parametrize(("retries", "wait_s"), [("0", 10), ("2", 30)])
def test_a_welded_contactor_holds_it_up_for_the_retries_only(
    bench: Bench, retries: str, wait_s: float
) -> None:
    bench.set("OCPPCommCtrlr", "ResetRetries", retries)
    bench.welded.add(1)
    bench.do(Reset(soft=False))
    bench.run(wait_s - 1)
    assert not restarts(bench)
    bench.run(2)
    assert restarts(bench)
