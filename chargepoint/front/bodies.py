"""What people and machines may send. One model a request; the OpenAPI file shows them.

Strict: a number is a JSON number and not a text, NaN and infinities are refused, and a
field nobody knows is an error, not a silent wish.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chargepoint.core.config import Mode
from hardware.api import FaultCode, Pilot

MAX_CURRENT_A = 1000.0
MAX_POWER_W = 1e7
MAX_ENERGY_WH = 1e12

NO_ERROR = "NoError"

Amps = Annotated[float, Field(ge=0, le=MAX_CURRENT_A)]
SignedAmps = Annotated[float, Field(ge=-MAX_CURRENT_A, le=MAX_CURRENT_A)]
ThreeAmps = tuple[SignedAmps, SignedAmps, SignedAmps]
Volts = Annotated[float, Field(ge=0, le=1000)]
Watts = Annotated[float, Field(ge=-MAX_POWER_W, le=MAX_POWER_W)]
EvseId = Annotated[int, Field(ge=1, le=999_999_999)]
TokenType = Literal["Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress"]


def _drop_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _optional() -> Any:
    """Return a field that may be left out but has no value when it is."""
    return Field(default=None, json_schema_extra=_drop_default)


class Body(BaseModel):
    """What every request's body has in common."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)

    def named(self) -> dict[str, Any]:
        """Return only what the sender named, as plain data."""
        return self.model_dump(exclude_unset=True)


class Nothing(Body):
    """An empty object, or no body at all."""


class Authorize(Body):
    """A card at the reader that serves these EVSEs; none named is all of them."""

    id_token: str = Field(min_length=1, max_length=36, pattern=r"^[!-~]+$", examples=["04AB12CD"])
    type: TokenType = "ISO14443"
    evse_ids: list[EvseId] = Field(default=[], max_length=100)


class DataTransfer(Body):
    """A vendor's own message to the central system; ``data`` is any JSON."""

    vendor_id: str = Field(min_length=1, max_length=255, examples=["org.example"])
    message_id: str = Field(default="", max_length=50)
    data: Any = None


class SetMode(Body):
    """How the local limiter steers. Every limit holds in every mode."""

    mode: Mode


class Override(Body):
    """One more limit; null clears it, for_s ends it by itself, a restart forgets it."""

    limit_a: Amps | None
    evse_id: EvseId | None = None
    for_s: Annotated[float, Field(gt=0, le=31_536_000)] | None = None


class GridRelay(Body):
    """The grid operator dims all EVSEs together, or no longer; kept over a restart.

    Without *limit_w* it is ``limits.grid_relay_w``.
    """

    dimmed: bool
    limit_w: Annotated[float, Field(ge=0, le=MAX_POWER_W)] | None = None


class Reading(Body):
    """A pushed meter reading; import is positive."""

    currents_a: ThreeAmps
    voltages_v: tuple[Volts, Volts, Volts] | None = None
    power_w: Watts | None = None
    energy_wh: Annotated[float, Field(ge=0, le=MAX_ENERGY_WH)] | None = None


class PlugIn(Body):
    """A simulated car connects; with auto_draw it asks for energy once it is offered."""

    connector_id: Annotated[int, Field(ge=1, le=100)] = 1
    max_current_a: Annotated[float, Field(gt=0, le=80)] = 32.0
    phases: Literal[1, 2, 3] = 3
    auto_draw: bool = True
    cable_a: Literal[13, 20, 32, 63] = 32


class Unplug(Body):
    """The simulated car leaves, or one end of its cable is pulled."""

    end: Literal["both", "ev", "station"] = "both"


class SimFault(Body):
    """A fault of the simulated board, by its OCPP 1.6 ChargePointErrorCode."""

    code: FaultCode | Literal["NoError"]
    vendor_code: str = Field(default="", max_length=50)


class SetEvse(Body):
    """Change the named things about the simulated car, plug or board.

    *pilot* holds the pilot at a state until null lets it go; *silent* makes the board mute.
    """

    requested_current_a: Amps = _optional()
    ready: bool = _optional()
    cable_plugged_station_side: bool = _optional()
    lock_failure: bool = _optional()
    fault: SimFault | None = _optional()
    energy_wh: Annotated[float, Field(ge=0, le=MAX_ENERGY_WH)] = _optional()
    temperature_c: Annotated[float, Field(ge=-100, le=300)] = _optional()
    welded: bool = _optional()
    diode_fault: bool = _optional()
    pilot: Pilot | None = _optional()
    silent: bool = _optional()


class SetWorld(Body):
    """Change the named things about the simulated house.

    *grid_dimmed* is the grid operator's relay, as the request of its own name sets it.
    """

    house_a: ThreeAmps = _optional()
    circuit_a: ThreeAmps = _optional()
    appliances: dict[str, bool] = _optional()
    solar_w: Annotated[float, Field(ge=0, le=MAX_POWER_W)] = _optional()
    battery_w: Watts = _optional()
    mains_meter: Literal["ok", "silent", "garbage", "frozen", "inverted"] = _optional()
    grid_dimmed: bool = _optional()
