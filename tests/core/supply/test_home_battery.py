"""Solar beside a home battery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chargepoint.core.config import EvseConfig, LimitsConfig, Mode
from profiles.battery import BatteryUse

Build = Callable[..., Any]
BOTH = frozenset({"mains", "battery"})
CHARGES = (15.0, 0.0, 0.0)


def sunny(build: Build, use: str, **limits: Any) -> Any:
    """A roof that gives 15 A more than the house takes, on one phase."""
    config = LimitsConfig(mode=Mode.SOLAR, battery=BatteryUse(use), stop_s=20.0, **limits)
    home = build(limits=config, meter_roles=BOTH, evses=(EvseConfig(1, phases=1),), phases=1)
    home.house_a = (-15.0, 0.0, 0.0)
    home.battery_a = (0.0, 0.0, 0.0)
    home.run(2)
    home.bench.charge()
    return home


@pytest.mark.parametrize(("use", "charges"), [("ev_first", True), ("battery_first", False)])
def test_the_car_gets_what_charges_the_battery_or_only_what_it_leaves(
    house: Build, use: str, charges: bool
) -> None:
    home = sunny(house, use)
    home.battery_a = CHARGES
    home.run(60)

    assert (home.offer_a >= 6.0) is charges


@pytest.mark.parametrize(
    ("use", "charges"), [("ignore", True), ("ev_first", False), ("battery_first", False)]
)
def test_only_an_ignored_battery_is_drained_into_the_car(
    house: Build, use: str, charges: bool
) -> None:
    home = sunny(house, use)
    home.run(40)
    assert home.offer_a >= 6.0
    home.house_a = (1.0, 0.0, 0.0)
    for _ in range(60):
        home.battery_a = (-home.offer_a - 1.0, 0.0, 0.0)
        home.run(1)

    assert (home.offer_a >= 6.0) is charges


def test_a_battery_that_is_silent_makes_no_room(house: Build) -> None:
    home = sunny(house, "ev_first")
    home.battery_a = CHARGES
    home.run(40)
    assert home.offer_a >= 6.0

    home.mute = {"battery"}
    home.run(60)
    assert home.offer_a == 0.0
    assert home.warnings == ("battery meter silent",)


def test_a_battery_that_never_spoke_is_none(house: Build) -> None:
    home = sunny(house, "ev_first")
    home.bench.readings.pop("battery")
    home.mute = {"battery"}
    home.run(40)
    assert home.offer_a >= 6.0
