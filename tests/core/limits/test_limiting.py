from __future__ import annotations

from dataclasses import replace

import pytest
from core.blocks.bench import Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig, Mode, OfflineConfig
from chargepoint.core.messages import GetComposite, Outcome, Override
from hardware.api import MeterReading
from profiles.schedule import Unit

TWO = (EvseConfig(1), EvseConfig(2))
MAINS = frozenset({"mains"})


def outcome(reply: object) -> Outcome:
    assert isinstance(reply, m.Reply)
    return reply.outcome


def limits(bench: Bench, evse_id: int = 1) -> dict[str, float]:
    return {each.source: each.limit_a for each in bench.evse(evse_id).limits}


def overrides(bench: Bench, evse_id: int) -> list[float]:
    return [each.limit_a for each in bench.evse(evse_id).limits if each.source == "override"]


def feed(bench: Bench, seconds: float, house_a: float = 0.0, role: str = "mains") -> None:
    """Run with a meter that tells once a second what the house and our cars take."""
    for _ in range(round(seconds)):
        offers_a = [bench.evse(each.id).offer_a for each in bench.config.evses]
        drawn_a = [
            a if bench.sensed[each.id].main_closed else 0.0
            for each, a in zip(bench.config.evses, offers_a, strict=True)
        ]
        for each, a in zip(bench.config.evses, drawn_a, strict=True):
            bench.readings[f"evse/{each.id}"] = MeterReading(bench.now.s, (a, a, a))
        total_a = house_a + sum(drawn_a)
        bench.readings[role] = MeterReading(bench.now.s, (total_a,) * 3)
        bench.run(1)


# --- an EVSE's own ------------------------------------------------------------------------------


def test_the_snapshot_names_those_with_an_opinion_only(bench: Bench) -> None:
    bench.tick()
    assert limits(bench) == {"hardware 32 A": 32.0, "MAX 32 A": 32.0}

    bench.sense(cable_a=20.0)
    bench.tick()
    assert limits(bench) == {"hardware 32 A": 32.0, "MAX 32 A": 32.0, "cable 20 A": 20.0}


def test_the_tightest_comes_first(bench: Bench) -> None:
    bench.sense(cable_a=20.0)
    bench.do(Override(9.0))
    bench.tick()
    levels_a = [each.limit_a for each in bench.evse().limits]

    assert levels_a == sorted(levels_a)
    assert bench.evse().limits[0].source == "override"


def test_the_hardware_is_the_least_of_evse_and_station(version: str) -> None:
    bench = Bench(version, evses=(EvseConfig(1, max_current_a=20.0),), max_current_a=16.0)
    bench.tick()

    assert limits(bench)["hardware 16 A"] == 16.0


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0, 40), st.floats(6, 40), st.floats(6, 40), st.sampled_from([13.0, 20.0, 32.0, 63.0])
)
def test_the_offer_is_the_least_of_all_and_the_winner_keeps_its_name(
    override_a: float, max_a: float, hardware_a: float, cable_a: float
) -> None:
    bench = Bench(
        "2.0.1",
        evses=(EvseConfig(1, max_current_a=hardware_a),),
        limits=LimitsConfig(max_a=max_a),
        max_current_a=80.0,
    ).online()
    bench.do(Override(override_a))
    bench.charge()
    bench.sense(cable_a=cable_a)
    bench.run(2)

    least_a = min(override_a, max_a, hardware_a, cable_a)
    evse = bench.evse()
    assert evse.offer_a <= least_a
    assert evse.offer_a == 0.0 or evse.offer_a > least_a - 0.11
    assert limits(bench)[evse.binding] == least_a


def test_an_override_ends_by_itself_is_cleared_or_forgotten(bench: Bench) -> None:
    bench.charge()
    bench.do(Override(10.0, 1, for_s=30.0))
    bench.tick()
    assert bench.evse().offer_a == 10.0
    assert bench.evse().binding == "override"
    bench.run(29)
    assert bench.evse().offer_a == 10.0
    bench.run(2)
    assert bench.evse().offer_a == 32.0

    bench.do(Override(8.0))
    bench.tick()
    bench.do(Override(None))
    bench.tick()
    assert bench.evse().offer_a == 32.0

    bench.do(Override(8.0))
    again = bench.restarted()
    again.tick()
    assert "override" not in limits(again)


def test_an_override_is_for_one_evse_or_for_all(version: str) -> None:
    bench = Bench(version, evses=TWO).online()
    bench.do(Override(9.0, 2))
    bench.tick()
    assert "override" not in limits(bench, 1)
    assert limits(bench, 2)["override"] == 9.0
    bench.do(Override(7.0))
    bench.tick()
    assert overrides(bench, 1) == [7.0]
    assert overrides(bench, 2) == [7.0, 9.0]
    assert outcome(bench.do(Override(9.0, 3))) is Outcome.UNKNOWN_EVSE


def test_an_override_of_one_evse_takes_none_of_the_station_away(version: str) -> None:
    bench = Bench(version, evses=TWO).online()
    bench.do(Override(8.0))
    bench.do(Override(7.0, 1, for_s=2.0))
    bench.run(3)
    assert overrides(bench, 1) == [8.0]

    bench.do(Override(10.0, 1))
    bench.do(Override(None, 1))
    bench.tick()
    assert overrides(bench, 1) == [8.0]

    bench.do(Override(10.0, 1))
    bench.do(Override(None))
    bench.tick()
    assert overrides(bench, 1) == overrides(bench, 2) == []


def test_whose_own_limit_is_too_low_is_not_told_that_the_mains_are(version: str) -> None:
    bench = Bench(version, evses=TWO, meter_roles=MAINS).online()
    feed(bench, 30)
    bench.charge()
    bench.charge(2, token="CARD0002")
    bench.do(Override(3.0, 1))
    feed(bench, 20)

    assert (bench.evse(1).offer_a, bench.evse(1).binding) == (0.0, "override")
    assert bench.evse(2).offer_a > 12.5


# --- offline ------------------------------------------------------------------------------------


def test_offline_has_its_own_limit_after_a_while(version: str) -> None:
    policy = OfflineConfig(after_s=60.0, limit_a=8.0)
    bench = Bench(version, offline=policy).online()
    bench.charge()
    bench.link_down()
    bench.run(58)
    assert bench.evse().offer_a == 32.0
    bench.run(4)
    assert bench.evse().offer_a == 8.0
    assert bench.evse().binding == "offline since 1 min"

    bench.link_up()
    bench.tick()
    assert bench.evse().offer_a == 32.0


@pytest.mark.parametrize(("after_s", "waits_s"), [(0.0, 0.0), (30.0, 29.0)])
def test_a_station_that_never_came_online_is_offline_since_its_start(
    version: str, after_s: float, waits_s: float
) -> None:
    bench = Bench(version, offline=OfflineConfig(after_s=after_s, limit_a=8.0))
    bench.run(waits_s)
    assert not any(name.startswith("offline") for name in limits(bench))
    bench.run(2)
    assert any(name.startswith("offline") for name in limits(bench))


# --- what all share -------------------------------------------------------------------------------


@pytest.fixture
def home(version: str) -> Bench:
    """Two EVSEs behind a mains connection of 25 A."""
    bench = Bench(version, evses=TWO, meter_roles=MAINS, metered_evses=frozenset({1, 2})).online()
    feed(bench, 40)
    return bench


def test_idle_evses_see_the_whole_of_a_shared_limit(home: Bench) -> None:
    home.charge(1)
    feed(home, 40)

    whole = [name for name in limits(home, 2) if name.startswith("mains")]
    assert [name[:8] for name in whole] == ["mains L1", "mains L2", "mains L3"]
    assert "shared" not in whole[0]
    assert home.evse(1).offer_a == pytest.approx(25.0, abs=0.2)
    assert limits(home, 2)[whole[0]] == pytest.approx(25.0, abs=0.2)


def test_two_who_charge_share_it(home: Bench) -> None:
    home.charge(1)
    feed(home, 30)
    home.charge(2)
    feed(home, 60)

    offers_a = [home.evse(each).offer_a for each in (1, 2)]
    assert sum(offers_a) <= 25.0
    assert offers_a == pytest.approx([12.5, 12.5], abs=0.5)
    assert "shared by 2" in home.evse(1).binding


def test_a_reading_above_the_limit_acts_in_the_next_tick(home: Bench) -> None:
    home.charge(1)
    feed(home, 40)
    before_a = home.evse(1).offer_a
    home.readings["mains"] = MeterReading(home.now.s + 0.05, (29.0, 25.0, 25.0))
    home.tick()

    assert home.evse(1).offer_a < before_a - 3.0
    assert home.evse(1).binding.startswith("mains L1 29.0/25 A")


def test_a_silent_meter_is_its_fallback_and_the_screen_calls_it_stale(version: str) -> None:
    bench = Bench(
        version,
        meter_roles=MAINS,
        stale_after_s={"mains": 4.0},
        fallback_a={"mains": 6.0},
    ).online()
    bench.charge()
    feed(bench, 40)
    mains = bench.snapshot().meters.mains
    assert mains is not None
    assert not mains.stale
    bench.run(5)

    mains = bench.snapshot().meters.mains
    assert mains is not None
    assert mains.stale
    assert bench.evse().offer_a == 6.0
    assert bench.evse().binding == "mains meter silent"


def test_a_mode_is_told_once_and_needs_its_meter(home: Bench, bench: Bench) -> None:
    assert outcome(bench.do(m.SetMode("solar"))) is Outcome.CONFLICT
    for _ in range(2):
        assert outcome(home.do(m.SetMode("solar"))) is Outcome.ACCEPTED
    assert home.notes.count("mode solar") == 1
    assert home.snapshot().mode == Mode.SOLAR
    home.charge(1)
    feed(home, 30)
    assert home.evse(1).offer_a == 0.0  # no sun, no current
    assert home.evse(1).binding.startswith("solar")

    home.do(m.SetMode("normal"))
    feed(home, 40)
    assert home.evse(1).offer_a > 20.0


def test_an_evse_without_a_fresh_meter_counts_as_what_it_is_offered(version: str) -> None:
    bench = Bench(
        version, evses=(EvseConfig(1, phases=1), EvseConfig(2)), meter_roles=frozenset({"circuit"})
    ).online()
    for evse_id in (1, 2):
        bench.charge(evse_id)
    for _ in range(60):
        offers_a = [bench.evse(each).offer_a for each in (1, 2)]
        bench.readings["circuit"] = MeterReading(
            bench.now.s, (sum(offers_a), offers_a[1], offers_a[1])
        )
        bench.run(1)

    assert 10.0 < sum(bench.evse(each).offer_a for each in (1, 2)) <= 16.0


def test_a_faulted_evse_leaves_its_share_to_the_others(home: Bench) -> None:
    home.charge(1)
    home.charge(2)
    feed(home, 60)
    home.sense(2, temperature_c=90.0)
    feed(home, 60)

    assert home.evse(2).offer_a == 0.0
    assert home.evse(1).offer_a > 20.0


# --- what people hear of it ---------------------------------------------------------------------


def test_a_trembling_house_is_no_news(home: Bench) -> None:
    home.charge(1)
    feed(home, 60)
    home.notes.clear()
    for n in range(60):
        feed(home, 1, house_a=5.0 + 0.1 * (n % 3))

    assert len(home.notes) <= 2


def test_a_change_of_the_offer_is_a_sentence_with_its_reason(bench: Bench) -> None:
    bench.charge()
    assert "offer 32.0 A: MAX 32 A" in bench.notes
    bench.do(Override(10.0))
    bench.run(1)
    bench.do(Override(0.0))
    bench.run(1)

    told = [note for note in bench.notes if note.startswith("offer")]
    assert told[-2:] == ["offer 10.0 A: override", "offer withdrawn: override"]


# --- the composite schedule ---------------------------------------------------------------------


def composite(bench: Bench, evse_id: int) -> float:
    bench.tick()
    reply = bench.do(GetComposite(evse_id, 600, Unit.A))
    assert isinstance(reply, m.CompositeReply)
    return reply.periods[0][1]


@pytest.mark.requirement("K04.FR.02", "K08.FR.02", "1.6 5.7")
def test_limits_and_hardware_cap_the_composite_schedule(version: str) -> None:
    def capped(**config: object) -> float:
        limits_config = LimitsConfig(max_a=float(config.pop("max_a", 32.0)))  # type: ignore[arg-type]
        return composite(Bench(version, limits=limits_config, **config), 1)

    assert capped() == 32.0
    assert capped(max_a=13.0) == 13.0
    assert capped(max_current_a=16.0) == 16.0
    assert capped(evses=(EvseConfig(1, max_current_a=20.0),)) == 20.0


@pytest.mark.requirement("K08.FR.03", "1.6 5.7")
@pytest.mark.parametrize(("sum_a", "total_a"), [(None, 25.0), (45.0, 15.0)])
def test_the_station_is_capped_by_its_mains(
    version: str, sum_a: float | None, total_a: float
) -> None:
    limits_config = replace(LimitsConfig(), sum_mains_a=sum_a)
    bench = Bench(version, evses=TWO, meter_roles=MAINS, limits=limits_config)
    feed(bench, 60)

    assert composite(bench, 0) == total_a
    assert composite(bench, 1) == total_a


def test_a_schedule_expects_what_the_mains_will_leave(version: str) -> None:
    bench = Bench(version, evses=TWO, meter_roles=MAINS)
    assert composite(bench, 1) == 25.0  # nothing was measured yet: the fuse

    feed(bench, 1, house_a=12.0)  # the limiter begins with the minimum
    assert composite(bench, 0) == composite(bench, 1) == 13.0

    bench.run(30)  # the meter is silent
    assert composite(bench, 1) == 25.0
