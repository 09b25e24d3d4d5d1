"""The physics of the simulated house: exact, and the same however often one looks."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.api import Actuation, Fault, FaultCode, Pilot
from hardware.sim.car import FALL_A_PER_S, Car
from hardware.sim.outlet import Build, Outlet
from hardware.sim.world import APPLIANCES, Register, World, advance, settled

EVSE = "evse/1"
PLACES = ("mains", "circuit", "battery", EVSE)


def told(offer_a: float, second: bool = True, close: bool = True) -> Actuation:
    """Return an actuation without end."""
    return Actuation(offer_a, close, second and close, True, math.inf)


def house(outlet: Outlet | None = None, **fields: object) -> World:
    """Return a world at 0 s with registers everywhere and one board."""
    registers = dict.fromkeys(PLACES, Register())
    outlets = {EVSE: outlet or Outlet()}
    return settled(World(0.0, outlets=outlets, registers=registers, **fields))  # type: ignore[arg-type]


def plugged(
    actuation: Actuation = Actuation.SAFE, car: Car | None = None, **fields: object
) -> Outlet:
    """Return a board with a car."""
    return Outlet(car=car or Car(), cable_in=True, told=actuation, **fields)  # type: ignore[arg-type]


def changed(world: World, **fields: object) -> World:
    """Return *world* with something about its board changed."""
    outlet = world.outlets[EVSE]._replace(**fields)  # type: ignore[arg-type]
    return settled(world._replace(outlets={EVSE: outlet}))


def seen(world: World) -> tuple[Pilot, tuple[float, float, float]]:
    """Return the pilot and what the car draws."""
    return world.outlets[EVSE].pilot, world.outlets[EVSE].currents_a


# --- a charge ------------------------------------------------------------------------------


def test_a_car_asks_after_its_delay_ramps_up_and_draws_exactly_what_is_offered() -> None:
    world = house(plugged(told(16.0)))

    assert seen(advance(world, 0.999)) == (Pilot.B, (0.0, 0.0, 0.0))
    assert seen(advance(world, 1.0)) == (Pilot.C, (0.0, 0.0, 0.0))
    assert seen(advance(world, 4.0)) == (Pilot.C, (6.0, 6.0, 6.0))
    assert seen(advance(world, 9.0)) == (Pilot.C, (16.0, 16.0, 16.0))
    assert seen(advance(world, 99.0)) == (Pilot.C, (16.0, 16.0, 16.0))


@pytest.mark.parametrize(
    ("car", "drawn_a"),
    [
        (Car(max_current_a=13.0), 13.0),
        (Car(requested_a=10.0), 10.0),
        (Car(requested_a=4.0), 4.0),
        (Car(max_current_a=63.0, requested_a=63.0), 16.0),
    ],
)
def test_a_car_draws_the_least_of_offer_own_limit_and_wish(car: Car, drawn_a: float) -> None:
    world = advance(house(plugged(told(16.0), car)), 60.0)

    assert world.outlets[EVSE].currents_a == (drawn_a,) * 3


@pytest.mark.parametrize("car", [Car(ready=False), Car(requested_a=0.0)])
def test_a_car_that_wants_nothing_stays_in_b(car: Car) -> None:
    assert seen(advance(house(plugged(told(16.0), car)), 60.0))[0] is Pilot.B


def test_a_car_that_is_not_offered_six_amperes_does_not_ask() -> None:
    assert seen(advance(house(plugged(told(5.9))), 60.0))[0] is Pilot.B


def test_nothing_flows_while_the_contactor_is_open() -> None:
    world = advance(house(plugged(told(16.0, close=False))), 60.0)

    assert seen(world) == (Pilot.C, (0.0, 0.0, 0.0))
    assert world.registers[EVSE] == Register()


@pytest.mark.parametrize(
    ("phases", "second", "supply", "used"),
    [(3, True, 3, 3), (3, False, 3, 1), (2, True, 3, 2), (1, True, 3, 1), (3, True, 1, 1)],
)
def test_a_car_uses_the_phases_that_it_has_and_gets(
    phases: int, second: bool, supply: int, used: int
) -> None:
    outlet = plugged(told(10.0, second), Car(phases=phases), build=Build(phases=supply))
    world = advance(house(outlet), 60.0)

    assert world.outlets[EVSE].currents_a == ((10.0,) * used + (0.0, 0.0))[:3]


def test_without_an_offer_the_car_lets_go_and_leaves_c_within_a_second() -> None:
    world = advance(house(plugged(told(32.0))), 60.0)
    stopping = changed(world, told=told(0.0))

    assert seen(stopping) == (Pilot.C, (32.0, 32.0, 32.0))
    assert seen(advance(stopping, 60.4)) == (Pilot.C, pytest.approx((16.0, 16.0, 16.0)))
    assert seen(advance(stopping, 60.0 + 32.0 / FALL_A_PER_S)) == (Pilot.B, (0.0, 0.0, 0.0))
    assert advance(stopping, 61.0).outlets[EVSE].main_closed


def test_a_lower_offer_is_followed_within_the_five_seconds_of_the_standard() -> None:
    world = advance(house(plugged(told(32.0))), 60.0)

    assert seen(advance(changed(world, told=told(6.0)), 61.0))[1] == (6.0, 6.0, 6.0)


def test_a_car_asks_again_after_a_pause_with_a_new_delay() -> None:
    world = advance(house(plugged(told(16.0))), 60.0)
    world = advance(changed(world, told=told(0.0)), 70.0)
    world = changed(world, told=told(16.0))

    assert seen(advance(world, 70.9))[0] is Pilot.B
    assert seen(advance(world, 71.0))[0] is Pilot.C


# --- what the board does by itself ---------------------------------------------------------


def test_the_board_opens_when_its_lease_ends() -> None:
    lease = replace(told(16.0), valid_until_s=30.0)
    world = house(plugged(lease))

    assert advance(world, 29.9).outlets[EVSE].main_closed
    after = advance(world, 100.0)
    assert after.outlets[EVSE].told == Actuation.SAFE
    assert not after.outlets[EVSE].main_closed
    assert after.registers == advance(world, 30.0).registers


@pytest.mark.parametrize(
    "fields",
    [
        {"car": None},
        {"cable_in": False},
        {"pilot_held": Pilot.E},
        {"pilot_held": Pilot.F},
        {"fault": Fault(FaultCode.GROUND_FAILURE)},
        {"diode_fault": True},
    ],
)
def test_the_board_opens_at_once_when_the_pilot_is_lost_or_something_is_wrong(
    fields: dict[str, object],
) -> None:
    world = changed(advance(house(plugged(told(16.0))), 60.0), **fields)

    assert not world.outlets[EVSE].main_closed
    assert not world.outlets[EVSE].second_closed
    assert world.outlets[EVSE].currents_a == (0.0, 0.0, 0.0)


def test_a_warning_does_not_open() -> None:
    world = advance(house(plugged(told(16.0))), 60.0)

    assert changed(world, fault=Fault(FaultCode.WEAK_SIGNAL)).outlets[EVSE].main_closed


def test_a_car_that_wants_ventilation_charges() -> None:
    world = changed(advance(house(plugged(told(16.0))), 60.0), pilot_held=Pilot.D)

    assert seen(world) == (Pilot.D, (16.0, 16.0, 16.0))


def test_a_welded_contactor_stays_closed_whatever_it_is_told() -> None:
    world = advance(house(plugged(told(16.0), welded=True)), 60.0)
    world = advance(changed(world, told=Actuation.SAFE), 70.0)

    assert world.outlets[EVSE].sensed(70.0).main_closed
    assert seen(world) == (Pilot.B, (0.0, 0.0, 0.0))
    assert not changed(world, welded=False).outlets[EVSE].main_closed


def test_a_jammed_lock_stays_where_it_was_and_says_so_until_it_is_mended() -> None:
    world = changed(house(plugged(told(16.0))), lock_failure=True)
    assert world.outlets[EVSE].sensed(0.0).faults == frozenset()

    world = changed(world, told=Actuation.SAFE)
    sensed = world.outlets[EVSE].sensed(0.0)
    assert sensed.locked
    assert {fault.code for fault in sensed.faults} == {FaultCode.CONNECTOR_LOCK_FAILURE}

    world = changed(world, told=told(16.0))
    assert world.outlets[EVSE].sensed(0.0).faults
    world = changed(world, lock_failure=False, told=Actuation.SAFE)
    assert world.outlets[EVSE].sensed(0.0).faults == frozenset()
    assert world.outlets[EVSE].sensed(0.0).locked is False


# --- the house -----------------------------------------------------------------------------


def test_mains_is_house_plus_cars_minus_sun() -> None:
    world = house(
        plugged(told(16.0)),
        house_a=(1.0, 2.0, 3.0),
        circuit_a=(0.5, 0.0, 0.0),
        appliances=frozenset({"oven"}),
        solar_w=690.0,
        battery_w=1380.0,
    )
    world = advance(world, 60.0)

    assert world.currents_a("circuit") == (16.5, 16.0, 16.0)
    assert world.currents_a("battery") == pytest.approx((2.0, 2.0, 2.0))
    assert world.currents_a("mains") == pytest.approx((18.5, 34.0, 20.0))
    assert world.powers_w()["mains"] == pytest.approx(72.5 * 230.0)
    assert world.voltages_v == (230.0, 230.0, 230.0)
    assert world.currents_a("evse/9") == (0.0, 0.0, 0.0)


def test_a_house_on_one_phase_has_its_sun_there() -> None:
    world = house(phases=1, solar_w=2300.0)

    assert world.voltages_v == (230.0, 0.0, 0.0)
    assert world.currents_a("mains") == (-10.0, 0.0, 0.0)


def test_a_board_turned_in_phase_loads_other_mains_phases() -> None:
    outlet = plugged(told(10.0), Car(phases=1), build=Build(phase_map=(3, 1, 2)))
    world = advance(house(outlet), 60.0)

    assert world.outlets[EVSE].currents_a == (10.0, 0.0, 0.0)
    assert world.currents_a("circuit") == (0.0, 0.0, 10.0)


def test_every_appliance_fits_a_household_fuse() -> None:
    for name, load_a in APPLIANCES.items():
        assert max(load_a) <= 16.0, name


# --- energy --------------------------------------------------------------------------------


def test_energy_is_exact_over_ramp_and_plateau() -> None:
    world = advance(house(plugged(told(16.0))), 3601.0)
    ramp_as, plateau_as = 16.0 * 8.0 / 2.0, 16.0 * (3600.0 - 8.0)

    wanted_wh = 3 * 230.0 * (ramp_as + plateau_as) / 3600.0
    assert world.registers[EVSE].import_wh == pytest.approx(wanted_wh, rel=1e-9)


def test_a_ramp_through_zero_counts_both_ways() -> None:
    world = advance(house(plugged(told(16.0)), solar_w=3 * 230.0 * 8.0), 1.0)
    after = advance(world, 9.0)

    assert world.registers["mains"] == Register(0.0, pytest.approx(5520.0 / 3600.0))
    counted = after.registers["mains"]
    half_wh = 3 * 230.0 * 8.0 * 4.0 / 2.0 / 3600.0
    assert counted.import_wh == pytest.approx(half_wh)
    assert counted.export_wh - world.registers["mains"].export_wh == pytest.approx(half_wh)


TIMES = st.lists(st.floats(0.0, 50.0), max_size=20).map(sorted)


@settings(deadline=None)
@given(TIMES, st.sampled_from([0.0, 6.0, 13.3, 32.0]), st.floats(0.0, 9000.0))
def test_it_does_not_matter_how_often_one_looks(
    times_s: list[float], offer_a: float, solar_w: float
) -> None:
    lease = replace(told(offer_a), valid_until_s=30.0)
    start = house(plugged(lease), solar_w=solar_w, house_a=(3.0, 0.0, 1.0))
    once, often = advance(start, 50.0), start
    for time_s in times_s:
        often = advance(often, time_s)
    often = advance(often, 50.0)

    assert seen(often) == seen(once)
    for place in PLACES:
        ours, theirs = often.registers[place], once.registers[place]
        assert ours.import_wh == pytest.approx(theirs.import_wh, abs=1e-6)
        assert ours.export_wh == pytest.approx(theirs.export_wh, abs=1e-6)


CHANGES = st.sampled_from(
    [
        {"told": told(16.0)},
        {"told": told(7.0, second=False)},
        {"told": told(0.0)},
        {"told": Actuation.SAFE},
        {"car": Car()},
        {"car": Car(phases=1, ready=False)},
        {"car": None},
        {"cable_in": False},
        {"cable_in": True},
        {"welded": True},
        {"welded": False},
        {"pilot_held": Pilot.E},
        {"pilot_held": None},
    ]
)


@settings(deadline=None)
@given(st.lists(st.tuples(CHANGES, st.floats(0.0, 20.0)), max_size=15), st.floats(0.0, 1e6))
def test_registers_never_fall_and_current_flows_only_where_it_can(
    steps: list[tuple[dict[str, object], float]], begin_s: float
) -> None:
    world = house(plugged(), solar_w=4000.0)._replace(at_s=begin_s)
    for fields, wait_s in steps:
        before = world
        world = advance(changed(world, **fields), world.at_s + wait_s)
        outlet = world.outlets[EVSE]

        for place in PLACES:
            assert world.registers[place].import_wh >= before.registers[place].import_wh
            assert world.registers[place].export_wh >= before.registers[place].export_wh
        if any(outlet.currents_a):
            assert outlet.main_closed
            assert outlet.connected
            assert max(outlet.currents_a) <= 32.0
        assert outlet.second_closed is False or outlet.told.close_second
