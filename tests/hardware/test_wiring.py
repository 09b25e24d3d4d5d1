"""How a meter is wired in, and what cannot be true."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.api import BusError, MeterReading
from hardware.wiring import WiredMeter, Wiring, implausible, wired

READING = MeterReading(5.0, (1.0, 2.0, 3.0), (231.0, 232.0, 233.0), 1391.0, 100.0, 7.0)


def test_a_meter_wired_as_it_should_be_says_what_it_read() -> None:
    assert wired(READING, Wiring()) == READING


def test_a_meter_fed_from_below_reads_import_as_export() -> None:
    assert wired(READING, Wiring(inverted=True)) == MeterReading(
        5.0, (-1.0, -2.0, -3.0), (231.0, 232.0, 233.0), -1391.0, 7.0, 100.0
    )


def test_channels_go_to_the_phases_they_are_clamped_on() -> None:
    reading = wired(READING, Wiring(phase_map=(2, 3, 1)))

    assert reading.currents_a == (3.0, 1.0, 2.0)
    assert reading.voltages_v == (233.0, 231.0, 232.0)
    assert (reading.power_w, reading.energy_wh) == (1391.0, 100.0)


def test_what_a_meter_cannot_say_stays_unsaid() -> None:
    bare = MeterReading(5.0, (1.0, 2.0, 3.0))

    assert wired(bare, Wiring(inverted=True, phase_map=(3, 2, 1))) == MeterReading(
        5.0, (-3.0, -2.0, -1.0)
    )


@pytest.mark.parametrize("phase_map", [(1, 1, 2), (0, 1, 2), (2, 3, 4)])
def test_a_phase_map_names_each_phase_once(phase_map: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="once each"):
        Wiring(phase_map=phase_map)


@given(st.permutations([1, 2, 3]), st.booleans())
def test_wiring_neither_loses_nor_makes_current(order: list[int], inverted: bool) -> None:
    reading = wired(READING, Wiring(inverted, (order[0], order[1], order[2])))

    assert sorted(map(abs, reading.currents_a)) == [1.0, 2.0, 3.0]
    assert sum(reading.currents_a) == (-6.0 if inverted else 6.0)


@pytest.mark.parametrize(
    ("flaw", "named"),
    [
        ({"currents_a": (0.0, math.nan, 0.0)}, "currents_a: nan A on phase 2"),
        ({"currents_a": (0.0, 0.0, 1000.1)}, "currents_a: 1000.1 A on phase 3"),
        ({"currents_a": (-math.inf, 0.0, 0.0)}, "currents_a: -inf A on phase 1"),
        ({"voltages_v": (230.0, 230.0, math.inf)}, "voltages_v: inf V on phase 3"),
        ({"power_w": math.nan}, "power_w: nan W"),
        ({"energy_wh": -0.1}, "energy_wh: -0.1 Wh"),
        ({"energy_wh": math.inf}, "energy_wh: inf Wh"),
        ({"export_wh": math.nan}, "export_wh: nan Wh"),
    ],
)
async def test_what_cannot_be_true_is_named_and_is_no_answer(
    flaw: dict[str, object], named: str
) -> None:
    reading = replace(READING, **flaw)  # type: ignore[arg-type]

    class Broken:
        async def read(self) -> MeterReading:
            return reading

        async def close(self) -> None: ...

    assert implausible(reading) == f"{named} cannot be true"
    with pytest.raises(BusError, match=r"cannot be true"):
        await WiredMeter(Broken(), Wiring()).read()


@pytest.mark.parametrize(
    "reading",
    [
        READING,
        MeterReading(0.0, (1000.0, -1000.0, 0.0)),
        MeterReading(0.0, (0.0, 0.0, 0.0), None, -9e9, 0.0, 0.0),
    ],
)
def test_what_can_be_true_passes(reading: MeterReading) -> None:
    assert implausible(reading) is None


async def test_no_register_ever_falls() -> None:
    told = iter([(100.5, 7.0), (90.0, None), (None, 6.0), (101.0, 8.0)])

    class Counting:
        async def read(self) -> MeterReading:
            import_wh, export_wh = next(told)
            return replace(READING, energy_wh=import_wh, export_wh=export_wh)

        async def close(self) -> None: ...

    meter = WiredMeter(Counting(), Wiring())
    seen = [await meter.read() for _ in range(4)]
    assert [each.energy_wh for each in seen] == [100.5, 100.5, None, 101.0]
    assert [each.export_wh for each in seen] == [7.0, None, 6.0, 8.0]
