"""The pilot in numbers, against IEC 61851-1 Annex A and B."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.api import Pilot
from hardware.pilot import amps_from_duty, cable_a_from_ohms, duty_from_amps, pilot_from_volts


@pytest.mark.parametrize(
    ("offer_a", "duty"),
    [
        (6.0, 0.100),
        (10.0, 0.166),
        (13.0, 0.216),
        (16.0, 0.266),
        (20.0, 0.333),
        (32.0, 0.533),
        (51.0, 0.850),
        (51.5, 0.846),
        (52.5, 0.850),
        (63.0, 0.892),
        (80.0, 0.960),
        (125.0, 0.960),
    ],
)
def test_the_duty_says_the_amperes(offer_a: float, duty: float) -> None:
    assert duty_from_amps(offer_a) == duty


@pytest.mark.parametrize("offer_a", [5.999, 0.0, -6.0, math.nan, math.inf, -math.inf])
def test_nothing_is_said_by_steady_12_volts_and_never_by_ten_percent(offer_a: float) -> None:
    assert duty_from_amps(offer_a) == 1.0


@pytest.mark.parametrize(
    ("duty", "amps"),
    [
        (0.0, 0.0),
        (0.05, 0.0),
        (0.079, 0.0),
        (0.08, 6.0),
        (0.10, 6.0),
        (0.11, 6.6),
        (0.50, 30.0),
        (0.85, 51.0),
        (0.86, 55.0),
        (0.96, 80.0),
        (0.97, 80.0),
        (0.971, 0.0),
        (1.0, 0.0),
        (math.nan, 0.0),
    ],
)
def test_an_ev_reads_the_duty_as_the_standard_says(duty: float, amps: float) -> None:
    assert amps_from_duty(duty) == pytest.approx(amps)


@given(st.floats())
def test_the_ev_never_reads_more_than_was_offered(offer_a: float) -> None:
    read_a = amps_from_duty(duty_from_amps(offer_a))

    assert read_a <= (max(offer_a, 0.0) + 1e-9 if not math.isnan(offer_a) else 0.0)
    assert read_a == 0.0 or 6.0 <= read_a <= 80.0


@given(st.floats(6.0, 51.0))
def test_the_ev_reads_nearly_all_that_was_offered(offer_a: float) -> None:
    assert amps_from_duty(duty_from_amps(offer_a)) > offer_a - 0.0601


@given(st.floats(6.0, 80.0), st.floats(6.0, 80.0))
def test_more_amperes_are_never_a_shorter_duty_within_one_law(one_a: float, other_a: float) -> None:
    low, high = sorted((one_a, other_a))
    if (low <= 51.0) == (high <= 51.0):
        assert duty_from_amps(low) <= duty_from_amps(high)


@pytest.mark.parametrize(
    ("ohms", "rating_a"),
    [
        (0.0, 0.0),
        (49.0, 0.0),
        (50.0, 63.0),
        (100.0, 63.0),
        (150.0, 32.0),
        (150.5, 32.0),
        (220.0, 32.0),
        (330.0, 20.0),
        (330.5, 20.0),
        (680.0, 20.0),
        (1000.0, 13.0),
        (1000.5, 13.0),
        (1500.0, 13.0),
        (2700.0, 13.0),
        (2701.0, 0.0),
        (math.inf, 0.0),
        (math.nan, 0.0),
    ],
)
def test_the_proximity_resistor_rates_the_cable(ohms: float, rating_a: float) -> None:
    assert cable_a_from_ohms(ohms) == rating_a


@pytest.mark.parametrize(
    ("volts", "state"),
    [
        (13.1, None),
        (13.0, Pilot.A),
        (11.0, Pilot.A),
        (10.9, None),
        (10.1, None),
        (10.0, Pilot.B),
        (8.0, Pilot.B),
        (7.9, None),
        (7.1, None),
        (7.0, Pilot.C),
        (5.0, Pilot.C),
        (4.9, None),
        (4.1, None),
        (4.0, Pilot.D),
        (2.0, Pilot.D),
        (1.9, None),
        (1.1, None),
        (1.0, Pilot.E),
        (-1.0, Pilot.E),
        (-1.1, None),
        (-10.9, None),
        (-11.0, Pilot.F),
        (-13.0, Pilot.F),
        (-13.1, None),
        (math.nan, None),
    ],
)
def test_the_pilot_voltage_names_the_state(volts: float, state: Pilot | None) -> None:
    assert pilot_from_volts(volts) is state
