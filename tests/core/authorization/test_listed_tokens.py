"""The local list: what it decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from core.driver import ANNA, BERT, FAMILY, Driver
from core.listing import ACCEPTED, BAD, BLOCKED, FULL, GOOD, TABLE, send

from chargepoint.core.words import Token, TokenInfo, TokenStatus


def starts(driver: Driver, token: Token = ANNA) -> bool:
    driver.plug()
    driver.card(token)
    driver.tick()
    return driver.shown().session == "active"


@pytest.mark.requirement("C14.FR.02", "C14.FR.04", "C01.FR.05", "1.6 4.1", "TC_C_27_CS")
@pytest.mark.parametrize(("preauthorizes", "asked"), [("true", 0), ("false", 1)])
def test_the_list_spares_the_question_where_that_is_wanted(
    driver: Driver, preauthorizes: str, asked: int
) -> None:
    driver.set("AuthCtrlr", "LocalPreAuthorize", preauthorizes)
    send(driver, 1, FULL, (ANNA, GOOD))
    assert starts(driver) is (asked == 0)
    assert len(driver.asked()) == asked


@pytest.mark.requirement("C14.FR.03", "1.6 3.5.1")
@pytest.mark.parametrize("answer", [ACCEPTED, BLOCKED])
def test_what_the_list_refuses_is_asked_for(driver: Driver, answer: TokenStatus) -> None:
    driver.set("AuthCtrlr", "LocalPreAuthorize", "true")
    send(driver, 1, FULL, (ANNA, BAD))
    driver.plug()
    driver.card()
    assert driver.asked() == [ANNA.id]
    driver.answer(status=answer)
    assert (driver.shown().session == "active") is (answer is ACCEPTED)


@pytest.mark.requirement("C14.FR.03", "TC_C_58_CS")
def test_a_listed_refusal_stands_where_asking_again_is_switched_off(v201: Driver) -> None:
    v201.set("AuthCtrlr", "LocalPreAuthorize", "true")
    v201.set(TABLE, "DisablePostAuthorize", "true")
    send(v201, 1, FULL, (ANNA, BAD))
    assert not starts(v201)
    assert not v201.asked()


@pytest.mark.requirement("C14.FR.05", "C13.FR.05", "C13.FR.06", "1.6 3.5.4")
def test_a_lapsed_entry_is_asked_for_and_is_not_unknown(driver: Driver) -> None:
    driver.set("AuthCtrlr", "LocalPreAuthorize", "true")
    driver.set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "true")
    driver.set(TABLE, "DisablePostAuthorize", "true")
    soon = driver.now.utc + timedelta(seconds=60)
    send(driver, 1, FULL, (ANNA, TokenInfo(ACCEPTED, expires_at=soon)))
    driver.tick(61)
    driver.plug()
    driver.card()
    assert driver.asked() == [ANNA.id]
    driver.offline()
    assert driver.shown().session == "plugged"
    driver.card(BERT)
    assert driver.shown().session == "active"


@pytest.mark.requirement("C13.FR.02", "C13.FR.04")
def test_dates_count_only_where_the_station_says_so(v201: Driver) -> None:
    v201.set(TABLE, "SupportsExpiryDateTime", "false")
    send(v201, 1, FULL, (ANNA, TokenInfo(ACCEPTED, expires_at=v201.now.utc)))
    v201.offline()
    assert starts(v201)


@pytest.mark.requirement("C13.FR.01", "C14.FR.01", "1.6 3.5.3", "TC_C_25_CS")
@pytest.mark.parametrize(("info", "charges"), [(GOOD, True), (BAD, False)])
def test_the_list_comes_before_the_cache(driver: Driver, info: TokenInfo, charges: bool) -> None:
    driver.answer(status=BLOCKED if charges else ACCEPTED)
    send(driver, 1, FULL, (ANNA, info))
    assert not driver.memory["cache"]  # 1.6 section 3.5.3
    driver.answer(status=BLOCKED if charges else ACCEPTED)
    assert not driver.memory["cache"]
    driver.offline()
    assert starts(driver) is charges


@pytest.mark.requirement("C13.FR.02", "C13.FR.06", "1.6 3.5.4")
@pytest.mark.parametrize("status", [status for status in TokenStatus if status is not ACCEPTED])
def test_offline_a_listed_refusal_is_not_an_unknown_token(
    driver: Driver, status: TokenStatus
) -> None:
    driver.set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "true")
    send(driver, 1, FULL, (ANNA, TokenInfo(status)))
    driver.offline()
    assert not starts(driver)


@pytest.mark.requirement("C01.FR.21")
def test_a_listed_token_may_be_for_some_evses_only(v201: Driver) -> None:
    send(v201, 1, FULL, (ANNA, TokenInfo(ACCEPTED, evse_ids=(2,))))
    v201.offline()
    assert not starts(v201)


@pytest.mark.requirement("C09.FR.03", "C09.FR.07", "1.6 3.6", "TC_C_40_CS")
@pytest.mark.parametrize(("info", "stops"), [(ACCEPTED, True), (BLOCKED, False)])
def test_a_listed_token_of_the_group_stops_unless_it_is_refused(
    driver: Driver, info: TokenStatus, stops: bool
) -> None:
    send(driver, 1, FULL, (BERT, TokenInfo(info, FAMILY)))
    driver.plug()
    driver.admit(ANNA, group=FAMILY)
    driver.run(5.0)
    driver.live.clear()
    driver.card(BERT)
    driver.run(3.0)
    assert driver.closed() is not stops
    assert driver.asked() == ([] if stops else [BERT.id])


@pytest.mark.requirement("1.6 3.5.2")
@pytest.mark.parametrize("source", ["answer", "transaction"])
def test_a_contradiction_of_the_list_is_told(v16: Driver, source: str) -> None:
    send(v16, 1, FULL, (ANNA, GOOD))
    v16.charge()
    assert not [each for each in v16.live if getattr(each, "error", "") == "LocalListConflict"]
    if source == "answer":
        v16.answer(status=BLOCKED)
    else:
        v16.verdict(BLOCKED)
    (told,) = [each for each in v16.live if getattr(each, "error", "") == "LocalListConflict"]
    assert (told.evse_id, told.connector_id, told.status) == (0, 0, "Available")


def test_somebody_busy_elsewhere_contradicts_nothing(v16: Driver) -> None:
    send(v16, 1, FULL, (ANNA, GOOD))
    v16.answer(status=TokenStatus.CONCURRENT_TX)
    assert not [each for each in v16.live if getattr(each, "error", "") == "LocalListConflict"]
