"""Most of the time nothing happens: then the station need not look ten times a second.

The boards are sensed at every tick all the same. Whatever they show anew wakes the station
in that tick, and so does whatever is said to it. Who holds power or a lock never dozes, so
no lease is left to lapse that anybody needs: all that is asked of the boards is SAFE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hardware.api import Actuation, Sensed

AWAKE_S = 2.0  # after anything happened
NAP_S = 0.95  # clocks, timers and meters are looked at once a second, with 10 Hz jitter


class Doze:
    """Says which ticks may pass without a decision."""

    def __init__(self) -> None:
        self._awake_until_s = float("-inf")
        self._decided_s = float("-inf")
        self._idle = False
        self._faces: dict[int, tuple[object, ...]] = {}

    def wake(self, now_s: float) -> None:
        """Something was said or done: look at every tick for a while."""
        self._awake_until_s = now_s + AWAKE_S

    def passes(self, sensed: Mapping[int, Sensed], now_s: float) -> bool:
        """Return whether nothing can come of deciding now."""
        faces = {evse_id: _face(each) for evse_id, each in sensed.items()}
        if faces != self._faces:
            self._faces = faces
            self.wake(now_s)
        if not self._idle or now_s < self._awake_until_s:
            return False
        return now_s - self._decided_s < NAP_S

    def decided(self, actuations: Iterable[Actuation], now_s: float) -> None:
        """Remember when was decided last, and whether anybody is to have anything."""
        self._decided_s = now_s
        self._idle = not any(map(holds, actuations))


def _face(sensed: Sensed) -> tuple[object, ...]:
    """Return all of *sensed* that a decision may hang on; temperatures can wait a second."""
    return (
        sensed.pilot,
        sensed.main_closed,
        sensed.second_closed,
        sensed.cable_a,
        sensed.locked,
        sensed.faults,
        sensed.connector_id,
    )


def holds(wanted: Actuation) -> bool:
    """Return whether a board is told anything but SAFE."""
    return wanted.offer_a > 0.0 or wanted.close_main or wanted.close_second or wanted.lock
