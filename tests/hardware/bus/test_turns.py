"""Whose turn it is, and how long a silent device is left alone: on simulated time."""

import asyncio
from itertools import pairwise

import pytest
from modbus_devices import Devices
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

from hardware.api import BusError
from hardware.bus.answers import NoAnswer
from hardware.bus.bus import LONGEST_PAUSE_S, STUCK_AFTER, Bus, Priority
from hardware.bus.counts import Trouble
from hardware.bus.frames import Function
from hardware.bus.line import Line, LineSettings

INPUT = Function.READ_INPUT
pytestmark = pytest.mark.sim


class Wire(Line):
    """A line in memory: each byte takes its time at 9600 baud, the device another 5 ms."""

    def __init__(self, devices: Devices, char_s: float) -> None:
        super().__init__()
        self._devices = devices
        self._char_s = char_s
        self._framer = FramerRTU(DecodePDU(True))
        self.said_at_s: list[float] = []

    def _send(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.said_at_s.append(loop.time())
        _, pdu = self._framer.handleFrame(data, 0, 0)
        assert pdu is not None
        answer = self._devices.answer(self._framer, pdu)
        if answer:
            took_s = (len(data) + len(answer)) * self._char_s + 0.005
            loop.call_later(took_s, self.feed, answer)


class Rig:
    """A bus on lines in memory; it counts how often one was opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.devices = Devices()
        self.devices.hold(11, 0, list(range(32)))
        self.settings = LineSettings(port="/dev/ttyUSB0")
        self.lines: list[Wire] = []
        self.gone = False
        monkeypatch.setattr("hardware.bus.bus.open_line", self._open)
        self.bus = Bus(self.settings)

    async def _open(self, settings: LineSettings) -> Line:
        if self.gone:
            raise BusError("there is no such device")
        self.lines.append(Wire(self.devices, settings.char_s))
        return self.lines[-1]

    @property
    def asked(self) -> list[int]:
        """Return the addresses that were asked, in order."""
        return [device_id for device_id, *_ in self.devices.asked]


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    """Return a bus on simulated time."""
    return Rig(monkeypatch)


async def test_boards_go_before_meters_and_meters_by_age(rig: Rig) -> None:
    for each in (12, 13, 21, 22):
        rig.devices.hold(each, 0, [each])
    order = ((11, Priority.METER), (12, Priority.METER), (13, Priority.METER), (21, Priority.BOARD))
    asking = [
        asyncio.create_task(rig.bus.device(each, priority).read(INPUT, 0, 1))
        for each, priority in order
    ]
    await asyncio.gather(*asking)

    assert rig.asked == [21, 11, 12, 13]


async def test_a_board_that_asks_meanwhile_is_next(rig: Rig) -> None:
    rig.devices.hold(21, 0, [7])
    meters = [asyncio.create_task(rig.bus.device(11).read(INPUT, n, 1)) for n in range(5)]
    await asyncio.sleep(0.01)
    await rig.bus.device(21, Priority.BOARD).read(INPUT, 0, 1)

    await asyncio.gather(*meters)
    assert rig.asked == [11, 21, 11, 11, 11, 11]


async def test_frames_keep_their_distance(rig: Rig) -> None:
    for _ in range(3):
        await rig.bus.device(11).read(INPUT, 0, 12)

    char_s = rig.settings.char_s
    spent_s = (8 + 29) * char_s + 0.005 + 3.5 * char_s
    first, *rest = rig.lines[0].said_at_s
    assert rest == pytest.approx([first + spent_s, first + 2 * spent_s])


@pytest.mark.parametrize(
    ("baudrate", "gap_s"), [(9600, 3.5 * 10 / 9600), (19200, 3.5 * 10 / 19200), (38400, 0.00175)]
)
async def test_fast_lines_have_a_fixed_distance(rig: Rig, baudrate: int, gap_s: float) -> None:
    rig.settings = LineSettings(port="/dev/ttyUSB0", baudrate=baudrate)
    rig.bus = Bus(rig.settings)
    for _ in range(2):
        await rig.bus.device(11).read(INPUT, 0, 1)

    first_s, second_s = rig.lines[0].said_at_s
    spent_s = (8 + 7) * rig.settings.char_s + 0.005
    assert second_s - first_s - spent_s == pytest.approx(gap_s)


async def test_a_question_that_waited_too_long_is_never_asked(rig: Rig) -> None:
    slow = [asyncio.create_task(rig.bus.device(11).read(INPUT, 0, 32)) for _ in range(5)]
    hasty = rig.bus.device(12, patience_s=0.1)
    await asyncio.sleep(0)

    with pytest.raises(NoAnswer, match=r"no turn for device 12 in 0\.1 s") as error:
        await hasty.read(INPUT, 0, 1)
    assert error.value.trouble is Trouble.LATE
    assert asyncio.get_running_loop().time() == pytest.approx(0.1)
    await asyncio.gather(*slow)
    assert rig.asked == [11] * 5
    assert rig.bus.state.devices["12"].late == 1


async def test_a_silent_device_is_left_alone_twice_as_long_each_time(rig: Rig) -> None:
    loop = asyncio.get_running_loop()
    asked_s: list[float] = []
    while len(asked_s) < 10:
        before = len(rig.devices.asked)
        with pytest.raises(BusError):
            await rig.bus.device(99).read(INPUT, 0, 1)
        if len(rig.devices.asked) > before:
            asked_s.append(loop.time())
        await asyncio.sleep(0.05)

    pauses_s = [later - earlier for earlier, later in pairwise(asked_s)]
    doubled = [0.25 * 2.0**n for n in range(9)]
    timeout_s = 0.516
    for pause_s, least_s in zip(pauses_s, doubled, strict=True):
        assert min(least_s, LONGEST_PAUSE_S) <= pause_s - timeout_s < least_s + 0.1


async def test_who_waits_for_a_device_that_falls_silent_is_told_so_at_once(rig: Rig) -> None:
    asking = (rig.bus.device(99).read(INPUT, each, 1) for each in range(3))
    silent, *refused = await asyncio.gather(*asking, return_exceptions=True)

    assert "does not answer" in str(silent)
    assert all("asked again in" in str(each) for each in refused)
    assert rig.asked == [99]


async def test_a_dead_device_costs_the_others_one_timeout_in_each_pause(rig: Rig) -> None:
    loop = asyncio.get_running_loop()
    longest_s = 0.0

    async def dead() -> None:
        while True:
            with pytest.raises(BusError):
                await rig.bus.device(99).read(INPUT, 0, 1)
            await asyncio.sleep(1.0)

    nagging = asyncio.create_task(dead())
    began_s, answers = loop.time(), 0
    while loop.time() - began_s < 120.0:
        asked_s = loop.time()
        await rig.bus.device(11).read(INPUT, 0, 12)
        longest_s, answers = max(longest_s, loop.time() - asked_s), answers + 1
        await asyncio.sleep(1.0)
    nagging.cancel()

    assert longest_s < 0.7
    assert answers > 110
    assert rig.asked.count(99) <= 13
    await rig.bus.close()


async def test_a_device_that_comes_back_is_asked_as_before(rig: Rig) -> None:
    with pytest.raises(BusError):
        await rig.bus.device(12).read(INPUT, 0, 1)
    rig.devices.hold(12, 0, [7])
    await asyncio.sleep(0.3)

    assert await rig.bus.device(12).read(INPUT, 0, 1) == (7,)
    assert await rig.bus.device(12).read(INPUT, 0, 1) == (7,)


async def test_a_gateway_that_hears_nothing_of_a_device_is_believed(rig: Rig) -> None:
    rig.devices.refuse[11] = 11
    with pytest.raises(BusError, match="hears nothing"):
        await rig.bus.device(11).read(INPUT, 0, 1)

    with pytest.raises(BusError, match="asked again in"):
        await rig.bus.device(11).read(INPUT, 0, 1)


async def test_a_line_on_which_nothing_answers_is_opened_again(rig: Rig) -> None:
    for each in range(100, 100 + STUCK_AFTER):
        with pytest.raises(BusError):
            await rig.bus.device(each).read(INPUT, 0, 1)
    assert (rig.bus.state.open, rig.bus.state.why) == (False, "nothing on it answers")

    await rig.bus.device(11).read(INPUT, 0, 1)
    assert (len(rig.lines), rig.bus.state.open, rig.bus.state.why) == (2, True, "")


async def test_a_line_that_is_gone_is_looked_for_ever_more_seldom(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried_s: list[float] = []
    loop = asyncio.get_running_loop()

    async def open_(settings: LineSettings) -> Line:
        tried_s.append(loop.time())
        raise BusError("there is no such device")

    monkeypatch.setattr("hardware.bus.bus.open_line", open_)
    while loop.time() < 20.0:
        with pytest.raises(BusError, match="no such device"):
            await rig.bus.device(11).read(INPUT, 0, 1)
        await asyncio.sleep(0.1)

    assert tried_s == pytest.approx([0.0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5], abs=0.11 * 8)


async def test_an_answer_that_comes_too_late_is_nobodys(rig: Rig) -> None:
    loop = asyncio.get_running_loop()
    rig.devices.spoil[11] = lambda frame: b""
    with pytest.raises(BusError, match="does not answer"):
        await rig.bus.device(11).read(INPUT, 0, 2)
    loop.call_later(0.1, rig.lines[0].feed, bytes.fromhex("0B0404DEADBEEF") + b"\0\0")
    del rig.devices.spoil[11]
    await asyncio.sleep(0.5)

    assert await rig.bus.device(11).read(INPUT, 0, 2) == (0, 1)
    assert rig.bus.state.stray_bytes == 9


async def test_eight_devices_use_the_line_nearly_all_of_the_time(rig: Rig) -> None:
    for each in range(11, 19):
        rig.devices.hold(each, 0, list(range(32)))
    readers = [rig.bus.device(each) for each in range(11, 19)]
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for _ in range(10):
        await asyncio.gather(*(reader.read(INPUT, 6, 12) for reader in readers))

    char_s = rig.settings.char_s
    needed_s = 80 * ((8 + 29 + 3.5) * char_s + 0.005)
    assert (loop.time() - began_s) / needed_s == pytest.approx(1.0, abs=0.01)
