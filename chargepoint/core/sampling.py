"""From a meter reading to the sampled values of both versions: one row a measurand.

1.6 section 7.31; 2.0.1 part 2 section 3.53 (MeasurandEnumType) and J.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from chargepoint.core.values import dataclass
from chargepoint.core.words import SampledValue
from hardware.api import MeterReading

PHASES = ("L1", "L2", "L3")
Row = tuple[str | None, float]  # phase and value


@dataclass(frozen=True, slots=True)
class Source:
    """What a sample is made of. *offer_a* None: nothing is offered there (a grid meter)."""

    reading: MeterReading | None
    register_wh: float | None
    voltage_v: float
    offer_a: float | None = None
    phases: int = 3
    temperature_c: float | None = None


def _register(source: Source) -> Iterator[Row]:
    if source.register_wh is not None:
        yield None, source.register_wh


def _exported(source: Source) -> Iterator[Row]:
    if source.reading is not None and source.reading.export_wh is not None:
        yield None, source.reading.export_wh


def _current(source: Source) -> Iterator[Row]:
    if source.reading is not None:
        for phase, current_a in zip(PHASES, source.reading.currents_a, strict=True):
            yield phase, max(0.0, current_a)


def _voltage(source: Source) -> Iterator[Row]:
    if source.reading is not None and source.reading.voltages_v is not None:
        for phase, voltage_v in zip(PHASES, source.reading.voltages_v, strict=True):
            yield f"{phase}-N", voltage_v


def _power(source: Source) -> Iterator[Row]:
    if source.reading is None:
        return
    power_w = source.reading.power_w
    if power_w is None:
        voltages_v = source.reading.voltages_v or (source.voltage_v,) * 3
        power_w = sum(a * v for a, v in zip(source.reading.currents_a, voltages_v, strict=True))
    yield None, max(0.0, power_w)


def _current_offered(source: Source) -> Iterator[Row]:
    if source.offer_a is not None:
        yield None, source.offer_a


def _power_offered(source: Source) -> Iterator[Row]:
    if source.offer_a is not None:
        yield None, source.offer_a * source.voltage_v * source.phases


def _temperature(source: Source) -> Iterator[Row]:
    if source.temperature_c is not None:
        yield None, source.temperature_c


MEASURANDS: dict[str, tuple[str, Callable[[Source], Iterator[Row]]]] = {
    "Current.Import": ("A", _current),
    "Current.Offered": ("A", _current_offered),
    "Energy.Active.Export.Register": ("Wh", _exported),
    "Energy.Active.Import.Register": ("Wh", _register),
    "Power.Active.Import": ("W", _power),
    "Power.Offered": ("W", _power_offered),
    "Temperature": ("Celsius", _temperature),
    "Voltage": ("V", _voltage),
}


def sampled_values(
    wanted: Iterable[str], source: Source, context: str, location: str
) -> tuple[SampledValue, ...]:
    """Return what *source* can say of the *wanted* measurands, in their order.

    A name may be narrowed to a phase (1.6: ``Voltage.L1``); then only that phase's
    values come. What the meter cannot say is left out.
    """
    values: list[SampledValue] = []
    for name in wanted:
        measurand, narrowed_to = _narrowed(name)
        unit, rows = MEASURANDS[measurand]
        for phase, value in rows(source):
            if narrowed_to is None or (phase or "").split("-")[0] == narrowed_to:
                values.append(
                    SampledValue(round(value, 3), measurand, unit, context, phase, location)
                )
    return tuple(values)


def _narrowed(name: str) -> tuple[str, str | None]:
    """Return the measurand and the phase of ``Voltage.L1``; the phase None for ``Voltage``."""
    head, _, tail = name.rpartition(".")
    return (head, tail.split("-")[0]) if tail.split("-")[0] in PHASES else (name, None)
