"""Several pools for several EVSEs: fair, and nobody below the least a car can take.

Who is served comes first: as many as fit with their minimum, by rank. What is left is
shared in rounds, each max-min fair: what charging schedules ask for as a minimum rate, then
what cars seem to use, then all of it. Nobody rises into room that another may still take.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from profiles.filling import NOISE, filled
from profiles.limits import Limit
from profiles.pools import Pool
from profiles.turns import Turn, Turns, Want, due_s, rank
from profiles.units import floor_tenth

ROTATE_AFTER_S = 900.0


@dataclass(frozen=True, slots=True)
class Shares:
    """The *limits* of each EVSE by its pools, the *turns* to come back with, and *due_s*:
    until then the same pools and wants are split the same way."""

    limits: Mapping[int, tuple[Limit, ...]]
    turns: Turns = field(default_factory=dict)
    due_s: float = math.inf


def split(
    pools: Sequence[Pool],
    wants: Iterable[Want],
    turns: Turns | None = None,
    now_s: float = 0.0,
    rotate_after_s: float = ROTATE_AFTER_S,
) -> Shares:
    """Return what each EVSE may take of each pool that it draws on, in the order of *pools*.

    The least of an EVSE's limits is its share: 0, or at least its minimum; together, each
    ampere weighted, the shares are never above any pool. Each limit is what the pool
    leaves while the others keep theirs, so the pool that binds is the least. Who cannot
    use its minimum sees the pools whole: it is not they that keep it from charging.

    Who waits gets its turn after *rotate_after_s*, from one of the same priority that had
    as much; *turns* remember it. A pool that does not admit serves nobody new.

    >>> shares = split([Pool(Limit(20, "circuit"))], [Want(1, 32), Want(2, 8)])
    >>> shares.limits[1]
    (Limit(limit_a=12.0, source='circuit, shared by 2', phases=3, until_at=None),)
    """
    wants = sorted(wants, key=lambda want: want.evse_id)
    able = [want for want in wants if want.able]
    known = turns or {}
    before = {w.evse_id: known.get(w.evse_id) or Turn(w.charging, now_s) for w in able}
    able.sort(key=lambda want: rank(want, before[want.evse_id], now_s, rotate_after_s))
    table = _Table(pools, wants)
    for want in able:
        table.serve(want)
    table.fill()
    after = {id: turn.after(id in table.served, now_s) for id, turn in before.items()}
    limits = {want.evse_id: table.limits(want) for want in wants}
    return Shares(limits, after, due_s(after, now_s, rotate_after_s))


class _Table:
    """EVSEs by pools, while one split is made: who is served, with how much, what is left."""

    def __init__(self, pools: Sequence[Pool], wants: Sequence[Want]) -> None:
        self.served: dict[int, Want] = {}
        self._pools = pools
        self._wants = wants
        alike = {(want.phases, want.hoped): want for want in wants}
        loads = {key: tuple(map(want.weight, pools)) for key, want in alike.items()}
        self._weights = {want.evse_id: loads[want.phases, want.hoped] for want in wants}
        self._rooms_a = [pool.limit.limit_a for pool in pools]
        self._free_a = list(self._rooms_a)
        self._sharing = [0] * len(pools)
        self._short: dict[int, frozenset[int]] = {}
        self._shares_a: dict[int, float] = {}
        self._claims_a: dict[int, float] = {}
        self._sources: list[str] = []
        self._given_a: list[float] = []
        self._claimed_a: list[float] = []

    def serve(self, want: Want) -> None:
        """Give *want* its minimum where all its pools have that, else note which have not."""
        weights = self._weights[want.evse_id]
        short = frozenset(k for k, weight in enumerate(weights) if weight and self._lacks(want, k))
        if short:
            self._short[want.evse_id] = short
            return
        self.served[want.evse_id] = want
        for k, weight in enumerate(weights):
            self._free_a[k] -= weight * want.min_a
            self._sharing[k] += weight > 0

    def _lacks(self, want: Want, k: int) -> bool:
        needed_a = self._weights[want.evse_id][k] * want.min_a
        return needed_a > self._free_a[k] + NOISE or not (want.charging or self._pools[k].admits)

    def fill(self) -> None:
        """Share what the minima leave, round by round."""
        served = self.served.values()
        weights = [self._weights[evse_id] for evse_id in self.served]
        levels = [want.min_a for want in served]
        for caps in (
            [min(want.rate_a, want.max_a) for want in served],
            [min(want.uses_a, want.max_a) for want in served],
            [want.max_a for want in served],
        ):
            levels = filled(self._rooms_a, weights, levels, caps)
        self._shares_a.update(zip(self.served, levels, strict=True))
        self._claims_a = {
            want.evse_id: max(self._shares_a.get(want.evse_id, 0.0), want.still_a)
            for want in self._wants
        }
        self._sources = [
            _shared(pool.limit.source, number)
            for pool, number in zip(self._pools, self._sharing, strict=True)
        ]
        self._given_a = self._sums(self._shares_a)
        self._claimed_a = self._sums(self._claims_a)

    def _sums(self, each_a: Mapping[int, float]) -> list[float]:
        """Return what each pool gives when each EVSE takes *each_a*."""
        sums_a = [0.0] * len(self._pools)
        for evse_id, taken_a in each_a.items():
            for k, weight in enumerate(self._weights[evse_id]):
                if weight:
                    sums_a[k] += weight * taken_a
        return sums_a

    def limits(self, want: Want) -> tuple[Limit, ...]:
        """Return what each of its pools leaves for *want* while the others keep theirs."""
        weights = self._weights[want.evse_id]
        drawn_on = [k for k, weight in enumerate(weights) if weight]
        if not want.able:
            return tuple(self._pools[k].limit for k in drawn_on)
        share_a = self._shares_a.get(want.evse_id, 0.0)
        own_a, sums_a = share_a, self._given_a
        if share_a > want.held_a + NOISE:  # others may be on their way down yet
            own_a, sums_a = self._claims_a[want.evse_id], self._claimed_a
        left_a = [_left_a(self._rooms_a[k], sums_a[k], weights[k], own_a) for k in drawn_on]
        now_a = max(min([share_a, *left_a]), min(want.held_a, share_a))
        return tuple(
            self._part(want, k, each_a, now_a) for k, each_a in zip(drawn_on, left_a, strict=True)
        )

    def _part(self, want: Want, k: int, left_a: float, now_a: float) -> Limit:
        """Return the limit of one pool for one who gets *now_a* of all of them."""
        limit = self._pools[k].limit
        if k in self._short.get(want.evse_id, ()):
            return _part_of(limit, 0.0, f"{limit.source}, EVSE {want.evse_id} waits")
        part_a = max(left_a, now_a)
        if part_a < want.min_a - NOISE and want.evse_id in self.served:
            part_a = 0.0  # it will be its minimum when the others have gone down
        return _part_of(limit, part_a, self._sources[k])


def _left_a(room_a: float, sum_a: float, weight: int, own_a: float) -> float:
    """Return what a pool leaves for one of those who take *sum_a* of it together."""
    if room_a == math.inf:
        return room_a
    return max((room_a - sum_a) / weight + own_a, 0.0)


def _shared(source: str, number: int) -> str:
    return f"{source}, shared by {number}" if number > 1 else source


def _part_of(limit: Limit, part_a: float, source: str) -> Limit:
    return Limit(floor_tenth(part_a), source, limit.phases, limit.until_at, limit.origin)
