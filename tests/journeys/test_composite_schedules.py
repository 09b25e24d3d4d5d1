"""Composite schedules over the wire: part 6, TC_K_*_CS of use case K08 and of validity."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from journeys.charging201 import Csms
from journeys.conftest import MakeRig
from journeys.rig import Rig

pytestmark = pytest.mark.sim

DEVIATION_S = 5  # between the clocks of the station and of the tester
FULL_A = 32.0


@pytest.fixture
def version() -> str:
    return "2.0.1"


@pytest.fixture(params=["A", "W"])
async def csms(make_rig: MakeRig, request: pytest.FixtureRequest) -> AsyncIterator[Csms]:
    """A station with nothing but its hardware to limit it."""
    silent = ("hardware.meters.mains.driver=pushed", "limits.fallback_a=100", "limits.mains_a=100")
    rig = make_rig(*silent)
    await rig.switch_on()
    await rig.find_line()
    yield Csms(rig, request.param)
    await rig.switch_off()
    rig.check()


def before(periods: list[tuple[int, float]], end_s: int) -> list[tuple[int, float]]:
    """Return the periods that part 6 looks at: the local limit is not validated."""
    return [period for period in periods if period[0] < end_s]


@pytest.mark.requirement("K01.FR.36", "TC_K_21_CS")
async def test_a_profile_counts_from_valid_from_on(csms: Csms) -> None:
    await csms.install(csms.profile(start=-10, validFrom=50, validTo=400), 0)

    assert await csms.composite() == [(0, FULL_A), (50, 6.0)]


@pytest.mark.requirement("K01.FR.37", "K01.FR.14", "K08.FR.03", "TC_K_22_CS")
@pytest.mark.parametrize(("evse_id", "limit"), [(0, 12.0), (1, 6.0), (2, 6.0)])
async def test_a_profile_counts_until_valid_to(csms: Csms, evse_id: int, limit: float) -> None:
    await csms.install(csms.profile(validFrom=-DEVIATION_S, validTo=300), 0)

    first, (until_s, _) = await csms.composite(evse_id, 400)

    assert first == (0, limit)
    assert until_s in (299, 300)


@pytest.mark.requirement("K01.FR.40", "TC_K_19_CS")
@pytest.mark.parametrize(("kind", "days"), [("Daily", 1), ("Weekly", 7)])
async def test_a_profile_that_recurs_is_accepted_and_counts_again(
    csms: Csms, kind: str, days: int
) -> None:
    recurring = {"chargingProfileKind": "Recurring", "recurrencyKind": kind}
    await csms.install(csms.profile(start=400 - days * 86400, duration=600, **recurring))

    assert await csms.composite(1, 1200) == [(0, FULL_A), (400, 6.0), (1000, FULL_A)]


@pytest.mark.requirement("K01.FR.30", "TC_K_23_CS")
async def test_a_schedule_counts_from_its_start_on(csms: Csms) -> None:
    await csms.install(csms.profile(start=60))

    assert await csms.composite() == [(0, FULL_A), (60, 6.0)]


@pytest.mark.requirement("K08.FR.02", "K08.FR.03", "K08.FR.06", "TC_K_39_CS")
async def test_without_a_profile_the_station_limits_itself(csms: Csms) -> None:
    assert await csms.composite(0) == [(0, 2 * FULL_A)]
    assert await csms.composite(1) == [(0, FULL_A)]


@pytest.mark.requirement("K08.FR.02", "K08.FR.06", "K01.FR.17", "TC_K_40_CS")
async def test_stacked_profiles_lead_as_long_as_they_last(csms: Csms) -> None:
    times = {"start": -DEVIATION_S, "validFrom": -DEVIATION_S, "validTo": 406}
    low = ((0, 6), (100, 8), (200, 10))
    await csms.install(csms.profile(periods=low, duration=400 + DEVIATION_S, **times))
    high = {"id": 2, "stackLevel": 1, "periods": ((0, 7), (100, 9))}
    await csms.install(csms.profile(duration=150 + DEVIATION_S, **high, **times))

    assert await csms.composite(1, 350) == [(0, 7.0), (95, 9.0), (150, 8.0), (195, 10.0)]


@pytest.mark.requirement("K08.FR.02", "K08.FR.04", "K02.FR.04", "K02.FR.08", "TC_K_41_CS")
async def test_purposes_are_combined_to_the_lowest(csms: Csms) -> None:
    transaction = await csms.charging()
    times = {"start": 0, "validFrom": -DEVIATION_S, "validTo": 406}
    cap = {"id": 1, "chargingProfilePurpose": "ChargingStationMaxProfile"}
    await csms.install(csms.profile(10, duration=86_400, start=0, **cap), 0)
    default = ((0, 6), (60, 10), (120, 8), (180, 15), (260, 8))
    await csms.install(csms.profile(id=2, periods=default, duration=300, **times))
    own = {"id": 3, "chargingProfilePurpose": "TxProfile", "transactionId": transaction}
    periods = ((0, 8), (50, 11), (140, 16), (200, 6), (240, 12))
    await csms.install(csms.profile(periods=periods, duration=260, **own, **times))

    found = await csms.composite(1, 400)

    assert [limit for _, limit in found] == [8.0, 10.0, 6.0, 10.0, 8.0, 10.0]
    assert [at_s for at_s, _ in found] == pytest.approx([0, 50, 200, 240, 260, 300], abs=1)


@pytest.mark.requirement("K08.FR.05", "TC_K_47_CS")
async def test_an_unknown_evse_has_no_schedule(csms: Csms) -> None:
    asked = {"evseId": 3, "duration": 300, "chargingRateUnit": csms.unit}

    answer = await csms.rig.ask(("GetCompositeSchedule", asked))

    assert answer["status"] == "Rejected"
    assert "schedule" not in answer


@pytest.mark.requirement("K06.FR.01", "K06.FR.02", "K07.FR.01")
async def test_offline_the_installed_profiles_go_on_counting(csms: Csms) -> None:
    rig: Rig = csms.rig
    transaction = await csms.charging()
    own = {"id": 3, "chargingProfilePurpose": "TxProfile", "transactionId": transaction}
    await csms.install(csms.profile(8.0, **own))
    await csms.install(csms.profile(10.0, id=4), 0)
    await rig.go_dark()
    await rig.until(lambda: rig.evse().offer_a == 8.0, "the transaction's own profile")

    rig.card()
    await rig.until(lambda: rig.evse().transaction_id is None, "end")
    rig.unplug()
    await rig.until(lambda: not rig.evse().plugged_in, "no car")
    rig.plug_in(2)
    await rig.until(lambda: rig.evse(2).plugged_in, "car")
    rig.card("CARD-1", 2)
    await rig.until(lambda: rig.evse(2).offer_a == 10.0, "the default")
    await rig.find_line()


@pytest.mark.requirement("K02.FR.02", "K03.FR.03", "K04.FR.01", "K04.FR.05")
async def test_a_station_maximum_is_never_exceeded_by_all_together(csms: Csms) -> None:
    rig = csms.rig
    cap = {"id": 1, "chargingProfilePurpose": "ChargingStationMaxProfile"}
    await csms.install(csms.profile(20.0, **cap), 0)
    await csms.charging(1)
    await rig.until(lambda: rig.evse(1).offer_a == 20.0, "all of it")
    await csms.charging(2)

    for _ in range(300):
        offers_a = [rig.evse(evse_id).offer_a for evse_id in (1, 2)]
        assert sum(offers_a) <= 20.0
        await rig.until(lambda: True, "the next tick")
    assert min(offers_a) >= 6.0
