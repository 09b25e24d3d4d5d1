"""A master pass stops everybody's transaction and starts none (2.0.1 C16)."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, CARL, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.words import StopReason, Token, TokenInfo, TokenStatus

POLICE = Token("POLICE", "Central")
TWO = (EvseConfig(1), EvseConfig(2))
PASS = TokenInfo(TokenStatus.ACCEPTED, POLICE)


@pytest.fixture
def street() -> Driver:
    """Two cars charge, each for somebody else."""
    driver = Driver("2.0.1", evses=TWO).online()
    driver.set("AuthCtrlr", "MasterPassGroupId", "POLICE")
    driver.charge(ANNA, 1)
    driver.charge(BERT, 2)
    driver.live.clear()
    return driver


@pytest.mark.requirement("C16.FR.02", "C16.FR.07", "TC_C_49_CS")
def test_a_master_pass_stops_all_transactions_and_lets_the_cables_go(street: Driver) -> None:
    mark = len(street.tx)
    street.card(CARL, 1)
    assert street.asked() == [CARL.id]
    street.do(m.AuthorizeAnswered(CARL, PASS))
    street.run(5.0)

    ended = [event for event in street.tx[mark:] if event.phase == "Ended"]
    assert [event.evse_id for event in ended] == [1, 2]
    assert {event.stop_reason for event in ended} == {StopReason.MASTER_PASS}
    assert {event.trigger for event in ended} == {"StopAuthorized"}
    assert {event.stop_token for event in ended} == {CARL}
    assert not street.sensed[1].locked


@pytest.mark.requirement("C16.FR.04", "C16.FR.05", "TC_C_14_CS")
@pytest.mark.parametrize("source", ["cache", "local list"])
def test_a_master_pass_that_is_known_here_is_not_asked_for(street: Driver, source: str) -> None:
    if source == "cache":
        street.do(m.AuthorizeAnswered(CARL, PASS))
    else:
        street.do(m.SendLocalList(1, True, ((CARL, PASS),)))
    street.card(CARL, 1)
    street.run(5.0)
    assert not street.asked()
    assert not street.closed(1)
    assert not street.closed(2)


@pytest.mark.requirement("C16.FR.03", "C12.FR.09", "TC_C_45_CS")
@pytest.mark.parametrize("known", [True, False])
def test_a_master_pass_starts_nothing(known: bool) -> None:
    driver = Driver("2.0.1").online()
    driver.set("AuthCtrlr", "MasterPassGroupId", "POLICE")
    driver.set("AuthCtrlr", "LocalPreAuthorize", "true")
    if known:
        driver.do(m.AuthorizeAnswered(CARL, PASS))
    driver.plug()
    driver.card(CARL)
    if not known:
        driver.do(m.AuthorizeAnswered(CARL, PASS))
    driver.run(3.0)
    assert driver.shown().session == "plugged"


@pytest.mark.requirement("C16.FR.03")
def test_a_master_pass_that_is_not_accepted_stops_nothing(street: Driver) -> None:
    street.card(CARL, 1)
    street.do(m.AuthorizeAnswered(CARL, TokenInfo(TokenStatus.EXPIRED, POLICE)))
    street.run(3.0)
    assert street.closed(1)
    assert street.closed(2)


def test_without_a_master_group_nobody_is_in_it(street: Driver) -> None:
    street.set("AuthCtrlr", "MasterPassGroupId", "")
    street.card(CARL, 1)
    street.do(m.AuthorizeAnswered(CARL, TokenInfo(TokenStatus.ACCEPTED, Token("", "Central"))))
    street.run(3.0)
    assert street.closed(1)
