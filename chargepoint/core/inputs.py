"""What the shell senses for one tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from chargepoint.core.values import dataclass
from hardware.api import MeterReading, Sensed


@dataclass(frozen=True, slots=True)
class Inputs:
    """*sensed* by EVSE id; *readings* by role ("mains", "circuit", "battery", "evse/1"),
    the last one of each meter that ever answered."""

    sensed: Mapping[int, Sensed]
    readings: Mapping[str, MeterReading] = field(default_factory=dict)
