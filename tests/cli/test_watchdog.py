"""A loop that stands still opens everything, once."""

from __future__ import annotations

import logging
import threading

import pytest

from chargepoint.watchdog import Watchdog


class _Bench:
    """A watchdog over two boards, with a clock moved by hand."""

    def __init__(self, told_every_s: float | None = None) -> None:
        self.now_s = 0.0
        self.opened: list[str] = []
        self.told: list[tuple[float, str]] = []
        boards = [lambda: self.opened.append("one"), lambda: self.opened.append("two")]
        self.dog = Watchdog(
            boards,
            monotonic_s=lambda: self.now_s,
            tell=lambda state: self.told.append((self.now_s, state)),
            told_every_s=told_every_s,
        )


def test_a_loop_that_runs_opens_nothing():
    bench = _Bench()
    for _ in range(50):
        bench.now_s += 0.9
        bench.dog.check()
        bench.dog.pet()

    assert bench.opened == []


def test_a_loop_that_stands_still_opens_everything_once(caplog):
    bench = _Bench()
    bench.dog.pet()
    for bench.now_s in (0.99, 1.0, 1.1, 50.0):
        bench.dog.check()

    assert sorted(bench.opened) == ["one", "two"]
    assert "the control loop stands still for 1.0 s: opening everything" in caplog.text


def test_every_stall_counts_anew(caplog):
    bench = _Bench()
    bench.now_s = 1.5
    bench.dog.check()
    bench.now_s = 2.5
    bench.dog.pet()
    bench.now_s = 4.0
    bench.dog.check()

    assert len(bench.opened) == 4
    assert "the control loop runs again after 2.5 s" in caplog.text


def test_a_board_that_fails_or_hangs_does_not_keep_the_others_on(monkeypatch):
    failures: list[str] = []
    monkeypatch.setattr(
        threading, "excepthook", lambda args: failures.append(args.exc_type.__name__)
    )
    opened = threading.Event()
    release = threading.Event()

    def fail() -> None:
        raise OSError("the line is gone")

    now_s = [0.0]
    dog = Watchdog([fail, release.wait, opened.set], monotonic_s=lambda: now_s[0])
    now_s[0] = 2.0
    dog.check()
    release.set()

    assert opened.is_set()
    assert failures == ["OSError"]


def test_systemd_hears_of_a_running_loop_twice_as_often_as_it_wants():
    bench = _Bench(told_every_s=4.0)
    for tick in range(100):
        bench.now_s = tick / 10
        bench.dog.pet()

    assert [round(at_s, 1) for at_s, _ in bench.told] == [0.0, 2.0, 4.0, 6.0, 8.0]
    assert {state for _, state in bench.told} == {"WATCHDOG=1"}


def test_systemd_hears_nothing_of_a_stalled_loop_or_when_it_did_not_ask(monkeypatch):
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    bench = _Bench()
    bench.dog.pet()
    stalled = _Bench(told_every_s=4.0)
    stalled.now_s = 60.0
    stalled.dog.check()

    assert bench.told == []
    assert stalled.told == []


def test_systemds_interval_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "4000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    bench = _Bench()
    for bench.now_s in (0.0, 1.9, 2.0):
        bench.dog.pet()

    assert [at_s for at_s, _ in bench.told] == [0.0, 2.0]


@pytest.mark.parametrize("started", [True, False])
def test_it_stops_whether_it_was_started_or_not(started):
    dog = Watchdog([])
    if started:
        dog.start()
    dog.stop()


def test_the_real_thread_opens_when_nobody_pets(caplog):
    opened = threading.Event()
    dog = Watchdog([opened.set], timeout_s=0.05)
    with caplog.at_level(logging.CRITICAL):
        dog.start()
        assert opened.wait(10)
        dog.stop()
