"""What the limiters are told in one tick: readings that may be believed, and what holds else.

Meters are judged before anybody goes by them; the battery is reckoned out of what solar
sees; capacity and the grid operator's relay say what all phases may carry together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from chargepoint.core.capacity import Capacity, MonthPeak
from chargepoint.core.common import Common
from chargepoint.core.config import StationConfig
from chargepoint.core.drawing import metered_a
from chargepoint.core.ev_meters import EvMeters
from chargepoint.core.grid_relay import Dimming
from chargepoint.core.meter_trust import GUARDS, MeterTrust, ladder_of
from chargepoint.core.values import dataclass
from hardware.api import MeterReading
from profiles.battery import counted, without
from profiles.drawn import NOTHING
from profiles.limits import Limit
from profiles.pools import Pool
from profiles.readings import Currents
from profiles.staleness import BELIEVED, Trust


@dataclass(frozen=True, slots=True)
class Supplied:
    """What there is to go by now.

    *readings* are the last of mains and circuit, *lost* has what holds per phase instead
    where one is not believed. *solar* is what the mains would show without the battery.
    *sum_limit* holds on the sum of the mains' phases, *pools* on what all EVSEs take.
    """

    readings: Mapping[str, MeterReading]
    lost: Mapping[str, Limit]
    solar: MeterReading | None
    sum_limit: Limit | None
    pools: tuple[Pool, ...]


class Supply:
    """Judges the station's meters, and keeps what must hold while nobody knows."""

    def __init__(
        self, common: Common, peaks: Mapping[str, MonthPeak], dimmed: Mapping[str, float]
    ) -> None:
        self._common = common
        self.capacity = Capacity(common, peaks)
        self.dimming = Dimming(common, dimmed)
        self.ev_meters = EvMeters(common)
        config, now_s = common.config, common.now.s
        self._meters = {
            role: MeterTrust(role, ladder_of(config, role), _frozen_after_s(config, role), now_s)
            for role in sorted(config.meter_roles)
        }
        self._warned: dict[str, tuple[str, ...]] = {}

    def tick(self, readings: Mapping[str, MeterReading]) -> Supplied:
        """Return what there is to go by; *readings* are the last of all meters, by role."""
        now_s, ours_a = self._common.now.s, self._ours_a()
        self.ev_meters.tick()
        for role, meter in self._meters.items():
            news = meter.look(readings.get(role), ours_a if role in GUARDS else None, now_s)
            if role == "mains" and news and meter.believed is not None:
                self.capacity.read(meter.believed)
        self._tell()
        believed = {role: meter.believed for role, meter in self._meters.items()}
        losses = {role: meter.limit for role, meter in self._meters.items()}
        dimmed = self.dimming.pool()
        return Supplied(
            readings={role: each for role, each in believed.items() if each is not None},
            lost={role: limit for role, limit in losses.items() if limit is not None},
            solar=self._solar(),
            sum_limit=self.capacity.limit(),
            pools=() if dimmed is None else (dimmed,),
        )

    def trust(self, role: str, age_s: float) -> Trust:
        """Return what the meter *role* is worth, whose last reading is so old; ``inf``: none.

        A meter of the station may be worth less than its age says.
        """
        by_age = ladder_of(self._common.config, role).trust(age_s)
        meter = self._meters.get(role)
        frozen = meter is not None and meter.trust is Trust.FROZEN
        return Trust.FROZEN if frozen and by_age in BELIEVED else by_age

    def warnings(self) -> Iterator[str]:
        """Return everything that somebody should look at."""
        for meter in self._meters.values():
            yield from meter.warnings()
        yield from self.ev_meters.warnings()
        if self.dimming.sentence:
            yield self.dimming.sentence

    def _ours_a(self) -> Currents | None:
        """Return what our cars take from the phases of the grid; None unless all of it is
        measured. Nothing flows through an open contactor."""
        drawn = []
        for evse in self._common.evses.values():
            drawn_a = metered_a(evse, self._common.now.s)
            if drawn_a is None and evse.energized:
                return None
            drawn.append(drawn_a or NOTHING)
        l1_a, l2_a, l3_a = map(sum, zip(*drawn, strict=True))
        return l1_a, l2_a, l3_a

    def _solar(self) -> MeterReading | None:
        """Return the mains without the battery, as far as the sun is for the car."""
        mains, battery = (self._meters.get(role) for role in ("mains", "battery"))
        seen = None if mains is None else mains.believed
        if seen is None or battery is None or battery.reading is None:
            return seen
        use, fresh = self._common.config.limits.battery, battery.trust in BELIEVED
        left_out_a = counted(use, battery.reading.currents_a, fresh)
        return replace(seen, currents_a=without(seen.currents_a, left_out_a))

    def _tell(self) -> None:
        """Say once what begins to be wrong with a meter, and when nothing is any more."""
        for role, meter in self._meters.items():
            before, wrong = self._warned.get(role, ()), tuple(meter.warnings())
            if wrong == before:
                continue
            self._warned[role] = wrong
            for text in (text for text in wrong if text not in before):
                self._common.turn.note(text, level="warning")
            if not wrong:
                self._common.turn.note(f"the {role} meter is fine again")


def _frozen_after_s(config: StationConfig, role: str) -> float:
    return config.frozen_after_s.get(role, config.limits.frozen_after_s)
