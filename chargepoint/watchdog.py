"""Whatever stalls the control loop, the boards are made safe."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from chargepoint.notify import notify, watchdog_interval_s

log = logging.getLogger(__name__)

TIMEOUT_S = 1.0
LOOKS = 4  # in the time that the loop has: a stall is noticed a quarter of it late at most
PATIENCE_S = 0.5
"""How long one board is waited for; its thread goes on trying."""


class Watchdog:
    """Calls every ``make_safe`` when nobody called ``pet`` for *timeout_s* seconds, once per
    stall. As long as it is petted it tells systemd so, twice as often as systemd wants.

    Each board gets a thread of its own then: one that hangs must not keep the others on.
    """

    def __init__(
        self,
        make_safe: Iterable[Callable[[], None]],
        timeout_s: float = TIMEOUT_S,
        monotonic_s: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] = notify,
        told_every_s: float | None = None,
    ) -> None:
        interval_s = told_every_s or watchdog_interval_s()
        self._make_safe = tuple(make_safe)
        self._timeout_s = timeout_s
        self._monotonic_s = monotonic_s
        self._tell = tell
        self._tell_every_s = interval_s / 2 if interval_s else None
        self._petted_s = monotonic_s()
        self._told_s = float("-inf")
        self._stalled = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def pet(self) -> None:
        """Say that the control loop runs. From that loop, once per turn."""
        now_s = self._monotonic_s()
        if self._stalled:
            log.warning("the control loop runs again after %.1f s", now_s - self._petted_s)
        self._petted_s = now_s
        self._stalled = False
        if self._tell_every_s is not None and now_s - self._told_s >= self._tell_every_s:
            self._told_s = now_s
            self._tell("WATCHDOG=1")

    def check(self) -> None:
        """Make everything safe if this is the first look at a stall."""
        silent_s = self._monotonic_s() - self._petted_s
        if self._stalled or silent_s < self._timeout_s:
            return
        self._stalled = True
        log.critical("the control loop stands still for %.1f s: opening everything", silent_s)
        threads = [
            threading.Thread(target=call, name="make-safe", daemon=True) for call in self._make_safe
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)

    def start(self) -> None:
        """Begin to watch; the first stall counts from here."""
        self._petted_s = self._monotonic_s()
        self._thread.start()

    def stop(self) -> None:
        """Stop watching: from here somebody else makes the boards safe."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self._patience_s()):
            self.check()

    def _patience_s(self) -> float:
        """Return how long there is no need to look: a loop that was petted has its time."""
        left_s = self._petted_s + self._timeout_s - self._monotonic_s()
        return max(left_s, self._timeout_s / LOOKS)
