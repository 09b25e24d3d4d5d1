from __future__ import annotations

from datetime import timedelta

import pytest
from core.blocks.bench import Bench

from chargepoint.core import messages as m
from chargepoint.core.words import BootReason, Registration

A, P, R = Registration.ACCEPTED, Registration.PENDING, Registration.REJECTED


@pytest.fixture
def fresh(version: str) -> Bench:
    bench = Bench(version)
    bench.tick()
    return bench


def boots(bench: Bench) -> int:
    return len(bench.heard(m.Boot, clear=True))


@pytest.mark.requirement("B01.FR.01", "1.6 4.2")
def test_nothing_is_said_before_the_boot_and_only_the_boot_before_its_answer(fresh: Bench) -> None:
    fresh.plug()
    fresh.run(5)
    assert not fresh.said

    fresh.link_up()
    fresh.run(100)

    assert fresh.said == [m.Boot(BootReason.POWER_UP)]


@pytest.mark.requirement("B01.FR.04", "B01.FR.05", "1.6 4.2")
def test_an_acceptance_sets_interval_and_clock_and_tells_every_status(fresh: Bench) -> None:
    fresh.link_up()
    fresh.do(m.BootAnswered(A, 77, fresh.now.utc))

    assert fresh.station.online
    assert fresh.station.registration == A
    assert fresh.station.variables.integer("OCPPCommCtrlr", "HeartbeatInterval") == 77
    assert fresh.effects == [m.SetClock(fresh.now.utc)]
    both = [(0, "Available"), (1, "Available")]
    assert fresh.statuses() == (both if fresh.dialect.tells_station_status else both[1:])


def test_an_interval_of_0_keeps_our_own_heartbeat(fresh: Bench) -> None:
    fresh.link_up()
    fresh.answer_boot(A, 0)

    assert fresh.station.variables.integer("OCPPCommCtrlr", "HeartbeatInterval") == 3600


@pytest.mark.requirement("B02.FR.04", "B02.FR.08", "B03.FR.02", "1.6 4.2")
@pytest.mark.parametrize("status", [P, R])
@pytest.mark.parametrize(("interval_s", "wait_s"), [(20, 20), (0, 60)])
def test_the_interval_is_the_least_wait_for_the_next_boot(
    fresh: Bench, status: Registration, interval_s: int, wait_s: float
) -> None:
    fresh.link_up()
    fresh.answer_boot(status, interval_s)
    fresh.said.clear()

    fresh.run(wait_s - 0.5)
    assert not fresh.said
    fresh.run(1)
    assert fresh.said == [m.Boot(BootReason.POWER_UP)]


@pytest.mark.requirement("B02.FR.04")
def test_a_reconnect_does_not_shorten_the_wait(fresh: Bench) -> None:
    fresh.link_up()
    fresh.answer_boot(P, 30)
    fresh.said.clear()

    fresh.link_down()
    fresh.run(10)
    fresh.link_up()
    fresh.run(19)
    assert not fresh.said

    fresh.run(2)
    assert boots(fresh) == 1


@pytest.mark.requirement("B02.FR.07")
def test_a_boot_that_nobody_answers_is_sent_again_and_changes_nothing(fresh: Bench) -> None:
    fresh.link_up()
    fresh.answer_boot(R, 5)
    fresh.run(6)
    assert boots(fresh) == 2

    fresh.answer_boot(None)
    assert fresh.station.registration == R  # still answers as one who was rejected
    fresh.run(29)
    assert boots(fresh) == 0
    fresh.run(2)
    assert boots(fresh) == 1


def test_a_boot_cut_off_by_the_link_is_said_at_once_on_the_next(fresh: Bench) -> None:
    fresh.link_up()
    assert boots(fresh) == 1
    fresh.link_down()
    fresh.answer_boot(None)

    fresh.run(1)
    fresh.link_up()
    assert boots(fresh) == 1


@pytest.mark.requirement("1.6-J 5.4")
def test_a_plain_reconnect_is_no_boot(bench: Bench) -> None:
    bench.link_down()
    bench.run(5)
    bench.link_up()
    bench.run(1)

    assert boots(bench) == 0
    assert bench.station.online


def test_a_line_that_was_not_there_is_not_lost(fresh: Bench) -> None:
    fresh.link_down()

    assert not any("connection lost" in note for note in fresh.notes)


def test_a_line_that_was_let_go_is_not_lost_either(bench: Bench) -> None:
    bench.do(m.LinkDown("as you wish", wished=True))

    assert bench.notes[-1] == "connection to the central system closed"
    assert not bench.station.online


def test_the_other_version_wants_a_boot_of_its_own(bench: Bench) -> None:
    other = "1.6" if bench.dialect.name == "2.0.1" else "2.0.1"
    bench.link_down()
    bench.link_up(other)

    assert boots(bench) == 1
    assert not bench.station.online
    assert bench.station.dialect.name == other
    assert bench.memory["dialect"] == {"name": other}


@pytest.mark.requirement("B02.FR.05", "1.6 4.2")
def test_while_pending_remote_starts_and_stops_are_rejected(fresh: Bench) -> None:
    fresh.link_up()
    fresh.answer_boot(P, 30)
    fresh.plug()

    start = fresh.do(m.RemoteStart(m.Token("CARD"), 1))
    stop = fresh.do(m.RemoteStop(transaction_id="x"))

    assert isinstance(start, m.Reply)
    assert isinstance(stop, m.Reply)
    assert start.outcome == stop.outcome == m.Outcome.REJECTED


@pytest.mark.requirement("F06.FR.17", "1.6 E3.35")
def test_a_boot_can_be_triggered_until_it_is_accepted(fresh: Bench) -> None:
    fresh.link_up()
    fresh.answer_boot(P, 600)
    fresh.said.clear()

    assert fresh.do(m.TriggerMessage("BootNotification")) == m.ACCEPTED
    assert fresh.said == [m.Boot(BootReason.TRIGGERED)]

    fresh.answer_boot(A, 600)
    refused = fresh.do(m.TriggerMessage("BootNotification"))
    assert isinstance(refused, m.Reply)
    assert refused.outcome is m.Outcome.REJECTED


@pytest.mark.requirement("A04.FR.02")
@pytest.mark.parametrize(
    ("reason", "event"),
    [
        (BootReason.POWER_UP, "StartupOfTheDevice"),
        (BootReason.REMOTE_RESET, "ResetOrReboot"),
        (BootReason.SCHEDULED_RESET, "ResetOrReboot"),
    ],
)
def test_each_start_is_one_security_event(version: str, reason: BootReason, event: str) -> None:
    bench = Bench(version, {"boot": {"reason": reason}})
    bench.tick()
    bench.link_up()
    assert bench.heard(m.Boot) == [m.Boot(reason)]
    assert "reason" not in bench.memory["boot"]

    bench.answer_boot(A, 60)
    assert [each.type for each in bench.heard(m.SecurityEvent)] == [event]

    other = "1.6" if version == "2.0.1" else "2.0.1"
    bench.link_down()
    bench.link_up(other)
    bench.answer_boot(A, 60)
    assert len(bench.heard(m.SecurityEvent)) == 1


# --- heartbeats ---------------------------------------------------------------------------------


@pytest.mark.requirement("G02.FR.02", "G02.FR.05", "1.6 4.6")
def test_a_heartbeat_goes_out_after_silence_only(bench: Bench) -> None:
    bench.set("OCPPCommCtrlr", "HeartbeatInterval", "20")
    bench.run(19)
    assert not bench.heard(m.Heartbeat)
    bench.plug()  # a status was told: the wait begins anew
    bench.run(19)
    assert not bench.heard(m.Heartbeat)
    bench.run(2)
    assert len(bench.heard(m.Heartbeat)) == 1
    bench.run(20)
    assert len(bench.heard(m.Heartbeat)) == 2


@pytest.mark.requirement("G02.FR.07")
def test_there_is_a_heartbeat_a_day_however_busy_it_is(bench: Bench) -> None:
    bench.set("OCPPCommCtrlr", "HeartbeatInterval", "3600")
    for _ in range(2 * 24 * 2):
        bench.tick(1800.0)
        bench.do(m.TriggerMessage("StatusNotification", 1, 1))

    assert len(bench.heard(m.Heartbeat)) == 2


def test_there_is_no_heartbeat_without_a_connection(bench: Bench) -> None:
    bench.link_down()
    bench.tick(100_000)

    assert not bench.heard(m.Heartbeat)


# --- the clock ----------------------------------------------------------------------------------


@pytest.mark.requirement("B01.FR.06", "G02.FR.03", "G02.FR.06")
@pytest.mark.parametrize(("step_s", "told"), [(5, False), (-19, False), (21, True), (-3600, True)])
def test_a_long_step_of_the_clock_is_a_security_event(
    bench: Bench, step_s: float, told: bool
) -> None:
    at = bench.now.utc + timedelta(seconds=step_s)
    bench.do(m.HeartbeatAnswered(at))

    assert bench.effects[-1] == m.SetClock(at)
    events = [each.type for each in bench.heard(m.SecurityEvent)]
    assert events == (["SettingSystemTime"] if told else [])


def test_the_threshold_for_it_can_be_set(bench: Bench) -> None:
    bench.set("ClockCtrlr", "TimeAdjustmentReportingThreshold", "3")
    bench.do(m.HeartbeatAnswered(bench.now.utc + timedelta(seconds=4)))

    assert bench.heard(m.SecurityEvent)[0].tech_info == "moved by +4 s"


def test_security_events_of_the_shell_are_told_and_noted(bench: Bench) -> None:
    bench.do(m.NoteSecurity("InvalidMessages", "no JSON"))

    assert bench.heard(m.SecurityEvent)[0].type == "InvalidMessages"
    assert bench.notes[-1] == "security: InvalidMessages no JSON"


def test_new_credentials_dial_again(bench201: Bench, bench16: Bench) -> None:
    ref = m.VariableRef("SecurityCtrlr", "BasicAuthPassword")
    bench201.do(m.SetVariable(ref, "0123456789abcdef"))
    bench16.do(m.ChangeKey("AuthorizationKey", "30" * 20))
    bench16.do(m.ChangeKey("HeartbeatInterval", "30"))

    assert bench201.effects[-1] == m.Reconnect()
    assert bench16.effects.count(m.Reconnect()) == 1
