"""CAPACITY at work: the tightest of fixed sum, part of the day and quarter-hour peak.

The month's peak is on disk: a restart does not forget what is paid for already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chargepoint.core.common import Common
from chargepoint.core.snapshot import CapacityShown
from chargepoint.core.values import dataclass
from hardware.api import MeterReading
from profiles.capacity import Ceiling, of_day
from profiles.limits import Limit, Origin
from profiles.peak import Metered, PeakSettings, PeakState, allowed, ceiling_w, step
from profiles.units import floor_tenth


@dataclass(frozen=True, slots=True)
class MonthPeak:
    """The highest quarter of an hour of a month, as 2030-01, that was seen whole."""

    month: str
    peak_w: float


class Capacity:
    """Follows the energy of each quarter of an hour where it matters."""

    def __init__(self, common: Common, kept: Mapping[str, MonthPeak]) -> None:
        self._common = common
        limits = common.config.limits
        self._settings = PeakSettings(limits.capacity_peak_w, limits.time_zone)
        known = kept.get("peak", MonthPeak("", 0.0))
        self._state = PeakState(known.month, known.peak_w)

    def read(self, reading: MeterReading) -> None:
        """Take in a new reading of the mains."""
        if not self._common.config.limits.capacity_peak:
            return
        now, before = self._common.now, self._state
        at = now.utc - timedelta(seconds=now.s - reading.at_s)
        power_w = max(self._power_w(reading), 0.0)
        metered = Metered(at, reading.at_s, power_w, reading.energy_wh)
        self._state = after = step(self._settings, before, metered)
        if (after.month, after.peak_w) != (before.month, before.peak_w):
            self._common.turn.keep("capacity", "peak", MonthPeak(after.month, after.peak_w))
        if after.peak_w > ceiling_w(self._settings, before):
            self._common.turn.note(f"new peak of the month: {after.peak_w / 1000:.1f} kW")

    def ceiling(self) -> Ceiling | None:
        """Return the tightest of what holds now, None where nothing does."""
        limits, at = self._common.config.limits, self._common.now.utc
        held = [of_day(limits.capacity_intervals, at, limits.time_zone)]
        if limits.sum_mains_a is not None:
            held.append(Ceiling(limits.sum_mains_a, "mains"))
        if limits.capacity_peak:
            voltage_v = self._common.config.supply_voltage_v
            held.append(allowed(self._settings, self._state, at, voltage_v))
        known = [each for each in held if each is not None]
        return min(known, key=lambda ceiling: ceiling.sum_a, default=None)

    def limit(self) -> Limit | None:
        """Return the ceiling as a limit on the sum of the phases."""
        ceiling = self.ceiling()
        if ceiling is None:
            return None
        source = "mains sum" if ceiling.why == "mains" else f"{ceiling.why}, sum"
        sum_a = floor_tenth(ceiling.sum_a)
        return Limit(sum_a, source, until_at=ceiling.until_at, origin=Origin.EMS)

    def shown(self) -> CapacityShown | None:
        """Return what a screen shows of it, None where there is no capacity to keep."""
        ceiling = self.ceiling()
        if ceiling is None:
            return None
        until = ceiling.until_at
        watched = self._common.config.limits.capacity_peak
        return CapacityShown(
            sum_a=floor_tenth(ceiling.sum_a),
            source=ceiling.why,
            until=None if until is None else until.isoformat(timespec="seconds"),
            used_wh=round(self._state.used_wh, 1) if watched else None,
            peak_w=round(ceiling_w(self._settings, self._state)) if watched else None,
        )

    def _power_w(self, reading: MeterReading) -> float:
        if reading.power_w is not None:
            return reading.power_w
        nominal_v = self._common.config.supply_voltage_v
        voltages_v = reading.voltages_v or (nominal_v,) * 3
        return sum(v * a for v, a in zip(voltages_v, reading.currents_a, strict=True))
