"""A day of each of five households, with the settings that fit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from chargepoint.simulate.appliances import flicker, programme, sun, thermostat, used
from chargepoint.simulate.household import Battery, Guest, Household, Load

ALL = (1, 2, 3)
WASHING = ((3, 0.8), (16, 9.2), (34, 1.4), (6, 0.4), (9, 3.0))  # heats, turns, rinses, spins
DISHES = ((6, 0.4), (14, 8.7), (22, 0.5), (12, 8.7), (25, 0.2))
KETTLE_A, HAIR_A, MICROWAVE_A = 9.1, 7.8, 5.4


def flat() -> Household:
    """A small fuse, one phase: whoever cooks has the upper hand."""
    chance = Random("flat")
    one = (1,)
    return Household(
        "flat",
        "flat with a single phase and a small fuse",
        {
            "limits": {"mode": "smart", "mains_a": 25.0, "circuit_a": 16.0, "max_a": 16.0},
            "hardware": {"phases": 1},
            "evse": [{"id": 1}],
        },
        (
            Load(one, flicker(1.1, chance)),
            Load(one, thermostat(0, 24, 700, 1900, 0.7, chance)),  # fridge
            Load(one, thermostat(5.2, 7.4, 900, 500, 8.7, chance, 2400)),  # boiler
            Load(one, used(6.7, 3, KETTLE_A)),
            Load(one, used(7.15, 6, HAIR_A)),
            Load(one, used(12.4, 4, MICROWAVE_A)),
            Load(one, thermostat(18.2, 19.1, 50, 40, 8.3, chance, 240)),  # hob
            Load(one, thermostat(18.4, 19.5, 80, 120, 10.2, chance, 500)),  # oven
            Load(one, programme(20.2, *WASHING)),
            Load(one, used(21.6, 3, KETTLE_A)),
        ),
        (Guest(1, 0.0, 7.7, 1, 32.0, 14.0), Guest(1, 17.6, 24.0, 1, 32.0, 18.0)),
    )


def family() -> Household:
    """At home over noon: the car waits for the sun."""
    chance = Random("family")
    return Household(
        "family",
        "family house with 5 kWp on the roof",
        {
            "limits": {"mode": "solar", "mains_a": 25.0, "max_a": 16.0},
            "evse": [{"id": 1, "second_contactor": "auto"}],
        },
        (
            *(Load((phase,), flicker(0.9, chance)) for phase in ALL),
            Load((2,), thermostat(0, 24, 600, 2100, 0.8, chance)),
            *(Load((1,), used(at_h, 3, KETTLE_A)) for at_h in (6.5, 7.2, 10.1, 15.6, 20.4)),
            Load((3,), used(6.9, 8, HAIR_A)),
            Load((2,), programme(9.3, *WASHING)),
            Load((3,), programme(13.2, *DISHES)),
            Load((1, 2), thermostat(11.9, 12.7, 45, 35, 7.9, chance, 300)),  # hob on two phases
            Load((3,), thermostat(17.7, 18.9, 80, 130, 13.0, chance, 540)),  # oven
            Load((2,), programme(18.6, (70, 10.4))),  # tumble dryer
        ),
        (Guest(1, 0.0, 7.9, 1, 16.0, 6.0), Guest(1, 9.6, 24.0, 1, 16.0, 26.0)),
        sun(5.0, 0.62, chance),
    )


def farm() -> Household:
    """Motors on three phases morning and evening, much sun, two cars."""
    chance = Random("farm")
    return Household(
        "farm",
        "farm with 20 kWp on the barn and two EVSEs",
        {
            "limits": {"mode": "solar", "mains_a": 35.0, "circuit_a": 32.0},
            "hardware": {"meters": {"circuit": {"driver": "sim"}}},
            "evse": [{"id": 1}, {"id": 2}],
        },
        (
            *(Load((phase,), flicker(1.8, chance)) for phase in ALL),
            Load(ALL, thermostat(0, 24, 420, 900, 4.6, chance)),  # milk cooler
            Load(ALL, thermostat(5.3, 7.6, 600, 45, 7.5, chance)),  # milking, vacuum pump
            Load(ALL, thermostat(16.8, 19.0, 600, 45, 7.5, chance)),
            Load(ALL, programme(7.9, (25, 13.5))),  # feed mixer
            Load(ALL, thermostat(10.0, 15.5, 900, 1500, 11.0, chance)),  # hay fan
            Load((1,), thermostat(19.2, 21.0, 700, 400, 13.0, chance, 1800)),  # boiler
            Load((2,), thermostat(11.6, 12.6, 60, 60, 10.5, chance, 400)),  # kitchen
            Load((3,), programme(13.5, *WASHING)),
            *(Load((2,), used(at_h, 4, KETTLE_A)) for at_h in (5.1, 9.0, 12.8, 16.0)),
        ),
        (
            Guest(1, 0.0, 6.5, 3, 16.0, 20.0),
            Guest(1, 8.2, 18.4, 3, 32.0, 45.0),
            Guest(2, 9.1, 13.0, 1, 16.0, 9.0),
            Guest(2, 14.1, 24.0, 2, 16.0, 30.0),
        ),
        sun(20.0, 0.5, chance),
    )


def electric() -> Household:
    """Heat pump, boiler and a battery that is quicker than the car."""
    chance = Random("electric")
    return Household(
        "electric",
        "all-electric house with heat pump, 8 kWp and a battery",
        {
            "limits": {"mode": "smart", "mains_a": 25.0, "max_a": 16.0},
            "hardware": {"meters": {"battery": {"driver": "sim"}}},
            "evse": [{"id": 1}],
        },
        (
            *(Load((phase,), flicker(0.8, chance)) for phase in ALL),
            Load(ALL, thermostat(0, 9.5, 1500, 1100, 5.2, chance)),  # heat pump
            Load(ALL, thermostat(16.5, 24, 1300, 1500, 5.2, chance)),
            Load(ALL, programme(13.0, (50, 6.3))),  # hot water
            Load((1,), thermostat(3.0, 4.2, 240, 360, 13.0, chance)),  # its heating rod
            Load((1,), used(6.6, 3, KETTLE_A)),
            Load((3,), used(7.0, 9, HAIR_A)),
            Load((1, 2), thermostat(18.0, 18.9, 45, 35, 9.5, chance, 360)),  # hob
            Load((3,), thermostat(18.1, 19.2, 80, 120, 13.5, chance, 600)),  # oven
            Load((2,), programme(19.4, *DISHES)),
            Load((3,), programme(20.1, (65, 10.4))),
        ),
        (Guest(1, 0.0, 7.4, 3, 16.0, 32.0), Guest(1, 16.9, 24.0, 3, 16.0, 30.0)),
        sun(8.0, 0.7, chance),
        Battery(10_000.0, 5_000.0, 4_000.0),
    )


def company() -> Household:
    """Eight EVSEs on one circuit, wired in turn to each phase, all cars at once."""
    chance = Random("company")
    return Household(
        "company",
        "company with eight EVSEs on one circuit",
        {
            "limits": {"mode": "smart", "mains_a": 100.0, "circuit_a": 63.0},
            "hardware": {"meters": {"circuit": {"driver": "sim"}}},
            "evse": [
                {"id": number, "max_current_a": 32.0, "phase_map": turned}
                for number, turned in enumerate(_TURNS, 1)
            ],
        },
        (
            *(Load((phase,), flicker(9.0, chance)) for phase in ALL),
            Load(ALL, thermostat(6.5, 18.0, 1100, 500, 17.0, chance)),  # ventilation
            Load(ALL, thermostat(9.0, 17.5, 700, 600, 12.0, chance)),  # cooling
            Load(ALL, thermostat(10.3, 13.2, 120, 90, 22.0, chance, 900)),  # canteen
            Load((1,), thermostat(7.2, 16.0, 150, 420, 11.5, chance)),  # coffee
            Load((2,), thermostat(7.5, 16.5, 180, 600, 11.5, chance)),
            Load((3,), thermostat(8.0, 12.0, 300, 300, 14.0, chance)),  # workshop
        ),
        tuple(_staff()),
        sun(12.0, 0.55, chance),
    )


_TURNS = ((1, 2, 3), (2, 3, 1), (3, 1, 2)) * 2 + ((1, 2, 3), (2, 3, 1))


def _staff() -> Iterable[Guest]:
    """Most come for the day, some of the places are used twice."""
    yield Guest(1, 7.4, 16.6, 3, 16.0, 28.0)
    yield Guest(2, 7.7, 16.1, 1, 32.0, 22.0)
    yield Guest(3, 7.9, 12.2, 3, 16.0, 14.0)
    yield Guest(3, 13.1, 17.8, 1, 16.0, 12.0)
    yield Guest(4, 8.0, 17.0, 3, 32.0, 40.0)
    yield Guest(5, 8.3, 17.2, 2, 16.0, 18.0)
    yield Guest(6, 8.6, 12.0, 1, 16.0, 8.0)
    yield Guest(6, 12.6, 16.9, 3, 16.0, 20.0)
    yield Guest(7, 9.0, 18.3, 3, 16.0, 32.0)
    yield Guest(8, 9.4, 15.5, 1, 32.0, 15.0)


HOUSEHOLDS: dict[str, Callable[[], Household]] = {
    household.__name__: household for household in (flat, family, farm, electric, company)
}
