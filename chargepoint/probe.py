"""``chargepoint probe``: who answers on a line, what it measures, and what to write for it.

Nothing is ever written to a device. Exit codes: 0 somebody answers, 69 nobody does, 74
the line cannot be used.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from chargepoint.errors import SettingsError
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
ROLES = "mains, circuit, battery, or an EVSE's own: [evse.meter] below its [[evse]]"


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
    tables = [*settings.meter_tables()]
    found = []
    for name, bus in settings.hardware.buses.items():
        here = {
            table.device_id: f"{'.'.join(map(str, place))}: {table.model or table.driver}"
            for place, table in tables
            if table.bus == name and table.device_id is not None
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
    console.print(Text(suggestion(scan, found)))
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
    table = Table("id", "may be", "L1", "L2", "L3", "volts", "power", "import", "configured")
    for each in found:
        fit = each.fits[0] if each.fits else Fit("unknown", {})
        configured = scan.configured.get(each.device_id, "")
        table.add_row(str(each.device_id), fit.title, *_numbers(fit.reading), configured)
    return table


def _numbers(reading: MeterReading | None) -> list[str]:
    if reading is None:
        return ["-"] * 6
    volts = " ".join(f"{each:.0f}" for each in reading.voltages_v or ()) or "-"
    sums = ((reading.power_w, "W"), (reading.energy_wh, "Wh"))
    return [
        *(f"{each:.2f} A" for each in reading.currents_a),
        volts,
        *("-" if value is None else f"{value:.0f} {unit}" for value, unit in sums),
    ]


def suggestion(scan: Scan, found: Iterable[Found]) -> str:
    """Return the TOML for what was found and is not configured."""
    lines: list[str] = []
    for each in found:
        fit = next((fit for fit in each.fits if fit.settings), None)
        if fit is None or each.device_id in scan.configured:
            continue
        others = [other.settings["model"] for other in each.fits[1:] if "model" in other.settings]
        lines += ["", f"[hardware.meters.mains]  # or {ROLES}"]
        lines += [f'{key} = "{value}"' for key, value in fit.settings.items()]
        if others:
            lines[-1] += f"  # or {', '.join(others)}: their registers are the same"
        lines += [f'bus = "{scan.name}"', f"device_id = {each.device_id}"]
    if not lines:
        return ""
    return "\n".join(["", "To use it:", "", *_bus_table(scan), *lines])


def _bus_table(scan: Scan) -> list[str]:
    line = scan.line
    table = [f"[hardware.buses.{scan.name}]", f'port = "{line.port}"']
    if not line.port.startswith("tcp:"):
        table += [f"baudrate = {line.baudrate}", f'parity = "{line.parity}"']
        table += [f"stopbits = {line.stopbits}"] if line.stopbits != 1 else []
    return table
