from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    AskToken,
    AuthorizeAnswered,
    Boot,
    BootAnswered,
    Command,
    DurableEvent,
    EventDelivered,
    EventGivenUp,
    Heartbeat,
    IdleNotice,
    SecurityEvent,
    StatusChanged,
    StatusTold,
    TransactionEvent,
    TxPhase,
)
from chargepoint.core.words import BootReason, Status, Token, Trigger
from chargepoint.errors import LinkError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.protocol.calls import CallRefused, CallTimeout
from chargepoint.protocol.delivery import Delivery, Rules

pytestmark = pytest.mark.sim

AT = datetime(2030, 1, 1, tzinfo=UTC)
NOW = "2030-01-01T00:00:00Z"
TOKEN = Token("CARD0001")
ANSWERS: dict[str, Payload] = {
    "BootNotification": {"status": "Accepted", "currentTime": NOW, "interval": 60},
    "Heartbeat": {"currentTime": NOW},
    "StartTransaction": {"transactionId": 77, "idTagInfo": {"status": "Accepted"}},
    "Authorize": {"idTagInfo": {"status": "Accepted"}, "idTokenInfo": {"status": "Accepted"}},
}
STATUS = StatusChanged(1, 1, Status.AVAILABLE, AT)
Failure = Callable[[], Exception]


def event(phase: TxPhase, seq_no: int, transaction_id: str = "tx") -> TransactionEvent:
    return TransactionEvent(
        phase, transaction_id, seq_no, AT, Trigger.AUTHORIZED, 1, 1, 1000.0, token=TOKEN
    )


STARTED, ENDED = event(TxPhase.STARTED, 0), event(TxPhase.ENDED, 1)


@dataclass(frozen=True)
class Entry:
    id: int
    event: DurableEvent
    attempts: int = 0


class Outbox:
    """The store's outbox, in memory."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.aside: list[tuple[DurableEvent, str]] = []
        self.ids = 0

    def put(self, *events: DurableEvent) -> None:
        for each in events:
            self.ids += 1
            self.entries.append(Entry(self.ids, each))

    async def first_pending(self) -> Entry | None:
        return self.entries[0] if self.entries else None

    async def last_id(self) -> int:
        return self.entries[-1].id if self.entries else 0

    async def note_attempt(self, outbox_id: int) -> None:
        self.entries = [
            replace(each, attempts=each.attempts + 1) if each.id == outbox_id else each
            for each in self.entries
        ]

    def remove(self, outbox_id: int) -> None:
        self.entries = [each for each in self.entries if each.id != outbox_id]


class Line:
    """One connection: it takes 1 s an answer, and fails as told, by action."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str, Payload]] = []
        self.failures: dict[str, list[Failure]] = {}
        self.answers = dict(ANSWERS)
        self.pending = 0

    async def call(self, action: str, payload: Payload) -> Payload:
        assert self.pending == 0, "one CALL at a time"
        self.pending += 1
        self.calls.append((asyncio.get_running_loop().time(), action, payload))
        try:
            await asyncio.sleep(1.0)
        finally:
            self.pending -= 1
        waiting = self.failures.get(action)
        if waiting:
            raise waiting.pop(0)()
        return self.answers.get(action, {})

    @property
    def actions(self) -> list[str]:
        return [action for _, action, _ in self.calls]

    @property
    def times_s(self) -> list[float]:
        return [at_s for at_s, _, _ in self.calls]


class Rig:
    """A Delivery with an outbox; *commands* are what it told the station."""

    def __init__(self, version: str) -> None:
        self.adapter = BY_VERSION[version]
        self.outbox, self.line = Outbox(), Line()
        self.commands: list[Command] = []
        self.rules = Rules(3, 60.0)
        self.central_ids: dict[str, int] = {}
        self.delivery = Delivery(
            self.outbox,
            self._submit,
            StationIdentity(),
            lambda: self.rules,
            self.central_ids.get,
            asyncio.get_running_loop().time,
        )
        self.task: asyncio.Task[None] | None = None

    async def _submit(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(command, EventDelivered | EventGivenUp):
            self.outbox.remove(command.outbox_id)
        if isinstance(command, EventDelivered) and command.central_id is not None:
            assert isinstance(command.event, TransactionEvent)
            self.central_ids[command.event.transaction_id] = command.central_id

    def put(self, *events: DurableEvent) -> None:
        self.outbox.put(*events)
        self.delivery.wake()

    def connect(self, version: str | None = None, accepted: bool = True) -> None:
        if version is not None:
            self.adapter = BY_VERSION[version]
        self.delivery.begin()
        self.delivery.accepted(accepted)
        self.task = asyncio.create_task(self.delivery.run(self.line, self.adapter))

    async def drop(self) -> None:
        """Lose the line, as life does it."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.delivery.accepted(False)
        await self.delivery.broken(self.adapter)
        self.task = None


@pytest.fixture(params=["1.6", "2.0.1"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    rig = Rig(request.param)
    yield rig
    if rig.task is not None:
        await rig.drop()


@pytest.fixture
async def rig16() -> AsyncIterator[Rig]:
    rig = Rig("1.6")
    yield rig
    await rig.drop()


def refused(word: str = "InternalError") -> Failure:
    return lambda: CallRefused(word, "no")


def silence() -> Exception:
    return CallTimeout("nobody answers")


# --- order --------------------------------------------------------------------------------------


@pytest.mark.requirement("1.6 3.7.1", "E13.FR.01")
async def test_the_outbox_goes_out_in_order_one_at_a_time(rig: Rig) -> None:
    rig.put(STARTED, ENDED)
    rig.connect()
    await asyncio.sleep(10)

    assert rig.line.times_s == [0.0, 1.0]
    assert not rig.outbox.entries
    told = [each.event for each in rig.commands if isinstance(each, EventDelivered)]
    assert told == [STARTED, ENDED]


async def test_live_events_overtake_the_outbox(rig: Rig) -> None:
    rig.put(STARTED, ENDED)
    rig.connect()
    await asyncio.sleep(0.5)
    rig.delivery.tell(Heartbeat())
    rig.delivery.tell(STATUS)
    await asyncio.sleep(10)

    assert rig.line.actions[1:3] == ["Heartbeat", "StatusNotification"]
    assert StatusTold(STATUS) in rig.commands


@pytest.mark.requirement("B01.FR.08", "1.6 4.2")
async def test_nothing_of_the_outbox_leaves_before_the_acceptance(rig: Rig) -> None:
    rig.put(STARTED)
    rig.connect(accepted=False)
    rig.delivery.tell(Boot(BootReason.POWER_UP))
    await asyncio.sleep(100)
    assert rig.line.actions == ["BootNotification"]

    rig.delivery.accepted(True)
    await asyncio.sleep(5)
    assert len(rig.line.actions) == 2


async def test_what_is_said_for_one_connection_is_not_said_on_the_next(rig: Rig) -> None:
    rig.delivery.tell(STATUS)  # settled after the line had gone
    rig.connect(accepted=False)
    rig.delivery.tell(Boot(BootReason.POWER_UP))
    await asyncio.sleep(5)

    assert rig.line.actions == ["BootNotification"]


# --- failures -----------------------------------------------------------------------------------


@pytest.mark.requirement("1.6 3.7.1", "E13.FR.02", "E13.FR.03")
@pytest.mark.parametrize("failure", [refused(), silence])
async def test_a_failure_is_retried_later_each_time_then_given_up(
    rig: Rig, failure: Failure
) -> None:
    rig.put(STARTED, ENDED)
    rig.line.failures = {
        "StartTransaction": [failure] * 3,
        "TransactionEvent": [failure] * 3,
    }
    rig.connect()
    await asyncio.sleep(400)

    # An answer takes 1 s, and the wait counts from the failure: +60, +120.
    assert rig.line.times_s == [0.0, 61.0, 182.0, 183.0]
    assert isinstance(rig.commands[0], EventGivenUp)
    assert rig.commands[0].event == STARTED
    assert isinstance(rig.commands[1], EventDelivered)


async def test_live_events_go_on_during_the_wait(rig: Rig) -> None:
    rig.put(STARTED)
    rig.line.failures = {"StartTransaction": [silence], "TransactionEvent": [silence]}
    rig.connect()
    await asyncio.sleep(10)
    rig.delivery.tell(Heartbeat())
    await asyncio.sleep(10)
    assert rig.line.actions[-1] == "Heartbeat"

    await asyncio.sleep(50)
    assert len(rig.line.actions) == 3
    assert not rig.outbox.entries


@pytest.mark.requirement("1.6-J E3.3", "E13.FR.04")
async def test_being_cut_off_is_no_attempt_and_ends_the_wait(rig: Rig) -> None:
    rig.put(STARTED)
    rig.line.failures = {"StartTransaction": [silence], "TransactionEvent": [silence]}
    rig.connect()
    await asyncio.sleep(5)
    assert rig.outbox.entries[0].attempts == 1
    for _ in range(5):
        await rig.drop()
        rig.connect()
        await asyncio.sleep(0.5)  # cut in the middle of the call
    assert rig.outbox.entries[0].attempts == 1

    await asyncio.sleep(1)
    assert not rig.outbox.entries


async def test_a_broken_line_ends_the_delivery(rig: Rig) -> None:
    rig.put(STARTED)
    gone: Failure = lambda: LinkError("gone")  # noqa: E731
    rig.line.failures = {"StartTransaction": [gone], "TransactionEvent": [gone]}
    rig.connect()
    assert rig.task is not None
    with pytest.raises(LinkError):
        await rig.task

    assert len(rig.outbox.entries) == 1
    assert not rig.commands


async def test_an_answer_that_makes_no_sense_is_a_failure(rig16: Rig) -> None:
    rig16.put(STARTED)
    rig16.line.answers["StartTransaction"] = {"idTagInfo": {"status": "Accepted"}}
    rig16.connect()
    await asyncio.sleep(400)

    assert [type(each) for each in rig16.commands] == [EventGivenUp]


# --- live failures --------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [refused(), silence])
async def test_who_waits_for_an_answer_hears_that_none_came(rig: Rig, failure: Failure) -> None:
    rig.line.failures = {name: [failure] for name in ("BootNotification", "Authorize", "Heartbeat")}
    rig.connect()
    for each in (Boot(BootReason.POWER_UP), AskToken(TOKEN), Heartbeat()):
        rig.delivery.tell(each)
    await asyncio.sleep(10)

    assert rig.commands == [BootAnswered(None), AuthorizeAnswered(TOKEN, None)]


async def test_a_cut_line_is_no_answer_either(rig: Rig) -> None:
    rig.connect()
    rig.delivery.tell(AskToken(TOKEN))
    rig.delivery.tell(STATUS)
    await asyncio.sleep(0.5)
    await rig.drop()
    assert rig.commands == [AuthorizeAnswered(TOKEN, None)]

    rig.connect()
    await asyncio.sleep(5)
    assert rig.line.actions == ["Authorize"]


async def test_what_a_version_has_no_words_for_is_not_said(rig16: Rig) -> None:
    rig16.connect()
    rig16.delivery.tell(IdleNotice("PublishFirmwareStatusNotification"))  # of 2.0.1 alone
    rig16.put(replace(STARTED, phase=TxPhase.UPDATED))  # an update without a value
    await asyncio.sleep(5)

    assert not rig16.line.calls
    assert not rig16.outbox.entries


# --- security events ------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["NotImplemented", "NotSupported"])
async def test_a_security_event_that_nobody_wants_holds_nothing_up(rig: Rig, word: str) -> None:
    rig.put(SecurityEvent("StartupOfTheDevice", AT), STARTED)
    rig.line.failures = {"SecurityEventNotification": [refused(word)]}
    rig.connect()
    await asyncio.sleep(3)

    assert len(rig.line.calls) == 2
    assert not rig.outbox.entries
    assert not any(isinstance(each, EventGivenUp) for each in rig.commands)


async def test_one_that_only_failed_is_tried_again(rig: Rig) -> None:
    rig.put(SecurityEvent("StartupOfTheDevice", AT))
    rig.line.failures = {"SecurityEventNotification": [silence]}
    rig.connect()
    await asyncio.sleep(70)

    assert rig.line.actions == ["SecurityEventNotification"] * 2


# --- identity of transactions ---------------------------------------------------------------------


@pytest.mark.requirement("1.6 3.7.1", "1.6 E3.18")
async def test_a_queued_transaction_gets_the_number_of_its_start(rig16: Rig) -> None:
    rig16.put(STARTED, ENDED)
    rig16.connect()
    await asyncio.sleep(5)

    assert rig16.line.calls[1][2]["transactionId"] == 77


@pytest.mark.requirement("1.6 E3.18")
async def test_after_a_start_that_was_given_up_it_is_minus_1(rig16: Rig) -> None:
    rig16.rules = Rules(1, 60.0)
    rig16.put(STARTED, ENDED)
    rig16.line.failures = {"StartTransaction": [silence]}
    rig16.connect()
    await asyncio.sleep(5)

    assert rig16.line.calls[1][2]["transactionId"] == -1


async def test_a_queue_outlives_a_change_of_version(rig16: Rig) -> None:
    rig16.put(STARTED, ENDED)
    rig16.connect("2.0.1")
    await asyncio.sleep(5)

    assert rig16.line.actions == ["TransactionEvent"] * 2
    assert [payload["transactionInfo"]["transactionId"] for _, _, payload in rig16.line.calls] == [
        "tx",
        "tx",
    ]


@pytest.mark.requirement("E11.FR.07")
async def test_what_is_older_than_the_connection_is_told_as_offline(rig16: Rig) -> None:
    rig16.put(STARTED)
    rig16.connect("2.0.1")
    await asyncio.sleep(2)
    rig16.put(ENDED)
    await asyncio.sleep(2)

    told: list[Any] = [payload.get("offline", False) for _, _, payload in rig16.line.calls]
    assert told == [True, False]


async def test_a_wait_ends_with_the_next_message_not_with_the_last_failure(rig: Rig) -> None:
    """A given-up message leaves no wait behind for the next one."""
    rig.rules = Rules(1, 600.0)
    rig.put(STARTED, ENDED)
    rig.line.failures = {"StartTransaction": [silence], "TransactionEvent": [silence]}
    rig.connect()
    await asyncio.sleep(3)

    assert not rig.outbox.entries
