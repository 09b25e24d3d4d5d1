"""A house with its meters around a station on a bench."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from core.blocks.bench import Bench

from hardware.api import MeterReading

Three = tuple[float, float, float]


class House:
    """Feeds the meters once a second: honestly, unless something is changed about them.

    *house_a* and *battery_a* flow behind the mains meter. *mute* meters say nothing,
    *stuck* ones repeat what they said last, *inverted* turns the mains meter round.
    """

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.house_a: Three = (2.0, 1.0, 1.0)
        self.battery_a: Three | None = None
        self.mute: set[str] = set()
        self.stuck: set[str] = set()
        self.inverted = False
        self.energy_wh: float | None = None

    def run(self, seconds: float) -> House:
        for _ in range(round(seconds)):
            self._read()
            self.bench.run(1)
        return self

    def _read(self) -> None:
        bench = self.bench
        total_a = list(self.house_a)
        for each in bench.config.evses:
            sensed = bench.sensed[each.id]
            offer_a = bench.evse(each.id).offer_a if sensed.main_closed else 0.0
            rest_a = offer_a if sensed.second_closed else 0.0
            drawn_a = (offer_a, rest_a, rest_a)
            self._say(f"evse/{each.id}", drawn_a)
            total_a = [a + b for a, b in zip(total_a, drawn_a, strict=True)]
        if self.battery_a is not None:
            self._say("battery", self.battery_a)
            total_a = [a + b for a, b in zip(total_a, self.battery_a, strict=True)]
        if self.energy_wh is not None:
            self.energy_wh += max(sum(total_a), 0.0) * 230.0 / 3600.0
        sign = -1.0 if self.inverted else 1.0
        l1_a, l2_a, l3_a = (sign * a for a in total_a)
        self._say("mains", (l1_a, l2_a, l3_a))

    def _say(self, role: str, currents_a: Three) -> None:
        if role in self.mute or (role == "mains" and role not in self.bench.config.meter_roles):
            return
        last = self.bench.readings.get(role)
        if role in self.stuck and last is not None:
            currents_a = last.currents_a
        energy_wh = self.energy_wh if role == "mains" else None
        reading = MeterReading(self.bench.now.s, currents_a, energy_wh=energy_wh)
        self.bench.readings[role] = reading

    # --- looking ---------------------------------------------------------------------------

    @property
    def offer_a(self) -> float:
        return float(self.bench.evse().offer_a)

    @property
    def binding(self) -> str:
        return str(self.bench.evse().binding)

    @property
    def warnings(self) -> tuple[str, ...]:
        found = self.bench.snapshot().warnings
        return tuple(text for text in found if not text.startswith("security"))

    def trust(self, role: str = "mains") -> tuple[str, bool]:
        meters: Mapping[str, Any] = {
            "mains": self.bench.snapshot().meters.mains,
            "evse": self.bench.snapshot().meters.evse["1"],
        }
        return meters[role].trust, meters[role].stale


@pytest.fixture
def house() -> Any:
    """Return what builds a house around a registered station with the given configuration."""

    def build(**config: Any) -> House:
        config = {"meter_roles": frozenset({"mains"}), **config}
        return House(Bench("2.0.1", **config).online())

    return build
