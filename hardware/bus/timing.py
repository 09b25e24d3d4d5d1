"""How long things take on a line, and how long what failed is left alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.bus.frames import Ask
from hardware.bus.line import LineSettings

SPLIT_S = 0.1  # an answer on a serial line has no longer gap inside, USB adapters included
FAST_BAUD, FAST_GAP_S, GAP_CHARS = 19200, 0.00175, 3.5  # Modbus over Serial Line 2.5.1.1


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take on this line.

    *gap_s* of silence ends a frame; *split_s* of it inside an answer mean that no more
    will come: networks split frames as they like, so there it is only the time-out.
    """

    char_s: float
    gap_s: float
    split_s: float
    timeout_s: float

    @classmethod
    def of(cls, settings: LineSettings) -> Timing:
        """Return the timing of a line; Modbus TCP knows nothing of characters."""
        if settings.port.startswith("tcp:"):
            return cls(0.0, 0.0, settings.timeout_s, settings.timeout_s)
        char_s, fast = settings.char_s, settings.baudrate > FAST_BAUD
        gap_s = FAST_GAP_S if fast else GAP_CHARS * char_s
        split_s = SPLIT_S if settings.is_serial else settings.timeout_s
        return cls(char_s, gap_s, split_s, settings.timeout_s)

    def within_s(self, ask: Ask) -> float:
        """Return how long to wait for the whole answer: the device's time, and the wire's."""
        sent = 9 + 2 * len(ask.values)
        return self.timeout_s + (sent + ask.answer_bytes) * self.char_s


@dataclass(slots=True)
class Pause:
    """How long something that failed is left alone: twice as long each time."""

    first_s: float
    longest_s: float
    times: int = 0
    until_s: float = -1.0

    def failed(self, now_s: float) -> None:
        """Leave it alone, longer than the last time."""
        pause_s = min(self.first_s * 2.0**self.times, self.longest_s)
        self.times = min(self.times + 1, 30)
        self.until_s = now_s + pause_s

    def worked(self) -> None:
        """Forget that it ever failed."""
        self.times, self.until_s = 0, -1.0
