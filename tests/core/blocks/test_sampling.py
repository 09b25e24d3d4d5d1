from __future__ import annotations

from chargepoint.core.sampling import MEASURANDS, Source, sampled_values
from hardware.api import MeterReading

READING = MeterReading(0.0, (16.0, -2.0, 0.1), (230.0, 231.0, 232.0), None, 1000.0, 7.0)
FULL = Source(READING, 1234.5678, 230.0, 13.0, 3, 41.5)


def told(name: str, source: Source) -> list[tuple[float, str | None]]:
    return [(each.value, each.phase) for each in sampled_values([name], source, "Other", "Outlet")]


def test_every_measurand_says_what_the_source_knows() -> None:
    assert told("Energy.Active.Import.Register", FULL) == [(1234.568, None)]
    assert told("Energy.Active.Export.Register", FULL) == [(7.0, None)]
    assert told("Current.Import", FULL) == [(16.0, "L1"), (0.0, "L2"), (0.1, "L3")]
    assert told("Voltage", FULL) == [(230.0, "L1-N"), (231.0, "L2-N"), (232.0, "L3-N")]
    assert told("Power.Active.Import", FULL) == [(16 * 230.0 - 2 * 231.0 + 23.2, None)]
    assert told("Current.Offered", FULL) == [(13.0, None)]
    assert told("Power.Offered", FULL) == [(8970.0, None)]
    assert told("Temperature", FULL) == [(41.5, None)]


def test_a_name_narrowed_to_a_phase_says_that_phase_only() -> None:
    assert told("Voltage.L2", FULL) == [(231.0, "L2-N")]
    assert told("Current.Import.L3", FULL) == [(0.1, "L3")]


def test_what_nobody_measures_is_left_out() -> None:
    nothing = Source(None, None, 230.0)

    assert all(not told(name, nothing) for name in MEASURANDS)


def test_power_is_measured_before_it_is_computed() -> None:
    assert told("Power.Active.Import", Source(MeterReading(0.0, (1, 1, 1)), 0.0, 230.0)) == [
        (690.0, None)
    ]
    measured = MeterReading(0.0, (1.0, 1.0, 1.0), None, 650.0)
    assert told("Power.Active.Import", Source(measured, 0.0, 230.0)) == [(650.0, None)]
    assert not told("Voltage", Source(measured, 0.0, 230.0))
    assert not told("Energy.Active.Export.Register", Source(measured, 0.0, 230.0))
