"""A meter that does not need to be asked: its readings come through the local API."""

from __future__ import annotations

from hardware.api import BusError, MeterReading
from hardware.registry import Context
from hardware.settings import Settings
from hardware.wiring import implausible


class Config(Settings):
    """Nothing to set."""


class PushedMeter:
    """Keeps the last reading; how old it may get is the limiter's business."""

    def __init__(self) -> None:
        self._last: MeterReading | None = None

    def push(self, reading: MeterReading) -> None:
        """Take *reading*; raise ValueError, and keep the last one, when it is not plausible."""
        flaw = implausible(reading)
        if flaw is not None:
            raise ValueError(flaw)
        self._last = reading

    async def read(self) -> MeterReading:
        """Return the last reading with its own time; raise BusError before the first."""
        if self._last is None:
            raise BusError("nothing has been pushed yet")
        return self._last

    async def close(self) -> None:
        """Forget the last reading."""
        self._last = None


def open_meter(config: Config, context: Context) -> PushedMeter:
    """Return a meter that waits for its first reading."""
    return PushedMeter()
