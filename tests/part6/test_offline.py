"""TC_E offline behaviour: the queue, its retries, and what is told of it (E04, E08, E11 to E14)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from part6.case import Case, contexts

from chargepoint.demo.behaviour import SILENCE, CallError, Late

pytestmark = pytest.mark.sim

SLOW = Late(3.0)
MESSAGE_TIMEOUT_S = 30.0


async def away(case: Case, seconds: float = 25.0) -> int:
    """Be offline for a while, and come back to a central system that takes its time."""
    await case.rig.go_dark()
    await asyncio.sleep(seconds)
    return await back(case)


async def back(case: Case) -> int:
    mark = case.mark()
    case.rig.script.always("TransactionEvent", SLOW)
    await case.rig.find_line()
    return mark


@pytest.mark.requirement(
    *("TC_E_40_CS", "TC_J_09_CS", "E11.FR.01", "E11.FR.02", "E11.FR.03", "E12.FR.03"),
    *("E04.FR.02", "E04.FR.06", "E03.FR.08", "E02.FR.10", "F01.FR.15", "F02.FR.03"),
)
async def test_what_happened_offline_is_told_as_such(case: Case) -> None:
    await case.set(SampledDataCtrlr_TxUpdatedInterval="10")
    await case.charge()
    mark = await away(case)
    events = await case.events(mark)
    late = [event for event in events if event.get("offline")]
    assert len(late) >= 2
    assert events[: len(late)] == late
    assert {event["eventType"] for event in events} == {"Updated"}
    assert {event["triggerReason"] for event in late} == {"MeterValuePeriodic"}
    assert all(contexts(event) == ["Sample.Periodic"] for event in late)


@pytest.mark.requirement(
    *("TC_E_43_CS", "E12.FR.01", "E12.FR.02", "E12.FR.07", "E04.FR.01", "E04.FR.03"),
    *("E04.FR.05", "E08.FR.06"),
)
async def test_a_whole_transaction_offline_is_told_afterwards(case: Case) -> None:
    await case.set(AuthCtrlr_OfflineTxForUnknownIdEnabled="true")
    await case.rig.go_dark()
    await case.charge()
    await case.stop_by("card")
    await case.disconnect()
    await case.rig.find_line()
    events = await case.events()
    assert all(event["offline"] for event in events)
    assert [each["eventType"] for each in events] == ["Started", "Updated", "Ended"]
    assert contexts(events[0]) == ["Transaction.Begin"]
    assert contexts(events[-1]) == ["Transaction.Begin", "Transaction.End"]
    assert [each["seqNo"] for each in events] == [0, 1, 2]


@pytest.mark.requirement(
    *("TC_E_44_CS", "TC_E_45_CS"),
    *(f"E08.FR.0{number}" for number in range(1, 10)),
)
@pytest.mark.parametrize("token", ["ANNA", "BERT"])
async def test_a_transaction_is_stopped_offline_by_its_own_or_its_group(
    case: Case, token: str
) -> None:
    home = {"idToken": "HOME", "type": "Central"}
    info = {"idTokenInfo": {"status": "Accepted", "groupIdToken": home}}
    for action in ("Authorize", "TransactionEvent"):
        case.rig.script.always(action, info)
    await case.present(2, "BERT")  # now it is in the cache
    await case.present(2, "BERT")
    await case.charge()
    await case.rig.queue_empty()
    mark = case.mark()
    await case.rig.go_dark()
    await case.present(token=token)
    await asyncio.sleep(5)
    assert not case.locked()
    await case.disconnect()
    await case.rig.find_line()
    events = await case.events(mark)
    assert all(event["offline"] for event in events)
    assert events[-1]["eventType"] == "Ended"
    assert events[-1]["idToken"]["idToken"] == token
    assert contexts(events[-1])[-1] == "Transaction.End"


async def _ongoing(case: Case) -> None:
    await case.charge()


async def _ended(case: Case) -> None:
    await case.charge()
    await case.stop_by("card")
    await case.disconnect()


@pytest.mark.requirement(
    *("TC_E_29_CS", "TC_E_30_CS", "TC_E_31_CS", "TC_E_32_CS", "TC_E_33_CS", "TC_E_34_CS"),
    *(f"E14.FR.0{number}" for number in range(2, 9)),
)
@pytest.mark.parametrize("queued", [True, False])
@pytest.mark.parametrize(("reach", "ongoing"), [(_ongoing, True), (_ended, False)])
async def test_the_status_of_a_transaction(
    case: Case, reach: Callable[[Case], Any], ongoing: bool, queued: bool
) -> None:
    await case.set(SampledDataCtrlr_TxUpdatedInterval="10")
    await case.charge()
    id = case.rig.evse().transaction_id
    await case.rig.queue_empty()
    if queued:
        await case.rig.go_dark()
    if not ongoing:
        await case.stop_by("card")
        await case.disconnect()
    if queued:
        await asyncio.sleep(25)
        await back(case)
    else:
        await case.rig.queue_empty()
    answer = await case.ask("GetTransactionStatus", transactionId=id)
    assert answer == {"ongoingIndicator": ongoing, "messagesInQueue": queued}
    assert await case.ask("GetTransactionStatus") == {"messagesInQueue": queued}


@pytest.mark.requirement("TC_E_28_CS", "E14.FR.01")
async def test_an_unknown_transaction_is_over(case: Case) -> None:
    answer = await case.ask("GetTransactionStatus", transactionId="nobody")
    assert answer == {"ongoingIndicator": False, "messagesInQueue": False}


@pytest.mark.requirement(
    *("TC_E_41_CS", "TC_E_50_CS", "E13.FR.01", "E13.FR.02", "E13.FR.03", "E13.FR.04"),
)
@pytest.mark.parametrize(
    ("answer", "extra_s"), [(SILENCE, MESSAGE_TIMEOUT_S), (CallError("InternalError"), 0.0)]
)
async def test_an_event_nobody_takes_is_sent_as_often_as_configured(
    case: Case, answer: Any, extra_s: float
) -> None:
    sent = await attempts(case, {0, 1, 2}, answer)
    assert len(sent) == 3
    case.given_up = 1
    assert [sent[1] - sent[0], sent[2] - sent[1]] == pytest.approx(
        [10 + extra_s, 20 + extra_s], abs=1.0
    )


@pytest.mark.requirement("TC_E_42_CS", "TC_E_51_CS", "E13.FR.01", "E13.FR.02", "E13.FR.03")
@pytest.mark.parametrize(
    ("answer", "extra_s"), [(SILENCE, MESSAGE_TIMEOUT_S), (CallError("InternalError"), 0.0)]
)
async def test_an_event_taken_at_the_second_attempt_is_sent_no_more(
    case: Case, answer: Any, extra_s: float
) -> None:
    sent = await attempts(case, {0}, answer)
    assert len(sent) == 2
    assert sent[1] - sent[0] == pytest.approx(10 + extra_s, abs=1.0)


async def attempts(case: Case, refused: set[int], answer: Any) -> list[float]:
    """Let those attempts at the first event fail by *answer*; return when it was sent."""
    rig = case.rig
    await case.set(
        OCPPCommCtrlr_MessageAttempts_TransactionEvent="3",
        OCPPCommCtrlr_MessageAttemptInterval_TransactionEvent="10",
        SampledDataCtrlr_TxUpdatedInterval="0",
        TxCtrlr_TxStartPoint="Authorized",
    )
    sent: list[float] = []

    def judged(event: dict[str, Any]) -> Any:
        if event["seqNo"] > 0:
            return {}
        sent.append(rig.now().s)
        return answer if len(sent) - 1 in refused else {}

    rig.script.always("TransactionEvent", judged)
    await case.present()
    await case.connect()
    await asyncio.sleep(250)
    later = [event["seqNo"] for event in case.received("TransactionEvent")]
    assert set(later) > {0}  # what comes after is told all the same
    return sent
