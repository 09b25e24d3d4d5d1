"""Who goes on when not all can: chargingPriority of the token and of the transaction."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig
from chargepoint.core.words import TokenInfo, TokenStatus
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit


def both_charge(*evses: EvseConfig, **priorities: int) -> Driver:
    """Let Anna charge at EVSE 1 and Bert at 2, under a maximum for one of them."""
    driver = Driver(
        "2.0.1", evses or (EvseConfig(1), EvseConfig(2)), limits=LimitsConfig()
    ).online()
    for evse_id, token, name in ((1, ANNA, "anna"), (2, BERT, "bert")):
        driver.plug(evse_id)
        driver.card(token, evse_id)
        info = TokenInfo(TokenStatus.ACCEPTED, charging_priority=priorities.get(name))
        driver.do(m.AuthorizeAnswered(token, info))
        driver.run(5)
    schedule = Schedule(Unit.A, (Period(0, 10.0),), driver.now.utc)
    maximum = Profile(1, 0, Purpose.STATION_MAX, 0, Kind.ABSOLUTE, (schedule,))
    driver.do(m.SetProfile(maximum))
    driver.run(10)
    return driver


def charging(driver: Driver) -> list[int]:
    return [evse_id for evse_id in (1, 2) if driver.shown(evse_id).offer_a > 0.0]


@pytest.mark.requirement("K03.FR.04", "K03.FR.06")
@pytest.mark.parametrize(
    ("priorities", "served"),
    [({"bert": -1}, 1), ({"bert": 1}, 2), ({"anna": -1}, 2), ({"anna": 3, "bert": 2}, 1)],
)
def test_the_higher_priority_is_served_when_one_must_wait(
    priorities: dict[str, int], served: int
) -> None:
    assert charging(both_charge(**priorities)) == [served]


@pytest.mark.requirement("K03.FR.05")
def test_a_transactions_own_priority_is_for_it_alone() -> None:
    driver = both_charge(anna=5)
    assert charging(driver) == [1]
    event = next(each for each in driver.tx if each.evse_id == 2)

    driver.do(m.EventDelivered(1, event, charging_priority=7))
    driver.run(10)

    assert charging(driver) == [2]
    assert driver.memory["transaction"][event.transaction_id].priority == 7
    assert all(
        entry.info.charging_priority is None
        for key, entry in driver.memory.get("cache", {}).items()
        if BERT.id in key
    )


@pytest.mark.requirement("K03.FR.04")
def test_the_answer_to_an_event_may_raise_the_tokens_priority() -> None:
    driver = both_charge(anna=5)
    event = next(each for each in driver.tx if each.evse_id == 2)
    info = TokenInfo(TokenStatus.ACCEPTED, charging_priority=6)

    driver.do(m.EventDelivered(1, event, info=info))
    driver.run(10)

    assert charging(driver) == [2]


def test_the_installers_order_counts_among_equals() -> None:
    evses = EvseConfig(1), EvseConfig(2, priority=100)

    assert charging(both_charge(*evses)) == [2]
    assert charging(both_charge(*evses, anna=1)) == [1]
