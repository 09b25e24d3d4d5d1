"""Which of the station's meters are believed: silent ones, frozen ones, ones wired wrong.

A meter that is not believed has a limit in its stead, and whoever looks is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from math import isfinite

from chargepoint.core.config import StationConfig
from chargepoint.core.values import dataclass
from hardware.api import MeterReading
from profiles import frozen, plausible
from profiles.limits import Limit, Origin
from profiles.readings import Currents, is_news
from profiles.staleness import BELIEVED, Ladder, Trust

GUARDS = ("mains", "circuit")  # our cars hang behind these


def ladder_of(config: StationConfig, role: str) -> Ladder:
    """Return the ladder of the meter *role*: its own, else that of [limits].

    A battery limits nothing, and the meter of an EVSE only where it has a fallback.
    """
    limits = config.limits
    return Ladder(
        config.stale_after_s.get(role, limits.stale_after_s),
        config.fallback_a.get(role, limits.fallback_a if role in GUARDS else None),
        config.suspend_after_s.get(role, limits.suspend_after_s),
    )


@dataclass(slots=True)
class MeterTrust:
    """One meter of the station. *reading* is its last credible one, *trust* what it is worth.

    *frozen_after_s* 0 never suspects it. A meter that has not said its first word by
    *began_s* is not believed, but nobody complains of it for as long as it may be silent.
    """

    role: str
    ladder: Ladder
    frozen_after_s: float
    began_s: float
    reading: MeterReading | None = None
    trust: Trust = Trust.SILENT
    _rung: Trust = Trust.SILENT
    _missed: bool = False
    _frozen: frozen.FrozenState = field(default_factory=frozen.FrozenState)
    _plausible: plausible.PlausibleState = field(default_factory=plausible.PlausibleState)

    def look(self, reading: MeterReading | None, ours_a: Currents | None, now_s: float) -> bool:
        """Judge the last reading, old or new, or none; return whether it is a new one.

        *ours_a* is what our cars take from the phases of the grid, None if not measured.
        """
        read_at_s = None if self.reading is None else self.reading.at_s
        news = is_news(reading, read_at_s, now_s)
        if news and reading is not None:
            self.reading = reading
            at_s = reading.at_s
            self._frozen = frozen.step(self._frozen, _shown(reading), at_s, ours_a)
            self._plausible = plausible.step(self._plausible, reading.currents_a, at_s, ours_a)
        self._judge(now_s)
        return news

    @property
    def believed(self) -> MeterReading | None:
        """Return the last reading if it may be gone by."""
        return self.reading if self.trust in BELIEVED else None

    @property
    def limit(self) -> Limit | None:
        """Return what holds, per phase, while the meter is not believed; None while it is."""
        limit_a = self.ladder.limit_a(self._rung)
        return Limit(limit_a, self._loss, origin=Origin.EMS) if isfinite(limit_a) else None

    def warnings(self) -> Iterator[str]:
        """Return what is wrong with the meter, in sentences that stand still."""
        if self._missed or self.trust is Trust.FROZEN:
            yield self._loss
        elif self._suspected:
            yield f"{self.role} meter repeats one value although our load changes"
        if self._plausible.warning:
            yield f"{self.role} meter {self._plausible.warning}"

    @property
    def _loss(self) -> str:
        says = "repeats one value" if self.trust is Trust.FROZEN else "silent"
        return f"{self.role} meter {says}"

    @property
    def _suspected(self) -> bool:
        return self._frozen.noticed and self.frozen_after_s > 0.0

    def _judge(self, now_s: float) -> None:
        """A meter that repeats itself stands on the rung of one that fell silent just now."""
        stale_after_s, since_s = self.ladder.stale_after_s, self._frozen.since_s
        heard_s = self.began_s if self.reading is None else self.reading.at_s
        self._missed = now_s - heard_s > stale_after_s
        age_s = now_s - heard_s + (stale_after_s if self.reading is None else 0.0)
        self.trust = self._rung = self.ladder.trust(age_s)
        if self._suspected and since_s is not None and self.trust in BELIEVED:
            frozen_s = now_s - since_s - self.frozen_after_s
            if frozen_s > 0.0:
                self.trust = Trust.FROZEN
                self._rung = self.ladder.trust(stale_after_s + frozen_s)


def _shown(reading: MeterReading) -> frozen.Shown:
    """Return what moves with a load; voltages move without one."""
    return (*reading.currents_a, reading.power_w, reading.energy_wh, reading.export_wh)
