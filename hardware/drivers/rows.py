"""Meters as rows: where each quantity is, and what the registers of one say. Pure.

A cell names the first register of a quantity: ``[type@]register[/exponent][^scale][?]``.

- ``0x0006``: the row's type, in amperes, volts, watts or watt-hours.
- ``/3``: the raw value is divided by 10 to the 3rd: mA become A. ``/-3``: kWh become Wh.
- ``^40194``: the value is multiplied by 10 to what this register says (SunSpec).
- ``int32@``: this quantity is of another type than the row.
- ``?``: some devices of the kind do not have it; they refuse, and it stays unknown.

Voltages, currents and the phases' powers are three values in a row, or one where the
meter has one phase. Byte orders are written as the bytes A B C D of a number arrive.

``sign`` says where the direction of a current is from: ``raw`` from the current itself,
``power`` from its phase's power, ``-power`` from a power that counts export as positive.
Magnitude from the current and sign from the power is right for signed and for unsigned
currents, so it is what every meter gets that has the powers.
"""

from __future__ import annotations

import csv
import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from hardware.api import BusError, MeterReading

TYPES = {
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
}
ORDERS = ("abcd", "cdab", "badc", "dcba")
QUANTITIES = ("voltages", "currents", "phase_powers", "power", "import_wh", "export_wh")
PER_PHASE = frozenset(QUANTITIES[:3])
ALWAYS = ("currents", "phase_powers")  # the rest changes slowly, or follows from these
CELL = re.compile(
    r"(?:(?P<type>\w+)@)?(?P<register>0[xX][0-9a-fA-F]+|\d+)"
    r"(?:/(?P<exponent>-?\d+))?(?:\^(?P<scale>\d+))?(?P<optional>\?)?"
)
LAST_REGISTER = 0xFFFF
LARGEST_SCALE = 10  # powers of ten: SunSpec's own bound
TINY = 1e-30  # floats below are words in the wrong order, not amperes

Sign = Literal["raw", "power", "-power"]
Registers = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one quantity is; *count* values one behind the other."""

    register: int
    kind: str
    count: int = 1
    exponent: int = 0
    scale: int | None = None
    optional: bool = False

    @property
    def width(self) -> int:
        """Return how many registers one value takes."""
        return struct.calcsize(TYPES[self.kind]) // 2

    @property
    def end(self) -> int:
        """Return the register behind the last one."""
        return self.register + self.width * self.count


@dataclass(frozen=True, slots=True)
class Block:
    """Registers that are read at once."""

    address: int
    count: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of meter. *most* registers are read at once, gaps up to *bridge* with them."""

    model: str
    title: str
    phases: int
    function: int
    order: str
    cells: Mapping[str, Cell]
    sign: Sign = "power"
    most: int = 125
    bridge: int = 8
    serial: str = ""
    source: str = field(default="", compare=False)

    def blocks(self, everything: bool) -> tuple[Block, ...]:
        """Return what to read for a sample: all of it, or what changes from second to second."""
        cells = [self.cells[name] for name in self._needed(everything)]
        spans = {(cell.register, cell.end, cell.optional) for cell in cells}
        spans |= {(cell.scale, cell.scale + 1, cell.optional) for cell in cells if cell.scale}
        return tuple(_merged(sorted(spans), self.most, self.bridge))

    def _needed(self, everything: bool) -> Iterator[str]:
        for name in QUANTITIES:
            follows = name == "power" and "phase_powers" in self.cells
            always = name in ALWAYS or name == "power"
            if name in self.cells and not follows and (everything or always):
                yield name


def _merged(spans: Iterable[tuple[int, int, bool]], most: int, bridge: int) -> Iterator[Block]:
    """Join spans that are close; an optional one is read alone, so that only it is refused."""
    start = end = -1
    for first, behind, optional in spans:
        if optional:
            yield Block(first, behind - first, True)
        elif start >= 0 and first - end <= bridge and max(behind, end) - start <= most:
            end = max(behind, end)
        else:
            if start >= 0:
                yield Block(start, end - start)
            start, end = first, behind
    if start >= 0:
        yield Block(start, end - start)


def sample(
    row: Row, registers: Registers, at_s: float, connected: int = 3, ct_ratio: float = 1.0
) -> MeterReading:
    """Return what *registers* say; the first *connected* phases count, the others are 0.

    *ct_ratio*: of current transformers that the meter does not know of. Raises BusError
    when a current, or the power that gives its direction, is not there: nobody may take
    that for 0 A.
    """
    count = min(row.phases, connected)
    currents_a = _surely("currents", numbers(row, "currents", registers)[:count])
    flip = -1.0 if row.sign == "-power" else 1.0
    power_w = _one(numbers(row, "power", registers), flip * ct_ratio)
    if row.sign != "raw" and "phase_powers" in row.cells:
        powers_w = _surely("power", numbers(row, "phase_powers", registers)[:count])
        currents_a = [
            math.copysign(current_a, flip * phase_w or 1.0)
            for current_a, phase_w in zip(currents_a, powers_w, strict=True)
        ]
        power_w = flip * ct_ratio * sum(powers_w)
    voltages_v = numbers(row, "voltages", registers)[:count]
    return MeterReading(
        at_s,
        _three([ct_ratio * current_a for current_a in currents_a]),
        _three([each or 0.0 for each in voltages_v]) if all(voltages_v) and voltages_v else None,
        power_w,
        _one(numbers(row, "import_wh", registers), ct_ratio),
        _one(numbers(row, "export_wh", registers), ct_ratio),
    )


def _surely(what: str, numbers: Iterable[float | None]) -> list[float]:
    sure = []
    for phase, number in enumerate(numbers, 1):
        if number is None:
            raise BusError(f"the meter says that its {what} on phase {phase} is not available")
        sure.append(number)
    return sure


def _three(numbers: list[float]) -> tuple[float, float, float]:
    l1, l2, l3 = [*numbers, 0.0, 0.0][:3]
    return l1, l2, l3


def _one(numbers: list[float | None], factor: float) -> float | None:
    return factor * numbers[0] if numbers and numbers[0] is not None else None


def numbers(row: Row, name: str, registers: Registers) -> list[float | None]:
    """Return the values of one quantity, None for what the meter says it does not know."""
    cell = row.cells.get(name)
    if cell is None or cell.register not in registers:
        return []
    factor = 10.0**-cell.exponent
    if cell.scale is not None:
        power = _number([registers[cell.scale]], "int16", row.order)
        if power is None or abs(power) > LARGEST_SCALE:
            return [None] * cell.count
        factor *= 10.0**power
    starts = range(cell.register, cell.end, cell.width)
    words = ([registers[start + step] for step in range(cell.width)] for start in starts)
    raw = (_number(each, cell.kind, row.order) for each in words)
    return [None if number is None else number * factor for number in raw]


def _number(words: list[int], kind: str, order: str) -> float | None:
    """Return the number in *words*; None for the marks that say "not available".

    >>> _number([0x4120, 0x0000], "float32", "abcd")
    10.0
    """
    if order in ("cdab", "dcba"):
        words = words[::-1]
    data = b"".join(
        word.to_bytes(2, "little" if order in ("badc", "dcba") else "big") for word in words
    )
    (number,) = struct.unpack(f">{TYPES[kind]}", data)
    if kind == "float32":
        if 0.0 < abs(number) < TINY:
            raise BusError(f"{number} cannot be true: is the order of the words {order}?")
        return float(number) if math.isfinite(number) else None
    return None if data in _absent(kind) else float(number)


def _absent(kind: str) -> tuple[bytes, ...]:
    """Return the bytes by which devices say "no such value": the ends of the range."""
    size = struct.calcsize(TYPES[kind])
    if kind.startswith("u"):
        return (b"\xff" * size,)
    return (b"\x7f" + b"\xff" * (size - 1), b"\x80" + b"\x00" * (size - 1))


# --- the table ----------------------------------------------------------------------------


def cell_of(text: str, kind: str, count: int) -> Cell:
    """Return the cell written as *text*; raise ValueError when it is none."""
    found = CELL.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no register; allowed: as in 0x0006, int32@40072/1")
    cell = Cell(
        register=int(found["register"], 0),
        kind=found["type"] or kind,
        count=count,
        exponent=int(found["exponent"] or 0),
        scale=int(found["scale"]) if found["scale"] else None,
        optional=bool(found["optional"]),
    )
    if cell.kind not in TYPES:
        raise ValueError(f"{cell.kind!r} is no type; allowed: {', '.join(TYPES)}")
    if cell.end - 1 > LAST_REGISTER or (cell.scale or 0) > LAST_REGISTER:
        raise ValueError(f"{text!r}: the last register is 0xFFFF")
    return cell


def cells_of(texts: Mapping[str, str], kind: str, phases: int) -> dict[str, Cell]:
    """Return the cells of the quantities that are written; raise ValueError for a wrong one."""
    return {
        name: cell_of(texts[name], kind, phases if name in PER_PHASE else 1)
        for name in QUANTITIES
        if texts.get(name)
    }


@cache
def rows() -> dict[str, Row]:
    """Return every row of meters.csv by its model."""
    text = files("hardware.drivers").joinpath("meters.csv").read_text(encoding="utf-8")
    return {line["model"]: _row(line) for line in csv.DictReader(text.splitlines())}


def _row(line: Mapping[str, str]) -> Row:
    phases = int(line["phases"])
    sign: dict[str, Sign] = {"raw": "raw", "power": "power", "-power": "-power"}
    return Row(
        model=line["model"],
        title=line["title"],
        phases=phases,
        function=int(line["function"]),
        order=line["order"],
        cells=cells_of(line, line["type"], phases),
        sign=sign[line["sign"]],
        most=int(line["most"]),
        serial=line["serial"],
        source=line["source"],
    )
