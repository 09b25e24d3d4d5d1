"""A meter driver of your own: the whole of it.

Put the module into a package of yours, and name it in that package's pyproject.toml:

    [project.entry-points."chargepoint.meters"]
    acme_pulse = "acme_pulse"

Installed beside the agent, it is found by that name:

    [hardware.meters.mains]
    driver = "acme_pulse"
    path = "/run/acme/mains"
"""

from pathlib import Path

from hardware.api import BusError, MeterReading
from hardware.registry import Context
from hardware.settings import Settings


class Config(Settings):
    """The settings of one meter; an unknown key is a mistake that names itself."""

    path: Path


class AcmePulse:
    """A gateway that leaves the three currents in a file, in amperes, with spaces between."""

    def __init__(self, config: Config, context: Context) -> None:
        self._config = config
        self._monotonic = context.monotonic

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError when the gateway has left nothing readable."""
        try:
            l1, l2, l3 = map(float, self._config.path.read_text().split())
        except (OSError, ValueError) as error:
            raise BusError(f"{self._config.path}: {error}") from error
        return MeterReading(self._monotonic(), (l1, l2, l3))

    async def close(self) -> None:
        """Nothing is held open."""


def open_meter(config: Config, context: Context) -> AcmePulse:
    """Return the meter for ``context.place``: mains, circuit, battery or evse/1."""
    return AcmePulse(config, context)
