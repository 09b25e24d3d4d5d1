"""What happened on a line, counted: for the status, the metrics and whoever looks for a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Trouble(StrEnum):
    """Why a question got no answer; the values are the names of the counters."""

    SILENT = "silent"  # not a byte came
    PARTIAL = "partial"  # an answer began and did not end
    GARBLED = "garbled"  # bytes came, the checksum was wrong
    REFUSED = "refused"  # an exception response
    LATE = "late"  # no turn, or no answer, before its deadline
    LOST = "lost"  # the line went away meanwhile


@dataclass(slots=True)
class Counts:
    """One device's questions by how they ended; *strange* frames are no end of any.

    A strange frame came from another device, or answered another question. *in_a_row* counts
    failures since the last answer, *why* says what the last of them was.
    """

    answered: int = 0
    silent: int = 0
    partial: int = 0
    garbled: int = 0
    refused: int = 0
    late: int = 0
    lost: int = 0
    strange: int = 0
    in_a_row: int = 0
    round_trip_s: float | None = None
    why: str = ""

    def ended(self, trouble: Trouble, why: str) -> None:
        """One more question ended in *trouble*."""
        setattr(self, trouble, getattr(self, trouble) + 1)
        self.in_a_row += 1
        self.why = why

    def was_answered(self, round_trip_s: float) -> None:
        """One more question was answered."""
        self.answered += 1
        self.in_a_row = 0
        self.round_trip_s = round_trip_s
        self.why = ""


COUNTERS = ("answered", *Trouble, "strange")
WARNS_AFTER = 3  # failures in a row: one is everyday life on a long cable


@dataclass(slots=True)
class BusState:
    """One line as a screen shows it; *why* it is not open, "" when it is.

    *stray_bytes* came when nobody had been asked: late answers, noise, a second master.
    """

    port: str
    open: bool = False
    why: str = ""
    opened: int = 0
    stray_bytes: int = 0
    devices: dict[str, Counts] = field(default_factory=dict)

    def warnings(self) -> Iterator[str]:
        """Tell in sentences what somebody should look at: the line, else its silent devices."""
        if self.why and not self.open:
            yield self.why
            return
        for counts in self.devices.values():
            if counts.in_a_row >= WARNS_AFTER:
                yield counts.why
