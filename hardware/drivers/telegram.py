"""The telegram of a Dutch, Belgian or Luxembourg smart meter's P1 port. Pure.

A telegram is text from ``/`` to ``!`` and, from DSMR 4 on, a checksum of four hexadecimal
digits over all of that. What it says is in lines ``1-0:1.8.1(001234.567*kWh)``.

Source: DSMR P1 companion standard 5.0.2 section 6 (telegram, CRC16, OBIS references), 2.2+
for meters without a checksum, e-MUCS-P1 for Belgium and Luxembourg.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hardware.api import BusError, MeterReading
from hardware.drivers.direction import directed

START, END = b"/", b"!"
LONGEST_BYTES = 8192  # Belgian ones with four M-Bus meters have some 3000
LINE = re.compile(r"1-0:(\d+\.\d+\.\d+)\((-?[\d.]+)\*(\w+)\)")
FACTORS = {"kWh": 1000.0, "Wh": 1.0, "kW": 1000.0, "W": 1.0, "V": 1.0, "A": 1.0}
CURRENTS = ("31.7.0", "51.7.0", "71.7.0")
VOLTAGES = ("32.7.0", "52.7.0", "72.7.0")
POWERS = (("21.7.0", "22.7.0"), ("41.7.0", "42.7.0"), ("61.7.0", "62.7.0"))  # import, export
POWER = ("1.7.0", "2.7.0")
IMPORTS = ("1.8.0", "1.8.1", "1.8.2")  # Luxembourg tells the total, the others two tariffs
EXPORTS = ("2.8.0", "2.8.1", "2.8.2")
NOMINAL_V = 230.0

Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Cut:
    """The newest whole telegram in what was heard, and what may become the next one."""

    telegram: bytes | None
    rest: bytes


def cut(heard: bytes) -> Cut:
    """Find the newest whole telegram; noise before its start is dropped."""
    newest = None
    while (end := heard.find(b"\n", heard.find(END))) > 0 and END in heard:
        whole, heard = heard[: end + 1], heard[end + 1 :]
        start = whole.rfind(START, 0, whole.find(END))
        newest = whole[start:] if start >= 0 else newest
    return Cut(newest, heard[-LONGEST_BYTES:])


def checksum(data: bytes) -> int:
    """Return the CRC16 of P1: polynomial 0xA001 from the right, beginning with 0.

    >>> f"{checksum(b'123456789'):04X}"
    'BB3D'
    """
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def reading(telegram: bytes, at_s: float, phases: int = 3) -> MeterReading:
    """Return what *telegram* says; raise BusError when it is damaged or tells no currents.

    Meters of the Netherlands tell whole amperes: what power and voltage make of it counts
    where it is more. A line that is not there is a phase that is not there. Meters
    before DSMR 4 tell only the power of all: with *phases* 1 that is the current's too.
    """
    _check(telegram)
    values = _values(telegram)
    power_w = _difference(values, POWER)
    volts = [values.get(each) for each in VOLTAGES]
    currents_a = [
        directed(values.get(CURRENTS[phase], 0.0), _difference(values, POWERS[phase]), volts[phase])
        for phase in range(3)
    ]
    if CURRENTS[0] not in values:
        if phases != 1 or power_w is None:
            raise BusError("the telegram tells no current of the phases: the meter is too old")
        currents_a = [power_w / (volts[0] or NOMINAL_V), 0.0, 0.0]
    elif phases == 1 and POWERS[0][0] not in values:
        currents_a = [directed(values[CURRENTS[0]], power_w, volts[0]), 0.0, 0.0]
    l1, l2, l3 = currents_a
    return MeterReading(
        at_s,
        (l1, l2, l3),
        None if volts[0] is None else (volts[0], volts[1] or 0.0, volts[2] or 0.0),
        power_w,
        _total(values, IMPORTS),
        _total(values, EXPORTS),
    )


def _check(telegram: bytes) -> None:
    """Raise BusError when the checksum is not that of the telegram; DSMR 2.2 has none."""
    body, _, told = telegram.rpartition(END)
    told = told.strip()
    if not told:
        return
    try:
        right = int(told, 16) == checksum(body + END)
    except ValueError:
        right = False
    if not right:
        raise BusError("a telegram with a wrong checksum")


def _values(telegram: bytes) -> Values:
    found = LINE.findall(telegram.decode("ascii", "replace"))
    try:
        return {
            obis: float(value) * FACTORS[unit] for obis, value, unit in found if unit in FACTORS
        }
    except ValueError as error:
        raise BusError(f"a telegram with a number that is none: {error}") from error


def _difference(values: Values, names: tuple[str, str]) -> float | None:
    """Return import less export, None when the meter tells neither."""
    taken, given = (values.get(name) for name in names)
    return None if taken is None and given is None else (taken or 0.0) - (given or 0.0)


def _total(values: Values, names: tuple[str, ...]) -> float | None:
    total, *tariffs = (values.get(name) for name in names)
    known = [each for each in tariffs if each is not None]
    return total if total is not None else sum(known) if known else None
