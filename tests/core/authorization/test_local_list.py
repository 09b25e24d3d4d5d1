"""The local list: how it is sent."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, CARL, Driver
from core.listing import ACCEPTED, BAD, BLOCKED, CHANGES, FULL, GOOD, TABLE, listed, send, version
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.words import Token, TokenInfo, TokenStatus


def starts(driver: Driver, token: Token = ANNA) -> bool:
    driver.plug()
    driver.card(token)
    driver.tick()
    return driver.shown().session == "active"


@pytest.mark.requirement("D01.FR.15", "D01.FR.10", "D02.FR.01", "1.6 5.15")
def test_a_full_list_replaces_the_old_one_and_is_on_disk(driver: Driver) -> None:
    send(driver, 7, FULL, (ANNA, GOOD), (BERT, BAD))

    assert send(driver, 3, FULL, (CARL, GOOD)).outcome == "accepted"

    assert listed(driver) == {"CARL0003": ACCEPTED}
    assert version(driver) == 3
    again = Driver(driver.version, memory=driver.memory).online()
    assert version(again) == 3
    again.offline()
    assert starts(again, CARL)


@pytest.mark.requirement("D01.FR.04", "1.6 6.41")
def test_an_empty_full_list_empties_the_list_and_has_its_version(driver: Driver) -> None:
    send(driver, 1, FULL, (ANNA, GOOD))

    send(driver, 2, FULL)

    assert listed(driver) == {}
    reply = driver.do(m.GetListVersion())
    assert reply == m.ListReply(m.Outcome.ACCEPTED, version=2, entries=0)


@pytest.mark.requirement("D01.FR.16", "D01.FR.17", "1.6 7.1")
def test_changes_add_replace_and_take_out(driver: Driver) -> None:
    send(driver, 1, FULL, (ANNA, GOOD), (BERT, GOOD))

    reply = send(driver, 2, CHANGES, (ANNA, BAD), (BERT, None), (CARL, GOOD))

    assert reply.outcome == "accepted"
    assert listed(driver) == {"ANNA0001": BLOCKED, "CARL0003": ACCEPTED}
    assert version(driver) == 2


@pytest.mark.requirement("D01.FR.05", "1.6 6.41")
def test_no_changes_change_the_version_alone(driver: Driver) -> None:
    send(driver, 1, FULL, (ANNA, GOOD))
    assert send(driver, 5, CHANGES).outcome == "accepted"
    assert listed(driver) == {"ANNA0001": ACCEPTED}
    assert version(driver) == 5


@pytest.mark.requirement("D01.FR.19", "1.6 7.47")
@pytest.mark.parametrize("number", [1, 4, 5])
def test_changes_of_an_older_list_are_a_mismatch(driver: Driver, number: int) -> None:
    send(driver, 5, FULL, (ANNA, GOOD))
    assert send(driver, number, CHANGES, (BERT, GOOD)).outcome == "version mismatch"
    assert listed(driver) == {"ANNA0001": ACCEPTED}
    assert version(driver) == 5


@pytest.mark.requirement("D01.FR.18", "1.6 3.5.2", "1.6 errata 3.52")
@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("full", [FULL, CHANGES])
def test_a_version_is_above_zero(driver: Driver, number: int, full: bool) -> None:
    assert send(driver, number, full, (ANNA, GOOD)).outcome == "rejected"
    assert listed(driver) == {}


@pytest.mark.requirement("D01.FR.06", "1.6 6.41")
@pytest.mark.parametrize("full", [FULL, CHANGES])
def test_a_token_twice_refuses_the_whole_list(driver: Driver, full: bool) -> None:
    reply = send(driver, 1, full, (ANNA, GOOD), (Token("anna0001"), BAD))
    assert reply.outcome == "rejected"
    assert listed(driver) == {}


@pytest.mark.requirement("1.6 7.1")
def test_a_full_list_says_something_of_every_token(driver: Driver) -> None:
    assert send(driver, 1, FULL, (ANNA, GOOD), (BERT, None)).outcome == "rejected"
    assert listed(driver) == {}


@pytest.mark.requirement("D01.FR.11", "1.6 9.2.3")
def test_a_message_has_its_limits(driver: Driver) -> None:
    driver.set(TABLE, "ItemsPerMessage", "2")
    driver.set(TABLE, "BytesPerMessage", "500")
    tokens = [(Token(f"T{number}"), GOOD) for number in range(3)]
    assert send(driver, 1, FULL, *tokens).outcome == "rejected"
    assert driver.do(m.SendLocalList(1, FULL, tuple(tokens[:2]), 501)).outcome == "rejected"  # type: ignore[union-attr]
    assert driver.do(m.SendLocalList(1, FULL, tuple(tokens[:2]), 500)).outcome == "accepted"  # type: ignore[union-attr]


@pytest.mark.requirement("D01.FR.12", "1.6 9.2.2")
def test_the_list_is_never_longer_than_it_says(driver: Driver) -> None:
    most = int(driver.station.variables.maximum(TABLE, "Entries") or 0)
    for start in range(0, most, 1000):
        tokens = [(Token(f"T{number}"), GOOD) for number in range(start, start + 1000)]
        send(driver, 1 + start, start == 0, *tokens)
    assert driver.station.variables.text(TABLE, "Entries") == str(most) == "10000"

    assert send(driver, 99_999, CHANGES, (ANNA, GOOD)).outcome == "rejected"
    assert send(driver, 99_999, CHANGES, (Token("T0"), None), (ANNA, GOOD)).outcome == "accepted"
    send(driver, 1, FULL, (ANNA, GOOD))
    assert listed(driver) == {"ANNA0001": ACCEPTED}


def test_the_same_list_again_writes_its_version_alone(driver: Driver) -> None:
    send(driver, 1, FULL, (ANNA, GOOD))
    driver.station.handle(m.SendLocalList(2, FULL, ((ANNA, GOOD),)), driver.now)
    assert list(driver.take().changes) == [("local_list_version", "version")]


@pytest.mark.requirement("D02.FR.02", "1.6 5.10")
def test_before_the_first_list_there_is_none(driver: Driver) -> None:
    assert version(driver) == 0


@pytest.mark.requirement("D02.FR.03", "D01.FR.13", "1.6 9.2.1")
def test_a_list_that_is_off_is_neither_taken_nor_used(driver: Driver) -> None:
    send(driver, 4, FULL, (ANNA, GOOD))
    driver.set(TABLE, "Enabled", "false")
    assert send(driver, 5, FULL, (ANNA, GOOD)).outcome == "unsupported"
    assert version(driver) is None
    driver.offline()
    assert not starts(driver)
    driver.set(TABLE, "Enabled", "true")
    assert version(driver) == 4
    driver.card()
    assert driver.shown().session == "active"


@pytest.mark.requirement("1.6 9.1.29")
def test_without_the_feature_profile_there_is_no_list(v16: Driver) -> None:
    v16.set("Ocpp16Ctrlr", "SupportedFeatureProfiles", "Core")
    assert send(v16, 5, FULL, (ANNA, GOOD)).outcome == "unsupported"
    assert version(v16) is None


def test_what_is_not_available_is_off(v201: Driver) -> None:
    v201.set(TABLE, "Available", "false")
    assert version(v201) is None


UPDATES = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(-1, 9),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from([GOOD, BAD, None])),
    ),
    max_size=8,
)


@given(updates=UPDATES)
@pytest.mark.requirement("D01.FR.09", "D01.FR.02")
def test_a_list_is_always_what_the_accepted_updates_make_of_it(
    updates: list[tuple[bool, int, dict[str, TokenInfo | None]]],
) -> None:
    driver = Driver("2.0.1").online()
    model: dict[str, TokenStatus] = {}
    number = 0
    for full, new, entries in updates:
        reply = send(driver, new, full, *((Token(name), info) for name, info in entries.items()))
        if reply.outcome == "accepted":
            model = {} if full else model
            model |= {name: info.status for name, info in entries.items() if info is not None}
            model = {name: model[name] for name in model if entries.get(name, GOOD) is not None}
            number = new
        assert listed(driver) == model
        assert version(driver) == number
    assert listed(Driver("2.0.1", memory=driver.memory)) == model
