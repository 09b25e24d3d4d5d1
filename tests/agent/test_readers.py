"""A reader at work: what is presented, what is told, and how a lost one is looked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress

import pytest

from chargepoint.core.messages import ACCEPTED, Command, Outcome, PresentToken, Reply
from chargepoint.core.words import Token
from chargepoint.readers import Reader
from chargepoint.settings.equipment import Reader as Table
from hardware.api import BusError, CardSeen, Fault, FaultCode

pytestmark = pytest.mark.sim
CARD = "04A2B3C4"


def now_s() -> float:
    return asyncio.get_running_loop().time()


class Driver:
    """Sees what lies on it once a second, until it is pulled out."""

    def __init__(self) -> None:
        self.lies: CardSeen | None = None
        self.there, self.is_open = True, False
        self.opened_at_s: list[float] = []

    async def open(self) -> None:
        self.opened_at_s.append(now_s())
        self._check()
        self.is_open = True

    async def next_card(self) -> CardSeen:
        while True:
            await asyncio.sleep(1.0)
            self._check()
            if self.lies is not None:
                return self.lies

    async def close(self) -> None:
        self.is_open = False

    def _check(self) -> None:
        if not self.there:
            raise BusError("/dev/ttyUSB2: there is no such device")


class Place:
    """A reader that runs, and what comes of it."""

    def __init__(self, **table: object) -> None:
        self.driver = Driver()
        given = {"driver": "serial", "port": "/dev/ttyUSB2", **table}
        self.reader = Reader(1, Table.model_validate(given), self.driver, now_s)
        self.presented: list[PresentToken] = []
        self.faults: set[tuple[tuple[int, ...], Fault]] = set()
        self.answer = ACCEPTED
        self.running = asyncio.create_task(self.reader.run(self._submit, self._beside))

    def _submit(self, command: Command) -> Reply:
        assert isinstance(command, PresentToken)
        self.presented.append(command)
        return self.answer

    def _beside(self, evse_ids: Collection[int], fault: Fault, is_there: bool) -> None:
        (self.faults.add if is_there else self.faults.discard)((tuple(evse_ids), fault))

    async def lies(self, card: CardSeen | None, for_s: float = 5.0) -> None:
        self.driver.lies = card
        await asyncio.sleep(for_s)

    async def stop(self) -> None:
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running


@pytest.fixture
async def place():
    """Return a way to let a reader run; each is stopped in the end."""
    places: list[Place] = []

    def place(**table: object) -> Place:
        places.append(Place(**table))
        return places[-1]

    yield place
    for each in places:
        await each.stop()
        assert not each.driver.is_open


Make = Callable[..., Place]


async def test_a_card_is_presented_once_each_time_it_is_shown(place: Make) -> None:
    here = place(evse_ids=[2])
    await here.lies(None)
    await here.lies(CARD, 60.0)
    await here.lies(None)
    await here.lies(CARD)

    assert here.presented == [PresentToken(Token(CARD), (2,))] * 2
    assert here.reader.shown.cards == 2


async def test_a_card_that_lies_there_at_the_start_is_not_presented(place: Make) -> None:
    here = place()
    await here.lies(CARD, 60.0)
    assert here.presented == []

    await here.lies(None)
    await here.lies(CARD)
    assert here.presented == [PresentToken(Token(CARD))]


async def test_a_lost_reader_is_told_once_looked_for_and_found(place: Make, caplog) -> None:
    caplog.set_level(logging.INFO)
    here = place(evse_ids=[1])
    await here.lies(None)
    here.driver.there = False
    await asyncio.sleep(60.0)
    ((evse_ids, fault),) = here.faults
    assert (evse_ids, fault.code, fault.opens) == ((1,), FaultCode.READER_FAILURE, False)
    assert here.reader.warning == "reader 1: /dev/ttyUSB2: there is no such device"
    assert not here.reader.shown.open
    assert caplog.text.count("no such device") == 1
    waits_s = [
        two - one
        for one, two in zip(here.driver.opened_at_s[1:], here.driver.opened_at_s[2:], strict=False)
    ]
    assert waits_s[:4] == [1.0, 2.0, 4.0, 4.0]

    here.driver.there = True
    await here.lies(CARD, 30.0)
    assert (here.presented, here.faults, here.reader.warning) == ([], set(), "")
    assert (here.reader.shown.open, here.reader.shown.opened) == (True, 2)
    await here.lies(None)
    await here.lies(CARD)
    assert len(here.presented) == 1


async def test_the_number_of_a_card_is_in_no_log(place: Make, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    here = place()
    here.answer = Reply(Outcome.CONFLICT, info="the disk refuses")
    await here.lies(None)
    for card in (CARD, None, "secret?", None, bytes.fromhex(CARD)):
        await here.lies(card, 30.0)

    assert "a card was not taken: the disk refuses" in caplog.text
    assert caplog.text.count("not whole bytes in hexadecimal") == 1
    assert CARD not in caplog.text
    assert "secret" not in caplog.text
