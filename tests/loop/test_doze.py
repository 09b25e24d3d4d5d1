from __future__ import annotations

from dataclasses import replace

import pytest

from chargepoint.doze import AWAKE_S, NAP_S, Doze
from hardware.api import Actuation, Fault, FaultCode, Pilot, Sensed

EMPTY = Sensed(0.0, Pilot.A)
FAULT = Fault(FaultCode.GROUND_FAILURE, "", "")


def dozing(at_s: float = 100.0, wanted: Actuation = Actuation.SAFE) -> Doze:
    """Return one that saw an empty socket long ago and decided *wanted* at *at_s*."""
    doze = Doze()
    doze.passes({1: EMPTY}, at_s - 10.0)
    doze.decided([wanted], at_s)
    return doze


def test_the_first_look_is_a_decision() -> None:
    assert not Doze().passes({1: EMPTY}, 0.0)


def test_nothing_new_is_decided_once_a_second() -> None:
    doze = dozing(100.0)

    assert doze.passes({1: replace(EMPTY, at_s=100.1)}, 100.1)
    assert doze.passes({1: EMPTY}, 100.9)
    assert not doze.passes({1: EMPTY}, 100.0 + NAP_S)


@pytest.mark.parametrize(
    "sensed",
    [
        {},
        {1: replace(EMPTY, pilot=Pilot.B)},
        {1: replace(EMPTY, main_closed=True)},
        {1: replace(EMPTY, second_closed=True)},
        {1: replace(EMPTY, cable_a=20.0)},
        {1: replace(EMPTY, locked=True)},
        {1: replace(EMPTY, faults=frozenset({FAULT}))},
        {1: replace(EMPTY, connector_id=2)},
    ],
)
def test_whatever_a_board_shows_anew_wakes_at_once_and_for_a_while(
    sensed: dict[int, Sensed],
) -> None:
    doze = dozing(100.0)

    assert not doze.passes(sensed, 100.1)
    doze.decided([Actuation.SAFE], 100.1)
    assert not doze.passes(sensed, 100.0 + AWAKE_S)
    doze.decided([Actuation.SAFE], 100.0 + AWAKE_S)
    assert doze.passes(sensed, 100.2 + AWAKE_S)


def test_what_is_said_wakes_for_a_while() -> None:
    doze = dozing(100.0)

    doze.wake(100.1)

    assert not doze.passes({1: EMPTY}, 100.2)
    assert not doze.passes({1: EMPTY}, 100.0 + AWAKE_S)


@pytest.mark.parametrize(
    "wanted",
    [
        Actuation(6.0, False, False, False, 1.0),
        Actuation(0.0, True, False, False, 1.0),
        Actuation(0.0, False, True, False, 1.0),
        Actuation(0.0, False, False, True, 1.0),
    ],
)
def test_who_holds_power_or_a_lock_never_dozes(wanted: Actuation) -> None:
    doze = dozing(100.0, wanted)

    assert not doze.passes({1: EMPTY}, 100.1)
