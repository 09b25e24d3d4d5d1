"""The last word before the metal: it lowers and opens, and nothing else. Pure.

One Guard stands before each board, for as long as the process talks to it. It knows
nothing of sessions, profiles and limits, so that no mistake there can close a contactor
that must stay open. A new Guard begins silent: contactors that are found closed must
open first, and stay open for a while, before it lets anything close.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hardware.api import Actuation, Fault, FaultCode, Pilot, Sensed
from hardware.pilot import MIN_OFFER_A

SETTLE_S = 1.0  # both contactors are open this long before they close again
FOLLOW_S = 2.0  # a contactor follows within this, bus and feedback included

WELDED = Fault(
    FaultCode.POWER_SWITCH_FAILURE,
    "WeldedContactor",
    "a contactor is closed that was told to open",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """What one board was told and how it followed; times are monotonic, inf is "not now".

    ``check`` returns the next Guard; the caller keeps that one. *told_at_s* is when the
    contactors were last told something else: what was sensed before says nothing about
    how they followed. *welded* is latched: only a new Guard, after somebody has looked
    at the contactor, forgets it.
    """

    told_main: bool = False
    told_second: bool = False
    told_at_s: float = -math.inf
    open_since_s: float = math.inf  # main told open and sensed open
    closed_since_s: float = math.inf  # main sensed closed
    stuck_since_s: float = math.inf  # something closed that must not be
    welded: bool = False

    @property
    def faults(self) -> frozenset[Fault]:
        """Return what is wrong beyond what the board itself has sensed."""
        return frozenset({WELDED}) if self.welded else frozenset()

    def check(self, wanted: Actuation, sensed: Sensed, now_s: float) -> tuple[Guard, Actuation]:
        """Return the next guard, and of *wanted* what may be done now.

        - Everything opens, and nothing is offered: on a fault that opens, on a welded
          contactor, without a cable, when the lease has lapsed, when the offer is not a
          number >= 0. The lock stays as wanted.
        - The offer is never above *wanted* and the cable; below 6 A it is 0.
        - The contactors close in C or D, with an offer, after main has been open for
          SETTLE_S. They stay closed while the EV asks, even at 0 A: that is the time it
          has to stop (IEC 61851-1: no switching under load).
        - The second contactor is decided at the moment main closes, and held until main
          opens: it never switches under load, and is never told closed without main
          (phases on with neutral off).
        """
        guard = self._seen(sensed, now_s)
        if guard.welded or not _sane(wanted, sensed, now_s):
            done = replace(Actuation.SAFE, lock=wanted.lock)
        else:
            done = guard._lowered(wanted, sensed, now_s)
        same = (done.close_main, done.close_second) == (self.told_main, self.told_second)
        told_at_s = self.told_at_s if same else now_s
        told = done.close_main, done.close_second, told_at_s
        if told == (guard.told_main, guard.told_second, guard.told_at_s):
            return guard, done
        return replace(
            guard,
            told_main=done.close_main,
            told_second=done.close_second,
            told_at_s=told_at_s,
        ), done

    def _seen(self, sensed: Sensed, now_s: float) -> Guard:
        """Return this guard with *sensed* written down.

        A main contactor that has opened by itself counts as told to open: it closes
        again only like any other that was open. An old sense, of a board that is polled
        slowly or has fallen silent, proves neither an open contactor nor a welded one.
        """
        heard = sensed.at_s > self.told_at_s
        dropped = self.closed_since_s < math.inf and not sensed.main_closed
        told_main = self.told_main and not dropped
        alone = sensed.second_closed and not (self.told_second and sensed.main_closed)
        stray = heard and (alone or (sensed.main_closed and not told_main))
        stuck_since_s = _since(self.stuck_since_s, stray, sensed.at_s)
        is_open = heard and not (told_main or sensed.main_closed)
        return Guard(
            told_main,
            self.told_second,
            self.told_at_s,
            _since(self.open_since_s, is_open, now_s),
            _since(self.closed_since_s, sensed.main_closed, now_s),
            stuck_since_s,
            self.welded or sensed.at_s - stuck_since_s > FOLLOW_S,
        )

    def _lowered(self, wanted: Actuation, sensed: Sensed, now_s: float) -> Actuation:
        """Return *wanted* within what the cable carries, the EV asks and the contactors allow."""
        ceiling_a = min(wanted.offer_a, sensed.cable_a)
        offer_a = ceiling_a if ceiling_a >= MIN_OFFER_A else 0.0
        if self.told_main:
            may_close = sensed.main_closed or offer_a > 0.0
            second = self._holds_second(sensed, now_s)
        else:
            settled = now_s - self.open_since_s >= SETTLE_S and not sensed.second_closed
            may_close = settled and offer_a > 0.0
            second = wanted.close_second
        asked = sensed.pilot in (Pilot.C, Pilot.D)
        close = wanted.close_main and asked and may_close
        return Actuation(
            offer_a, close, close and second, lock=wanted.lock, valid_until_s=wanted.valid_until_s
        )

    def _holds_second(self, sensed: Sensed, now_s: float) -> bool:
        """Return whether the second contactor stays told to close while main is.

        One that has not followed main in time, or fell off, is left open: it would close
        under load.
        """
        following = now_s - self.closed_since_s <= FOLLOW_S
        return self.told_second and (sensed.second_closed or following)


def _since(since_s: float, holds: bool, now_s: float) -> float:
    """Return since when a condition holds: the first time it was seen, inf if it does not."""
    return min(since_s, now_s) if holds else math.inf


def _sane(wanted: Actuation, sensed: Sensed, now_s: float) -> bool:
    """Return whether anything may be offered at all; comparisons with NaN say no."""
    return (
        0.0 <= wanted.offer_a < math.inf
        and 0.0 < sensed.cable_a < math.inf
        and now_s <= wanted.valid_until_s
        and not any(fault.opens for fault in sensed.faults)
    )
