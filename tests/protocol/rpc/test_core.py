"""Calls in both directions, told as numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chargepoint.errors import ErrorCode, LinkError, WireError
from chargepoint.protocol.calls import CallBroken, CallRefused, CallTimeout, Send, Settle
from chargepoint.protocol.rpc import REMEMBERED_CALLS, Note, RpcCore, Serve

BEAT = {"currentTime": "2026-03-01T07:00:00Z"}
RESET = '[2,"theirs","Reset",{"type":"%s"}]'


def frames_of(core: RpcCore) -> list[Any]:
    return [json.loads(action.frame) for action in core.take() if isinstance(action, Send)]


def settled(core: RpcCore) -> dict[int, Any]:
    return {a.ticket: a.outcome for a in core.take() if isinstance(a, Settle)}


@pytest.mark.requirement("J 1.6 4.1.1", "J 2.0.1 4.1.1", "FR.01")
def test_one_call_is_pending_and_the_next_waits_for_its_end(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    core.call("Heartbeat", {}, 0.0)
    assert frames_of(core) == [[2, "ours-1", "Heartbeat", {}]]

    core.receive(json.dumps([3, "ours-1", BEAT]), 1.0)

    assert core.take() == [
        Settle(1, BEAT),
        Send('[2,"ours-2","Heartbeat",{}]'),
    ]


@pytest.mark.requirement("J 1.6 4.1.1")
def test_an_incoming_call_is_served_while_ours_is_pending(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    core.take()

    core.receive('[2,"theirs","ClearCache",{}]', 1.0)
    assert core.take() == [Serve("theirs", "ClearCache", {})]

    core.answer("theirs", {"status": "Accepted"})
    assert frames_of(core) == [[3, "theirs", {"status": "Accepted"}]]


def test_a_call_without_an_answer_times_out_and_the_next_begins(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    core.call("Heartbeat", {}, 5.0)
    assert core.next_deadline_s == 30.0
    core.take()

    core.tick(29.9)
    assert core.take() == []
    core.tick(30.0)

    over, following = core.take()
    assert isinstance(over, Settle)
    assert isinstance(over.outcome, CallTimeout)
    assert isinstance(following, Send)
    assert core.next_deadline_s == 60.0


def test_an_answer_that_comes_too_late_is_noted_and_dropped(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    core.tick(30.0)
    core.take()

    core.receive(json.dumps([3, "ours-1", BEAT]), 31.0)

    (note,) = core.take()
    assert isinstance(note, Note)
    assert not note.invalid


@pytest.mark.requirement("J 1.6 errata 5.1", "J 1.6 errata 5.2")
@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("OccurenceConstraintViolation", ErrorCode.OCCURRENCE_CONSTRAINT),
        ("OccurrenceConstraintViolation", ErrorCode.OCCURRENCE_CONSTRAINT),
        ("FormationViolation", ErrorCode.FORMAT_VIOLATION),
        ("FormatViolation", ErrorCode.FORMAT_VIOLATION),
        ("SomethingOfTheirOwn", ErrorCode.GENERIC_ERROR),
    ],
)
def test_a_callerror_is_understood_in_either_spelling(core: RpcCore, word: str, code: ErrorCode):
    core.call("Heartbeat", {}, 0.0)
    core.take()

    core.receive(json.dumps([4, "ours-1", word, "no", {"a": 1}]), 1.0)

    refused = settled(core)[1]
    assert isinstance(refused, CallRefused)
    assert (refused.code, refused.description) == (code, "no")


def test_a_callerror_may_be_cut_short(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    core.take()

    core.receive('[4,"ours-1","GenericError"]', 1.0)

    assert settled(core)[1].code is ErrorCode.GENERIC_ERROR


@pytest.mark.parametrize("answer", ['[3,"ours-1",{}]', '[3,"ours-1",[]]', '[3,"ours-1"]'])
def test_an_answer_that_is_none_fails_its_call_at_once(core: RpcCore, answer: str):
    core.call("Heartbeat", {}, 0.0)
    core.take()

    core.receive(answer, 1.0)

    assert isinstance(settled(core)[1], CallBroken)


def test_an_answer_may_say_null_and_more_than_we_know(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    core.take()

    core.receive(json.dumps([3, "ours-1", BEAT | {"mood": "fine", "colour": None}]), 1.0)

    assert settled(core)[1] == BEAT | {"mood": "fine"}


def test_a_lost_connection_fails_pending_and_waiting_calls_at_once(core: RpcCore):
    for _ in range(3):
        core.call("Heartbeat", {}, 0.0)
    core.take()

    core.closed("the connection broke")

    outcomes = settled(core)
    assert list(outcomes) == [1, 2, 3]
    assert all(isinstance(outcome, LinkError) for outcome in outcomes.values())
    assert core.next_deadline_s is None


def test_after_the_end_nothing_is_sent_any_more(core: RpcCore):
    core.receive('[2,"theirs","ClearCache",{}]', 0.0)
    core.closed("the connection broke")
    core.take()

    core.answer("theirs", {"status": "Accepted"})
    ticket = core.call("Heartbeat", {}, 1.0)

    (outcome,) = core.take()
    assert isinstance(outcome, Settle)
    assert (outcome.ticket, type(outcome.outcome)) == (ticket, LinkError)


def test_an_abandoned_call_that_waits_is_never_sent(core: RpcCore):
    core.call("Heartbeat", {}, 0.0)
    ticket = core.call("Heartbeat", {}, 0.0)
    core.abandon(ticket)
    core.take()

    core.receive(json.dumps([3, "ours-1", BEAT]), 1.0)

    assert frames_of(core) == []


def test_a_payload_that_json_cannot_say_is_the_callers_mistake(core: RpcCore):
    with pytest.raises(ValueError, match="JSON"):
        core.call("MeterValues", {"value": float("nan")}, 0.0)

    assert core.take() == []


# --- the same CALL twice ------------------------------------------------------------------------


def test_a_call_that_comes_again_is_answered_as_before_and_not_done_twice(core: RpcCore):
    core.receive('[2,"theirs","ClearCache",{}]', 0.0)
    core.answer("theirs", {"status": "Accepted"})
    core.take()

    core.receive('[2, "theirs", "ClearCache", {}]', 5.0)

    again, reply = core.take()
    assert isinstance(again, Note)
    assert reply == Send('[3,"theirs",{"status":"Accepted"}]')


def test_a_call_that_comes_again_while_in_process_is_answered_once(core: RpcCore):
    core.receive('[2,"theirs","ClearCache",{}]', 0.0)
    core.receive('[2,"theirs","ClearCache",{}]', 1.0)
    core.answer("theirs", {"status": "Accepted"})

    actions = core.take()
    assert sum(isinstance(action, Serve) for action in actions) == 1
    assert sum(isinstance(action, Send) for action in actions) == 1


@pytest.mark.requirement("J 1.6 4.2.3")
def test_an_id_in_use_is_refused_for_another_call(make_core: Callable[[str], RpcCore]):
    core = make_core("1.6")
    core.receive(RESET % "Soft", 0.0)
    core.take()

    core.receive(RESET % "Hard", 0.0)
    assert frames_of(core) == [[4, "theirs", "ProtocolError", "message id is in use", {}]]

    core.answer("theirs", {"status": "Accepted"})
    assert frames_of(core) == [[3, "theirs", {"status": "Accepted"}]]


def test_an_id_that_is_answered_may_serve_another_call(make_core: Callable[[str], RpcCore]):
    core = make_core("1.6")
    core.receive(RESET % "Soft", 0.0)
    core.answer("theirs", {"status": "Rejected"})
    core.take()

    core.receive(RESET % "Hard", 0.0)

    assert core.take() == [Serve("theirs", "Reset", {"type": "Hard"})]


def test_a_refusal_is_remembered_too(core: RpcCore):
    core.receive('[2,"theirs","ClearCache",{}]', 0.0)
    core.refuse("theirs", WireError(ErrorCode.SECURITY_ERROR, "not yet"))
    core.receive('[2,"theirs","ClearCache",{}]', 1.0)

    assert frames_of(core) == [[4, "theirs", "SecurityError", "not yet", {}]] * 2


def test_the_memory_of_answers_is_bounded(core: RpcCore):
    for number in range(REMEMBERED_CALLS + 1):
        core.receive(json.dumps([2, f"id-{number}", "ClearCache", {}]), 0.0)
        core.answer(f"id-{number}", {"status": "Accepted"})
    core.take()

    core.receive('[2,"id-0","ClearCache",{}]', 1.0)
    assert core.take() == [Serve("id-0", "ClearCache", {})]

    core.receive(json.dumps([2, f"id-{REMEMBERED_CALLS}", "ClearCache", {}]), 1.0)
    assert isinstance(core.take()[-1], Send)
