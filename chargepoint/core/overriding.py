"""Local users' wishes: one limit for the whole station, one for each EVSE. Never stored."""

from __future__ import annotations

from math import inf

from chargepoint.core.messages import Override
from chargepoint.core.values import dataclass
from chargepoint.core.words import Moment
from profiles.limits import Limit, Origin

STATION = 0


@dataclass(frozen=True, slots=True)
class _Wish:
    limit: Limit
    until_s: float


class Overrides:
    """Keeps what was wished last for each place, until it is taken back or its time is over."""

    def __init__(self) -> None:
        self._wishes: dict[int, _Wish] = {}

    def put(self, command: Override, now: Moment) -> None:
        """Wish anew for an EVSE or for the station; no limit takes the wish back, for the
        station all of them."""
        place = command.evse_id or STATION
        if command.limit_a is None:
            for each in [place] if place else list(self._wishes):
                self._wishes.pop(each, None)
            return
        until_s = inf if command.for_s is None else now.s + command.for_s
        until_at = None if command.for_s is None else now.at(until_s)
        limit = Limit(command.limit_a, "override", until_at=until_at, origin=Origin.PEOPLE)
        self._wishes[place] = _Wish(limit, until_s)

    def clear(self) -> None:
        """Take every wish back."""
        self._wishes.clear()

    def limits(self, evse_id: int, now_s: float) -> list[Limit]:
        """Return the wishes that hold at an EVSE now: the station's and its own."""
        wishes = (self._wishes.get(place) for place in (STATION, evse_id))
        return [wish.limit for wish in wishes if wish is not None and now_s < wish.until_s]
