"""The meter inside an OpenEVSE controller: one phase, and what its sessions took.

    [[evse]]
    driver = "openevse"
    port = "/dev/ttyUSB0"
    meter = { driver = "openevse", port = "/dev/ttyUSB0" }

It is asked over the line of the board at the same port. It is no calibrated meter, and one
without a voltmeter multiplies by a voltage that it was told.

Source: ``$GG`` and ``$GU`` in ``rapi_proc.h``, OpenEVSE, github.com/OpenEVSE/open_evse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import Field

from hardware.api import BusError, MeterReading
from hardware.drivers.openevse_state import CONNECTED, State
from hardware.drivers.rapi import Said
from hardware.drivers.rapi_line import line_at
from hardware.registry import Context
from hardware.settings import Settings

WS_PER_WH = 3600


class Config(Settings):
    """Where the board is."""

    port: str = Field(pattern=r"^/.+$")


@dataclass(frozen=True, slots=True)
class Counted:
    """The two counters: the session's energy, and that of all sessions that are over.

    The controller adds a session to the total when it ends, and shows it still until the
    next begins; *is_added*: the total has it already.
    """

    session_ws: int
    total_wh: int
    is_added: bool

    @property
    def energy_wh(self) -> float:
        """Return both as the one register that never falls."""
        return self.total_wh + (0.0 if self.is_added else self.session_ws / WS_PER_WH)

    def then(self, session_ws: int, total_wh: int) -> Counted:
        """Return what the counters are next. A session that is less than before is a new one."""
        is_added = self.is_added
        if session_ws < self.session_ws:
            is_added = False
        elif total_wh > self.total_wh:
            is_added = True
        elif session_ws > self.session_ws:
            is_added = False
        return replace(self, session_ws=session_ws, total_wh=total_wh, is_added=is_added)


class OpenEvseMeter:
    """Asks the controller for its ammeter and its counters."""

    def __init__(self, config: Config, context: Context) -> None:
        self._port = config.port
        self._monotonic = context.monotonic
        self._counted: Counted | None = None

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError when the board does not answer, has no ammeter, or
        when there is no board at this port."""
        current_ma, voltage_mv = self._numbers(await self._ask("GG"))
        session_ws, total_wh = self._numbers(await self._ask("GU"))
        if current_ma < 0:
            raise BusError(f"{self._port}: the board has no ammeter")
        if self._counted is None:
            connected = await self._is_connected()
            self._counted = Counted(session_ws, total_wh, is_added=not connected)
        self._counted = self._counted.then(session_ws, total_wh)
        current_a, voltage_v = current_ma / 1000, voltage_mv / 1000
        return MeterReading(
            self._monotonic(),
            (current_a, 0.0, 0.0),
            power_w=current_a * voltage_v,
            energy_wh=self._counted.energy_wh,
        )

    async def close(self) -> None:
        """The line is the board's."""

    async def _ask(self, command: str) -> Said:
        line = line_at(self._port)
        if line is None:
            raise BusError(f"{self._port}: no EVSE has its board there")
        return await line.ask(command)

    async def _is_connected(self) -> bool:
        said = await self._ask("GS")
        try:
            return bool(State.of(said.words).flags & CONNECTED)
        except ValueError:
            raise BusError(f"{self._port}: no state: {said}") from None

    def _numbers(self, said: Said) -> tuple[int, int]:
        """Return the two numbers that were said."""
        try:
            one, two = map(int, said.words[:2])
        except ValueError:
            raise BusError(f"{self._port}: no measurement: {said}") from None
        return one, two


def open_meter(config: Config, context: Context) -> OpenEvseMeter:
    """Return the meter; its board is looked for when it is read."""
    return OpenEvseMeter(config, context)
