"""A PN532 over a pty that answers as NXP's user manual says, or badly."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import card_readers as chips
import pytest
from card_readers import Chip
from hypothesis import given
from hypothesis import strategies as st

from hardware import registry
from hardware.api import BusError, TokenReader
from hardware.drivers import pn532_frames as frames
from hardware.registry import Context

UIDS = (
    bytes.fromhex("A1B2C3D4"),
    bytes.fromhex("04112233445566"),
    bytes.fromhex("00112233445566778899"),
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.drivers.pn532.ASK_EVERY_S", 0.01)
    monkeypatch.setattr("hardware.drivers.pn532.ANSWER_S", 0.1)


@pytest.fixture
async def chip(tmp_path: Path) -> AsyncIterator[Chip]:
    chip = Chip(tmp_path / "ttyS1")
    yield chip
    chip.close()


@pytest.fixture
async def reader(chip: Chip, clock) -> AsyncIterator[TokenReader]:
    """Yield a reader that is not open."""
    reader = registry.open_reader("pn532", {"port": chip.port}, Context("reader 1", clock))
    yield reader
    await reader.close()


async def card(reader: TokenReader) -> object:
    async with asyncio.timeout(5.0):
        return await reader.next_card()


async def test_it_is_woken_up_and_told_how_to_look(chip, reader) -> None:
    await reader.open()

    assert chip.awake
    assert chip.asked == [frames.SAM_CONFIGURATION, frames.RF_CONFIGURATION]


@pytest.mark.parametrize("uid", UIDS)
async def test_a_card_is_seen_again_and_again_while_it_lies_there(chip, reader, uid) -> None:
    await reader.open()
    chip.card = uid

    assert [await card(reader) for _ in range(3)] == [uid] * 3


async def test_a_card_that_comes_later_is_waited_for(chip, reader) -> None:
    await reader.open()
    seen = asyncio.create_task(card(reader))
    await chip.looked.wait()
    chip.card = UIDS[0]

    assert await seen == UIDS[0]


async def test_a_telephone_that_makes_its_number_up_is_no_card(chip, reader) -> None:
    await reader.open()
    chip.card = bytes.fromhex("08010203")
    seen = asyncio.create_task(card(reader))
    await chip.looked.wait()
    chip.card = UIDS[0]

    assert await seen == UIDS[0]


@pytest.mark.parametrize(
    "spoil",
    [
        chips.bad_checksum,
        chips.bad_length,
        chips.partial,
        chips.silence,
        chips.noise_before,
        chips.not_understood,
    ],
)
async def test_an_answer_that_is_spoilt_is_asked_for_again(chip, reader, spoil) -> None:
    await reader.open()
    chip.card, chip.spoil, chip.spoils = UIDS[1], spoil, 2

    assert await card(reader) == UIDS[1]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (chips.bad_checksum, "ttyS1: answers are damaged"),
        (chips.partial, "ttyS1: no PN532 answers"),
        (chips.silence, "ttyS1: no PN532 answers"),
        (chips.not_understood, "ttyS1: the PN532 did not understand"),
    ],
)
async def test_whoever_never_answers_is_lost(chip, reader, spoil, why) -> None:
    await reader.open()
    chip.spoil, chip.spoils = spoil, 3

    with pytest.raises(BusError, match=why):
        await card(reader)


async def test_a_chip_that_is_pulled_out_and_comes_back_is_woken_up_again(chip, reader) -> None:
    await reader.open()
    chip.unplug()
    with pytest.raises(BusError, match="ttyS1: "):
        await card(reader)
    await reader.close()
    with pytest.raises(BusError, match="not open"):
        await card(reader)
    with pytest.raises(BusError, match="no such device"):
        await reader.open()
    chip.awake = False
    chip.plug()
    await reader.open()
    chip.card = UIDS[0]

    assert await card(reader) == UIDS[0]


# --- frames -----------------------------------------------------------------------------------


def test_frames_are_those_of_the_manual() -> None:
    assert frames.frame(0x4A, b"\x01\x00").hex() == "0000ff04fcd44a0100e100"
    assert frames.frame(0x14, b"\x01").hex() == "0000ff03fdd414011700"


@given(st.binary(max_size=30), st.binary(max_size=40), st.integers(0, 254))
def test_a_frame_is_found_whatever_stands_before_it(noise, answer, command) -> None:
    heard = noise.replace(b"\xff", b"") + frames.answer_frame(command, answer)
    found = frames.cut(heard)

    assert found.content is not None
    assert frames.answer_to(command, found.content) == answer
    assert frames.cut(heard[:-2]).content is None


@given(st.lists(st.binary(max_size=30), max_size=5), st.integers(1, 20))
def test_any_bytes_end_and_leave_less_than_they_were(parts, size) -> None:
    heard = b"\x00\xff".join(parts)
    while (found := frames.cut(heard)).content is not None:
        assert len(found.rest) < len(heard)
        heard = found.rest
    assert len(found.rest) <= len(heard)


@given(st.binary(max_size=40))
def test_any_answer_holds_a_card_or_none(found: bytes) -> None:
    number = frames.uid(found)

    assert number is None or (len(number) in (4, 7, 10) and number in found)
