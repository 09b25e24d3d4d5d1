"""What a car takes, by its own meter where that can be believed."""

from __future__ import annotations

from math import nan

import pytest

from chargepoint.core.config import EvseConfig
from chargepoint.core.drawing import metered_a
from chargepoint.core.evse import Evse
from chargepoint.core.power import PowerPath
from hardware.api import MeterReading


@pytest.mark.parametrize(
    ("currents_a", "shown"),
    [
        ((6.0, 7.0, 8.0), (8.0, 6.0, 7.0)),
        ((-6.0, 7.0, 0.0), (0.0, 0.0, 7.0)),  # a car takes; what it gives is not counted
        ((nan, 7.0, 8.0), None),
        ((6.0, 7.0, 9e9), None),
    ],
)
def test_a_meter_shows_the_phases_of_the_grid_or_is_not_believed(currents_a, shown) -> None:
    evse = Evse(EvseConfig(1, phase_map=(2, 3, 1)), PowerPath(6.0, 3), 0.0, 3)
    evse.reading = MeterReading(at_s=10.0, currents_a=currents_a)

    assert metered_a(evse, 11.0) == shown
    assert metered_a(evse, 1000.0) is None
