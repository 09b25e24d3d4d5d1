"""What time it is: the system's, moved to the central system's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from chargepoint.core.words import Moment

JITTER_S = 1.5
"""Central systems tell whole seconds and answers travel: less than this is no step."""


def _system_utc() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Two clocks in one Moment: *utc* may be set, *s* only ever runs.

    Without ever being set it is the system's clock. *jitter_s* is how far off a
    central system's time may be without meaning anything.
    """

    def __init__(
        self,
        system_utc: Callable[[], datetime] = _system_utc,
        monotonic_s: Callable[[], float] = time.monotonic,
        jitter_s: float = JITTER_S,
    ) -> None:
        self._system_utc = system_utc
        self._monotonic_s = monotonic_s
        self._jitter_s = jitter_s
        self._offset = timedelta(0)

    def now(self) -> Moment:
        """Return now, in aware UTC and in monotonic seconds."""
        return Moment(self._system_utc() + self._offset, self._monotonic_s())

    def monotonic_s(self) -> float:
        """Return the seconds of now alone."""
        return self._monotonic_s()

    def set(self, central_time: datetime, received_s: float) -> float:
        """Follow the central system, whose time was *central_time* at *received_s* on our
        monotonic clock. Return by how many seconds ``utc`` jumped, 0 when only jitter was
        between. *central_time* must be aware, else ValueError.
        """
        if central_time.tzinfo is None:
            raise ValueError("the central system's time needs a time zone")
        now = self.now()
        ours = now.utc - timedelta(seconds=now.s - received_s)
        step = central_time - ours
        if abs(step.total_seconds()) <= self._jitter_s:
            return 0.0
        self._offset += step
        return step.total_seconds()
