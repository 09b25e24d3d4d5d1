"""The grid operator's relay: while it dims, all EVSEs together may draw so much and no more.

It holds in every mode and over a restart, until it is released.

Source: EnWG section 14a; SmartEVSE's grid relay.
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.common import Common
from chargepoint.core.messages import ACCEPTED, GridRelay, Reply
from profiles.limits import Limit, Origin
from profiles.pools import Over, Pool
from profiles.units import floor_tenth

SOURCE = "grid operator"


class Dimming:
    """Remembers whether, and to how much, the grid operator dims."""

    def __init__(self, common: Common, kept: Mapping[str, float]) -> None:
        self._common = common
        self.limit_w: float | None = kept.get("limit_w")

    def set(self, command: GridRelay) -> Reply:
        """Dim or release; it is on disk before it is answered."""
        configured_w = self._common.config.limits.grid_relay_w
        asked_w = configured_w if command.limit_w is None else command.limit_w
        limit_w = asked_w if command.dimmed else None
        if limit_w == self.limit_w:
            return ACCEPTED
        self.limit_w = limit_w
        turn = self._common.turn
        if limit_w is None:
            turn.forget("grid_relay", "limit_w")
            turn.note("the grid operator no longer dims")
        else:
            turn.keep("grid_relay", "limit_w", limit_w)
            turn.note(self.sentence)
        return ACCEPTED

    @property
    def sentence(self) -> str:
        """Return what to tell people; "" while nothing is dimmed."""
        if self.limit_w is None:
            return ""
        return f"the grid operator dims to {self.limit_w / 1000:g} kW"

    def pool(self) -> Pool | None:
        """Return the limit on all EVSEs together, None while there is none."""
        if self.limit_w is None:
            return None
        sum_a = floor_tenth(self.limit_w / self._common.config.supply_voltage_v)
        source = f"{SOURCE} {self.limit_w / 1000:g} kW"
        return Pool(Limit(sum_a, source, origin=Origin.GRID), Over.SUM)
