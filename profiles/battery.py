"""The home battery: what its current means for a car that charges from the sun.

The mains meter sees house, roof and battery together. A battery that charges swallows what
a car could have; one that discharges makes a house look frugal, and the car would drain it.
Only solar asks here: fuses are told what the meters say.

Source: SmartEVSE's home battery current, charging positive.
"""

from __future__ import annotations

from enum import StrEnum

from profiles.readings import Currents


class BatteryUse(StrEnum):
    """Who gets the sun first, and whether the car may drain the battery."""

    IGNORE = "ignore"  # it is one more load, and one more source
    EV_FIRST = "ev_first"  # the car may have what charges it; it does not feed the car
    BATTERY_FIRST = "battery_first"  # the car gets what it leaves; it does not feed the car


NO_CURRENT: Currents = (0.0, 0.0, 0.0)


def counted(use: BatteryUse, battery_a: Currents, fresh: bool) -> Currents:
    """Return what of the battery's current solar leaves out of account, phase by phase.

    A battery that charges counts only when the car goes first, and only while it is known
    to charge: an old reading may take room from the car, but never give it any.
    """
    charges = sum(battery_a) > 0.0
    makes_room = use is BatteryUse.EV_FIRST and fresh
    if use is BatteryUse.IGNORE or (charges and not makes_room):
        return NO_CURRENT
    return battery_a


def without(mains_a: Currents, battery_a: Currents) -> Currents:
    """Return what the mains would show without the battery."""
    l1_a, l2_a, l3_a = (m - b for m, b in zip(mains_a, battery_a, strict=True))
    return l1_a, l2_a, l3_a
