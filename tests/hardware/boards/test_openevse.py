"""An OpenEVSE controller over a pty: what it says, what it is told, how it misbehaves."""

import asyncio
import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openevse_device import BOOT_LOCK, DISABLED, SLEEPING, OpenEvseDevice, line

from hardware import registry
from hardware.api import Actuation, BoardError, BusError, FaultCode, Pilot, WrongSettings
from hardware.bus.line import Line, LineSettings, open_line
from hardware.drivers.openevse_state import FAULTS, Capacity, State, temperature_c
from hardware.guard import Guard
from hardware.registry import Context, Kind


def order(offer_a: float, close: bool = True) -> Actuation:
    return Actuation(offer_a, close, False, False, valid_until_s=math.inf)


class Stand:
    """A board, the device behind it, and a guard before it as the program has one."""

    def __init__(self, device: OpenEvseDevice, clock, **given) -> None:
        self.device, self.clock = device, clock
        self.board = registry.open_board(
            "openevse", {"port": device.port, **given}, Context("evse/1", clock)
        )
        self.guard = Guard()

    async def turn(self, wanted: Actuation) -> Actuation:
        """Sense, guard and apply once, as the control loop does."""
        sensed = await self.board.sense()
        self.guard, done = self.guard.check(wanted, sensed, self.clock())
        await self.board.apply(done)
        self.clock.go(0.1)
        return done

    async def charge(self, offer_a: float = 16.0) -> None:
        """Charge for a while, the guard allowing."""
        for _ in range(20):
            await self.turn(order(offer_a))
        assert self.device.relay
        assert (await self.board.sense()).main_closed


@pytest.fixture
async def device(tmp_path: Path) -> AsyncIterator[OpenEvseDevice]:
    device = OpenEvseDevice(tmp_path / "ttyUSB0")
    device.plugged = True
    yield device
    await device.close()


@pytest.fixture
async def stand(device: OpenEvseDevice, clock) -> AsyncIterator[Stand]:
    stand = Stand(device, clock, timeout_s=1.0)
    yield stand
    await stand.board.close()


@pytest.fixture
async def hasty(device: OpenEvseDevice, clock) -> AsyncIterator[Stand]:
    """Yield a stand where nobody waits long."""
    stand = Stand(device, clock, timeout_s=0.03)
    yield stand
    await stand.board.close()


# --- as it should be ---------------------------------------------------------------------------


async def test_a_board_that_is_charging_when_we_come_is_put_to_sleep(stand: Stand) -> None:
    stand.device.update()
    assert stand.device.relay
    sensed = await stand.board.sense()

    assert (stand.device.mode, stand.device.relay) == (SLEEPING, False)
    assert (sensed.pilot, sensed.main_closed) == (Pilot.B, False)
    assert (sensed.cable_a, sensed.temperature_c) == (32.0, 31.2)


async def test_a_car_charges_with_what_the_guard_lets_pass_and_stops(stand: Stand) -> None:
    await stand.board.sense()
    stand.device.offered.clear()
    await stand.charge(16.9)
    assert set(stand.device.offered) == {16}
    await stand.turn(order(6.0))
    assert stand.device.amps == 6
    await stand.turn(order(0.0))
    sensed = await stand.board.sense()

    assert (sensed.pilot, sensed.main_closed) == (Pilot.B, False)
    assert not stand.guard.faults


async def test_nothing_is_written_into_its_memory_again_and_again(stand: Stand) -> None:
    for offer_a in (16.0, 10.0, 0.0, 8.0) * 3:
        await stand.turn(order(offer_a))
        stand.clock.go(3.0)

    assert stand.device.eeprom_writes == 1  # the supervision, once


@pytest.mark.parametrize(
    ("offer_a", "amps"), [(5.9, 0), (math.nan, 0), (6.0, 6), (31.9, 31), (80, 32)]
)
def test_a_current_is_whole_amperes_within_what_the_board_can(offer_a: float, amps: int) -> None:
    assert Capacity.of(["6", "80", "16", "32"]).within(offer_a) == amps


def test_a_board_that_can_do_less_than_its_least_offers_nothing() -> None:
    assert Capacity.of(["10", "80", "16", "8"]).within(16.0) == 0


async def test_a_car_that_asks_is_offered_nothing_before_the_relay_may_close(stand: Stand) -> None:
    stand.device.lazy = True
    await stand.board.sense()
    assert (await stand.board.sense()).pilot is Pilot.C
    await stand.board.apply(order(16.0, close=False))
    assert stand.device.mode == SLEEPING
    await stand.board.apply(order(16.0))

    assert stand.device.relay


async def test_a_relay_that_nobody_told_to_close_opens_soon(stand: Stand) -> None:
    await stand.board.sense()
    await stand.board.apply(order(16.0, close=False))
    assert stand.device.relay  # the car asked, and the board did not wait for us
    assert not (await stand.board.sense()).main_closed
    stand.clock.go(0.6)
    sensed = await stand.board.sense()

    assert (stand.device.relay, sensed.main_closed) == (False, False)


async def test_a_relay_that_is_told_to_open_opens_at_once(stand: Stand) -> None:
    await stand.charge()
    await stand.board.apply(order(16.0, close=False))

    assert not stand.device.relay


async def test_a_car_has_time_to_stop_while_the_relay_may_stay_closed(stand: Stand) -> None:
    stand.device.lazy = True
    await stand.charge()
    await stand.turn(order(0.0))
    assert (stand.device.mode, stand.device.relay) == (SLEEPING, True)
    await stand.turn(order(0.0, close=False))

    assert (stand.device.mode, stand.device.relay) == (SLEEPING, False)


async def test_the_supervision_is_armed_and_hears_a_sign_of_life(stand: Stand) -> None:
    await stand.charge()
    assert stand.device.supervision == (5, 6)
    stand.device.asked.clear()
    for _ in range(50):
        await stand.turn(order(16.0))

    assert stand.device.asked.count("SY") in (2, 3)


async def test_a_late_sign_of_life_arms_it_anew_and_never_offers_more(stand: Stand) -> None:
    await stand.charge(10.0)
    stand.device.offered.clear()
    stand.device.miss()
    stand.clock.go(6.0)
    for _ in range(20):
        await stand.turn(order(10.0))

    assert "SY 165" not in stand.device.asked
    assert (stand.device.missed, stand.device.amps) == (False, 10)
    assert max(stand.device.offered) == 10


async def test_a_hot_board_offers_what_it_can_and_later_more(stand: Stand) -> None:
    stand.device.hot = True
    await stand.charge(16.0)
    assert stand.device.amps == 6
    stand.device.hot = False
    for _ in range(12):
        await stand.turn(order(16.0))

    assert stand.device.amps == 16
    assert sum("SC" in asked for asked in stand.device.asked) < 10


async def test_a_board_locked_since_it_started_is_unlocked_asleep(stand: Stand) -> None:
    stand.device.flags = BOOT_LOCK
    await stand.board.sense()

    asked = stand.device.asked
    assert asked.index("FS") < asked.index("SB")
    assert not stand.device.flags


async def test_a_car_that_leaves_is_seen(stand: Stand) -> None:
    await stand.charge()
    stand.device.plugged = False

    assert (await stand.board.sense()).pilot is Pilot.A


# --- what is wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", FAULTS)
async def test_a_fault_is_told_in_ocpps_words_and_no_energy_flows(stand: Stand, code: int) -> None:
    await stand.charge()
    stand.device.fault = code
    stand.device.update()
    await stand.turn(order(16.0))
    (fault,) = (await stand.board.sense()).faults

    assert (fault.code, fault.vendor_code, fault.info) == FAULTS[code]
    assert fault.opens
    assert not stand.device.relay
    assert "FS" not in stand.device.asked[-5:]  # to sleep would hide it


async def test_a_fault_that_is_gone_lets_the_car_charge_again(stand: Stand) -> None:
    await stand.charge()
    stand.device.fault = 0x06
    await stand.turn(order(16.0))
    await stand.turn(order(16.0))
    stand.device.fault = 0

    await stand.charge()


async def test_a_stuck_relay_is_a_welded_contactor(stand: Stand) -> None:
    await stand.board.sense()
    stand.device.fault = 0x08
    for _ in range(40):
        await stand.turn(order(0.0, close=False))

    assert stand.guard.welded


@pytest.mark.parametrize(
    ("said", "pilot"),
    [
        ("01 0 01 0200", Pilot.A),
        ("02 0 02 0100", Pilot.B),
        ("03 0 03 0140", Pilot.C),
        ("04 0 04 0100", Pilot.D),
        ("fe 0 02 0100", Pilot.B),
        ("fe 0 00 0100", Pilot.B),
        ("00 0 00 0000", Pilot.A),
        ("ff 0 01 0000", Pilot.F),
    ],
)
def test_the_pilot_is_what_the_board_sees(said: str, pilot: Pilot) -> None:
    assert State.of(said.split()).pilot is pilot


def test_a_state_that_nobody_knows_is_a_fault() -> None:
    (fault,) = State.of(["0d", "0", "02", "0000"]).faults

    assert (fault.code, fault.vendor_code) == (FaultCode.OTHER_ERROR, "State0D")


def test_a_board_without_thermometers_has_no_temperature() -> None:
    assert temperature_c(["-2560", "-2560", "-2560"]) is None
    assert temperature_c(["231", "-2560", "405"]) == 40.5


# --- a line that misbehaves --------------------------------------------------------------------


async def test_what_is_said_between_question_and_answer_does_not_disturb(stand: Stand) -> None:
    stand.device.before = line("$AT 03 03 16 0140") + line("$WF 1")

    await stand.charge()


async def test_a_broken_answer_is_told_at_once_and_the_next_is_taken(stand: Stand) -> None:
    await stand.charge()
    stand.device.spoil = lambda said: said.replace(b"$OK", b"$OX")
    with pytest.raises(BusError, match="a broken answer"):
        await stand.board.sense()
    stand.device.spoil = bytes

    assert (await stand.board.sense()).main_closed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: b"",
        lambda said: said[: len(said) // 2],
        lambda said: line("$OK 03 12 03 0040 :00"),
        lambda said: line("$OK 03 12 03 0040"),
    ],
    ids=["silent", "cut off", "another number", "no number"],
)
async def test_a_board_without_an_answer_is_told_and_left_alone(hasty: Stand, spoil) -> None:
    await hasty.board.sense()
    hasty.device.spoil = spoil
    with pytest.raises(BusError, match=r"ttyUSB0: no answer to \$GS"):
        await hasty.board.sense()
    asked = len(hasty.device.asked)
    with pytest.raises(BusError, match="no answer"):
        await hasty.board.sense()
    assert len(hasty.device.asked) == asked
    hasty.device.spoil = bytes
    hasty.clock.go(0.3)

    assert (await hasty.board.sense()).pilot is Pilot.B


async def test_a_late_answer_is_no_answer_to_the_next_question(hasty: Stand) -> None:
    await hasty.board.sense()
    late: list[bytes] = []
    hasty.device.spoil = lambda said: late.append(said) or b""
    with pytest.raises(BusError):
        await hasty.board.sense()
    hasty.device.plugged = False
    hasty.device.before, hasty.device.spoil = late[0], bytes
    hasty.clock.go(0.3)

    assert (await hasty.board.sense()).pilot is Pilot.A


async def test_a_board_that_starts_anew_in_mid_charge_sleeps_until_it_is_told(stand: Stand) -> None:
    await stand.charge(10.0)
    stand.device.reboot()
    sensed = await stand.board.sense()
    assert (stand.device.mode, stand.device.relay, sensed.main_closed) == (SLEEPING, False, False)

    await stand.charge(10.0)
    assert stand.device.amps == 10


async def test_a_plug_that_is_pulled_out_and_put_in_again(stand: Stand) -> None:
    await stand.charge()
    stand.device.unplug()
    with pytest.raises(BusError, match="ttyUSB0"):
        await stand.board.sense()
    stand.clock.go(0.3)
    with pytest.raises(BusError, match="there is no such device"):
        await stand.board.sense()
    with pytest.raises(BusError, match="there is no such device"):
        await stand.board.apply(order(16.0))
    stand.device.plug()
    stand.clock.go(5.0)
    assert not (await stand.board.sense()).main_closed

    await stand.charge()


async def test_a_plug_that_is_pulled_out_while_an_answer_is_waited_for(stand: Stand) -> None:
    await stand.board.sense()
    stand.device.spoil = lambda said: b""
    stand.device.was_asked.clear()
    sensing = asyncio.create_task(stand.board.sense())
    await stand.device.was_asked.wait()
    stand.device.unplug()

    with pytest.raises(BusError, match="ttyUSB0"):
        await sensing


async def test_a_port_that_is_not_there_can_be_left(device: OpenEvseDevice, clock) -> None:
    stand = Stand(device, clock)
    device.unplug()
    with pytest.raises(BusError, match="there is no such device"):
        await stand.board.sense()

    await stand.board.close()


async def test_a_port_that_takes_long_to_open_holds_nobody_up(
    device: OpenEvseDevice, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    may = asyncio.Event()

    async def slow(settings: LineSettings) -> Line:
        await may.wait()
        return await open_line(settings)

    monkeypatch.setattr("hardware.drivers.rapi_line.open_line", slow)
    stand = Stand(device, clock, timeout_s=0.02)
    with pytest.raises(BusError, match="takes long to open"):
        await stand.board.sense()
    stand.board.make_safe()  # nothing is there yet: no mistake
    asyncio.get_running_loop().call_later(0.1, may.set)
    await stand.board.close()

    assert device.asked == []


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"SY": "$NK"}, r"it refuses \$SY"),
        ({"GS": "$OK 3 12"}, "no OpenEVSE of firmware 5 or later"),
        ({"GS": "$NK"}, "no OpenEVSE of firmware 5 or later"),
        ({"GC": "$OK 6 32"}, "no OpenEVSE of firmware 5 or later"),
    ],
)
async def test_a_board_that_is_too_old_is_told(stand: Stand, says, why: str) -> None:
    stand.device.says = says
    for _ in range(2):
        with pytest.raises(BoardError, match=why):
            await stand.board.sense()


async def test_a_board_that_offers_more_than_told_sleeps(stand: Stand) -> None:
    await stand.board.sense()
    stand.device.says = {"SC": "$OK 32"}
    with pytest.raises(BoardError, match="told 16 A, it offers 32 A"):
        await stand.board.apply(order(16.0))
    stand.device.says = {"SC": "$OK what"}
    with pytest.raises(BusError, match="to a current of 15 A"):
        await stand.board.apply(order(15.0))

    assert stand.device.mode == SLEEPING


async def test_a_board_without_a_thermometers_command_is_as_good(stand: Stand) -> None:
    stand.device.says = {"GP": "$NK"}

    assert (await stand.board.sense()).temperature_c is None


async def test_a_disabled_board_is_woken_to_sleep(stand: Stand) -> None:
    stand.device.mode = DISABLED
    assert (await stand.board.sense()).pilot is Pilot.B
    stand.device.mode = DISABLED  # somebody at its button

    assert (await stand.board.sense()).pilot is Pilot.B


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"port": "ttyUSB0"}, "port"),
        ({"phases": 3}, "phases"),
        ({"connector_lock": True}, "connector_lock"),
        ({"heartbeat_s": 0}, "heartbeat_s"),
        ({"connectors": 2}, "connectors"),
    ],
)
def test_what_such_a_board_cannot_be_is_named(given: dict[str, object], wrong: str) -> None:
    with pytest.raises(WrongSettings, match=rf"^evse\.1\.{wrong}: "):
        registry.settings(Kind.BOARD, "openevse", {"port": "/dev/ttyUSB0", **given}, "evse.1")
