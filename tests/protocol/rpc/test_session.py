"""The core over a wire, on simulated time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chargepoint.errors import ErrorCode, LinkError, WireError
from chargepoint.protocol.calls import CallRefused, CallTimeout
from chargepoint.protocol.concerns import Concern
from chargepoint.protocol.session import MOST_UNSENT, IncomingCall

pytestmark = pytest.mark.sim
BEAT = {"currentTime": "2026-03-01T07:00:00Z"}
ACCEPTED = {"status": "Accepted"}


async def settle() -> None:
    """Let every task that is ready run; no time passes."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_call_returns_the_payload_of_its_answer(bench: Any):
    call = asyncio.create_task(bench.session.call("Heartbeat", {}))
    await settle()
    bench.wire.say(3, "ours-1", BEAT)

    assert await call == BEAT
    assert bench.wire.sent == [[2, "ours-1", "Heartbeat", {}]]


async def test_silence_is_a_time_out_and_the_connection_stays(bench: Any):
    loop = asyncio.get_running_loop()

    with pytest.raises(CallTimeout):
        await bench.session.call("Heartbeat", {})

    assert loop.time() == 30.0
    assert not bench.running.done()


async def test_a_callerror_is_raised(bench: Any):
    call = asyncio.create_task(bench.session.call("Heartbeat", {}))
    await settle()
    bench.wire.say(4, "ours-1", "SecurityError", "who are you", {})

    with pytest.raises(CallRefused, match="who are you"):
        await call


@pytest.mark.requirement("FR.05", "F06.FR.04")
async def test_an_answer_leaves_before_what_it_causes(bench: Any):
    bench.wire.say(2, "theirs", "ClearCache", {})
    await settle()

    bench.calls[0].answer(ACCEPTED)
    follow_up = asyncio.create_task(bench.session.call("Heartbeat", {}))
    await settle()

    assert [frame[0] for frame in bench.wire.sent] == [3, 2]
    bench.wire.say(3, "ours-1", BEAT)
    await follow_up


async def test_an_answer_may_come_later_while_other_calls_are_served(bench: Any):
    bench.wire.say(2, "first", "ClearCache", {})
    bench.wire.say(2, "second", "ClearCache", {})
    await settle()

    first, second = bench.calls
    second.answer(ACCEPTED)
    first.answer(ACCEPTED)
    await settle()

    assert [frame[1] for frame in bench.wire.sent] == ["second", "first"]


async def test_nobody_answers_twice(bench: Any):
    bench.wire.say(2, "theirs", "ClearCache", {})
    await settle()
    (call,) = bench.calls
    call.answer(ACCEPTED)

    with pytest.raises(RuntimeError, match="answered already"):
        call.refuse(WireError(ErrorCode.GENERIC_ERROR))


TWO_CALLS = ((2, "a", "ClearCache", {}), (2, "b", "ClearCache", {}))


async def test_a_mistake_of_ours_ends_one_call_and_not_the_connection(
    serve: Any, caplog: pytest.LogCaptureFixture
):
    def fail(call: IncomingCall) -> None:
        raise KeyError("secret of a driver")

    sent = await serve(fail, *TWO_CALLS)

    assert sent == [
        [4, "a", "InternalError", "KeyError", {}],
        [4, "b", "InternalError", "KeyError", {}],
    ]
    assert "ClearCache failed" in caplog.text


async def test_a_refusal_may_be_raised(serve: Any):
    def refuse(call: IncomingCall) -> None:
        raise WireError(ErrorCode.SECURITY_ERROR, "not yet")

    assert await serve(refuse, TWO_CALLS[0]) == [[4, "a", "SecurityError", "not yet", {}]]


async def test_a_payload_that_json_cannot_say_is_an_internal_error(serve: Any):
    def answer(call: IncomingCall) -> None:
        call.answer({"limit": float("nan")})

    assert await serve(answer, TWO_CALLS[0]) == [[4, "a", "InternalError", "ValueError", {}]]


async def test_a_mistake_after_the_answer_leaves_the_answer(serve: Any):
    def answer_and_fail(call: IncomingCall) -> None:
        call.answer(ACCEPTED)
        raise KeyError

    assert await serve(answer_and_fail, TWO_CALLS[0]) == [[3, "a", ACCEPTED]]


async def test_a_dropped_connection_fails_every_call_at_once(bench: Any):
    loop = asyncio.get_running_loop()
    calls = [asyncio.create_task(bench.session.call("Heartbeat", {})) for _ in range(3)]
    await settle()
    bench.wire.drop(rcvd=(1001, "going down"))

    outcomes = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [LinkError] * 3
    assert await bench.running == "the central system closed the connection (1001: going down)"
    assert loop.time() == 0
    with pytest.raises(LinkError):
        await bench.session.call("Heartbeat", {})


async def test_a_cancelled_session_fails_its_calls_too(bench: Any):
    call = asyncio.create_task(bench.session.call("Heartbeat", {}))
    await settle()

    bench.running.cancel()

    with pytest.raises(LinkError, match="stopped"):
        await call
    with pytest.raises(asyncio.CancelledError):
        await bench.running
    bench.running = asyncio.create_task(asyncio.sleep(0))


async def test_a_cancelled_call_keeps_its_place_on_the_wire(bench: Any):
    first = asyncio.create_task(bench.session.call("Heartbeat", {}))
    second = asyncio.create_task(bench.session.call("Heartbeat", {}))
    await settle()
    first.cancel()
    await settle()
    assert len(bench.wire.sent) == 1

    bench.wire.say(3, "ours-1", BEAT)
    await settle()
    bench.wire.say(3, "ours-2", BEAT)

    assert await second == BEAT


async def test_closing_says_first_what_was_said_already(bench: Any):
    bench.wire.say(2, "theirs", "ClearCache", {})
    await settle()
    bench.calls[0].answer(ACCEPTED)

    await bench.session.close("new password")

    assert bench.wire.sent == [[3, "theirs", ACCEPTED]]
    assert bench.wire.closed_with == (1000, "new password")
    assert await bench.running == "new password"


async def test_a_long_reason_is_cut_to_what_a_close_frame_holds(bench: Any):
    await bench.session.close("ü" * 100)

    assert bench.wire.closed_with == (1000, "ü" * 61)
    assert await bench.running == "ü" * 100


async def test_closing_does_not_wait_for_a_wire_that_is_stuck(bench: Any):
    bench.wire.stalled.clear()
    bench.wire.say(2, "theirs", "Dance", {})
    await settle()

    await bench.session.close("new password")

    assert asyncio.get_running_loop().time() == 2.0
    assert await bench.running == "new password"


async def test_closing_after_the_end_is_quiet(bench: Any):
    bench.wire.drop()
    await bench.running

    await bench.session.close("new password")

    assert asyncio.get_running_loop().time() == 0


async def test_a_peer_that_never_reads_is_not_read_either(bench: Any):
    bench.wire.stalled.clear()
    for number in range(3 * MOST_UNSENT):
        bench.wire.say(2, str(number), "Dance", {})
    for _ in range(30):
        await settle()

    assert bench.wire.inbox.qsize() > MOST_UNSENT
    bench.wire.stalled.set()
    for _ in range(60):
        await settle()
    assert len(bench.wire.sent) == 3 * MOST_UNSENT


async def test_an_oversized_message_is_a_concern(bench: Any):
    bench.wire.drop(sent=(1009, "over size limit"))

    assert await bench.running == "we closed: it sent a message that is too big"
    assert bench.concerns == [(Concern.INVALID_MESSAGES, await bench.running)]


async def test_what_is_no_ocpp_message_is_a_concern(bench: Any):
    bench.wire.say(2, "theirs", "Reset", {"type": 5})
    bench.wire.say(2, "theirs again", "Dance", {})
    bench.wire.say(3, "nobody's", {})
    await settle()

    assert [kind for kind, _ in bench.concerns] == [Concern.INVALID_MESSAGES]
