"""What people may ask of the simulation: the bodies of the sim requests, field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from hardware.api import FaultCode, Pilot
from hardware.settings import Settings
from hardware.sim.world import APPLIANCES

Three = tuple[float, float, float]
Current = Annotated[float, Field(ge=0.0)]


class SimulatorSettings(Settings):
    """The simulated world at its start: the house is empty and dark, unless somebody says so."""

    supply_voltage_v: float = Field(default=230.0, gt=0.0)
    phases: Literal[1, 3] = 3
    ev_draw_delay_s: float = Field(default=1.0, ge=0.0)
    current_ramp_a_per_s: float = Field(default=2.0, gt=0.0)
    house_a: Three = (0.0, 0.0, 0.0)
    circuit_a: Three = (0.0, 0.0, 0.0)
    solar_w: float = Field(default=0.0, ge=0.0)
    battery_w: float = 0.0


class PlugIn(Settings):
    """A car connects. Without *auto_draw* it wants nothing until a current is requested."""

    connector_id: int = Field(default=1, ge=1)
    max_current_a: Current = 32.0
    phases: Literal[1, 2, 3] = 3
    auto_draw: bool = True
    cable_a: Literal[13, 20, 32, 63] = 32


class Unplug(Settings):
    """One end only: the cable stays in the other."""

    end: Literal["both", "ev", "station"] = "both"


class InjectedFault(Settings):
    """A fault in OCPP 1.6's words (section 7.6)."""

    code: FaultCode
    vendor_code: str = ""


class EvseChanges(Settings):
    """Only what is given changes. *pilot* holds the pilot at a state, *silent* the board mute,
    *parked* a car in the bay."""

    requested_current_a: Current = 0.0
    ready: bool = True
    cable_plugged_station_side: bool = False
    lock_failure: bool = False
    fault: InjectedFault | None = None
    energy_wh: float = Field(default=0.0, ge=0.0)
    temperature_c: float = 25.0
    welded: bool = False
    diode_fault: bool = False
    pilot: Pilot | None = None
    silent: bool = False
    parked: bool = False


class WorldChanges(Settings):
    """Only what is given changes. *appliances* are switched by name."""

    house_a: Three = (0.0, 0.0, 0.0)
    circuit_a: Three = (0.0, 0.0, 0.0)
    solar_w: float = Field(default=0.0, ge=0.0)
    battery_w: float = 0.0
    appliances: dict[str, bool] = Field(default_factory=dict)
    mains_meter: Literal["ok", "silent", "garbage", "frozen", "inverted"] = "ok"

    @field_validator("appliances")
    @classmethod
    def _known(cls, appliances: dict[str, bool]) -> dict[str, bool]:
        unknown = appliances.keys() - APPLIANCES.keys()
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: known are {', '.join(APPLIANCES)}")
        return appliances
