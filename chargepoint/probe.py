"""``chargepoint probe``: who answers on a line, what it measures, and what to write for it.

Nothing is ever written to a device. Exit codes: 0 somebody answers, 69 nobody does, 74
the line cannot be used.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from itertools import chain, count

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from chargepoint.core.values import dataclass
from chargepoint.errors import SettingsError
from chargepoint.settings.mistakes import dotted
from chargepoint.settings.model import Settings
from hardware.api import BusError, MeterReading
from hardware.bus.bus import Bus
from hardware.bus.line import LineSettings
from hardware.scan import SCAN_TIMEOUT_S, Fit, Found, identified, present, scanned
from hardware.settings import checked

EXIT_NOBODY = 69
EXIT_LINE = 74
EVERY_S = 1.0
FIRST_ID, LAST_ID = 1, 247
RANGE = re.compile(r"(\d+)(?:-(\d+))?")
PLACES = ("mains", "circuit", "battery")
WHERE = "# What measures where, only you know: change the names of the tables."


@dataclass(frozen=True, slots=True)
class Scan:
    """One line to look at; *configured* says what the configuration has at an address."""

    name: str
    line: LineSettings
    configured: Mapping[int, str] = field(default_factory=dict)


def of_options(port: str, baudrate: int, parity: str, stopbits: int) -> Scan:
    """Return the line that the command's options name; raise WrongSettings."""
    given = {"port": port, "baudrate": baudrate, "parity": parity, "stopbits": stopbits}
    return Scan("rs485", checked(LineSettings, {**given, "timeout_s": SCAN_TIMEOUT_S}))


def of_settings(settings: Settings) -> list[Scan]:
    """Return the lines of a configuration; raise SettingsError when it has none."""
    found = []
    for name, bus in settings.hardware.buses.items():
        here = {
            device.device_id: f"{dotted(place)}: {getattr(device, 'model', '') or device.driver}"
            for place, device in settings.bus_devices()
            if device.bus == name and device.device_id is not None
        }
        line = LineSettings(**bus.model_dump() | {"timeout_s": SCAN_TIMEOUT_S})
        found.append(Scan(name, line, here))
    if not found:
        raise SettingsError("hardware.buses: there is none; name a line with --port")
    return found


def ids_of(text: str) -> list[int]:
    """Return the addresses in ``1-20,42``; raise SettingsError when it means none."""
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        match = RANGE.fullmatch(part)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else 0
        if not FIRST_ID <= first <= last <= LAST_ID:
            raise SettingsError(f"--ids: {part!r} is no address; allowed: as in 1-20,42")
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


def run(scans: Iterable[Scan], ids: list[int], watch: bool) -> int:
    """Look at every line; return the exit code. Ctrl-C ends a search, or the watching."""
    console = Console()
    try:
        return max(asyncio.run(probe(scan, ids, watch, console)) for scan in scans)
    except KeyboardInterrupt:
        return 0


async def probe(scan: Scan, ids: list[int], watch: bool, console: Console) -> int:
    """Look at one line and say what was found; return the exit code."""
    bus = scanned(scan.line)
    console.print(Text(f"{scan.name}: {scan.line.port}, {_manner(scan.line)}", "bold"))
    try:
        found = await _search(bus, ids, console)
    except BusError as error:
        console.print(Text(str(error), "red"))
        return EXIT_LINE
    else:
        return await _tell(scan, bus, found, watch, console)
    finally:
        await bus.close()


async def _search(bus: Bus, ids: list[int], console: Console) -> list[Found]:
    found: list[Found] = []
    with console.status("") as status:

        def asked(device_id: int) -> None:
            status.update(f"asking {device_id}; {len(found)} found so far")

        try:
            async for device_id in present(bus, ids, asked):
                status.update(f"{device_id} answers: what is it?")
                found.append(await identified(bus, device_id, time.monotonic))
                console.print(_line(found[-1]))
        except asyncio.CancelledError:  # Ctrl-C: what was found is told all the same
            task = asyncio.current_task()
            if not found or task is None:
                raise
            task.uncancel()
    if not found and bus.state.why:
        raise BusError(bus.state.why)
    return found


async def _tell(scan: Scan, bus: Bus, found: list[Found], watch: bool, console: Console) -> int:
    if not found:
        console.print(_nobody(scan.line))
        return EXIT_NOBODY
    console.print(_values(scan, found))
    console.print(Text(suggestion(scan, found)), soft_wrap=True)
    if watch:
        await _watch(scan, bus, [each.device_id for each in found], console)
    return 0


async def _watch(scan: Scan, bus: Bus, ids: list[int], console: Console) -> None:
    """Read again every second until somebody stops it."""
    with Live(console=console, auto_refresh=False) as live:
        while True:
            again = [await identified(bus, each, time.monotonic) for each in ids]
            live.update(_values(scan, again), refresh=True)
            await asyncio.sleep(EVERY_S)


# --- words --------------------------------------------------------------------------------


def _manner(line: LineSettings) -> str:
    if line.port.startswith("tcp:"):
        return "Modbus TCP"
    return f"{line.baudrate} {line.bytesize}{line.parity}{line.stopbits}"


def _nobody(line: LineSettings) -> str:
    hint = "Is the address within --ids? Does the gateway have other devices behind it?"
    if line.is_serial:
        hint = (
            "Are A and B the right way round (ABB and Carlo Gavazzi call them the other way)? "
            "Has the meter another speed or parity: --baudrate 19200, --parity E?"
        )
    return f"Nobody answers. {hint}"


def _line(found: Found) -> str:
    names = " or ".join(fit.settings.get("model", fit.title) for fit in found.fits)
    return f"{found.device_id:>4}  {names or 'answers, but is no meter of the table'}"


def _values(scan: Scan, found: list[Found]) -> Table:
    table = Table("id", "may be")
    for head in ("L1 A", "L2 A", "L3 A", "V", "W", "import kWh"):
        table.add_column(head, justify="right", no_wrap=True)
    if scan.configured:
        table.add_column("configured as")
    for each in found:
        fit = each.fits[0] if each.fits else Fit("unknown", {})
        configured = [scan.configured.get(each.device_id, "")] if scan.configured else []
        table.add_row(str(each.device_id), fit.title, *_numbers(fit.reading), *configured)
    return table


def _numbers(reading: MeterReading | None) -> list[str]:
    if reading is None:
        return ["-"] * 6
    power_w, energy_wh = reading.power_w, reading.energy_wh
    return [
        *(f"{current_a:.2f}" for current_a in reading.currents_a),
        " ".join(f"{voltage_v:.0f}" for voltage_v in reading.voltages_v or ()) or "-",
        "-" if power_w is None else f"{power_w:.0f}",
        "-" if energy_wh is None else f"{energy_wh / 1000.0:.2f}",
    ]


def suggestion(scan: Scan, found: Iterable[Found]) -> str:
    """Return the TOML for what was found and is not configured, each in another place."""
    blocks = [
        _meter_table(scan, each.device_id, fits)
        for each in found
        if (fits := [fit for fit in each.fits if fit.settings])
        and each.device_id not in scan.configured
    ]
    if not blocks:
        return ""
    meters = ([*head, *block, ""] for head, block in zip(_heads(), blocks, strict=False))
    return "\n".join(["", "To use it:", "", *_bus_table(scan), "", WHERE, *chain(*meters)])


def _heads() -> Iterator[list[str]]:
    """Yield the heads of tables: the station's meters, then those of EVSEs."""
    yield from ([f"[hardware.meters.{place}]"] for place in PLACES)
    yield from (["[[evse]]", f"id = {number}", "[evse.meter]"] for number in count(1))


def _meter_table(scan: Scan, device_id: int, fits: list[Fit]) -> list[str]:
    best, *others = fits
    lines = [f'{key} = "{value}"' for key, value in best.settings.items()]
    if others:
        same = ", ".join(fit.settings["model"] for fit in others)
        lines[-1] += f"  # or {same}: their registers are the same"
    return [*lines, f'bus = "{scan.name}"', f"device_id = {device_id}"]


def _bus_table(scan: Scan) -> list[str]:
    line = scan.line
    table = [f"[hardware.buses.{scan.name}]", f'port = "{line.port}"']
    if not line.port.startswith("tcp:"):
        table += [f"baudrate = {line.baudrate}", f'parity = "{line.parity}"']
        table += [f"stopbits = {line.stopbits}"] if line.stopbits != 1 else []
    return table
