"""Meters on a Modbus line: a row of ``meters.csv``, or registers that the installer names.

    [hardware.meters.mains]
    driver = "modbus"
    model = "eastron_sdm630"
    bus = "rs485"
    device_id = 11

Currents and the powers that give them their direction are read each time; voltages and
counters every ``slow_every_s``, by default 10 s, of an EVSE's own meter every time.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from hardware.api import MeterReading
from hardware.bus.answers import Refused
from hardware.bus.bus import Device
from hardware.bus.frames import Function
from hardware.drivers.rows import Block, Row, cells_of, rows, sample
from hardware.registry import Context
from hardware.settings import Settings

CUSTOM = "custom"
SLOW_S = 10.0
ALIKE = 0.5


def _in_table(model: str) -> str:
    if model == CUSTOM:
        return model
    if model not in rows():
        close = get_close_matches(model, rows(), n=3, cutoff=ALIKE)
        known = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(rows())}"
        raise ValueError(f"no meter is called {model!r}; {known}")
    if "currents" not in rows()[model].cells:
        raise ValueError(
            f"{rows()[model].title} tells totals only; without the current of each phase "
            "it protects none"
        )
    return model


class Custom(Settings):
    """Registers of a meter that has no row; the cells are written as in the table."""

    phases: Literal[1, 3] = 3
    function: Literal[3, 4] = 4
    type: Literal["int16", "uint16", "int32", "uint32", "int64", "uint64", "float32"] = "float32"
    order: Literal["abcd", "cdab", "badc", "dcba"] = "abcd"
    sign: Literal["raw", "power", "-power"] = "power"
    most: int = Field(default=125, ge=2, le=125)
    voltages: str = ""
    currents: str
    phase_powers: str = ""
    power: str = ""
    import_wh: str = ""
    export_wh: str = ""

    @field_validator("voltages", "currents", "phase_powers", "power", "import_wh", "export_wh")
    @classmethod
    def _is_a_cell(cls, text: str, info: ValidationInfo) -> str:
        cells_of({str(info.field_name): text}, "float32", 3)
        return text

    def row(self) -> Row:
        """Return it as a row; between the registers that are named nothing is read."""
        return Row(
            model=CUSTOM,
            title="custom registers",
            phases=self.phases,
            function=self.function,
            order=self.order,
            cells=cells_of(self.model_dump(), self.type, self.phases),
            sign=self.sign if self.phase_powers else "raw",
            most=self.most,
            bridge=0,
        )


class Config(Settings):
    """*phases*: how many of its phases are connected; the others read 0 A. *ct_ratio*: of
    current transformers, where the meter tells what is behind them (Chint DTSU666): 40
    for 200 A : 5 A."""

    model: Annotated[str, AfterValidator(_in_table)]
    bus: str = Field(min_length=1)
    device_id: int = Field(ge=1, le=247)
    phases: Literal[1, 3] = 3
    ct_ratio: float = Field(default=1.0, gt=0.0, le=10_000.0)
    slow_every_s: float | None = Field(default=None, ge=0.0, le=3600.0)
    registers: Custom | None = None

    @model_validator(mode="after")
    def _registers_are_for_custom(self) -> Config:
        if (self.model == CUSTOM) != (self.registers is not None):
            raise ValueError('registers and model = "custom" belong together')
        return self

    def row(self) -> Row:
        """Return where the meter has what."""
        return self.registers.row() if self.registers is not None else rows()[self.model]


class ModbusMeter:
    """One meter on a line."""

    def __init__(self, device: Device, config: Config, context: Context) -> None:
        self._device = device
        self._row = config.row()
        self._phases = config.phases
        self._ct_ratio = config.ct_ratio
        self._monotonic = context.monotonic
        own = context.place.startswith("evse/")
        self._slow_every_s = (
            config.slow_every_s if config.slow_every_s is not None else (0.0 if own else SLOW_S)
        )
        self._slow_at_s = float("-inf")
        self._missing: set[Block] = set()
        self._registers: dict[int, int] = {}

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError when the meter does not answer, or not with all."""
        now_s = self._monotonic()
        everything = now_s - self._slow_at_s >= self._slow_every_s
        for block in self._row.blocks(everything):
            if block not in self._missing:
                await self._read(block)
        if everything:
            self._slow_at_s = now_s
        return sample(self._row, self._registers, self._monotonic(), self._phases, self._ct_ratio)

    async def close(self) -> None:
        """The line is not ours to close."""

    async def _read(self, block: Block) -> None:
        function = Function(self._row.function)
        try:
            words = await self._device.read(function, block.address, block.count)
        except Refused as error:
            if not (block.optional and error.permanent):
                raise
            self._missing.add(block)
        else:
            self._registers.update(enumerate(words, block.address))


def open_meter(config: Config, context: Context) -> ModbusMeter:
    """Return the meter on the line that *config* names."""
    return ModbusMeter(context.bus(config.bus).device(config.device_id), config, context)
