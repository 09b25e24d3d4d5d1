"""Whoever tries out key codes has to wait, longer each time."""

from __future__ import annotations

import pytest
from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.keypad import LONGEST_WAIT_S
from chargepoint.core.words import Token, TokenStatus

CODE, CARD = Token("1234", "KeyCode"), Token("1234")


def outcome(driver: Driver, token: Token) -> m.Outcome:
    reply = driver.card(token)
    assert isinstance(reply, m.Reply)
    return reply.outcome


def wrong(driver: Driver) -> None:
    assert outcome(driver, CODE) is m.Outcome.ACCEPTED
    driver.answer(CODE, TokenStatus.INVALID)


@pytest.mark.requirement("C04.FR.06")
def test_each_wrong_code_doubles_the_wait(driver: Driver) -> None:
    driver.plug()
    for wait_s in (2.0, 4.0, 8.0):
        wrong(driver)
        asked = len(driver.asked())
        assert outcome(driver, CODE) is m.Outcome.CONFLICT
        driver.run(wait_s - 0.5, 0.5)
        assert outcome(driver, CODE) is m.Outcome.CONFLICT
        assert len(driver.asked()) == asked
        driver.run(0.5, 0.5)
    for _ in range(10):
        wrong(driver)
        driver.run(LONGEST_WAIT_S, 10.0)
    assert outcome(driver, CODE) is m.Outcome.ACCEPTED


@pytest.mark.requirement("C04.FR.06")
def test_a_card_does_not_wait_and_a_right_code_makes_good(driver: Driver) -> None:
    driver.plug()
    wrong(driver)
    assert outcome(driver, CARD) is m.Outcome.ACCEPTED
    driver.answer(CARD, TokenStatus.INVALID)
    driver.run(2.0, 0.5)
    driver.admit(CODE)
    assert driver.shown().session == "active"
    driver.unplug()
    wrong(driver)
    driver.run(2.0, 0.5)
    assert outcome(driver, CODE) is m.Outcome.ACCEPTED
