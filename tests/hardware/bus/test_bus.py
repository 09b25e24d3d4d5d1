"""A line over the real transport, with devices that behave and devices that do not."""

import asyncio
from collections.abc import Callable

import pytest
from modbus_devices import (
    Devices,
    SerialEnd,
    TcpEnd,
    another_function,
    crc_error,
    noise_before,
    partial,
    rtu,
    silence,
    too_short,
    wrong_unit,
)

from hardware.api import BusError
from hardware.bus.answers import NoAnswer, Refused
from hardware.bus.bus import Bus
from hardware.bus.counts import Trouble
from hardware.bus.frames import Function

Open = Callable[..., Bus]
INPUT = Function.READ_INPUT


async def test_registers_are_read(end: SerialEnd | TcpEnd, open_bus: Open) -> None:
    bus = open_bus(end.port)

    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    assert await bus.device(11).read(Function.READ_HOLDING, 0, 32) == tuple(range(32))
    assert (bus.state.open, bus.state.why) == (True, "")
    assert bus.state.devices["11"].answered == 2
    assert end.devices.asked == [(11, 4, 6, 3), (11, 3, 0, 32)]


async def test_registers_are_written(end: SerialEnd | TcpEnd, open_bus: Open) -> None:
    device = open_bus(end.port).device(11)

    assert await device.write(4, [400]) == 1
    assert await device.write(5, [500, 501]) == 2
    assert await device.read(INPUT, 4, 3) == (400, 500, 501)
    assert [function for _, function, _, _ in end.devices.asked] == [6, 16, 4]


async def test_many_ask_at_once_and_each_gets_his_answer(
    end: SerialEnd | TcpEnd, open_bus: Open
) -> None:
    bus = open_bus(end.port)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bus.device(11).read(INPUT, n, 1)) for n in range(32)]
    assert [task.result() for task in tasks] == [(n,) for n in range(32)]


@pytest.mark.parametrize(
    ("code", "permanent", "words"),
    [(2, True, "does not have these"), (6, False, "busy"), (99, False, "does not say why")],
)
async def test_a_refusal_says_whether_asking_again_helps(
    end: SerialEnd | TcpEnd, open_bus: Open, code: int, permanent: bool, words: str
) -> None:
    end.devices.refuse[11] = code
    bus = open_bus(end.port)

    with pytest.raises(Refused, match=words) as refused:
        await bus.device(11).read(INPUT, 6, 3)
    assert (refused.value.code, refused.value.permanent) == (code, permanent)
    assert bus.state.devices["11"].refused == 1


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (silence, Trouble.SILENT),
        (crc_error, Trouble.GARBLED),
        (partial, Trouble.PARTIAL),
        (wrong_unit, Trouble.SILENT),
        (too_short, Trouble.SILENT),
        (another_function, Trouble.SILENT),
    ],
)
async def test_what_is_no_answer_is_told_apart_and_counted(
    serial_end: SerialEnd, open_bus: Open, spoil: Callable[[bytes], bytes], trouble: Trouble
) -> None:
    serial_end.devices.spoil[11] = spoil
    bus = open_bus(serial_end.port, timeout_s=0.05)

    with pytest.raises(NoAnswer, match="device 11") as error:
        await bus.device(11).read(INPUT, 6, 3)
    counts = bus.state.devices["11"]
    assert (error.value.trouble, getattr(counts, trouble)) == (trouble, 1)
    assert counts.strange == (spoil in (wrong_unit, too_short, another_function))
    assert counts.answered == 0


async def test_a_frame_with_noise_before_it_is_found(serial_end: SerialEnd, open_bus: Open) -> None:
    serial_end.devices.spoil[11] = noise_before

    assert await open_bus(serial_end.port).device(11).read(INPUT, 6, 3) == (6, 7, 8)


async def test_somebody_elses_answer_is_passed_over(serial_end: SerialEnd, open_bus: Open) -> None:
    stranger = rtu(12, bytes([4, 6, 0, 1, 0, 2, 0, 3]))
    serial_end.devices.spoil[11] = lambda frame: stranger + frame
    bus = open_bus(serial_end.port)

    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    assert bus.state.devices["11"].strange == 1


async def test_what_comes_unasked_is_thrown_away(serial_end: SerialEnd, open_bus: Open) -> None:
    bus = open_bus(serial_end.port)
    await bus.device(11).read(INPUT, 6, 3)
    serial_end.send(rtu(11, bytes([4, 6, 9, 9, 9, 9, 9, 9])))

    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    assert bus.state.stray_bytes == 11


async def test_whoever_gives_up_does_not_disturb_the_next(
    end: SerialEnd | TcpEnd, open_bus: Open
) -> None:
    bus = open_bus(end.port)
    given_up = asyncio.create_task(bus.device(11).read(INPUT, 0, 3))
    await end.devices.was_asked.wait()
    given_up.cancel()

    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    assert given_up.cancelled()


async def test_a_dead_device_does_not_keep_the_living_from_answering(
    end: SerialEnd | TcpEnd, open_bus: Open
) -> None:
    bus = open_bus(end.port, timeout_s=0.05)
    with pytest.raises(BusError, match="device 99 does not answer"):
        await bus.device(99).read(INPUT, 0, 1)

    with pytest.raises(BusError, match="silent; asked again in"):
        await bus.device(99).read(INPUT, 0, 1)
    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    assert [asked[0] for asked in end.devices.asked] == [99, 11]


async def test_a_port_that_vanishes_is_opened_again_when_it_is_back(
    serial_end: SerialEnd, open_bus: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.bus.bus.FIRST_REOPEN_S", 0.0)
    monkeypatch.setattr("hardware.bus.bus.LONGEST_REOPEN_S", 0.0)
    bus = open_bus(serial_end.port)
    await bus.device(11).read(INPUT, 6, 3)
    serial_end.unplug()

    for _ in range(3):
        with pytest.raises(BusError):
            await bus.device(11).read(INPUT, 6, 3)
    assert (bus.state.open, bus.state.why) == (
        False,
        f"{serial_end.port}: there is no such device; is it plugged in?",
    )
    assert bus.state.devices["11"].lost == 3
    serial_end.plug()
    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    assert (bus.state.open, bus.state.opened, bus.state.why) == (True, 2, "")


async def test_a_port_that_vanishes_in_mid_question_is_noticed_at_once(
    serial_end: SerialEnd, open_bus: Open
) -> None:
    serial_end.devices.spoil[11] = silence
    bus = open_bus(serial_end.port, timeout_s=60)
    asking = asyncio.create_task(bus.device(11).read(INPUT, 6, 3))
    await serial_end.devices.was_asked.wait()
    serial_end.unplug()

    with pytest.raises(BusError):
        await asking
    assert not bus.state.open


async def test_a_port_that_comes_and_goes_under_load_gives_no_wrong_answer(
    serial_end: SerialEnd, open_bus: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.bus.bus.FIRST_REOPEN_S", 0.0)
    monkeypatch.setattr("hardware.bus.bus.FIRST_PAUSE_S", 0.0)
    bus = open_bus(serial_end.port, timeout_s=0.2)
    answered = [0] * 4

    async def ask(which: int) -> None:
        while True:
            try:
                assert await bus.device(11).read(INPUT, which, 2) == (which, which + 1)
                answered[which] += 1
            except BusError:
                await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(which)) for which in range(4)]
        for _ in range(5):
            before = sum(answered)
            while sum(answered) < before + 20:
                serial_end.devices.was_asked.clear()
                await serial_end.devices.was_asked.wait()
            serial_end.unplug()
            serial_end.plug()
        for task in tasks:
            task.cancel()

    assert min(answered) > 20
    assert bus.state.opened >= 5


async def test_a_gateway_that_hangs_up_is_called_again(
    devices: Devices, open_bus: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.bus.bus.FIRST_REOPEN_S", 0.0)
    end = TcpEnd(devices)
    await end.start()
    bus = open_bus(end.port)
    await bus.device(11).read(INPUT, 6, 3)
    await end.close()
    with pytest.raises(BusError):
        await bus.device(11).read(INPUT, 6, 3)
    await end.start()

    assert await bus.device(11).read(INPUT, 6, 3) == (6, 7, 8)
    await end.close()


async def test_two_do_not_open_the_same_port(serial_end: SerialEnd, open_bus: Open) -> None:
    await open_bus(serial_end.port).device(11).read(INPUT, 6, 3)

    with pytest.raises(BusError, match="busy: another program has it open"):
        await open_bus(serial_end.port).device(11).read(INPUT, 6, 3)


async def test_closing_answers_whoever_waits(serial_end: SerialEnd, open_bus: Open) -> None:
    serial_end.devices.spoil[11] = silence
    bus = open_bus(serial_end.port, timeout_s=60)
    asking = [asyncio.create_task(bus.device(11).read(INPUT, 6, 3)) for _ in range(3)]
    await serial_end.devices.was_asked.wait()
    await bus.close()

    for each in asking:
        with pytest.raises(BusError, match="the line is closed"):
            await each
    await bus.close()
