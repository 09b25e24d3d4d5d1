"""Logs on their way: one at a time, tried again, told how it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from core.driver import NOON, Driver

from chargepoint.core import messages as m
from chargepoint.core.messages import GetLog, LogKind, LogSent, LogStatus, Outcome, UploadStatus
from chargepoint.core.words import TransferFault

THERE = "ftp://me:secret@host/logs"


def get(driver: Driver, request_id: int | None = 1, **more: object) -> m.LogReply:
    kind = more.pop("kind", LogKind.DIAGNOSTICS)
    reply = driver.do(GetLog(kind, THERE, request_id, **more))
    assert isinstance(reply, m.LogReply)
    return reply


class Watched:
    """A station and the chores it has left since."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.chores: list[m.LogChore] = []
        take = driver.take

        def watched() -> m.Batch:
            batch = take()
            self.chores += [e for e in batch.effects if isinstance(e, m.SendLog | m.DropLog)]
            return batch

        driver.take = watched
        driver.live.clear()

    @property
    def last(self) -> m.SendLog:
        found = self.chores[-1]
        assert isinstance(found, m.SendLog)
        return found

    def ends(self, fault: TransferFault | None = None, number: int | None = None) -> None:
        number = self.last.number if number is None else number
        self.driver.do(LogSent(number, fault, "some reason" if fault else ""))

    @property
    def told(self) -> list[tuple[str, int | None]]:
        heard = [each for each in self.driver.live if isinstance(each, LogStatus)]
        return [(each.status.value, each.request_id) for each in heard]


@pytest.fixture
def watched(driver: Driver) -> Watched:
    return Watched(driver)


@pytest.mark.requirement(
    *("N01.FR.01", "N01.FR.02", "N01.FR.04", "N01.FR.07", "N01.FR.08", "N01.FR.09"),
    "1.6 security N01",
)
def test_a_log_is_promised_by_name_sent_and_told(watched: Watched) -> None:
    reply = get(watched.driver, 7, oldest=NOON - timedelta(days=1))

    assert reply.outcome is Outcome.ACCEPTED
    assert reply.filename.startswith("diagnostics-CP001-2030")
    assert "secret" not in repr(watched.driver.memory)
    assert (watched.last.filename, watched.last.location) == (reply.filename, THERE)
    assert watched.last.oldest == NOON - timedelta(days=1)
    watched.ends()
    assert watched.told == [("Uploading", 7), ("Uploaded", 7)]
    assert watched.chores[-1] == m.DropLog()
    assert "secret" not in repr((watched.chores, watched.driver.notes, watched.driver.memory))


@pytest.mark.requirement("N01.FR.10", "1.6 security N01")
@pytest.mark.parametrize(
    ("fault", "word", "attempts"),
    [
        (TransferFault.FAILED, "UploadFailure", 3),
        (TransferFault.NO_ROOM, "UploadFailure", 3),
        (TransferFault.DENIED, "PermissionDenied", 3),
        (TransferFault.BAD_LOCATION, "BadMessage", 3),
        (TransferFault.UNSUPPORTED, "NotSupportedOperation", 3),
    ],
)
def test_what_fails_is_tried_again_from_begin_to_begin_and_told_when_it_has_not_helped(
    watched: Watched, fault: TransferFault, word: str, attempts: int
) -> None:
    get(watched.driver, 7, retries=2, retry_interval_s=30)
    for number in range(attempts):
        assert watched.last.again is (number > 0)
        watched.driver.run(10, 1.0)
        watched.ends(fault)
        before = len(watched.chores)
        watched.driver.run(19, 1.0)
        assert len(watched.chores) == before
        watched.driver.run(1, 1.0)
    assert watched.told == [("Uploading", 7), (word, 7)]
    assert watched.chores[-1] == m.DropLog()
    assert len(watched.chores) == attempts + 1


def test_retries_are_ours_to_choose_where_nothing_is_said(watched: Watched) -> None:
    get(watched.driver, retries=-3, retry_interval_s=0)
    watched.ends(TransferFault.FAILED)
    assert watched.told[-1] == ("UploadFailure", 1)
    get(watched.driver, 2)
    for _ in range(3):
        watched.ends(TransferFault.FAILED)
        watched.driver.run(61, 1.0)
    assert watched.told[-1] == ("UploadFailure", 2)


@pytest.mark.requirement("N01.FR.12", "N01.FR.20", "1.6 security N01")
def test_a_new_request_takes_the_place_of_the_one_before(watched: Watched) -> None:
    get(watched.driver, 1)
    first = watched.last.number
    reply = get(watched.driver, 2)
    assert reply.outcome is Outcome.ACCEPTED_CANCELED
    watched.ends(TransferFault.FAILED, number=first)
    watched.ends(number=first)
    watched.ends()
    assert watched.told == [
        ("Uploading", 1),
        ("AcceptedCanceled", 1),
        ("Uploading", 2),
        ("Uploaded", 2),
    ]


def test_an_attempt_that_waits_is_replaced_as_well(watched: Watched) -> None:
    get(watched.driver, 1, retry_interval_s=1000)
    watched.ends(TransferFault.FAILED)
    assert get(watched.driver, 2).outcome is Outcome.ACCEPTED_CANCELED
    watched.ends()
    watched.driver.run(2000, 10.0)
    assert watched.told[-1] == ("Uploaded", 2)


@pytest.mark.requirement("N01.FR.05")
def test_of_a_time_without_events_there_is_no_security_log(watched: Watched) -> None:
    driver = watched.driver
    tomorrow = driver.now.utc + timedelta(days=1)
    assert get(driver, kind=LogKind.SECURITY).filename.endswith(".log")
    watched.ends()
    for span in ({"oldest": tomorrow}, {"latest": NOON - timedelta(days=9)}):
        assert get(driver, kind=LogKind.SECURITY, **span).outcome is Outcome.REJECTED
    backwards = {"oldest": tomorrow, "latest": NOON}
    assert get(driver, **backwards).outcome is Outcome.REJECTED
    assert get(driver, **backwards).filename == ""


@pytest.mark.requirement("N01.FR.13", "1.6 security N01", "1.6 4.4", "1.6 5.17")
def test_a_trigger_is_told_what_is_on_its_way(v16: Driver) -> None:
    watched = Watched(v16)
    log, diagnostics = "LogStatusNotification", "DiagnosticsStatusNotification"
    get(v16, 7)
    for message in (log, diagnostics):
        v16.do(m.TriggerMessage(message))
    assert v16.live[-2:] == [
        LogStatus(UploadStatus.UPLOADING, 7),
        LogStatus(UploadStatus.IDLE, diagnostics=True),
    ]
    watched.ends()
    v16.do(m.TriggerMessage(log))
    assert v16.live[-1] == LogStatus(UploadStatus.IDLE)
    get(v16, None)
    v16.do(m.TriggerMessage(diagnostics))
    assert v16.live[-1] == LogStatus(UploadStatus.UPLOADING, diagnostics=True)


@pytest.mark.requirement("1.6 5.9")
def test_diagnostics_of_sixteen_belong_to_firmware_management(v16: Driver) -> None:
    assert get(v16, None).outcome is Outcome.ACCEPTED
    without = Driver("1.6")
    key = "Ocpp16Ctrlr.SupportedFeatureProfiles"
    without = Driver("1.6", memory={"variable": {key: "Core"}}).online()
    reply = without.do(GetLog(LogKind.DIAGNOSTICS, THERE))
    assert isinstance(reply, m.Reply)
    assert reply.outcome is Outcome.UNSUPPORTED


def test_what_ends_while_nobody_listens_is_told_when_somebody_does(watched: Watched) -> None:
    driver = watched.driver
    get(driver, 7, retries=1, retry_interval_s=10)
    driver.do(m.LinkDown())
    watched.ends(TransferFault.FAILED)
    driver.run(60, 1.0)
    assert watched.told == [("Uploading", 7)]
    driver.online()
    driver.tick()
    assert watched.last.again
    driver.do(m.LinkDown())
    watched.ends(TransferFault.FAILED)
    driver.live.clear()
    driver.do(m.LinkUp(driver.dialect))
    driver.run(1)
    assert watched.told == [("UploadFailure", 7)]


def test_a_promise_outlives_a_power_cut(watched: Watched) -> None:
    driver = watched.driver
    get(driver, 7, retries=1)
    again = Driver(driver.version, memory=driver.memory)
    watched = Watched(again)
    again.tick()
    assert not watched.chores
    again.online()
    again.tick()
    assert watched.last.again
    assert watched.last.location == THERE
    watched.ends()
    assert watched.told == [("Uploaded", 7)]
    assert not again.memory["upload"]


@pytest.mark.requirement("A04.FR.04", "N01.FR.03", "1.6 security A04")
def test_every_security_event_is_logged_the_oldest_goes_and_a_power_cut_changes_nothing(
    driver: Driver,
) -> None:
    def types(one: Driver) -> list[str]:
        return [event.tech_info for event in one.station.security_log.between()]

    small = Driver(driver.version, security_events=10).online()
    for number in range(25):
        small.do(m.NoteSecurity("InvalidMessages", f"number {number}"))
    newest = [f"number {number}" for number in range(15, 25)]
    assert types(small) == newest
    assert len(small.memory["security_log"]) == 10
    again = Driver(driver.version, memory=small.memory, security_events=10)
    assert types(again) == newest
    again.do(m.NoteSecurity("InvalidMessages", "one more"))
    assert types(again) == [*newest[1:], "one more"]
    assert "security: InvalidMessages one more" in again.notes


def test_a_log_is_of_the_time_that_is_asked_for(driver: Driver) -> None:
    driver.do(m.NoteSecurity("InvalidMessages", "early"))
    early = driver.now.utc
    driver.run(60, 10.0)
    driver.do(m.NoteSecurity("InvalidMessages", "late"))
    log = driver.station.security_log
    assert [e.tech_info for e in log.between(early + timedelta(seconds=1))] == ["late"]
    assert log.between(None, early)[-1].tech_info == "early"


@pytest.mark.requirement("A01.FR.11")
@pytest.mark.requirement("A04.FR.04", "1.6 security A04")
def test_a_change_of_keys_is_logged_and_not_told(v16: Driver) -> None:
    v16.station.handle(m.ChangeKey("AuthorizationKey", "0123456789abcdef0123456789abcdef"), v16.now)
    assert v16.take().durable == ()
    v16.do(m.ChangeKey("AuthorizationKey", "short"))
    v16.do(m.ChangeKey("SecurityProfile", "1"))
    v16.do(m.ChangeKey("SecurityProfile", "0"))
    changed = [
        event.tech_info
        for event in v16.station.security_log.between()
        if event.type == "ReconfigurationOfSecurityParameters"
    ]
    assert changed == ["AuthorizationKey", "SecurityProfile"]


def test_where_a_log_goes_is_nobodys_business() -> None:
    assert "secret" not in repr(GetLog(LogKind.DIAGNOSTICS, THERE))
