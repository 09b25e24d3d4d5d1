"""The guard: what it does, case by case, then what it never does, whatever comes."""

import math
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.api import WARNINGS, Actuation, Fault, FaultCode, Pilot, Sensed
from hardware.guard import FOLLOW_S, SETTLE_S, WELDED, Guard

FOREVER = 1e9
FULL = Actuation(16.0, close_main=True, close_second=True, lock=True, valid_until_s=FOREVER)
IDLE = replace(FULL, offer_a=0.0, close_main=False, close_second=False)
ASKING = Sensed(0.0, Pilot.C, cable_a=32.0)
CLOSED = replace(ASKING, main_closed=True, second_closed=True)

OPENING = [code for code in FaultCode if code not in WARNINGS]


class Watch:
    """A guard with its history, told what was sensed step by step."""

    def __init__(self) -> None:
        self.guard = Guard()

    def __call__(self, wanted: Actuation, sensed: Sensed, now_s: float) -> Actuation:
        """Check with what is sensed just now."""
        return self.late(wanted, replace(sensed, at_s=now_s), now_s)

    def late(self, wanted: Actuation, sensed: Sensed, now_s: float) -> Actuation:
        """Check with what was sensed at ``sensed.at_s``."""
        self.guard, done = self.guard.check(wanted, sensed, now_s)
        return done


@pytest.fixture
def watch() -> Watch:
    """Return a guard that has just been started."""
    return Watch()


@pytest.fixture
def settled(watch: Watch) -> Watch:
    """Return a guard that has seen open contactors from 0 s to 10 s."""
    watch(IDLE, ASKING, 0.0)
    watch(IDLE, ASKING, 10.0)
    return watch


@pytest.fixture
def charging(settled: Watch) -> Watch:
    """Return a guard that charges on three phases; they were sensed closed at 10.2 s."""
    assert settled(FULL, ASKING, 10.1) == FULL
    assert settled(FULL, CLOSED, 10.2) == FULL
    return settled


# --- when it goes safe -------------------------------------------------------------------


def test_a_new_guard_is_silent_until_it_has_seen_open_contactors_for_a_while(watch: Watch) -> None:
    assert not watch(FULL, ASKING, 100.0).close_main
    assert not watch(FULL, ASKING, 100.0 + SETTLE_S - 0.01).close_main
    assert watch(FULL, ASKING, 100.0 + SETTLE_S).close_main


def test_a_new_guard_opens_contactors_that_it_finds_closed(watch: Watch) -> None:
    done = watch(FULL, CLOSED, 100.0)

    assert (done.close_main, done.close_second) == (False, False)
    assert done.offer_a == 16.0


def test_a_lapsed_lease_opens(charging: Watch) -> None:
    wanted = replace(FULL, valid_until_s=20.0)

    assert charging(wanted, CLOSED, 20.0) == wanted
    assert charging(wanted, CLOSED, 20.001) == replace(Actuation.SAFE, lock=True)


@pytest.mark.parametrize("code", OPENING)
def test_a_fault_opens(charging: Watch, code: FaultCode) -> None:
    sensed = replace(CLOSED, faults=frozenset({Fault(code), Fault(FaultCode.WEAK_SIGNAL)}))

    assert charging(FULL, sensed, 11.0) == replace(Actuation.SAFE, lock=True)


@pytest.mark.parametrize("code", sorted(WARNINGS))
def test_a_warning_does_not_open(charging: Watch, code: FaultCode) -> None:
    assert charging(FULL, replace(CLOSED, faults=frozenset({Fault(code)})), 11.0) == FULL


@pytest.mark.parametrize("offer_a", [math.nan, math.inf, -math.inf, -0.1])
def test_an_offer_that_is_no_number_opens(charging: Watch, offer_a: float) -> None:
    wanted = replace(FULL, offer_a=offer_a)

    assert charging(wanted, CLOSED, 11.0) == replace(Actuation.SAFE, lock=True)


@pytest.mark.parametrize("cable_a", [0.0, -1.0, math.nan, math.inf])
def test_without_a_rated_cable_nothing_is_offered_or_closed(
    charging: Watch, cable_a: float
) -> None:
    sensed = replace(CLOSED, cable_a=cable_a)

    assert charging(FULL, sensed, 11.0) == replace(Actuation.SAFE, lock=True)


@pytest.mark.parametrize("cable_a", [0.5, 5.9])
def test_a_cable_that_carries_too_little_lets_the_ev_stop_by_itself(
    charging: Watch, cable_a: float
) -> None:
    done = charging(FULL, replace(CLOSED, cable_a=cable_a), 11.0)

    assert done == replace(FULL, offer_a=0.0)


@pytest.mark.parametrize(("now_s", "valid_until_s"), [(math.nan, FOREVER), (11.0, math.nan)])
def test_a_lease_that_cannot_be_compared_has_lapsed(
    charging: Watch, now_s: float, valid_until_s: float
) -> None:
    wanted = replace(FULL, valid_until_s=valid_until_s)

    assert charging(wanted, CLOSED, now_s) == replace(Actuation.SAFE, lock=True)


@pytest.mark.parametrize("lock", [True, False])
def test_the_lock_stays_as_wanted_also_when_going_safe(settled: Watch, lock: bool) -> None:
    assert settled(replace(FULL, lock=lock), replace(ASKING, cable_a=0.0), 11.0).lock is lock
    assert settled(replace(FULL, lock=lock), ASKING, 11.0).lock is lock


def test_a_check_leaves_the_guard_that_it_was_asked_of_alone() -> None:
    guard = Guard()
    after, _ = guard.check(FULL, ASKING, 5.0)

    assert guard == Guard() != after
    with pytest.raises(FrozenInstanceError):
        guard.welded = False  # type: ignore[misc]


# --- the offer ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offer_a", "cable_a", "done_a"),
    [
        (16.0, 32.0, 16.0),
        (32.0, 13.0, 13.0),
        (6.0, 32.0, 6.0),
        (5.99, 32.0, 0.0),
        (0.0, 32.0, 0.0),
        (16.0, 5.0, 0.0),
    ],
)
def test_the_offer_is_within_the_cable_and_below_six_amperes_it_is_nothing(
    settled: Watch, offer_a: float, cable_a: float, done_a: float
) -> None:
    done = settled(replace(FULL, offer_a=offer_a), replace(ASKING, cable_a=cable_a), 11.0)

    assert done.offer_a == done_a
    assert done.close_main == (done_a > 0.0)


def test_an_offer_is_made_before_the_ev_asks(settled: Watch) -> None:
    done = settled(FULL, replace(ASKING, pilot=Pilot.B), 11.0)

    assert done == replace(FULL, close_main=False, close_second=False)


# --- the main contactor ------------------------------------------------------------------


@pytest.mark.parametrize("pilot", list(Pilot))
def test_it_closes_only_when_the_ev_asks(settled: Watch, pilot: Pilot) -> None:
    done = settled(FULL, replace(ASKING, pilot=pilot), 11.0)

    assert done.close_main == done.close_second == (pilot in (Pilot.C, Pilot.D))


@pytest.mark.parametrize("pilot", list(Pilot))
def test_it_opens_when_the_ev_stops_asking(charging: Watch, pilot: Pilot) -> None:
    done = charging(FULL, replace(CLOSED, pilot=pilot), 11.0)

    assert done.close_main == done.close_second == (pilot in (Pilot.C, Pilot.D))


def test_it_stays_closed_at_zero_amperes_so_that_the_ev_can_stop_by_itself(charging: Watch) -> None:
    stopping = replace(FULL, offer_a=0.0)

    assert charging(stopping, CLOSED, 11.0) == stopping
    assert charging(IDLE, CLOSED, 17.0) == IDLE


def test_it_does_not_close_on_its_own(settled: Watch) -> None:
    done = settled(replace(FULL, close_main=False), ASKING, 11.0)

    assert (done.close_main, done.close_second) == (False, False)


def test_closing_is_given_up_when_the_offer_goes_before_main_has_closed(settled: Watch) -> None:
    assert settled(FULL, ASKING, 11.0).close_main
    assert settled(FULL, ASKING, 11.1).close_main
    assert not settled(replace(FULL, offer_a=0.0), ASKING, 11.2).close_main


def test_it_rests_after_opening_before_it_closes_again(charging: Watch) -> None:
    gone = replace(ASKING, pilot=Pilot.B)
    assert not charging(FULL, replace(CLOSED, pilot=Pilot.B), 11.0).close_main
    assert not charging(FULL, CLOSED, 11.1).close_main
    assert not charging(FULL, gone, 11.2).close_main
    assert not charging(FULL, ASKING, 11.2 + SETTLE_S - 0.01).close_main
    assert charging(FULL, ASKING, 11.2 + SETTLE_S) == FULL


def test_it_rests_also_when_closing_was_taken_back_before_it_was_sensed(settled: Watch) -> None:
    assert settled(FULL, ASKING, 11.0).close_main
    assert not settled(IDLE, ASKING, 11.1).close_main
    assert not settled(FULL, ASKING, 11.2).close_main
    assert settled(FULL, ASKING, 11.2 + SETTLE_S).close_main


def test_a_contactor_that_the_board_opened_rests_too(charging: Watch) -> None:
    assert not charging(FULL, ASKING, 12.0).close_main
    assert not charging(FULL, ASKING, 12.0 + SETTLE_S - 0.01).close_main
    assert charging(FULL, ASKING, 12.0 + SETTLE_S) == FULL


# --- the second contactor ----------------------------------------------------------------


def test_the_second_contactor_stays_when_one_phase_is_wanted_under_load(charging: Watch) -> None:
    assert charging(replace(FULL, close_second=False), CLOSED, 11.0) == FULL


def test_the_second_contactor_never_joins_under_load(settled: Watch) -> None:
    one_phase = replace(FULL, close_second=False)
    assert settled(one_phase, ASKING, 11.0) == one_phase
    assert settled(FULL, replace(CLOSED, second_closed=False), 11.1) == one_phase
    assert settled(FULL, replace(CLOSED, second_closed=False), 50.0) == one_phase


def test_phases_change_with_main_open_in_between(charging: Watch) -> None:
    one_phase = replace(FULL, close_second=False)
    assert charging(IDLE, CLOSED, 11.0) == IDLE
    assert not charging(one_phase, ASKING, 11.1).close_main
    assert charging(one_phase, ASKING, 11.1 + SETTLE_S) == one_phase


def test_the_second_contactor_is_never_closed_without_main(settled: Watch) -> None:
    done = settled(replace(FULL, close_main=False), replace(ASKING, pilot=Pilot.B), 11.0)

    assert not done.close_second


def test_main_stays_open_while_the_second_contactor_is_still_closed(settled: Watch) -> None:
    assert not settled(FULL, replace(ASKING, second_closed=True), 11.0).close_main
    assert settled(FULL, ASKING, 11.1).close_main


def test_a_second_contactor_that_does_not_follow_in_time_stays_open(settled: Watch) -> None:
    alone = replace(CLOSED, second_closed=False)
    assert settled(FULL, ASKING, 11.0) == FULL
    assert settled(FULL, alone, 11.1) == FULL
    assert settled(FULL, alone, 11.1 + FOLLOW_S) == FULL
    assert settled(FULL, alone, 11.2 + FOLLOW_S) == replace(FULL, close_second=False)
    assert settled(FULL, alone, 11.3 + FOLLOW_S) == replace(FULL, close_second=False)


def test_a_slow_main_contactor_does_not_cost_the_second_one(settled: Watch) -> None:
    assert settled(FULL, ASKING, 11.0) == FULL
    assert settled(FULL, ASKING, 30.0) == FULL
    assert settled(FULL, replace(CLOSED, second_closed=False), 30.1) == FULL
    assert settled(FULL, CLOSED, 30.2) == FULL


# --- welded ------------------------------------------------------------------------------

MAIN_ONLY = replace(CLOSED, second_closed=False)
SECOND_ONLY = replace(CLOSED, main_closed=False)


@pytest.mark.parametrize("stuck", [CLOSED, MAIN_ONLY, SECOND_ONLY])
def test_a_contactor_that_stays_closed_is_welded_and_that_is_latched(
    settled: Watch, stuck: Sensed
) -> None:
    settled(IDLE, stuck, 11.0)
    settled(IDLE, stuck, 11.0 + FOLLOW_S)
    assert settled.guard.faults == frozenset()

    settled(IDLE, stuck, 11.01 + FOLLOW_S)
    assert settled.guard.faults == {WELDED}
    assert WELDED.opens

    assert settled(FULL, ASKING, 100.0) == replace(Actuation.SAFE, lock=True)
    assert settled(FULL, ASKING, 200.0) == replace(Actuation.SAFE, lock=True)
    assert settled.guard.faults == {WELDED}


def test_two_seconds_closed_are_late_and_more_is_welded(settled: Watch) -> None:
    settled(IDLE, CLOSED, 20.0)
    settled(IDLE, CLOSED, 22.0)
    assert not settled.guard.welded

    settled(IDLE, CLOSED, 22.001)
    assert settled.guard.welded


def test_a_contactor_that_opens_in_time_is_not_welded(charging: Watch) -> None:
    charging(IDLE, CLOSED, 11.0)
    charging(IDLE, CLOSED, 11.1)
    charging(IDLE, ASKING, 12.0)
    charging(IDLE, ASKING, 60.0)

    assert charging.guard.faults == frozenset()


def test_time_is_counted_anew_for_each_opening(charging: Watch) -> None:
    charging(IDLE, CLOSED, 11.0)
    charging(IDLE, CLOSED, 11.1)
    charging(IDLE, ASKING, 11.2)
    charging(FULL, ASKING, 12.2)
    charging(FULL, CLOSED, 12.3)
    charging(IDLE, CLOSED, 40.0)
    charging(IDLE, CLOSED, 40.1)

    assert charging.guard.faults == frozenset()


def test_a_second_contactor_that_closes_against_one_phase_is_welded(settled: Watch) -> None:
    one_phase = replace(FULL, close_second=False)
    settled(one_phase, ASKING, 11.0)
    settled(one_phase, CLOSED, 11.1)
    done = settled(one_phase, CLOSED, 11.2 + FOLLOW_S)

    assert settled.guard.faults == {WELDED}
    assert not done.close_main


def test_phases_on_with_neutral_off_end_as_a_fault(settled: Watch) -> None:
    settled(FULL, ASKING, 11.0)
    settled(FULL, SECOND_ONLY, 11.1)
    done = settled(FULL, SECOND_ONLY, 11.2 + FOLLOW_S)

    assert settled.guard.faults == {WELDED}
    assert done == replace(Actuation.SAFE, lock=True)


def test_a_board_that_falls_silent_is_not_welded(charging: Watch) -> None:
    last = replace(CLOSED, at_s=11.0, faults=frozenset({Fault(FaultCode.INTERNAL_ERROR)}))
    for now_s in (12.0, 13.0, 60.0):
        assert not charging.late(FULL, last, now_s).close_main
    charging(IDLE, CLOSED, 60.1)  # back, and has not heard yet that it must open
    charging(IDLE, ASKING, 60.3)

    assert charging.guard.faults == frozenset()


def test_what_was_sensed_before_the_telling_does_not_count_as_following(charging: Watch) -> None:
    old = replace(CLOSED, at_s=20.0)
    assert not charging.late(IDLE, old, 20.0).close_main
    charging.late(IDLE, old, 20.1)
    assert charging.guard.stuck_since_s == math.inf

    charging(IDLE, CLOSED, 20.2)
    assert charging.guard.stuck_since_s == 20.2


def test_an_open_contactor_sensed_before_the_telling_is_no_rest(settled: Watch) -> None:
    old = replace(ASKING, at_s=10.9)
    assert settled.late(FULL, old, 11.0).close_main
    assert not settled.late(IDLE, old, 11.1).close_main
    assert not settled.late(FULL, old, 30.0).close_main

    assert not settled(FULL, ASKING, 30.1).close_main
    assert settled(FULL, ASKING, 30.1 + SETTLE_S).close_main


@pytest.mark.parametrize("stuck", [CLOSED, SECOND_ONLY])
def test_a_board_that_is_polled_slowly_is_judged_by_its_polls(
    settled: Watch, stuck: Sensed
) -> None:
    assert settled(FULL, ASKING, 10.1).close_main
    assert settled(FULL, CLOSED, 11.0).close_main
    for tick in range(110, 150):  # ten checks for each poll
        settled.late(IDLE, replace(stuck, at_s=float(tick // 10)), tick / 10 + 0.05)

    # told to open at 11.05, seen closed at 12, 13 and 14: not longer than two seconds
    assert not settled.guard.faults
    settled.late(IDLE, replace(stuck, at_s=14.01), 15.0)
    assert settled.guard.faults == {WELDED}


def test_a_board_that_is_polled_slowly_closes_again_after_its_rest(charging: Watch) -> None:
    assert not charging(IDLE, CLOSED, 11.0).close_main
    polled = replace(ASKING, at_s=12.0)
    assert not charging.late(FULL, polled, 12.1).close_main
    assert not charging.late(FULL, polled, 12.6).close_main
    assert charging.late(FULL, polled, 13.1) == FULL


def test_a_sense_without_a_time_closes_nothing(watch: Watch) -> None:
    timeless = replace(ASKING, at_s=math.nan)

    assert not any(watch.late(FULL, timeless, now_s).close_main for now_s in (1.0, 2.0, 9.0))


def test_charging_for_hours_is_not_welding(charging: Watch) -> None:
    assert charging(FULL, CLOSED, 40_000.0) == FULL
    assert charging.guard.faults == frozenset()


# --- whatever comes ----------------------------------------------------------------------

AMPS = st.one_of(st.floats(), st.floats(0.0, 80.0), st.sampled_from([0.0, 6.0, 16.0, 32.0]))
WANTED = st.builds(
    Actuation, AMPS, st.booleans(), st.booleans(), st.booleans(), st.floats(-1.0, 60.0)
)
FAULTS = st.frozensets(st.builds(Fault, st.sampled_from(FaultCode)), max_size=1)
SENSED = st.builds(
    Sensed,
    st.floats(0.0, 20.0),
    st.one_of(st.just(Pilot.C), st.sampled_from(Pilot)),
    st.booleans(),
    st.booleans(),
    AMPS,
    faults=st.one_of(st.just(frozenset()), FAULTS),
)
STEPS = st.lists(st.tuples(WANTED, SENSED, st.sampled_from([0.0, 0.1, 0.7, 1.5, 3.0])), max_size=12)


@given(STEPS)
def test_the_guard_only_lowers_and_opens(
    steps: list[tuple[Actuation, Sensed, float]],
) -> None:
    guard, now_s = Guard(), 0.0
    for wanted, sensed, wait_s in steps:
        now_s += wait_s
        guard, done = guard.check(wanted, sensed, now_s)

        assert done.lock == wanted.lock
        assert done.offer_a == 0.0 or 6.0 <= done.offer_a <= min(wanted.offer_a, sensed.cable_a)
        assert wanted.close_main or not done.close_main
        assert done.close_main or not done.close_second
        if done.close_main:
            assert sensed.pilot in (Pilot.C, Pilot.D)
            assert not any(fault.opens for fault in sensed.faults)
            assert now_s <= wanted.valid_until_s
            assert not guard.faults
            assert sensed.main_closed or done.offer_a >= 6.0
        if done.offer_a:
            assert now_s <= wanted.valid_until_s


PLAUSIBLE = st.builds(
    Actuation,
    st.sampled_from([0.0, 10.0, 16.0]),
    st.sampled_from([True, True, True, False]),
    st.booleans(),
    st.just(True),
    st.just(FOREVER),
)
ASKED = st.sampled_from([Pilot.C, Pilot.C, Pilot.C, Pilot.D, Pilot.B])
LAG_S = st.sampled_from([0.0, 0.05, 0.25, 0.9])
TICKS = st.lists(st.tuples(PLAUSIBLE, ASKED, st.sampled_from([0.1, 0.5, 1.0, 2.5])), min_size=5)


@given(TICKS, LAG_S)
def test_the_second_contactor_is_never_told_to_change_under_load(
    ticks: list[tuple[Actuation, Pilot, float]], lag_s: float
) -> None:
    """On contactors that follow *lag_s* late, however the wishes change."""
    guard, now_s, was = Guard(), 0.0, replace(IDLE)
    main = second = False
    told_at_s = main_open_at_s = 0.0
    for wanted, pilot, wait_s in ticks:
        now_s += wait_s
        if now_s - told_at_s >= lag_s:
            main, second = was.close_main, was.close_second
        sensed = Sensed(now_s, pilot, main, second, 32.0)
        guard, done = guard.check(wanted, sensed, now_s)

        if done.close_second != was.close_second and was.close_main:
            assert not done.close_main
        if done.close_main and not was.close_main:
            assert now_s - main_open_at_s >= SETTLE_S
        if main or done.close_main:
            main_open_at_s = now_s
        if (done.close_main, done.close_second) != (was.close_main, was.close_second):
            told_at_s = now_s
        was = done
    assert not guard.faults
