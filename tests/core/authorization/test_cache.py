"""The authorization cache: what it keeps, how long, and what it spares."""

from __future__ import annotations

from datetime import timedelta

import pytest
from core.driver import ANNA, BERT, FAMILY, Driver

from chargepoint.core import messages as m
from chargepoint.core import token_cache
from chargepoint.core.words import Token, TokenInfo, TokenStatus

ACCEPTED, BLOCKED = TokenStatus.ACCEPTED, TokenStatus.BLOCKED


def cached(driver: Driver, *tokens: Token) -> list[str]:
    """Return those of *tokens* that the cache knows."""
    cache = driver.station._blocks.cache
    return [token.id for token in tokens if cache.find(token) is not None]


def starts(driver: Driver, token: Token = ANNA) -> bool:
    driver.plug()
    driver.card(token)
    driver.tick()
    return driver.shown().session == "active"


@pytest.mark.requirement("C01.FR.01", "C01.FR.04", "C04.FR.03", "C06.FR.01", "C06.FR.02")
@pytest.mark.parametrize(
    "kind", ["eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress"]
)
def test_tokens_of_every_kind_are_asked_for_and_cached(v201: Driver, kind: str) -> None:
    token = Token("1234567", kind)
    v201.plug()
    v201.card(token)
    assert v201.asked() == [token.id]
    assert v201.shown().session == "plugged"
    v201.answer(token)
    assert v201.shown().session == "active"
    assert v201.tx[0].token == token
    assert cached(v201, token)


@pytest.mark.requirement("C12.FR.02", "C12.FR.04", "1.6 3.5")
@pytest.mark.parametrize(("preauthorizes", "asked"), [("true", 0), ("false", 1)])
def test_the_cache_spares_the_question_where_that_is_wanted(
    driver: Driver, preauthorizes: str, asked: int
) -> None:
    driver.set("AuthCtrlr", "LocalPreAuthorize", preauthorizes)
    driver.answer()
    driver.plug()
    driver.card()
    assert len(driver.asked()) == asked
    assert (driver.shown().session == "active") is (asked == 0)


@pytest.mark.requirement("C10.FR.03", "C12.FR.05", "1.6 3.5.1")
def test_a_cached_refusal_is_asked_again(driver: Driver) -> None:
    driver.set("AuthCtrlr", "LocalPreAuthorize", "true")
    driver.answer(status=BLOCKED)
    driver.plug()
    driver.card()
    assert driver.asked() == [ANNA.id]
    driver.answer()
    assert driver.shown().session == "active"


def test_a_cached_refusal_stands_where_asking_again_is_switched_off(v201: Driver) -> None:
    v201.set("AuthCtrlr", "LocalPreAuthorize", "true")
    v201.set("AuthCacheCtrlr", "DisablePostAuthorize", "true")
    v201.answer(status=BLOCKED)
    assert not starts(v201)
    assert not v201.asked()


@pytest.mark.requirement("C13.FR.04", "C15.FR.08", "1.6 3.5.4")
@pytest.mark.parametrize(
    ("known", "local", "unknown", "charges"),
    [
        (None, "true", "false", False),
        (None, "false", "true", True),
        (ACCEPTED, "true", "false", True),
        (ACCEPTED, "false", "true", False),
        (BLOCKED, "true", "true", False),
    ],
)
def test_offline_the_cache_and_two_switches_decide(
    driver: Driver, known: TokenStatus | None, local: str, unknown: str, charges: bool
) -> None:
    driver.set("AuthCtrlr", "LocalAuthorizeOffline", local)
    driver.set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", unknown)
    if known is not None:
        driver.answer(status=known)
    driver.offline()
    assert starts(driver) is charges
    assert all(event.offline for event in driver.tx)


@pytest.mark.requirement("C15.FR.01")
def test_an_unknown_token_that_was_let_in_is_not_cached(v201: Driver) -> None:
    v201.set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "true")
    v201.offline()
    assert starts(v201)
    assert not v201.memory.get("cache")


@pytest.mark.requirement("C10.FR.01", "C10.FR.02", "C10.FR.08", "C10.FR.10", "C10.FR.13")
@pytest.mark.parametrize(
    ("expires_s", "life_s", "after_s", "still"),
    [
        (None, "0", 10**6, True),
        (None, "60", 59, True),
        (None, "60", 61, False),
        (100, "60", 61, True),
        (100, "0", 101, False),
    ],
)
def test_a_cached_token_lives_until_its_own_date_or_the_general_one(
    v201: Driver, expires_s: int | None, life_s: str, after_s: int, still: bool
) -> None:
    v201.set("AuthCacheCtrlr", "LifeTime", life_s)
    expires_at = None if expires_s is None else v201.now.utc + timedelta(seconds=expires_s)
    v201.do(m.AuthorizeAnswered(ANNA, TokenInfo(ACCEPTED, expires_at=expires_at)))
    v201.offline()
    v201.tick(after_s)
    assert starts(v201) is still


@pytest.mark.requirement("C10.FR.07", "1.6 3.5.1")
def test_a_full_cache_drops_bad_entries_first_then_the_oldest(
    v201: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_cache, "CACHE_SIZE", 2)
    tokens = [Token(name) for name in ("OLD", "BAD", "NEW", "NEWER")]
    for token, status in zip(tokens, (ACCEPTED, BLOCKED, ACCEPTED, ACCEPTED), strict=True):
        v201.answer(token, status)
        v201.tick(1.0)
    assert cached(v201, *tokens) == ["NEW", "NEWER"]


@pytest.mark.requirement("C10.FR.07", "AuthCacheCtrlr.Policy")
@pytest.mark.parametrize(
    ("policy", "gone"), [("LRU", "B"), ("LFU", "C"), ("FIFO", "A"), ("CUSTOM", "B")]
)
def test_who_leaves_a_full_cache_is_a_policy(
    v201: Driver, monkeypatch: pytest.MonkeyPatch, policy: str, gone: str
) -> None:
    monkeypatch.setattr(token_cache, "CACHE_SIZE", 3)
    v201.set("AuthCacheCtrlr", "Policy", policy)
    tokens = {name: Token(name) for name in "ABCD"}
    for said in "ABC":
        v201.answer(tokens[said])
        v201.tick()
    for shown in "BBA":
        v201.card(tokens[shown])
        v201.tick()
    v201.card(tokens["C"])
    v201.answer(tokens["C"])  # news of C
    v201.tick()
    v201.answer(tokens["A"])  # and of A
    v201.card(tokens["A"])
    v201.tick()
    v201.answer(tokens["D"])
    assert set(cached(v201, *tokens.values())) == set("ABCD") - {gone}


@pytest.mark.requirement("C10.FR.09")
def test_prices_told_with_a_token_are_not_cached(v201: Driver) -> None:
    v201.do(m.AuthorizeAnswered(ANNA, TokenInfo(ACCEPTED, personal_message="0.30 EUR/kWh")))
    (entry,) = v201.memory["cache"].values()
    assert entry.info == TokenInfo(ACCEPTED)


@pytest.mark.requirement("C10.FR.11", "C11.FR.03", "C11.FR.04", "1.6 5.4")
def test_the_cache_can_be_cleared_and_switched_off(driver: Driver) -> None:
    driver.answer()
    assert driver.do(m.ClearCache()).outcome == "accepted"
    assert not driver.memory["cache"]
    driver.set("AuthCacheCtrlr", "Enabled", "false")
    assert driver.do(m.ClearCache()).outcome == "rejected"
    driver.answer()
    assert not driver.memory["cache"]
    driver.offline()
    assert not starts(driver)


@pytest.mark.requirement("C10.FR.02", "C10.FR.05")
def test_the_cache_outlives_a_restart_and_learns_from_transactions(driver: Driver) -> None:
    driver.answer()
    driver.charge()
    driver.verdict(ACCEPTED, FAMILY)
    again = Driver(driver.version, memory=driver.memory, now=driver.now)
    assert starts(again)
    again.card(BERT)
    assert again.shown().session == "active"


@pytest.mark.requirement("C10.FR.12")
def test_nobody_reads_from_the_cache_who_was_here(driver: Driver) -> None:
    driver.answer(group=FAMILY)
    assert ANNA.id.casefold() not in repr(driver.memory["cache"]).casefold()
    other = Driver(driver.version).online()
    other.tick(5.0)  # another station, another salt
    other.answer()
    assert set(other.memory["cache"]).isdisjoint(driver.memory["cache"])


@pytest.mark.requirement("C10.FR.12")
def test_entries_of_a_time_without_hashes_are_forgotten(driver: Driver) -> None:
    driver.answer()
    del driver.memory["cache_salt"]
    again = Driver(driver.version, memory=driver.memory, now=driver.now)
    assert not again.memory["cache"]


@pytest.mark.requirement("C11.FR.05", "1.6 5.4")
def test_a_cache_that_the_disk_does_not_forget_is_not_cleared(driver: Driver) -> None:
    driver.answer()
    driver.do(m.StoreFailed("full"))
    assert driver.do(m.ClearCache()).outcome == "rejected"
    assert cached(driver, ANNA)
