"""Says what happens, a line a change: from the station's own notes and the central's log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from chargepoint.demo import sentences
from chargepoint.demo.answers import utc_now
from chargepoint.demo.record import Record
from chargepoint.doors import StationDoor

if TYPE_CHECKING:
    from rich.console import Console

SETTLED_S: Final = 1.1  # meters are read once a second: the same for longer is settled
STYLES: Final = {
    "story": "bold",
    "station": "green",
    "central": "cyan",
    "house": "yellow",
    "trouble": "bold red",
}

Note = tuple[str, str, int]


class Teller:
    """Prints lines with the seconds since its birth; in colour where *console* has it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._born_s = time.monotonic()

    def say(self, who: str, sentence: str) -> None:
        """Print one line."""
        from rich.text import Text

        line = Text(f"{time.monotonic() - self._born_s:6.1f} s  ", "dim")
        line.append(f"{who:<8}", STYLES[who])
        line.append(sentence, "bold" if who == "story" else "")
        self._console.print(line, soft_wrap=True)

    def line(self, text: str) -> None:
        """Print *text* as it is."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    async def follow_station(self, door: StationDoor) -> None:
        """Say every note of the station, and where the car's current settles, for ever."""
        notes: tuple[Note, ...] = ()
        settling, since_s, said = "", 0.0, ""
        seen = -1
        while True:
            snapshot = door.snapshot()
            for _, sentence, _ in fresh(notes, snapshot.events):
                self.say("station", sentence)
            notes = snapshot.events
            evse = snapshot.evses[0]
            sentence = sentences.drawing(evse, snapshot.meters.evse.get(str(evse.id))) or ""
            if sentence != settling:
                settling, since_s = sentence, time.monotonic()
            elif sentence != said and time.monotonic() - since_s > SETTLED_S:
                said = sentence
                if sentence:
                    self.say("station", sentence)
            seen = await door.wait_change(seen)

    async def follow_central(self, record: Record) -> None:
        """Say what passes between the central system and the station, for ever."""
        calls = frames = 0
        while True:
            for call in record.calls[calls:]:
                self._say_central(sentences.told(call.action, call.payload, utc_now()))
            for frame in record.frames[frames:]:
                words = sentences.refused if frame.inbound else sentences.asked
                self._say_central(words(frame.text))
            calls, frames = len(record.calls), len(record.frames)
            await record.changed()

    def _say_central(self, sentence: str | None) -> None:
        if sentence is not None:
            self.say("central", sentence)


def fresh(before: tuple[Note, ...], after: tuple[Note, ...]) -> tuple[Note, ...]:
    """Return what is in *after* beyond *before*, of which the oldest may be gone.

    >>> a, b, c = ("t", "a", 0), ("t", "b", 0), ("t", "c", 0)
    >>> fresh((a, b), (b, c)) == (c,)
    True
    """
    gone = next(n for n in range(len(before) + 1) if after[: len(before) - n] == before[n:])
    return after[len(before) - gone :]
