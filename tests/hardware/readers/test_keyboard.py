"""Readers that type: real struct input_event, through a FIFO.

What that does not prove: that a real device is grabbed, that its rights suffice, and how
the kernel tells that it was unplugged (ENODEV, where a FIFO just ends).
"""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from card_readers import Keys, begun_and_forgotten, event, press

from hardware import registry
from hardware.api import BusError, TokenReader
from hardware.drivers.keyboard import Typing
from hardware.registry import Context


@pytest.fixture
async def keys(tmp_path: Path) -> AsyncIterator[Keys]:
    keys = Keys(tmp_path / "event7")
    yield keys
    keys.close()


@pytest.fixture
async def reader(keys: Keys, clock) -> AsyncIterator[TokenReader]:
    given = {"port": keys.port, "grab": False}
    reader = registry.open_reader("keyboard", given, Context("reader 1", clock))
    yield reader
    await reader.close()


async def card(reader: TokenReader) -> object:
    async with asyncio.timeout(5.0):
        return await reader.next_card()


async def test_what_is_typed_until_enter_is_a_card(keys, reader) -> None:
    await reader.open()
    keys.types("\n0009876543\n04ABCDEF\n")

    assert await card(reader) == "0009876543"
    assert await card(reader) == "04abcdef"


async def test_what_somebody_left_half_typed_is_forgotten(keys, reader, monkeypatch) -> None:
    monkeypatch.setattr("hardware.drivers.keyboard.ABANDONED_S", 0.02)
    await reader.open()
    seen = asyncio.create_task(card(reader))
    keys.types("123")
    await begun_and_forgotten(lambda: reader._typing.begun)
    keys.types("4567\n")

    assert await seen == "4567"


async def test_a_device_that_is_pulled_out_is_told_and_found_again(keys, reader) -> None:
    await reader.open()
    keys.unplug()
    with pytest.raises(BusError, match="event7: the other end has gone"):
        await card(reader)
    await reader.close()
    with pytest.raises(BusError, match="not open"):
        await card(reader)
    with pytest.raises(BusError, match="event7: there is no such device"):
        await reader.open()
    keys.plug()
    await reader.open()
    keys.types("1\n")

    assert await card(reader) == "1"


async def test_the_device_is_grabbed(keys, clock, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("hardware.drivers.keyboard.fcntl.ioctl", lambda *said: asked.append(said))
    reader = registry.open_reader("keyboard", {"port": keys.port}, Context("reader 1", clock))
    await reader.open()
    await reader.close()

    (_, request, on) = asked[0]
    assert request == (1 << 30) | (4 << 16) | (ord("E") << 8) | 0x90  # _IOW('E', 0x90, int)
    assert on == 1


async def test_a_device_that_others_have_grabbed_is_told(keys, clock, monkeypatch) -> None:
    def refuse(*said: object) -> None:
        raise OSError(errno.EBUSY, "grabbed")

    monkeypatch.setattr("hardware.drivers.keyboard.fcntl.ioctl", refuse)
    reader = registry.open_reader("keyboard", {"port": keys.port}, Context("reader 1", clock))

    with pytest.raises(BusError, match="event7: busy"):
        await reader.open()


def test_the_keypad_types_as_the_rows_do() -> None:
    keypad = (82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 96)

    assert list(Typing().feed(b"".join(map(press, keypad)))) == ["0123456789"]


def test_events_may_come_in_pieces() -> None:
    typing, said = Typing(), press(2) + press(3) + press(28)

    assert [line for each in said for line in typing.feed(bytes([each]))] == ["12"]


@pytest.mark.parametrize("spoilt", [event(0, 3, 0), press(2) * 65])
def test_a_line_with_keys_missing_or_too_many_is_no_card(spoilt: bytes) -> None:
    typing = Typing()

    assert list(typing.feed(press(2) + spoilt + press(3) + press(28))) == []
    assert list(typing.feed(press(4) + press(28))) == ["3"]


def test_shifts_type_nothing_and_unknown_keys_no_number() -> None:
    assert list(Typing().feed(press(42) + press(30) + press(53) + press(28))) == ["a?"]
