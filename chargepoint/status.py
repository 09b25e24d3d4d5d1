"""The snapshot of a running station as tables on a terminal."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

EXIT_UNANSWERED = 70
TIMEOUT_S, ARCHIVE_TIMEOUT_S = 5.0, 60.0
EVERY_S = 1.0
TROUBLES = ("silent", "partial", "garbled", "refused", "late", "lost", "strange")

Status = dict[str, Any]


class Unanswered(Exception):
    """There is no status to show; the message is a sentence."""


def show(
    url: str,
    password: str,
    watch: bool,
    console: Console | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Print the status of the station at *url*, with *watch* until Ctrl-C; return the exit code."""
    console = console or Console()
    if watch:
        return _watch(url, password, console, pause)
    try:
        console.print(rendered(fetch(url, password)))
    except Unanswered as error:
        console.print(Text(str(error)), style="red")
        return EXIT_UNANSWERED
    return 0


def save_diagnostics(url: str, password: str, out: Path, console: Console | None = None) -> int:
    """Write the diagnostics archive of the station at *url* into *out*; return the exit code."""
    console = console or Console()
    try:
        out.write_bytes(ask(url, "diagnostics", password, ARCHIVE_TIMEOUT_S))
    except (Unanswered, OSError) as error:
        console.print(Text(str(error)), style="red")
        return EXIT_UNANSWERED
    console.print(Text(f"{out} holds no passwords and no whole tokens, but where you are"))
    return 0


def fetch(url: str, password: str) -> Status:
    """Return the status that the station at *url* gives; raise Unanswered when it gives none."""
    try:
        status = json.loads(ask(url, "status", password, TIMEOUT_S))
    except ValueError as error:
        raise Unanswered(f"{url} is not a chargepoint: {error}") from error
    if not isinstance(status, dict) or "evses" not in status:
        raise Unanswered(f"{url} answers, but not like a chargepoint")
    return status


def ask(url: str, what: str, password: str, timeout_s: float) -> bytes:
    """Return what the local API at *url* answers; raise Unanswered when it does not."""
    try:
        request = Request(f"{url.rstrip('/')}/api/v1/{what}")
        if password:
            secret = base64.b64encode(f"chargepoint:{password}".encode()).decode()
            request.add_header("Authorization", f"Basic {secret}")
        with build_opener(ProxyHandler({})).open(request, timeout=timeout_s) as answer:
            body: bytes = answer.read()
    except HTTPError as error:
        error.close()
        wanted = "it wants its password: --password, or CHARGEPOINT_API__PASSWORD"
        reason = wanted if error.code == 401 else f"it answers {error.code} {error.reason}"
        raise Unanswered(f"{url}: {reason}") from error
    except (URLError, OSError, HTTPException) as error:
        cause = getattr(error, "reason", None) or error
        raise Unanswered(f"no chargepoint answers at {url}: {cause}") from error
    except ValueError as error:
        raise Unanswered(f"{url} is not a chargepoint: {error}") from error
    return body


def rendered(status: Status) -> RenderableType:
    """Return *status* as tables."""
    parts: list[RenderableType] = [_head(status), _evses(status)]
    if any(evse["limits"] for evse in status["evses"]):
        parts.append(_limits(status))
    if status.get("reservations"):
        parts.append(_reservations(status))
    meters = _meters(status)
    if meters.row_count:
        parts.append(meters)
    buses = _buses(status)
    if buses.row_count:
        parts.append(buses)
    if status.get("readers"):
        parts.append(_readers(status))
    if status.get("capacity"):
        parts.append(_capacity(status["capacity"]))
    if status.get("firmware"):
        parts.append(_firmware(status["firmware"]))
    parts += [Text(f"warning: {warning}", "yellow") for warning in status.get("warnings", [])]
    return Group(*parts)


def _watch(url: str, password: str, console: Console, pause: Callable[[float], None]) -> int:
    with Live(console=console, auto_refresh=False) as live:
        try:
            while True:
                live.update(_now(url, password), refresh=True)
                pause(EVERY_S)
        except KeyboardInterrupt:
            return 0


def _now(url: str, password: str) -> RenderableType:
    try:
        return rendered(fetch(url, password))
    except Unanswered as error:
        return Text(str(error), "red")


def _head(status: Status) -> Text:
    ocpp = status["ocpp"]
    who = f"{status['station_id']}, {status['vendor']} {status['model']}, mode {status['mode']}"
    version = f"OCPP {ocpp['version'] or '-'}"
    if ocpp["connected"]:
        link = f"connected to {ocpp['url']}, {ocpp['registration']}"
    elif ocpp["url"]:
        link = f"not connected to {ocpp['url']}: {ocpp['why'] or 'not yet'}"
    else:
        link = "no central system"
    network = ocpp.get("network")
    if network and len(network["order"]) > 1:
        order = ", ".join(str(slot) for slot in network["order"])
        link += f" (network profile {network['slot']} of {order})"
    return Text(f"{who}\n{version} {link}, {ocpp['queued']} queued")


def _evses(status: Status) -> Table:
    table = Table(
        "EVSE", "status", "offer", "because of", "phases", "power", "energy", "transaction", "fault"
    )
    for evse in status["evses"]:
        statuses = ", ".join(connector["status"] for connector in evse["connectors"])
        table.add_row(
            str(evse["id"]),
            statuses,
            _number(evse["offer_a"], "A", 1),
            evse["binding"] or "-",
            _phases(evse),
            _number(evse["power_w"], "W"),
            _number(evse["energy_wh"], "Wh"),
            evse["transaction_id"] or "-",
            evse["fault"] or "-",
        )
    return table


def _phases(evse: dict[str, Any]) -> str:
    """Return what is switched on, what the car uses of it, and why it is not something else."""
    used, why = evse["phases_used"], evse["phases_because"]
    uses = "" if used is None or used == evse["phases"] else f", {used} used"
    return f"{evse['phases']}{uses}" + (f": {why}" if why else "")


def _limits(status: Status) -> Table:
    """All limits, the tightest first, as the station tells them; the one that binds is marked."""
    table = Table("EVSE", "limit", "per phase", "phases", "until", "")
    for evse in status["evses"]:
        for limit in evse["limits"]:
            binds = limit["source"] == evse["binding"]
            table.add_row(
                str(evse["id"]),
                limit["source"],
                _number(limit["limit_a"], "A", 1),
                str(limit["phases"]),
                _time(limit.get("until")),
                "binds" if binds else "",
                style="bold" if binds else None,
            )
    return table


def _reservations(status: Status) -> Table:
    table = Table("reservation", "EVSE", "for", "until")
    for each in status["reservations"]:
        place = each["evse_id"] or f"any {each['connector_type'] or ''}".strip()
        table.add_row(str(each["id"]), str(place), each["id_token"], each["until"])
    return table


def _meters(status: Status) -> Table:
    table = Table("meter", "L1", "L2", "L3", "power", "import", "age")
    meters = {name: meter for name, meter in status["meters"].items() if name != "evse"}
    meters |= {f"evse {name}": meter for name, meter in status["meters"].get("evse", {}).items()}
    for name, meter in meters.items():
        if meter is not None:
            currents = meter["currents_a"] or (None, None, None)
            table.add_row(
                name,
                *(_number(current_a, "A", 1) for current_a in currents),
                _number(meter["power_w"], "W"),
                _number(meter["import_wh"], "Wh"),
                f"{_number(meter['age_s'], 's', 1)} {_worth(meter)}".strip(),
            )
    return table


def _buses(status: Status) -> Table:
    """Every device that was asked; what went wrong only where something did."""
    table = Table("bus", "device", "answered", "round trip", "trouble", "")
    for name, bus in status.get("buses", {}).items():
        if not bus["devices"]:
            table.add_row(name, "-", "-", "-", "", bus["why"])
        for device, counts in bus["devices"].items():
            trouble = ", ".join(f"{counts[each]} {each}" for each in TROUBLES if counts[each])
            took_s = counts["round_trip_s"]
            took = "-" if took_s is None else f"{took_s * 1e3:.0f} ms"
            answered = str(counts["answered"])
            table.add_row(name, device, answered, took, trouble, counts["why"] or bus["why"])
    return table


def _readers(status: Status) -> Table:
    """Every card reader; why where it is not there."""
    table = Table("reader", "port", "EVSE", "cards", "")
    for reader in status["readers"]:
        served = ", ".join(map(str, reader["evse_ids"])) or "all"
        table.add_row(reader["driver"], reader["port"], served, str(reader["cards"]), reader["why"])
    return table


def _worth(meter: dict[str, Any]) -> str:
    """Return what the meter's last word is worth, where that is less than it could be."""
    return "" if meter["trust"] == "fresh" else str(meter["trust"])


def _capacity(capacity: dict[str, Any]) -> Text:
    text = f"{capacity['source']}: {capacity['sum_a']:g} A over all phases"
    if capacity["used_wh"] is not None:
        text += f", {capacity['used_wh']:.0f} Wh of this quarter of an hour used"
    return Text(text)


def _firmware(update: dict[str, Any]) -> Text:
    """Return how the last update goes, or ended."""
    text = f"firmware from {update['source']}: {update['text']}"
    text += f" until {_time(update['until'])}" if update["until"] is not None else ""
    text += f", {update['why']}" if update["why"] is not None else ""
    return Text(f"{text} (since {_time(update['since'])})")


def _number(value: float | None, unit: str, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}f} {unit}"


def _time(at: str | None) -> str:
    """Return the time of day, here; with the date where it is not today."""
    if at is None:
        return "-"
    here, today = datetime.fromisoformat(at).astimezone(), datetime.now().astimezone().date()
    return f"{here:%H:%M:%S}" if here.date() == today else f"{here:%d %b %H:%M:%S}"
