"""Several pools for several EVSEs: fair, and nobody below the least a car can take.

Who is served comes first: as many as fit with their minimum, by rank. What is left is
shared in rounds, each max-min fair: what charging schedules ask for as a minimum rate, then
what cars seem to use, then all of it. Nobody rises into room that another may still take.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from profiles.filling import NOISE, Draws, Water
from profiles.limits import Limit
from profiles.pools import Over, Pool
from profiles.turns import Turn, Turns, Want, due_s, rank
from profiles.units import floor_tenth

ROTATE_AFTER_S = 900.0


class Shares(NamedTuple):
    """The *limits* of each EVSE by its pools, the *turns* to come back with, and *due_s*:
    until then the same pools and wants are split the same way."""

    limits: Mapping[int, tuple[Limit, ...]]
    turns: Turns = MappingProxyType({})
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
    wants = sorted(wants, key=attrgetter("evse_id"))
    able = [want for want in wants if want.able]
    known = turns or {}
    before = {w.evse_id: known.get(w.evse_id) or Turn(w.charging, now_s) for w in able}
    table = _Table(pools, wants)
    if not table.serves(able):  # only then it matters who comes first
        able.sort(key=lambda want: rank(want, before[want.evse_id], now_s, rotate_after_s))
        table.serves(able)
    table.fill(wants)
    after = {id: turn.after(id in table.served, now_s) for id, turn in before.items()}
    limits = {want.evse_id: table.limits(want) for want in wants}
    return Shares(limits, after, due_s(after, now_s, rotate_after_s))


class _Table:
    """EVSEs by pools, while one split is made: who is served, with how much, what is left.

    *draws* are by EVSE the pools that it draws on, with the weight of its amperes there.
    *left_a* is what the shares leave of each pool, *free_a* what is left beside all that
    cars may still be taking. *known* are the limits of those who have as much of the same.
    """

    def __init__(self, pools: Sequence[Pool], wants: Sequence[Want]) -> None:
        self.served: dict[int, Want] = {}
        self._pools = pools
        self._limits = [pool.limit for pool in pools]
        kinds = tuple([(pool.over, pool.wish) for pool in pools])
        self._draws = {
            want.evse_id: _draws(kinds, want.phases_in(False), want.phases_in(True))
            for want in wants
        }
        self._short: dict[int, list[int]] = {}
        self._shares_a: dict[int, float] = {}
        self._sources: list[str] = []
        self._left_a: list[float] = []
        self._free_a: list[float] = []
        self._known: dict[tuple[object, ...], tuple[Limit, ...]] = {}

    def serves(self, able: Iterable[Want]) -> bool:
        """Give each in turn its minimum where all its pools have that, else note which have
        not; return whether all are served."""
        self.served.clear()
        self._short.clear()
        self._left_a = left_a = [limit.limit_a for limit in self._limits]
        sharing = [0] * len(left_a)
        for want in able:
            draws, min_a, charging = self._draws[want.evse_id], want.min_a, want.charging
            short = [
                k
                for k, weight in draws
                if weight * min_a > left_a[k] + NOISE or not (charging or self._pools[k].admits)
            ]
            if short:
                self._short[want.evse_id] = short
                continue
            self.served[want.evse_id] = want
            for k, weight in draws:
                left_a[k] -= weight * min_a
                sharing[k] += 1
        self._sources = [
            f"{limit.source}, shared by {number}" if number > 1 else limit.source
            for limit, number in zip(self._limits, sharing, strict=True)
        ]
        return not self._short

    def fill(self, wants: Iterable[Want]) -> None:
        """Share what the minima leave, round by round."""
        served = self.served.values()
        draws = [self._draws[evse_id] for evse_id in self.served]
        water = Water(self._left_a, draws, [want.min_a for want in served])
        water.rise([min(want.rate_a, want.max_a) for want in served])
        water.rise([min(want.uses_a, want.max_a) for want in served])
        water.rise([want.max_a for want in served])
        self._shares_a = dict(zip(self.served, water.levels, strict=True))
        self._left_a, self._free_a = water.left, list(water.left)
        for want in wants:
            more_a = want.still_a - self._shares_a.get(want.evse_id, 0.0)
            if more_a > 0.0:
                for k, weight in self._draws[want.evse_id]:
                    self._free_a[k] -= weight * more_a

    def limits(self, want: Want) -> tuple[Limit, ...]:
        """Return what each of its pools leaves for *want* while the others keep theirs."""
        draws = self._draws[want.evse_id]
        if not want.able:
            return tuple([self._limits[k] for k, _ in draws])
        own_a = share_a = self._shares_a.get(want.evse_id, 0.0)
        beside_a, keeps_a = self._left_a, min(want.held_a, share_a)
        if share_a > want.held_a + NOISE:  # others may be on their way down yet
            own_a, beside_a = max(share_a, want.still_a), self._free_a
        waits = want.evse_id if want.evse_id in self._short else None
        alike = draws, own_a, share_a, keeps_a, want.min_a, waits
        known = self._known.get(alike)
        if known is None:
            left_a = [max(beside_a[k] / weight + own_a, 0.0) for k, weight in draws]
            now_a = max(min([share_a, *left_a]), keeps_a)
            parts_a = [part_a if part_a > now_a else now_a for part_a in left_a]
            known = self._known[alike] = self._parts(want, parts_a)
        return known

    def _parts(self, want: Want, parts_a: Iterable[float]) -> tuple[Limit, ...]:
        """Return *parts_a* of the pools of *want* as limits."""
        short = self._short.get(want.evse_id, ())
        least_a = 0.0 if short else want.min_a - NOISE
        parts = []
        for (k, _), part_a in zip(self._draws[want.evse_id], parts_a, strict=True):
            limit, source = self._limits[k], self._sources[k]
            if k in short:
                part_a, source = 0.0, f"{limit.source}, EVSE {want.evse_id} waits"
            elif part_a < least_a:
                part_a = 0.0  # it will be its minimum when the others have gone down
            part_a = floor_tenth(part_a)
            parts.append(Limit(part_a, source, limit.phases, limit.until_at, limit.origin))
        return tuple(parts)


@lru_cache(64)  # pools are few, sets of phases seven
def _draws(
    kinds: tuple[tuple[Over, bool], ...], phases: frozenset[int], hoped: frozenset[int]
) -> Draws:
    weights = [(k, over.weight(hoped if wish else phases)) for k, (over, wish) in enumerate(kinds)]
    return tuple([draw for draw in weights if draw[1]])
