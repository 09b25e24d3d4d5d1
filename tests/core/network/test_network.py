"""Where the station dials: slots, their order, attempts and the way back. B09, B10."""

from __future__ import annotations

from typing import Any

import pytest
from core.blocks.bench import Bench
from core.network.conftest import COMM, NEW, OLD, PRIORITY, Moving
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.messages import Outcome
from chargepoint.core.network_profile import NetworkProfile, url_flaw
from chargepoint.core.words import Registration, VariableRef

# --- slots: B09 -----------------------------------------------------------------------------------


@pytest.mark.requirement("B09.FR.01")
def test_a_good_profile_is_on_disk_with_the_answer(station: Moving) -> None:
    assert station.profile(2) == m.ACCEPTED
    assert station.memory["network_profile"] == {"2": NetworkProfile(NEW, 1, 30)}
    assert (station.slot, station.url) == (1, OLD)  # not before the next start


@pytest.mark.requirement("B09.FR.05", "B09.FR.06", "TC_B_43_CS")
@pytest.mark.parametrize("slot", [-1, 0, 5, 999])
def test_only_slots_of_the_values_list_are_filled(station: Moving, slot: int) -> None:
    reply = station.profile(slot)

    assert (reply.outcome, reply.reason) == (Outcome.REJECTED, "InvalidConfSlot")
    assert len(station.station.variables.allowed(COMM, PRIORITY)) >= 2


@pytest.mark.requirement("B09.FR.02")
@pytest.mark.parametrize(
    "wrong",
    [
        {"url": ""},
        {"url": "http://new.example"},
        {"url": "ws://"},
        {"url": "ws://new.example:99999/ocpp"},
        {"url": "ws://[new.example/ocpp"},
        {"url": "ws://me:secret@new.example/ocpp"},
        {"url": "wss://new.example/ocpp?station=1"},
        {"url": NEW, "level": 2},
        {"url": NEW, "level": 4},
        {"timeout_s": 0},
        {"timeout_s": -5},
        {"timeout_s": 100_000},
        {"transport": "SOAP"},
        {"version": ""},
        {"needs": "a VPN"},
    ],
)
def test_a_profile_that_leads_nowhere_is_refused_with_why(
    station: Moving, wrong: dict[str, Any]
) -> None:
    reply = station.profile(**wrong)

    assert (reply.outcome, reply.reason) == (Outcome.REJECTED, "InvalidNetworkConf")
    assert reply.info
    assert "network_profile" not in station.memory


@pytest.mark.requirement("B09.FR.03")
def test_what_the_disk_does_not_take_has_failed(station: Moving) -> None:
    station.do(m.StoreFailed("full"))
    assert station.profile().outcome is Outcome.FAILED
    station.do(m.StoreWorks())
    assert station.profile() == m.ACCEPTED


@given(st.text(max_size=600))
def test_whatever_a_url_is_it_is_judged(url: str) -> None:
    assert isinstance(url_flaw(url), str)
    assert isinstance(next(NetworkProfile(url, 2, 30).flaws(), ""), str)


# --- the order: B10 -------------------------------------------------------------------------------


@pytest.mark.requirement("B10.FR.01", "A05.FR.04")
def test_an_order_of_filled_slots_counts_from_the_next_start_on(station: Moving) -> None:
    station.profile(2)

    assert station.prefer("1").outcome is Outcome.ACCEPTED  # as it is
    assert station.prefer("2,1").outcome is Outcome.REBOOT_REQUIRED
    assert station.slot == 1
    assert station.value(COMM, PRIORITY) == "2,1"
    assert station.restarted().slot == 2


@pytest.mark.requirement("B10.FR.02")
@pytest.mark.parametrize("order", ["2", "1,2", "1,1", "", "7", "x"])
def test_an_order_with_a_slot_that_is_not_filled_is_refused(station: Moving, order: str) -> None:
    assert station.prefer(order).outcome is Outcome.REJECTED
    assert station.value(COMM, PRIORITY) == "1"


@pytest.mark.requirement("B10.FR.03", "B10.FR.04", "TC_B_46_CS")
def test_after_a_start_each_profile_of_the_order_gets_its_attempts(moved: Any) -> None:
    station = moved("2,1")

    assert station.tried(4) == [2, 2, 1, 1]
    assert "does not connect: trying 1" in station.notes[-1]


@pytest.mark.requirement("B10.FR.07", "B10.FR.08", "B10.FR.09", "TC_B_49_CS")
def test_then_it_goes_on_with_the_last_good_one_and_the_others_for_ever(moved: Any) -> None:
    station = moved("2,1")
    station.tried(4)

    assert station.tried(8) == [1, 1, 2, 2, 1, 1, 2, 2]
    assert station.station.network.round == 3


@pytest.mark.requirement("B10.FR.07")
def test_the_way_back_need_not_be_in_the_order(moved: Any) -> None:
    """Nobody is stranded by a wrong url: only what has led to a central system is left."""
    station = moved("2")

    assert station.tried(2 + 4) == [2, 2, 1, 1, 2, 2]


def test_the_way_back_is_the_profile_as_it_was(station: Moving) -> None:
    """The slot in use may be overwritten with nonsense."""
    station.profile(1, "ws://typo.example")
    again = station.restarted()

    assert (again.slot, again.url) == (1, "ws://typo.example")
    again.fails(2)
    assert (again.slot, again.url) == (1, OLD)


@pytest.mark.requirement("B10.FR.03")
def test_a_lost_connection_is_looked_for_where_it_was_first(moved: Any) -> None:
    station = moved("2,1")
    station.fails(2)
    station.connects()
    assert station.value(COMM, "ActiveNetworkProfile") == "1"
    station.drops()

    assert station.tried(4) == [1, 1, 2, 2]


def test_a_connection_forgets_the_failures_before_it(moved: Any) -> None:
    station = moved("2,1")
    station.fails(1)
    assert station.station.network.attempt == 2
    station.connects()
    station.drops()

    assert station.tried(3) == [2, 2, 1]


@pytest.mark.requirement("B10.FR.09")
def test_a_central_system_that_hangs_up_without_a_word_is_none(moved: Any) -> None:
    """Many accept whoever connects, and close on whom they do not know."""
    station = moved("2,1")
    station.connects_in_vain()
    assert station.slot == 2
    station.do(m.LinkUp(station.dialect))
    station.do(m.LinkDown("by hand", wished=True))
    assert station.slot == 2  # that says nothing of the central system
    station.connects_in_vain()
    assert station.slot == 1
    station.connects()
    station.drops()

    assert station.tried(4) == [1, 1, 2, 2]


@pytest.mark.requirement("A05.FR.06")
def test_nothing_is_given_up_for_a_central_system_that_says_nothing(moved: Any) -> None:
    station = moved("2,1")
    station.connects_in_vain()

    assert station.memory["network"]["last"].proven.slot == 1
    assert set(station.memory["network_profile"]) == {"2"}


@pytest.mark.requirement("B10.FR.10")
def test_another_central_system_is_told_of_a_boot(moved: Any) -> None:
    station = moved("2,1").online()
    told = station.boots
    station.drops()
    station.connects()
    assert station.boots == told
    assert station.station.online
    station.drops()
    station.fails(2)
    station.connects()

    assert station.boots == told + 1


def test_a_refusal_of_the_old_central_system_does_not_hold_up_the_new_one(moved: Any) -> None:
    station = moved("2,1")
    station.do(m.LinkUp(station.dialect))
    station.do(m.BootAnswered(Registration.REJECTED, 3600, station.now.utc))
    station.drops()
    station.fails(2)
    station.connects()

    assert station.boots == 2


# --- what a profile brings along ------------------------------------------------------------------


def test_the_message_timeout_is_that_of_the_profile_in_use(station: Moving) -> None:
    station.profile(2, timeout_s=7)
    station.prefer("2,1")
    station = station.restarted()
    assert station.value(COMM, "MessageTimeout", "Default") == "30"
    station.connects()
    assert station.value(COMM, "MessageTimeout", "Default") == "7"
    assert station.station.variables.number(COMM, "MessageTimeout", "Default") == 7.0
    station.drops()
    station.fails(2)
    station.connects()

    assert station.value(COMM, "MessageTimeout", "Default") == "30"


def test_who_sets_the_timeout_has_the_last_word(station: Moving) -> None:
    station.profile(2, timeout_s=7)
    station.prefer("2")
    station = station.restarted()
    station.connects()
    station.do(m.ChangeKey("MessageTimeout", "12"))

    assert station.value(COMM, "MessageTimeout", "Default") == "12"


# --- the installer --------------------------------------------------------------------------------


def test_another_url_in_the_settings_counts_again(station: Moving) -> None:
    station.profile(1, NEW)
    station.profile(2, NEW)
    station.prefer("2,1")
    third = "ws://third.example"

    again = station.restarted(central_url=third)
    assert (again.slot, again.url) == (1, third)
    assert again.value(COMM, PRIORITY) == "1,2"
    assert again.tried(6) == [1, 1, 2, 2, 1, 1]  # nothing of the old central system
    assert again.restarted(central_url=third).slot == 1
    assert again.restarted(central_url=OLD).url == OLD


def test_seeds_may_name_the_order_before_anything_is_dialled() -> None:
    driver = Moving("2.0.1", central_url=OLD, security_profile=1)
    driver.station.variables.seed(VariableRef(COMM, PRIORITY), "Actual", "3")

    assert (driver.slot, driver.url) == (1, OLD)  # slot 3 is empty: the way back


def test_the_profile_in_use_is_shown(station: Moving) -> None:
    shown = station.shown_link.network
    assert (shown.slot, shown.security_profile, shown.order) == (1, 1, (1,))
    station.drops()
    station.fails()
    shown = station.shown_link.network
    assert (shown.attempt, shown.attempts) == (2, 2)

    alone = Bench("2.0.1", has_central=False)
    assert alone.snapshot().ocpp.network is None
    assert alone.station.variables.text(COMM, "ActiveNetworkProfile") == "1"


@given(st.lists(st.sampled_from(["fails", "connects", "drops"]), max_size=40))
def test_there_is_always_a_way(events: list[str]) -> None:
    driver = Moving("2.0.1", central_url=OLD, security_profile=1)
    driver.profile(2)
    driver.prefer("2,1")
    driver = driver.restarted()
    for event in events:
        getattr(driver, event)()
        assert driver.url in (OLD, NEW)
        assert 1 <= driver.station.network.attempt <= driver.station.network.attempts
