"""May this token charge here? The cache, the central system, and what holds offline."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, FAMILY, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, OfflineConfig, OfflinePolicy
from chargepoint.core.words import NO_AUTHORIZATION, Token, TokenInfo, TokenStatus

ACCEPTED, BLOCKED = TokenStatus.ACCEPTED, TokenStatus.BLOCKED


def starts(driver: Driver, token: Token = ANNA) -> bool:
    driver.plug()
    driver.card(token)
    driver.tick()
    return driver.shown().session == "active"


@pytest.mark.requirement("C01.FR.02", "1.6 4.1")
def test_an_unknown_token_is_asked_for_once_however_often_it_is_shown(driver: Driver) -> None:
    driver.plug()
    driver.card()
    driver.card()
    driver.card(Token("anna0001"))
    assert driver.asked() == [ANNA.id]
    driver.answer()
    driver.run(5.0)
    assert driver.closed()
    assert len([event for event in driver.tx if event.phase == "Started"]) == 1


@pytest.mark.requirement("C01.FR.01")
@pytest.mark.parametrize("status", [status for status in TokenStatus if status is not ACCEPTED])
def test_a_token_that_is_not_accepted_starts_nothing(driver: Driver, status: TokenStatus) -> None:
    driver.plug()
    driver.card()
    driver.answer(status=status)
    driver.run(2.0)
    assert not driver.closed()
    assert not driver.tx


@pytest.mark.requirement("TC_E_52_CS")
def test_nobody_is_asked_where_that_is_switched_off(v201: Driver) -> None:
    v201.set("AuthCtrlr", "DisableRemoteAuthorization", "true")
    assert not starts(v201)
    v201.charge(BERT)
    v201.card(ANNA)
    assert not v201.asked()


@pytest.mark.parametrize(
    ("policy", "known", "charges"),
    [
        (OfflinePolicy.NONE, ACCEPTED, False),
        (OfflinePolicy.ANY, None, True),
        (OfflinePolicy.ANY, BLOCKED, False),
        (OfflinePolicy.KNOWN, None, False),
    ],
)
def test_the_offline_policy_is_the_installers(
    policy: OfflinePolicy, known: TokenStatus | None, charges: bool
) -> None:
    driver = Driver("2.0.1", offline=OfflineConfig(authorization=policy)).online()
    if known is not None:
        driver.answer(status=known)
    driver.offline()
    assert starts(driver) is charges


@pytest.mark.parametrize("how", ["silence", "lost link"])
def test_an_unanswered_question_is_decided_as_offline(driver: Driver, how: str) -> None:
    driver.answer()
    driver.plug()
    driver.card()
    assert driver.shown().session == "plugged"
    if how == "silence":
        driver.answer(status=None)
    else:
        driver.offline()
    assert driver.shown().session == "active"


def test_an_unanswered_question_for_a_stranger_starts_nothing(driver: Driver) -> None:
    driver.plug()
    driver.card()
    driver.answer(status=None)
    assert driver.shown().session == "plugged"


@pytest.mark.requirement("AuthCtrlr.Enabled", "C02.FR.01", "C02.FR.03")
def test_without_authorization_every_car_charges_for_nobody(v201: Driver) -> None:
    v201.set("AuthCtrlr", "Enabled", "false")
    v201.plug()
    v201.run(5.0)
    assert v201.closed()
    assert v201.tx[0].token == NO_AUTHORIZATION
    v201.verdict(ACCEPTED)
    assert not v201.memory.get("cache")
    v201.card(BERT)  # anybody may stop it
    v201.run(2.0)
    assert v201.tx[-1].trigger == "StopAuthorized"


@pytest.mark.requirement("AuthCtrlr.Enabled")
def test_without_authorization_a_card_is_told_as_it_is(v201: Driver) -> None:
    v201.set("AuthCtrlr", "Enabled", "false")
    v201.card()
    v201.plug()
    assert v201.tx[0].token == ANNA
    assert not v201.asked()


@pytest.mark.parametrize("is_online", [True, False])
def test_free_vending_starts_for_every_car(is_online: bool) -> None:
    driver = Driver("1.6", offline=OfflineConfig(free_vend_token="FREE")).online()
    if not is_online:
        driver.offline()
    driver.plug()
    if is_online:
        assert driver.asked() == ["FREE"]
        driver.answer(Token("FREE"))
    driver.run(5.0)
    assert driver.closed()
    driver.unplug(end="ev")
    driver.plug()
    if is_online:
        driver.answer(Token("FREE"))
    driver.run(5.0)
    assert driver.closed()


@pytest.mark.requirement("C01.FR.21")
@pytest.mark.parametrize("source", ["answer", "cache"])
def test_a_token_for_other_evses_does_not_start_here(v201: Driver, source: str) -> None:
    v201.set("AuthCtrlr", "LocalPreAuthorize", "true")
    elsewhere = m.AuthorizeAnswered(ANNA, TokenInfo(ACCEPTED, evse_ids=(2,)))
    if source == "cache":
        v201.do(elsewhere)
    assert not starts(v201)
    v201.do(elsewhere)
    assert v201.shown().session == "plugged"


@pytest.mark.requirement("C01.FR.21")
@pytest.mark.parametrize("known", [True, False])
def test_of_several_evses_a_token_gets_one_that_it_is_for(known: bool) -> None:
    driver = Driver("2.0.1", evses=(EvseConfig(1), EvseConfig(2))).online()
    driver.set("AuthCtrlr", "LocalPreAuthorize", "true")
    told = m.AuthorizeAnswered(ANNA, TokenInfo(ACCEPTED, evse_ids=(2,)))
    if known:
        driver.do(told)
    driver.card(ANNA)
    driver.do(told)
    assert driver.shown(2).session == "authorized"
    driver.plug(1)  # it does not go there
    assert driver.shown(2).session == "authorized"


@pytest.mark.requirement("C09.FR.03", "F01.FR.02")
def test_the_group_of_a_remote_start_is_looked_up_here(driver: Driver) -> None:
    family = TokenInfo(ACCEPTED, FAMILY)
    driver.do(m.SendLocalList(1, True, ((ANNA, family), (BERT, family))))
    driver.plug()
    driver.remote(ANNA)
    driver.run(5.0)
    driver.card(BERT)
    driver.run(3.0)
    assert not driver.closed()


@pytest.mark.requirement("AuthCtrlr.DisableRemoteAuthorization")
@pytest.mark.parametrize(("known", "charges"), [(ACCEPTED, True), (BLOCKED, False), (None, False)])
def test_where_nobody_may_be_asked_what_is_known_decides(
    v201: Driver, known: TokenStatus | None, charges: bool
) -> None:
    v201.set("AuthCtrlr", "DisableRemoteAuthorization", "true")
    if known is not None:
        v201.answer(status=known)
    assert starts(v201) is charges
    assert not v201.asked()


@pytest.mark.requirement("C04.FR.04")
def test_a_pin_is_not_shown_to_those_who_watch(v201: Driver) -> None:
    v201.charge(Token("12345678", "KeyCode"))
    assert v201.shown().id_token == "…"
    assert not [note for note in v201.notes if "5678" in note]


@pytest.mark.requirement("C01.FR.25")
def test_a_token_of_another_type_is_another_token(v201: Driver) -> None:
    v201.charge(ANNA)
    v201.card(Token(ANNA.id, "KeyCode"))
    assert v201.shown().session == "active"
