"""TC_N_25, _26, _35, _36, TC_F_16: logs; where they go, tests/transfer and tests/process see to."""

from __future__ import annotations

import asyncio

import pytest
from part6.case import Case

from chargepoint.core.messages import DropLog, LogSent, SendLog
from chargepoint.core.words import TransferFault

pytestmark = pytest.mark.sim

THERE = {"remoteLocation": "https://logs.example/station/"}


async def get_log(case: Case, number: int, kind: str = "DiagnosticsLog", **more: int) -> str:
    answer = await case.ask("GetLog", logType=kind, requestId=number, log=THERE, **more)
    assert answer["filename"]
    await asyncio.sleep(1)
    return str(answer["status"])


async def ends(case: Case, fault: TransferFault | None = None) -> None:
    """The attempt that is under way ends."""
    chore = case.rig.chores[-1]
    assert isinstance(chore, SendLog)
    case.rig.life.submit(LogSent(chore.number, fault, "some reason" if fault else ""))
    await asyncio.sleep(1)


def told(case: Case) -> list[tuple[str, int | None]]:
    return [
        (each["status"], each.get("requestId")) for each in case.received("LogStatusNotification")
    ]


@pytest.mark.requirement(
    *(
        "TC_N_25_CS",
        "TC_N_35_CS",
        "TC_F_16_CS",
        "F06.FR.14",
        "N01.FR.01",
        "N01.FR.03",
        "N01.FR.04",
        "N01.FR.07",
    ),
    *("N01.FR.08", "N01.FR.09"),
)
@pytest.mark.parametrize("kind", ["DiagnosticsLog", "SecurityLog"])
async def test_a_log_is_uploaded_when_asked_for(case: Case, kind: str) -> None:
    assert await get_log(case, 123, kind) == "Accepted"
    assert await case.says("TriggerMessage", requestedMessage="LogStatusNotification") == "Accepted"
    await asyncio.sleep(5)
    await ends(case)
    assert told(case) == [("Uploading", 123), ("Uploading", 123), ("Uploaded", 123)]
    assert isinstance(case.rig.chores[-1], DropLog)
    assert await case.says("TriggerMessage", requestedMessage="LogStatusNotification") == "Accepted"
    await asyncio.sleep(1)
    assert told(case)[-1] == ("Idle", None)


@pytest.mark.requirement("TC_N_26_CS", "N01.FR.10", "N01.FR.13")
async def test_an_upload_that_fails_is_told_after_the_last_attempt(case: Case) -> None:
    assert await get_log(case, 123, retries=3, retryInterval=60) == "Accepted"
    for _ in range(4):
        assert told(case) == [("Uploading", 123)]
        await ends(case, TransferFault.FAILED)
        await asyncio.sleep(60)
    assert told(case) == [("Uploading", 123), ("UploadFailure", 123)]
    sent = [each.again for each in case.rig.chores if isinstance(each, SendLog)]
    assert sent == [False, True, True, True]


@pytest.mark.requirement("TC_N_36_CS", "N01.FR.12", "N01.FR.20")
async def test_a_second_request_cancels_the_first(case: Case) -> None:
    assert await get_log(case, 1) == "Accepted"
    assert await get_log(case, 2) == "AcceptedCanceled"
    await ends(case)
    assert told(case) == [
        ("Uploading", 1),
        ("AcceptedCanceled", 1),
        ("Uploading", 2),
        ("Uploaded", 2),
    ]


@pytest.mark.requirement("N01.FR.05")
async def test_where_there_is_no_log_of_that_time_nothing_is_promised(case: Case) -> None:
    log = {**THERE, "oldestTimestamp": "2001-01-01T00:00:00Z"}
    log["latestTimestamp"] = "2001-01-02T00:00:00Z"
    answer = await case.ask("GetLog", logType="SecurityLog", requestId=1, log=log)
    assert answer["status"] == "Rejected"
    assert "filename" not in answer
    await asyncio.sleep(5)
    assert told(case) == []
