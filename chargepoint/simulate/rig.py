"""The installer's settings on a test bench: his station, with everything around it simulated."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from chargepoint.core.config import OfflinePolicy
from chargepoint.settings.equipment import SIMULATED, Evse, Meter, Meters
from chargepoint.settings.load import load
from chargepoint.settings.model import Settings
from hardware.api import Actuation, EvseBoard, Sensed

FREE_VEND = "SIMULATED"
REAL_EVSE = {"driver", "bus", "device_id", "meter"}  # what is only true of the real device
REAL_METER = {"driver", "model", "bus", "device_id", "url", "token", "inverted", "phase_map"}

T = TypeVar("T")


def load_simulated(
    config: Path | None, overrides: Sequence[str], below: Mapping[str, Any]
) -> Settings:
    """Return the settings as ``run`` reads them, over those of *below*, all simulated.

    Raises SettingsError with one line for every mistake.
    """
    return simulated(load(config, overrides, below=below))


def simulated(settings: Settings) -> Settings:
    """Return *settings* with simulated boards and meters in place of the real ones, without
    a central system, and with nobody to show a card: each car may charge."""
    token = settings.offline.free_vend_token or FREE_VEND
    anybody = {"authorization": OfflinePolicy.ANY, "free_vend_token": token}
    hardware = settings.hardware
    meters = {role: _meter(getattr(hardware.meters, role)) for role in Meters.model_fields}
    if "mains" not in settings.station_meters:
        meters["mains"] = Meter(driver="none")
    return settings.model_copy(
        update={
            "csms": settings.csms.model_copy(update={"url": "", "security_profile": 0}),
            "offline": settings.offline.model_copy(update=anybody),
            "hardware": hardware.model_copy(
                update={"driver": SIMULATED, "meters": Meters(**meters)}
            ),
            "evse": [_evse(settings, evse) for evse in settings.evse],
        }
    )


def _evse(settings: Settings, evse: Evse) -> Evse:
    meter = _meter(settings.meter_of(evse)) or Meter(driver="none")
    kept = {name: getattr(evse, name) for name in Evse.model_fields.keys() - REAL_EVSE}
    return Evse(driver=SIMULATED, meter=meter, **kept)


def _meter(meter: Meter | None) -> Meter | None:
    """Return a simulated meter for a real one: wired in rightly, and as patient."""
    if meter is None or meter.driver == "none":
        return meter
    kept = {name: getattr(meter, name) for name in Meter.model_fields.keys() - REAL_METER}
    return Meter(driver=SIMULATED, **kept)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return what *work* returns: nothing that is simulated ever waits."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("simulated hardware waits for something")


class Patient:
    """A board that is told once in *step_s* instead of ten times a second: so much longer
    lasts each lease."""

    def __init__(self, board: EvseBoard, step_s: float) -> None:
        self._board = board
        self._step_s = step_s

    async def sense(self) -> Sensed:
        """Return what is now."""
        return await self._board.sense()

    async def apply(self, actuation: Actuation) -> None:
        """Do it until its longer lease ends."""
        await self._board.apply(
            Actuation(
                actuation.offer_a,
                actuation.close_main,
                actuation.close_second,
                actuation.lock,
                actuation.valid_until_s + self._step_s,
            )
        )

    def make_safe(self) -> None:
        """Open everything now."""
        self._board.make_safe()

    async def close(self) -> None:
        """Leave the board safe."""
        await self._board.close()
