"""The EVSEs' own meters: one that is lost while its car charges is told, or limits.

Many of them are dead while the contactor is open, so only the time counts in which they
should see something. What was lost stays so until the meter speaks or the session ends:
a limit that opened the contactor would end itself otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite

from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.meter_trust import ladder_of
from chargepoint.core.session import State
from chargepoint.core.values import dataclass
from profiles.limits import Limit
from profiles.readings import is_news
from profiles.staleness import BELIEVED, Ladder, Trust


@dataclass(slots=True)
class _Watched:
    ladder: Ladder
    read_at_s: float | None = None
    silent_s: float = 0.0

    @property
    def trust(self) -> Trust:
        return self.ladder.trust(self.silent_s)


class EvMeters:
    """Watches the meters of all EVSEs that have one."""

    def __init__(self, common: Common) -> None:
        self._common = common
        self._looked_s = common.now.s
        self._watched = {
            evse_id: _Watched(ladder_of(common.config, f"evse/{evse_id}"))
            for evse_id in sorted(common.config.metered_evses)
        }

    def tick(self) -> None:
        """Look at what the meters said last."""
        now_s = self._common.now.s
        passed_s, self._looked_s = now_s - self._looked_s, now_s
        for evse_id, watched in self._watched.items():
            before = watched.trust in BELIEVED
            self._look(watched, self._common.evses[evse_id], passed_s)
            if before and watched.trust not in BELIEVED:
                text = "the meter is silent while the car charges"
                self._common.turn.note(text, evse_id, "warning")

    def limits(self, evse_id: int) -> Iterator[Limit]:
        """Return what holds for an EVSE whose meter is lost, if it limits."""
        watched = self._watched.get(evse_id)
        limit_a = inf if watched is None else watched.ladder.limit_a(watched.trust)
        if isfinite(limit_a):
            yield Limit(limit_a, f"EVSE {evse_id} meter silent")

    def warnings(self) -> Iterator[str]:
        """Return which meters are lost."""
        for evse_id, watched in self._watched.items():
            if watched.trust not in BELIEVED:
                yield f"EVSE {evse_id} meter silent"

    def _look(self, watched: _Watched, evse: Evse, passed_s: float) -> None:
        reading = evse.reading
        news = is_news(reading, watched.read_at_s, self._common.now.s)
        if news and reading is not None:
            watched.read_at_s = reading.at_s
        if news or evse.state is not State.ACTIVE:
            watched.silent_s = 0.0
        elif evse.energized:
            watched.silent_s += passed_s
