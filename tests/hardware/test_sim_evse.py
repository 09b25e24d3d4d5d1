"""The simulated board, and what people may do to its car, plug and electronics."""

import math
from dataclasses import asdict, replace

import pytest

from hardware.api import Actuation, BusError, Fault, FaultCode, NotNow, Pilot, WrongSettings
from hardware.guard import Guard

CHARGE = Actuation(16.0, close_main=True, close_second=True, lock=True, valid_until_s=math.inf)


async def test_a_board_starts_empty_and_safe(bench) -> None:
    sensed = await bench.board().sense()

    assert sensed.pilot is Pilot.A
    assert (sensed.main_closed, sensed.second_closed, sensed.locked) == (False, False, False)
    assert (sensed.cable_a, sensed.at_s, sensed.faults) == (0.0, 1000.0, frozenset())


async def test_a_charge_from_plug_to_unplug(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    sensed = await board.sense()
    assert (sensed.pilot, sensed.cable_a, sensed.connector_id) == (Pilot.B, 32.0, 1)

    await board.apply(CHARGE)
    assert board.duty == 0.266
    bench.clock.go(9.0)
    sensed = await board.sense()
    assert (sensed.pilot, sensed.main_closed, sensed.second_closed) == (Pilot.C, True, True)
    assert sensed.locked
    assert (await bench.meter("evse/1").read()).currents_a == (16.0, 16.0, 16.0)

    bench.sim.unplug(1, {})
    sensed = await board.sense()
    assert (sensed.pilot, sensed.cable_a, sensed.main_closed) == (Pilot.A, 0.0, False)
    assert (await bench.meter("evse/1").read()).power_w == 0.0


@pytest.mark.parametrize(("end", "cable_a"), [("both", 0.0), ("ev", 32.0), ("station", 0.0)])
async def test_one_end_unplugged_leaves_the_cable_in_the_other(
    bench, end: str, cable_a: float
) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    bench.sim.unplug(1, {"end": end})
    sensed = await board.sense()

    assert (sensed.pilot, sensed.cable_a) == (Pilot.A, cable_a)
    bench.sim.set_evse(1, {"cable_plugged_station_side": True})
    assert (await board.sense()).pilot is (Pilot.B if end == "station" else Pilot.A)


async def test_a_cable_may_come_first_and_the_car_later(bench) -> None:
    board = bench.board()
    bench.sim.set_evse(1, {"cable_plugged_station_side": True})
    assert ((await board.sense()).pilot, (await board.sense()).cable_a) == (Pilot.A, 32.0)

    bench.sim.plug_in(1, {"cable_a": 20})
    assert ((await board.sense()).pilot, (await board.sense()).cable_a) == (Pilot.B, 20.0)


async def test_a_car_says_what_it_can(bench) -> None:
    board = bench.board(connectors=2)
    bench.sim.plug_in(1, {"connector_id": 2, "max_current_a": 10, "phases": 1})
    await board.apply(CHARGE)
    bench.clock.go(30.0)

    assert (await bench.meter("evse/1").read()).currents_a == (10.0, 0.0, 0.0)
    assert (await board.sense()).connector_id == 2


async def test_a_car_without_auto_draw_waits_to_be_asked(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {"auto_draw": False})
    await board.apply(CHARGE)
    bench.clock.go(30.0)
    assert (await board.sense()).pilot is Pilot.B

    bench.sim.set_evse(1, {"requested_current_a": 8})
    bench.clock.go(30.0)
    assert (await board.sense()).pilot is Pilot.C
    assert (await bench.meter("evse/1").read()).currents_a == (8.0, 8.0, 8.0)


async def test_a_car_that_is_not_ready_suspends_and_resumes(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    await board.apply(CHARGE)
    bench.clock.go(30.0)
    bench.sim.set_evse(1, {"ready": False})
    bench.clock.go(1.0)
    assert (await board.sense()).pilot is Pilot.B

    bench.sim.set_evse(1, {"ready": True})
    bench.clock.go(1.0)
    assert (await board.sense()).pilot is Pilot.C


async def test_a_second_car_does_not_fit(bench) -> None:
    bench.board()
    bench.sim.plug_in(1, {})

    with pytest.raises(NotNow, match="already"):
        bench.sim.plug_in(1, {})


async def test_a_fixed_cable_has_its_rating_always_and_no_lock(bench) -> None:
    board = bench.board(connector_lock=False, max_current_a=16)
    await board.apply(CHARGE)
    sensed = await board.sense()
    assert (sensed.cable_a, sensed.locked, sensed.pilot) == (16.0, None, Pilot.A)

    with pytest.raises(NotNow, match="nothing is plugged in"):
        bench.sim.unplug(1, {})

    bench.sim.plug_in(1, {})
    assert (await board.sense()).pilot is Pilot.B
    with pytest.raises(NotNow, match="fixed"):
        bench.sim.unplug(1, {"end": "station"})
    with pytest.raises(NotNow, match="fixed"):
        bench.sim.set_evse(1, {"cable_plugged_station_side": False})
    bench.sim.unplug(1, {})
    assert (await board.sense()).pilot is Pilot.A


async def test_flaws_are_sensed(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    bench.sim.set_evse(
        1,
        {
            "fault": {"code": "GroundFailure", "vendor_code": "RCM"},
            "diode_fault": True,
            "temperature_c": 81.5,
        },
    )
    sensed = await board.sense()

    assert Fault(FaultCode.GROUND_FAILURE, "RCM", "injected") in sensed.faults
    assert {fault.code for fault in sensed.faults} == {
        FaultCode.GROUND_FAILURE,
        FaultCode.EV_COMMUNICATION_ERROR,
    }
    assert sensed.temperature_c == 81.5

    bench.sim.set_evse(1, {"fault": None, "diode_fault": False})
    assert (await board.sense()).faults == frozenset()


@pytest.mark.parametrize("pilot", list(Pilot))
async def test_the_pilot_can_be_held_in_every_state(bench, pilot: Pilot) -> None:
    board = bench.board()
    bench.sim.set_evse(1, {"pilot": pilot.value})
    assert (await board.sense()).pilot is pilot

    bench.sim.set_evse(1, {"pilot": None})
    assert (await board.sense()).pilot is Pilot.A


async def test_a_lock_that_fails_does_not_follow(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    bench.sim.set_evse(1, {"lock_failure": True})
    await board.apply(CHARGE)
    sensed = await board.sense()

    assert sensed.locked is False
    assert {fault.code for fault in sensed.faults} == {FaultCode.CONNECTOR_LOCK_FAILURE}
    assert not sensed.main_closed


async def test_a_welded_contactor_is_found_by_the_guard(bench) -> None:
    board, guard = bench.board(), Guard()
    bench.sim.set_evse(1, {"welded": True})
    for _ in range(30):
        sensed = await board.sense()
        guard, done = guard.check(CHARGE, sensed, bench.clock())
        await board.apply(done)
        bench.clock.go(0.1)

    assert {fault.code for fault in guard.faults} == {FaultCode.POWER_SWITCH_FAILURE}


async def test_guard_and_board_charge_together_and_switch_phases_without_load(bench) -> None:
    board, guard = bench.board(), Guard()
    bench.sim.plug_in(1, {})
    drawn: list[tuple[float, float, float]] = []
    wishes = [(CHARGE, 120), (replace(CHARGE, offer_a=0.0, close_main=False), 20)]
    wishes += [(replace(CHARGE, close_second=False), 120)]
    for wanted, ticks in wishes:
        for _ in range(ticks):
            sensed = await board.sense()
            guard, done = guard.check(wanted, sensed, bench.clock())
            await board.apply(done)
            bench.clock.go(0.1)
        drawn.append((await bench.meter("evse/1").read()).currents_a)

    assert drawn == [(16.0, 16.0, 16.0), (0.0, 0.0, 0.0), (16.0, 0.0, 0.0)]
    assert not guard.faults


async def test_a_silent_board_does_not_answer_and_ends_its_lease_alone(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    await board.apply(replace(CHARGE, valid_until_s=1005.0))
    bench.clock.go(4.0)
    bench.sim.set_evse(1, {"silent": True})
    with pytest.raises(BusError):
        await board.sense()
    with pytest.raises(BusError):
        await board.apply(CHARGE)

    bench.clock.go(2.0)
    bench.sim.set_evse(1, {"silent": False})
    assert not (await board.sense()).main_closed


async def test_the_car_stays_when_the_station_restarts_inside_the_process(bench) -> None:
    board = bench.board()
    bench.sim.plug_in(1, {})
    await board.apply(CHARGE)
    bench.clock.go(5.0)
    assert (await board.sense()).main_closed
    await board.close()
    sensed = await bench.board().sense()

    assert (sensed.pilot, sensed.main_closed) == (Pilot.B, False)


@pytest.mark.parametrize(
    ("request_", "asked", "named"),
    [
        ("plug_in", {"phases": 4}, "phases"),
        ("plug_in", {"max_current_a": math.nan}, "max_current_a"),
        ("plug_in", {"max_current": 16}, "max_current: unknown here; known are connector_id"),
        ("unplug", {"end": "left"}, "end"),
        ("set_evse", {"fault": {"code": "NoError"}}, "fault.code"),
        ("set_evse", {"ready": None}, "ready"),
        ("set_evse", {"pilot": "G"}, "pilot"),
        ("set_evse", {"requested_current_a": -1}, "requested_current_a"),
    ],
)
async def test_a_wrong_field_is_named(
    bench, request_: str, asked: dict[str, object], named: str
) -> None:
    bench.board()

    with pytest.raises(WrongSettings, match=named):
        getattr(bench.sim, request_)(1, asked)


@pytest.mark.parametrize(
    ("request_", "asked", "why"),
    [
        ("plug_in", {"connector_id": 2}, "1 connector"),
        ("unplug", {}, "nothing is plugged in"),
        ("unplug", {"end": "ev"}, "nothing is plugged in"),
        ("unplug", {"end": "station"}, "nothing is plugged in"),
        ("set_evse", {"ready": True}, "no car"),
        ("set_evse", {"requested_current_a": 6}, "no car"),
    ],
)
async def test_what_cannot_be_now_is_said(
    bench, request_: str, asked: dict[str, object], why: str
) -> None:
    bench.board()

    with pytest.raises(NotNow, match=why):
        getattr(bench.sim, request_)(1, asked)


async def test_what_was_set_can_be_seen(bench) -> None:
    bench.board()
    bare = bench.sim.evse(1)
    assert (bare.car_plugged, bare.cable_plugged_station_side, bare.ready) == (False, False, True)

    asked = {
        "requested_current_a": 9.0,
        "ready": False,
        "lock_failure": True,
        "welded": True,
        "diode_fault": True,
        "temperature_c": 60.0,
        "pilot": Pilot.D,
        "silent": True,
        "parked": True,
        "cable_plugged_station_side": True,
    }
    bench.sim.plug_in(1, {})
    bench.sim.set_evse(1, {**asked, "fault": {"code": "OtherError", "vendor_code": "7"}})
    shown = asdict(bench.sim.evse(1))

    assert shown.pop("fault") == asdict(Fault(FaultCode.OTHER_ERROR, "7", "injected"))
    assert shown == {**asked, "car_plugged": True}


async def test_only_what_has_a_simulated_board_can_be_played_with(bench) -> None:
    bench.board(2)

    assert bench.sim.simulates(2)
    assert not bench.sim.simulates(1)
    with pytest.raises(NotNow, match="no simulated board"):
        bench.sim.plug_in(1, {})
