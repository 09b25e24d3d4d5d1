"""How long to wait before dialling again. Pure."""

from __future__ import annotations

from collections.abc import Callable

from chargepoint.core.values import dataclass

SHORTEST_S = 0.1  # a station set to zero must not keep a processor busy with dialling


@dataclass(frozen=True, slots=True)
class BackOff:
    """OCPPCommCtrlr's RetryBackOffWaitMinimum, RandomRange and RepeatTimes."""

    wait_min_s: float = 10.0
    random_range_s: float = 10.0
    repeat_times: int = 5

    def wait_s(self, failures: int, random: Callable[[], float]) -> float:
        """Return the wait after *failures* failed attempts in a row; 0 after a lost connection.

        The minimum, doubled with each failure at most repeat_times times, plus a new random
        part every time (*random* gives 0..1). It never ends and never grows further.

        Source: OCPP 2.0.1 part 4 section 5.3 with errata 4.12; 1.6 leaves it open.
        """
        doubled_s = self.wait_min_s * 2.0 ** min(failures, self.repeat_times)
        return max(SHORTEST_S, doubled_s + self.random_range_s * random())
