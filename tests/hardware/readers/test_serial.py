"""Readers that write a line for each card, over a pty."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from card_readers import SerialPort, begun_and_forgotten

from hardware import registry
from hardware.api import BusError, TokenReader, WrongSettings
from hardware.registry import Context, Kind


@pytest.fixture
async def end(tmp_path: Path) -> AsyncIterator[SerialPort]:
    end = SerialPort(tmp_path / "ttyUSB2")
    yield end
    end.close()


@pytest.fixture
async def listen(end: SerialPort, clock) -> AsyncIterator:
    """Return a way to open a reader with settings."""
    opened = []

    async def listen(**settings: object) -> TokenReader:
        given = {"port": end.port, **settings}
        opened.append(registry.open_reader("serial", given, Context("reader 1", clock)))
        await opened[-1].open()
        return opened[-1]

    yield listen
    for reader in opened:
        await reader.close()


async def cards(reader: TokenReader, count: int) -> list[object]:
    async with asyncio.timeout(5.0):
        return [await reader.next_card() for _ in range(count)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, b"04A2B3C4\r\n04A2B3C5\r\n"),
        ({}, b"\r\n\n04A2B3C4\r04A2B3C5\r"),
        ({"frame": "stx"}, b"noise\x03\x0204A2B3C4\r\n\x03x\x0204\x0204A2B3C5\x03"),
        ({"prefix": "UID="}, b"boot 1.2\nUID= 04A2B3C4\nRSSI=7\nUID=04A2B3C5\n"),
        ({"checksum": "xor"}, b"04A2B3C4D1\n04A2B3C4D0\nxyz\nC4\n04A2B3C5D0\n"),
        ({"baudrate": 115200, "parity": "E", "bytesize": 7}, b"04A2B3C4\n04A2B3C5\n"),
    ],
)
async def test_a_card_is_what_a_frame_holds(end, listen, settings, said) -> None:
    reader = await listen(**settings)
    end.send(said)

    assert await cards(reader, 2) == ["04A2B3C4", "04A2B3C5"]


async def test_a_line_may_come_in_pieces(end, listen) -> None:
    reader = await listen()
    seen = asyncio.create_task(reader.next_card())
    for each in b"04A2":
        end.send(bytes([each]))
        await asyncio.sleep(0)
    end.send(b"B3C4\n")

    assert await seen == "04A2B3C4"


async def test_where_silence_ends_a_card_nothing_else_needs_to(end, listen) -> None:
    reader = await listen(frame="silence")
    end.send(b"04A2B3C4")

    assert await cards(reader, 1) == ["04A2B3C4"]


async def test_a_card_that_breaks_off_spoils_none_after_it(end, listen, monkeypatch) -> None:
    monkeypatch.setattr("hardware.drivers.serial_reader.ABANDONED_S", 0.02)
    reader = await listen()
    seen = asyncio.create_task(reader.next_card())
    end.send(b"04A2")
    await begun_and_forgotten(lambda: bool(reader._heard))
    end.send(b"04A2B3C5\n")

    assert await seen == "04A2B3C5"


async def test_endless_noise_takes_no_memory(end, listen) -> None:
    reader = await listen()
    seen = asyncio.create_task(reader.next_card())
    for _ in range(5):
        end.send(b"\xfe" * 500)
        await asyncio.sleep(0)
    end.send(b"\n04A2B3C4\n")

    assert "04A2B3C4" in [await seen, *(await cards(reader, 1))]
    assert len(reader._heard) <= 256


async def test_what_came_before_it_was_opened_was_said_to_nobody(end, listen) -> None:
    reader = await listen()
    end.send(b"04A2B3C4\n04A2")
    assert await cards(reader, 1) == ["04A2B3C4"]
    await reader.close()
    await reader.open()
    end.send(b"04A2B3C5\n")

    assert await cards(reader, 1) == ["04A2B3C5"]


async def test_a_port_that_is_pulled_out_is_told_and_found_again(end, listen) -> None:
    reader = await listen()
    end.unplug()
    with pytest.raises(BusError, match="ttyUSB2: "):
        await cards(reader, 1)
    await reader.close()
    with pytest.raises(BusError, match="not open"):
        await reader.next_card()
    with pytest.raises(BusError, match="no such device; is it plugged in"):
        await reader.open()
    end.plug()
    await reader.open()
    end.send(b"04A2B3C4\n")

    assert await cards(reader, 1) == ["04A2B3C4"]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"port": "ttyUSB2"}, "port"),
        ({"port": "/dev/x", "frame": "?"}, "frame"),
        ({"port": "/dev/x", "bauds": 1}, "bauds"),
    ],
)
def test_a_wrong_setting_is_named(given, key) -> None:
    with pytest.raises(WrongSettings, match=key):
        registry.settings(Kind.READER, "serial", given)
