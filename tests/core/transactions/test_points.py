"""Where transactions begin and end, for every start and stop point, cable or token first."""

from __future__ import annotations

import pytest
from core.driver import ANNA, Driver

from chargepoint.core import messages as m
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

CHARGES = "U ChargingStateChanged Charging"
TOKEN_LATER = "U Authorized token"

CABLE_FIRST = {
    "EVConnected": ["S CablePluggedIn EVConnected evse", TOKEN_LATER, CHARGES],
    "Authorized": ["S Authorized EVConnected token evse", CHARGES],
    "PowerPathClosed": ["S Authorized EVConnected token evse", CHARGES],
    "EnergyTransfer": ["S ChargingStateChanged Charging token evse"],
    "EVConnected,Authorized": ["S CablePluggedIn EVConnected evse", TOKEN_LATER, CHARGES],
}
TOKEN_FIRST = {
    "EVConnected": ["S CablePluggedIn EVConnected token evse", CHARGES],
    "Authorized": ["S Authorized Idle token", "U CablePluggedIn EVConnected evse", CHARGES],
    "PowerPathClosed": ["S CablePluggedIn EVConnected token evse", CHARGES],
    "EnergyTransfer": ["S ChargingStateChanged Charging token evse"],
    "EVConnected,Authorized": [
        "S Authorized Idle token",
        "U CablePluggedIn EVConnected evse",
        CHARGES,
    ],
}
STOP_POINTS = {
    "Authorized": ["E StopAuthorized EVConnected stopped (Local)"],
    "PowerPathClosed": ["E StopAuthorized EVConnected stopped (Local)"],
    "EVConnected,Authorized": ["E StopAuthorized EVConnected stopped (Local)"],
    "EVConnected": [
        "U StopAuthorized stopped",
        "U ChargingStateChanged EVConnected",
        "E EVCommunicationLost Idle (Local)",
    ],
    "EnergyTransfer": [
        "U StopAuthorized stopped",
        "E ChargingStateChanged EVConnected (Local)",
    ],
}


def without_samples(driver: Driver, since: int = 0) -> list[str]:
    return [told for told in driver.story(since) if "MeterValue" not in told]


@pytest.mark.requirement("E01.FR.02", "E01.FR.03", "E01.FR.05", "E01.FR.06", "E02.FR.17")
@pytest.mark.parametrize("stop", STOP_POINTS)
@pytest.mark.parametrize("start", CABLE_FIRST)
def test_with_the_cable_first_each_start_point_has_its_first_event(
    v201: Driver, start: str, stop: str
) -> None:
    v201.points(start, stop)
    v201.charge()
    assert without_samples(v201) == CABLE_FIRST[start]


@pytest.mark.requirement("E01.FR.03", "E03.FR.01", "E01.FR.16", "E03.FR.12")
@pytest.mark.parametrize("stop", STOP_POINTS)
@pytest.mark.parametrize("start", TOKEN_FIRST)
def test_with_the_token_first_each_start_point_has_its_first_event(
    v201: Driver, start: str, stop: str
) -> None:
    v201.points(start, stop)
    v201.admit()
    v201.plug()
    v201.run(5.0)
    assert without_samples(v201) == TOKEN_FIRST[start]


@pytest.mark.requirement("E06.FR.02", "E06.FR.03", "E06.FR.06", "E06.FR.07", "E07.FR.02")
@pytest.mark.parametrize("start", CABLE_FIRST)
@pytest.mark.parametrize("stop", STOP_POINTS)
def test_a_stop_is_authorized_once_and_each_stop_point_has_its_last_event(
    v201: Driver, start: str, stop: str
) -> None:
    v201.points(start, stop)
    v201.charge()
    since = len(v201.tx)
    v201.card(ANNA)
    v201.run(2.0)
    v201.unplug()
    assert without_samples(v201, since) == STOP_POINTS[stop]


@pytest.mark.requirement("E06.FR.02", "E06.FR.06", "E09.FR.01")
@pytest.mark.parametrize("start", CABLE_FIRST)
@pytest.mark.parametrize("stop", STOP_POINTS)
def test_a_car_that_just_leaves_ends_the_transaction_whatever_the_stop_points(
    v201: Driver, start: str, stop: str
) -> None:
    v201.points(start, stop)
    v201.charge()
    v201.unplug()
    assert v201.story()[-1] == "E EVCommunicationLost Idle (EVDisconnected)"
    assert v201.shown().transaction_id is None


@pytest.mark.parametrize("stop", STOP_POINTS)
def test_a_car_that_never_found_a_driver_leaves_no_open_transaction(
    v201: Driver, stop: str
) -> None:
    v201.points("EVConnected", stop)
    v201.plug()
    v201.unplug()
    assert v201.story() == [
        "S CablePluggedIn EVConnected evse",
        "E EVCommunicationLost Idle (EVDisconnected)",
    ]


@pytest.mark.requirement("F01.FR.13", "F01.FR.19", "F01.FR.25", "F02.FR.01", "F02.FR.21")
@pytest.mark.parametrize("cable_first", [True, False])
@pytest.mark.parametrize("start", CABLE_FIRST)
def test_the_next_event_after_a_remote_start_says_so_once(
    v201: Driver, start: str, cable_first: bool
) -> None:
    v201.points(start, "EVConnected,Authorized")
    if cable_first:
        v201.plug()
    before = v201.shown().transaction_id
    since = len(v201.tx)
    assert v201.remote(remote_start_id=42).transaction_id == before
    if not cable_first:
        v201.plug()
    v201.run(5.0)
    told = v201.tx[since:]
    assert told[0].trigger == "RemoteStart"
    assert told[0].tells_token
    assert [event.remote_start_id for event in told] == [42] + [None] * (len(told) - 1)


@pytest.mark.requirement("F03.FR.02", "F03.FR.03", "F04.FR.03", "F03.FR.07")
@pytest.mark.parametrize("stop", STOP_POINTS)
def test_a_remote_stop_is_the_reason_however_late_the_end_comes(v201: Driver, stop: str) -> None:
    v201.points("PowerPathClosed", stop)
    v201.charge()
    v201.stop_remotely()
    v201.run(2.0)
    v201.unplug()
    told = [event.trigger for event in v201.tx]
    assert told.count("RemoteStop") == 1
    assert v201.tx[-1].phase == "Ended"
    assert v201.tx[-1].stop_reason == "Remote"
    assert v201.tx[-1].stop_token is None


@pytest.mark.requirement("E06.FR.07", "TC_E_22_CS")
def test_a_car_that_suspends_ends_a_transaction_that_ends_with_the_energy(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EnergyTransfer")
    v201.charge()
    v201.wants[1] = False
    v201.run(5.0)
    assert v201.story()[-1] == "E ChargingStateChanged EVConnected (StoppedByEV)"
    v201.wants[1] = True
    v201.run(10.0)
    assert not v201.closed()  # energy does not flow without a transaction
    assert v201.shown().session == "stopped"


@pytest.mark.requirement("1.6 4.8", "1.6 4.10")
@pytest.mark.parametrize("cable_first", [True, False])
def test_1_6_starts_with_car_and_token_and_stops_with_the_token(
    v16: Driver, cable_first: bool
) -> None:
    for step in (v16.plug, v16.admit) if cable_first else (v16.admit, v16.plug):
        assert not v16.tx
        step()
    v16.run(5.0)
    v16.card(ANNA)
    v16.run(2.0)
    told = [(event.phase, event.stop_reason) for event in v16.tx]
    assert told[0] == ("Started", None)
    assert told[-1] == ("Ended", "Local")
    assert v16.tx[-1].stop_token == ANNA
    assert v16.status == "Finishing"


@pytest.mark.requirement("E01.FR.09", "E01.FR.17", "E02.FR.09", "E02.FR.21")
def test_the_begin_is_measured_with_the_car_or_when_charging_starts(v201: Driver) -> None:
    v201.points("Authorized", "EVConnected,Authorized")
    v201.admit()
    v201.plug()
    v201.run(5.0)
    contexts = [[v.context for s in event.samples for v in s.values] for event in v201.tx]
    assert contexts == [[], ["Transaction.Begin"], ["Transaction.Begin"]]
    v201.unplug()
    v201.plug()
    v201.admit()
    started = v201.tx[-1]
    assert [v.context for s in started.samples for v in s.values] == ["Transaction.Begin"]


@pytest.mark.requirement("E01.FR.16", "E02.FR.18")
def test_cable_and_phases_are_told_when_they_are_known(v201: Driver) -> None:
    v201.charge()
    assert [(e.cable_a, e.phases_used) for e in v201.tx] == [(32.0, None), (None, 3)]


@pytest.mark.requirement("E02.FR.19", "E03.FR.14")
def test_a_change_of_phases_is_told_when_it_is_done(v201: Driver) -> None:
    v201.charge()
    since = len(v201.tx)
    v201.do(m.SetProfile(one_phase()))
    v201.run(20.0)
    assert v201.story(since) == ["U ChargingRateChanged"]
    assert v201.tx[-1].phases_used == 1
    assert v201.evse().path.changes == 1


def one_phase() -> Profile:
    schedule = Schedule(Unit.A, (Period(0, 16.0, phases=1),))
    return Profile(1, 1, Purpose.TX_DEFAULT, 0, Kind.RELATIVE, (schedule,))
