from __future__ import annotations

from dataclasses import replace

import pytest
from core.blocks.bench import Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import Outcome, TransactionEvent, TxPhase, Unlock
from chargepoint.core.words import StopReason, Token
from hardware.api import Fault, FaultCode

JAMMED = Fault(FaultCode.CONNECTOR_LOCK_FAILURE, "Jammed", "")


def unlock(bench: Bench, wait_s: float = 12.0) -> Outcome:
    """Return how it went, however long the answer takes."""
    reply = bench.do(Unlock(1))
    if isinstance(reply, m.Reply):
        return reply.outcome
    bench.run(wait_s)
    (answer,) = (each for ticket, each in bench.answers if ticket == reply.ticket)
    return answer.outcome


@pytest.mark.requirement("F05.FR.06", "F05.FR.04", "1.6 5.18")
def test_it_is_tried_without_a_cable_too(bench: Bench) -> None:
    assert unlock(bench) is Outcome.UNLOCKED


@pytest.mark.requirement("F05.FR.03", "1.6 E3.87")
@pytest.mark.parametrize(("evse_id", "connector_id"), [(5, 1), (1, 2), (1, 0), (0, 1)])
def test_unknown_connectors_are_named_as_such(
    bench: Bench, evse_id: int, connector_id: int
) -> None:
    reply = bench.do(Unlock(evse_id, connector_id))

    assert isinstance(reply, m.Reply)
    assert reply.outcome is Outcome.UNKNOWN_EVSE


@pytest.mark.requirement("1.6 5.18")
def test_a_fixed_cable_has_no_lock(version: str) -> None:
    bench = Bench(version, evses=(EvseConfig(1, connector_lock=False),)).online()

    assert unlock(bench) is Outcome.UNSUPPORTED
    bench.charge()
    assert not bench.actuations[1].lock


@pytest.mark.requirement("1.6 5.18", "F05.FR.02")
def test_a_running_transaction_is_ended_first_or_forbids_it(bench: Bench) -> None:
    bench.charge()
    assert bench.actuations[1].lock
    how = unlock(bench)

    if bench.dialect.unlock_stops_transaction:
        assert how is Outcome.UNLOCKED
        last = bench.heard(TransactionEvent)[-1]
        assert (last.phase, last.stop_reason) == (TxPhase.ENDED, StopReason.UNLOCK_COMMAND)
        assert not bench.actuations[1].lock
    else:
        assert how is Outcome.TX_ONGOING
        assert bench.evse().transaction_id
        assert bench.actuations[1].lock


@pytest.mark.requirement("F05.FR.02")
def test_a_driver_whose_car_has_not_come_is_no_obstacle(bench: Bench) -> None:
    bench.do(m.RemoteStart(Token("CARD"), 1))

    assert unlock(bench) is Outcome.UNLOCKED
    assert bench.evse().session == "authorized"


@pytest.mark.requirement("F05.FR.05", "1.6 5.18")
def test_a_lock_that_fails_is_told(bench: Bench) -> None:
    bench.plug()
    bench.sense(faults=frozenset({JAMMED}))

    assert unlock(bench) is Outcome.UNLOCK_FAILED


def test_a_lock_that_does_not_move_is_told_in_time(bench: Bench) -> None:
    follow = bench._follow

    def stuck() -> None:
        follow()
        bench.sensed[1] = replace(bench.sensed[1], locked=True)

    bench._follow = stuck  # type: ignore[method-assign]
    bench.tick()
    reply = bench.do(Unlock(1))
    assert isinstance(reply, m.Later)
    bench.run(9)
    assert not bench.answers
    bench.run(2)
    assert bench.answers[0][1].outcome is Outcome.UNLOCK_FAILED


def test_a_board_that_never_spoke_cannot_unlock(version: str) -> None:
    bench = Bench(version)
    del bench.sensed[1]
    bench.do(Unlock(1))
    bench.run(11)

    assert bench.answers[0][1].outcome is Outcome.UNLOCK_FAILED


@pytest.mark.parametrize("contactor", ["main_closed", "second_closed"])
def test_a_live_socket_keeps_its_cable_whatever_anybody_wants(bench: Bench, contactor: str) -> None:
    bench.charge()
    bench.stop()
    bench.run(8)
    follow = bench._follow

    def welded() -> None:
        follow()
        bench.sensed[1] = replace(bench.sensed[1], **{contactor: True})

    bench._follow = welded  # type: ignore[method-assign]
    bench.tick()
    reply = bench.do(Unlock(1))
    assert isinstance(reply, m.Later)
    for _ in range(110):
        bench.tick()
        assert bench.actuations[1].lock

    assert bench.answers[-1][1].outcome is Outcome.UNLOCK_FAILED


def test_two_orders_at_once_get_an_answer_each(bench: Bench) -> None:
    tickets = [bench.do(Unlock(1)), bench.do(Unlock(1))]
    bench.tick()

    assert len(bench.answers) == len(set(tickets)) == 2
