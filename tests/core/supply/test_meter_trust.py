"""Meters that are silent, frozen or wired wrong, as a station sees them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from core.blocks.bench import Bench

from chargepoint.core.config import LimitsConfig
from hardware.api import MeterReading

Build = Callable[..., Any]


def charging(build: Build, **config: Any) -> Any:
    """A car that has charged for a minute behind a mains connection of 25 A."""
    house = build(**config)
    house.run(3)
    house.bench.charge()
    return house.run(60)


# --- the ladder ---------------------------------------------------------------------------------


def test_by_default_a_silent_mains_meter_ends_charging_after_ten_seconds(house: Build) -> None:
    home = charging(house)
    assert home.trust() == ("fresh", False)
    before_a = home.offer_a
    home.mute = {"mains"}

    home.run(8)
    assert home.trust() == ("held", False)
    assert home.offer_a <= before_a
    assert home.warnings == ()
    home.run(4)
    assert home.trust() == ("silent", True)
    assert home.offer_a == 0.0
    assert home.binding.startswith("mains meter silent")
    assert home.warnings == ("mains meter silent",)
    assert "mains meter silent" in home.bench.notes


def test_a_meter_may_have_a_ladder_of_its_own(house: Build) -> None:
    home = charging(
        house,
        stale_after_s={"mains": 4.0},
        fallback_a={"mains": 8.0},
        suspend_after_s={"mains": 30.0},
    )
    home.mute = {"mains"}

    home.run(6)
    assert home.trust() == ("fallback", True)
    assert (home.offer_a, home.binding) == (8.0, "mains meter silent")
    home.run(30)
    assert home.trust() == ("silent", True)
    assert home.offer_a == 0.0


def test_a_meter_that_comes_back_brings_no_jump(house: Build) -> None:
    home = charging(house, fallback_a={"mains": 8.0})
    home.mute = {"mains"}
    home.run(20)
    assert home.offer_a == 8.0

    home.mute = set()
    rises = []
    for _ in range(75):
        before_a = home.offer_a
        home.run(1)
        rises.append(home.offer_a - before_a)
    assert home.warnings == ()
    assert "the mains meter is fine again" in home.bench.notes
    assert max(rises) < 6.0
    assert home.offer_a > 20.0


def test_a_meter_that_never_spoke_is_not_believed_and_after_a_while_missed(house: Build) -> None:
    home = house()
    home.mute = {"mains"}
    home.bench.charge()
    home.run(1)
    assert home.offer_a == 0.0
    assert home.warnings == ()

    home.run(12)
    assert home.trust() == ("silent", True)
    assert home.warnings == ("mains meter silent",)


def test_garbage_is_no_reading(house: Build) -> None:
    home = charging(house)
    home.mute = {"mains"}
    for value in (math.nan, 1e6):
        home.bench.readings["mains"] = MeterReading(home.bench.now.s, (value, 0.0, 0.0))
        home.run(6)

    assert home.offer_a == 0.0
    assert home.warnings == ("mains meter silent",)


# --- frozen -------------------------------------------------------------------------------------

SOON = LimitsConfig(frozen_after_s=60.0)


def frozen(build: Build, limits: LimitsConfig, **config: Any) -> Any:
    """A house whose mains meter hangs at what it showed before the car came."""
    home = build(limits=limits, **config)
    home.run(20)
    home.stuck = {"mains"}
    home.bench.charge()
    return home.run(45)


def test_a_meter_that_repeats_itself_is_told_then_not_believed_until_it_moves(
    house: Build,
) -> None:
    home = frozen(house, SOON)
    assert home.warnings == ("mains meter repeats one value although our load changes",)
    assert home.trust() == ("fresh", False)
    assert home.offer_a > 6.0

    home.run(30)
    assert home.trust() == ("frozen", True)
    assert home.offer_a == 0.0
    assert home.binding.startswith("mains meter repeats one value")
    assert home.warnings == ("mains meter repeats one value",)
    assert "the mains meter is fine again" not in home.bench.notes
    home.run(120)
    assert home.trust() == ("frozen", True)

    home.stuck = set()
    home.house_a = (2.5, 1.0, 1.0)
    home.run(75)
    assert home.warnings == ()
    assert home.offer_a > 6.0


def test_a_frozen_meter_that_falls_silent_is_silent(house: Build) -> None:
    home = frozen(house, SOON)
    home.run(30)
    home.mute = {"mains"}
    home.run(15)

    assert home.trust() == ("silent", True)
    assert home.warnings == ("mains meter silent",)


def test_a_frozen_meter_has_the_fallback_of_a_silent_one(house: Build) -> None:
    home = frozen(house, SOON, fallback_a={"mains": 7.0}, suspend_after_s={"mains": 30.0})
    home.run(25)
    assert (home.trust(), home.offer_a) == (("frozen", True), 7.0)
    home.run(60)
    assert (home.trust(), home.offer_a) == (("frozen", True), 0.0)


def test_each_meter_may_have_its_own_patience(house: Build) -> None:
    home = frozen(house, LimitsConfig(), frozen_after_s={"mains": 60.0})
    home.run(30)

    assert home.trust() == ("frozen", True)


def test_suspicion_can_be_switched_off(house: Build) -> None:
    home = frozen(house, LimitsConfig(frozen_after_s=0.0))
    home.run(300)

    assert home.warnings == ()
    assert home.trust() == ("fresh", False)


def test_a_constant_house_with_a_constant_car_is_never_suspected(house: Build) -> None:
    home = charging(house, limits=LimitsConfig(max_a=10.0))
    home.run(400)

    assert home.warnings == ()
    assert home.offer_a == 10.0


# --- wired wrong --------------------------------------------------------------------------------


def test_an_inverted_meter_is_told_in_words_and_limits_nothing_by_that(house: Build) -> None:
    home = house(limits=LimitsConfig(max_a=10.0))
    home.inverted = True
    home.run(3)
    for _ in range(3):
        home.bench.charge()
        home.run(20)
        home.bench.unplug()
        home.run(20)

    assert home.warnings == ("mains meter looks inverted on L1, L2, L3",)
    assert "mains meter looks inverted on L1, L2, L3" in home.bench.notes
    home.inverted = False
    home.run(5)
    home.bench.charge()
    home.run(20)
    assert home.warnings == ()


def test_a_battery_that_feeds_the_car_is_not_called_inverted(house: Build) -> None:
    home = house(limits=LimitsConfig(max_a=10.0), meter_roles=frozenset({"mains", "battery"}))
    home.battery_a = (0.0, 0.0, 0.0)
    home.run(3)
    for _ in range(5):
        home.bench.charge()
        home.battery_a = (-10.0, -10.0, -10.0)
        home.run(20)
        home.bench.unplug()
        home.battery_a = (0.0, 0.0, 0.0)
        home.run(20)

    assert home.warnings == ()


# --- the meter of an EVSE -----------------------------------------------------------------------


def test_an_ev_meter_that_is_off_while_idle_stops_no_start(house: Build) -> None:
    home = house(fallback_a={"evse/1": 0.0})
    home.mute = {"evse/1"}
    home.run(60)
    home.bench.charge()
    home.run(5)

    assert home.offer_a > 0.0
    assert home.warnings == ()


def test_an_ev_meter_lost_in_mid_charge_is_a_warning(house: Build) -> None:
    home = charging(house)
    home.mute = {"evse/1"}
    home.run(15)

    assert home.offer_a > 6.0
    assert home.warnings == ("EVSE 1 meter silent",)
    assert home.bench.notes.count("the meter is silent while the car charges") == 1
    home.mute = set()
    home.run(2)
    assert home.warnings == ()


def test_with_a_fallback_it_limits_until_it_speaks_or_the_session_ends(house: Build) -> None:
    home = charging(house, fallback_a={"evse/1": 7.0}, suspend_after_s={"evse/1": 40.0})
    home.mute = {"evse/1"}
    home.run(15)
    assert (home.offer_a, home.binding) == (7.0, "EVSE 1 meter silent")
    home.run(300)
    assert (home.offer_a, home.binding) == (0.0, "EVSE 1 meter silent")

    home.mute = set()
    home.run(40)
    assert home.offer_a > 7.0
    home.mute = {"evse/1"}
    home.run(60)
    assert home.offer_a == 0.0
    home.bench.unplug()
    home.run(2)
    home.bench.charge()
    home.run(2)
    assert home.offer_a >= 6.0


def test_a_station_without_ev_meters_misses_none() -> None:
    bench = Bench("2.0.1", metered_evses=frozenset()).online()
    bench.charge()
    bench.run(30)

    assert bench.evse().offer_a == 32.0
    assert not [text for text in bench.snapshot().warnings if "meter" in text]
