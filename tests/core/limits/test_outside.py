"""Limits from outside OCPP, in the words of the central system."""

from __future__ import annotations

from typing import Any

import pytest
from core.blocks.bench import NOON, Bench

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig
from chargepoint.core.words import Trigger
from hardware.api import MeterReading
from profiles.limits import Origin
from profiles.reporting import Criteria
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

TWO = (EvseConfig(1), EvseConfig(2))
TABLE = "SmartChargingCtrlr"


class Home(Bench):
    """A station behind a mains connection of 25 A; the house takes *house_a* of it."""

    def __init__(self, version: str = "2.0.1", **config: Any) -> None:
        self.house_a = 0.0
        super().__init__(version, meter_roles=frozenset({"mains"}), **config)

    def tick(self, seconds: float = 0.1) -> None:
        self.meter()
        super().tick(seconds)

    def meter(self) -> None:
        """A fresh reading in every second."""
        last = self.readings.get("mains")
        if last is not None and self.now.s - last.at_s < 0.95:
            return
        shown = {each.id: each for each in self.snapshot().evses}
        drawn_a = {
            id: shown[id].offer_a if self.sensed[id].main_closed else 0.0 for id in self.sensed
        }
        for id, a in drawn_a.items():
            self.readings[f"evse/{id}"] = MeterReading(self.now.s, (a,) * 3)
        total_a = self.house_a + sum(drawn_a.values())
        self.readings["mains"] = MeterReading(self.now.s, (total_a,) * 3)

    def told(self, kind: Any, clear: bool = True) -> list[Any]:
        found = self.heard(kind)
        if clear:
            self.said = [each for each in self.said if not isinstance(each, kind)]
        return found

    def rates(self) -> list[Any]:
        told = self.told(m.TransactionEvent)
        return [each for each in told if each.trigger is Trigger.CHARGING_RATE_CHANGED]

    def external(self) -> list[Profile]:
        self.said.clear()
        self.do(m.GetProfiles(1, Criteria(purpose=Purpose.EXTERNAL)))
        return [profile for report in self.told(m.ProfilesReported) for profile in report.profiles]


@pytest.fixture
def home() -> Home:
    home = Home().online()
    home.run(40)
    home.said.clear()
    return home


def profile(limit: float, **facts: Any) -> Profile:
    schedule = Schedule(Unit.A, (Period(0, limit),), NOON)
    base: dict[str, Any] = {"id": 1, "evse_id": 0, "purpose": Purpose.TX_DEFAULT}
    return Profile(
        **(base | {"stack_level": 0, "kind": Kind.ABSOLUTE, "schedules": (schedule,)} | facts)
    )


# --- NotifyChargingLimit, ClearedChargingLimit ------------------------------------------------


@pytest.mark.requirement("K12.FR.01", "K12.FR.02", "K12.FR.03", "K12.FR.04")
def test_a_limit_of_the_house_is_told_without_a_transaction(home: Home) -> None:
    assert home.external() == []
    home.house_a = 15.0
    home.run(2)

    assert home.told(m.LimitImposed) == [m.LimitImposed(0, Origin.EMS)]
    home.run(250)
    assert home.told(m.LimitImposed) == []


@pytest.mark.requirement("K11.FR.03", "K12.FR.03")
@pytest.mark.parametrize(("units", "limit"), [("A,W", 10.0), ("W,A", 6900.0)])
def test_the_limit_itself_is_told_where_it_is_wanted(home: Home, units: str, limit: float) -> None:
    home.set(TABLE, "NotifyChargingLimitWithSchedules", "true")
    home.set(TABLE, "RateUnit", units)
    home.house_a = 15.0
    home.run(2)

    (told,) = home.told(m.LimitImposed)
    assert told.schedule.unit is Unit(units[0])
    assert told.schedule.periods[0].limit == pytest.approx(limit, rel=0.02)


@pytest.mark.requirement("K13.FR.01", "K13.FR.02")
def test_a_release_is_told_and_counts(home: Home) -> None:
    home.house_a = 15.0
    home.run(2)
    home.house_a = 0.0
    home.charge()
    home.run(80)

    assert home.told(m.LimitReleased) == [m.LimitReleased(0, Origin.EMS)]
    assert home.external() == []
    assert home.evse().offer_a == 25.0


@pytest.mark.requirement("SC.03", "K11.FR.02")
def test_a_trembling_house_is_told_a_few_times_a_minute(home: Home) -> None:
    home.charge()
    home.run(30)
    home.told(m.LimitImposed)
    for second in range(60):
        home.house_a = 10.0 + second % 5
        home.run(1)

    assert 1 <= len(home.told(m.LimitImposed)) <= 4


@pytest.mark.requirement("SC.03")
def test_nothing_left_and_something_again_are_told_at_once(home: Home) -> None:
    home.house_a = 15.0
    home.run(2)
    home.house_a = 30.0
    home.run(2)
    assert len(home.told(m.LimitImposed)) == 2

    home.house_a = 10.0
    home.run(60)
    assert len(home.told(m.LimitImposed)) == 1


@pytest.mark.requirement("K11.FR.06", "K12.FR.05", "TC_K_52_CS")
def test_what_is_imposed_is_reported_as_an_external_profile(home: Home) -> None:
    home.house_a = 15.0
    home.do(m.Override(9.0, 1))
    home.run(2)

    station, own = home.external()

    assert (station.evse_id, own.evse_id) == (0, 1)
    assert (station.origin, own.origin) == (Origin.EMS, Origin.PEOPLE)
    assert station.schedule.periods[0].limit == pytest.approx(10.0, abs=0.2)
    assert own.schedule.periods[0].limit == 9.0
    assert max(station.id, own.id) < 0
    assert station.id != own.id


@pytest.mark.requirement("K01.FR.05", "K10.FR.08", "K10.FR.09")
def test_an_external_profile_is_neither_replaced_nor_cleared(home: Home) -> None:
    home.house_a = 15.0
    home.run(2)
    (external,) = home.external()

    refused = home.do(m.SetProfile(profile(6.0, id=external.id)))

    assert isinstance(refused, m.Reply)
    assert refused.reason == "DuplicateProfile"
    for clear in (m.ClearProfiles(id=external.id), m.ClearProfiles(purpose=Purpose.EXTERNAL)):
        reply = home.do(clear)
        assert isinstance(reply, m.Reply)
        assert reply.outcome is m.Outcome.UNKNOWN
    assert home.external() == [external]


def test_a_limit_that_was_told_is_released_after_a_restart_too(home: Home) -> None:
    home.house_a = 15.0
    home.run(2)
    assert home.memory["outside"]
    again = Home(memory=home.memory, utc=home.now.utc).online()
    again.run(40)
    assert again.told(m.LimitReleased) == [m.LimitReleased(0, Origin.EMS)]
    assert not again.memory["outside"]

    still = Home(memory=home.memory, utc=home.now.utc)
    still.house_a = 15.0
    still.online().run(5)
    assert still.told(m.LimitReleased) == []


def test_only_where_the_version_has_words_and_smart_charging_is_on() -> None:
    old = Home("1.6").online()
    off = Home().online()
    off.set(TABLE, "Enabled", "false")
    cut = Home().online()
    cut.link_down()
    for home in (old, off, cut):
        home.run(40)
        home.charge()
        home.run(5)
        home.said.clear()
        home.house_a = 15.0
        home.run(30)

        assert home.told(m.LimitImposed) == []
        assert home.rates() == []


# --- signals that may be switched off -----------------------------------------------------------


@pytest.mark.requirement("2.0.1 2.9.7")
def test_an_override_is_no_more_when_outside_signals_are_switched_off(home: Home) -> None:
    home.do(m.Override(9.0))
    home.charge()
    home.run(30)
    assert home.evse().offer_a == 9.0

    home.set(TABLE, "ExternalControlSignalsEnabled", "false")
    home.run(90)

    assert home.evse().offer_a > 20.0
    refused = home.do(m.Override(9.0))
    assert isinstance(refused, m.Reply)
    assert refused.outcome is m.Outcome.CONFLICT
    home.house_a = 15.0
    home.run(2)
    assert home.evse().offer_a == pytest.approx(10.0, abs=0.3)  # the fuse still counts


# --- TransactionEvent ChargingRateChanged --------------------------------------------------------


@pytest.mark.requirement("K11.FR.01", "K11.FR.04", "K13.FR.03")
def test_a_rate_that_the_house_changed_is_told(home: Home) -> None:
    home.charge()
    home.run(40)
    assert home.rates() == []
    home.house_a = 15.0
    home.run(3)

    (told,) = home.rates()
    assert told.phase is m.TxPhase.UPDATED
    assert told.samples[0].values[0].context == "Other"
    assert home.evse().offer_a <= 10.0

    home.run(20)
    home.rates()
    home.house_a = 0.0
    home.run(80)
    assert 1 <= len(home.rates()) <= 4


@pytest.mark.requirement("K11.FR.04", "SC.03")
def test_a_pause_that_the_house_made_and_its_end_are_told_at_once(home: Home) -> None:
    home.charge()
    home.run(40)
    home.rates()
    home.house_a = 24.0
    home.run(12)
    assert home.evse().offer_a == 0.0
    paused = home.rates()
    assert 1 <= len(paused) <= 2

    home.house_a = 0.0
    home.run(40)
    assert home.evse().offer_a >= 6.0
    assert 1 <= len(home.rates()) <= 3


@pytest.mark.requirement("errata 6.2.80")
def test_a_rate_that_the_central_system_set_is_not_told_back(home: Home) -> None:
    home.charge()
    home.run(40)
    for limit in (16.0, 10.0, 0.0, 12.0):
        home.do(m.SetProfile(profile(limit)))
        home.run(25)

    assert home.evse().offer_a == 12.0
    assert home.rates() == []


@pytest.mark.requirement("SC.02")
def test_sharing_among_our_own_is_told_of_the_transaction_alone() -> None:
    home = Home(evses=TWO, limits=LimitsConfig(mains_a=100.0)).online()
    home.do(m.SetProfile(profile(20.0, purpose=Purpose.STATION_MAX)))
    home.run(120)
    home.charge(1)
    home.run(60)
    assert home.evse(1).offer_a == 20.0
    home.said.clear()
    home.charge(2)
    home.run(60)

    assert home.evse(1).offer_a == 10.0
    assert home.told(m.LimitImposed, clear=False) == []
    assert {each.evse_id for each in home.rates()} == {1, 2}


def test_what_happened_offline_is_told_as_it_is_afterwards(home: Home) -> None:
    home.charge()
    home.run(40)
    home.link_down()
    home.house_a = 15.0
    home.run(60)
    assert home.rates() == []

    home.link_up()
    home.run(1)

    assert len(home.rates()) == 1
    assert len(home.told(m.LimitImposed)) <= 1
