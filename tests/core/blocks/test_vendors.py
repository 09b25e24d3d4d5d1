"""Vendors' own messages pass through: an extension answers, people read what comes back."""

from __future__ import annotations

import pytest
from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.messages import Outcome


@pytest.fixture
def driver(version: str) -> Driver:
    return Driver(version).online()


def test_an_extension_answers_in_its_own_time(driver: Driver) -> None:
    later = driver.station.handle(m.VendorCall("org.example", "Price", "{}"), driver.now)
    assert isinstance(later, m.Later)
    assert driver.take().effects == (m.AskVendor(later.ticket, "org.example", "Price", "{}"),)

    driver.station.handle(m.VendorAnswered(later.ticket, Outcome.ACCEPTED, [1]), driver.now)

    assert driver.take().answers == ((later.ticket, m.VendorReply(Outcome.ACCEPTED, data=[1])),)


def test_every_answer_finds_its_question(driver: Driver) -> None:
    tickets = [driver.do(m.VendorCall("org.example")) for _ in range(2)]
    driver.plug()
    unlocking = driver.do(m.Unlock(1))

    assert len({each.ticket for each in (*tickets, unlocking)}) == 3


def test_what_we_say_goes_out_at_once_and_the_answer_is_shown(driver: Driver) -> None:
    told = m.VendorData("org.example", "Hello", {"n": 1})

    assert driver.do(m.SendVendorData("org.example", "Hello", {"n": 1})) == m.ACCEPTED
    assert driver.live[-1] == told
    driver.do(m.VendorDataAnswered(told, "Accepted", "x" * 900))
    driver.do(m.VendorDataAnswered(told))

    assert driver.notes[-2:] == [
        f"org.example Hello: Accepted, {'x' * 200}",
        "org.example Hello: no answer",
    ]


def test_nothing_of_it_waits_for_a_connection(driver: Driver) -> None:
    driver.offline()

    reply = driver.do(m.SendVendorData("org.example"))

    assert isinstance(reply, m.Reply)
    assert reply.outcome is Outcome.CONFLICT
