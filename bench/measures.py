"""What is measured, one function a number. Times are in seconds."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from bench.stations import Command, Running, running, watched
from bench.ticking import FILE, Row

LOAD_PER_S = 100
PROFILE: dict[str, Any] = {
    "connectorId": 1,
    "csChargingProfiles": {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
        },
    },
}
REQUESTS: dict[str, dict[str, Any]] = {
    "SetChargingProfile": PROFILE,
    "GetConfiguration": {},
    "TriggerMessage": {"requestedMessage": "Heartbeat"},
}


@dataclass(frozen=True, slots=True)
class Start:
    """How long a start takes, from the spawn on."""

    registered_s: float
    available_s: float


@dataclass(frozen=True, slots=True)
class Idle:
    """What a station takes that has nothing to do."""

    rss_mib: float
    cpu_s_per_min: float


@dataclass(frozen=True, slots=True)
class Control:
    """The control loop under load: tick durations, and the way from an overload to the pilot.

    *acted_ticks* is how many ticks began after the reading was pushed until the duty fell.
    """

    ticks_s: tuple[float, ...]
    acted_s: float
    acted_ticks: int


async def start(command: Command) -> Start:
    """Start it once."""
    async with running(command) as station:
        return Start(await station.registered_s(), await station.available_s())


async def idle(command: Command, seconds: float) -> Idle:
    """Let it do nothing for *seconds*."""
    async with running(command) as station:
        await station.available_s()
        await asyncio.sleep(3.0)
        before_s = station.cpu_s
        await asyncio.sleep(seconds)
        return Idle(station.rss_mib, (station.cpu_s - before_s) / seconds * 60.0)


async def per_second(command: Command, seconds: float) -> dict[str, float]:
    """Ask each of REQUESTS for *seconds*, one after the other; return the rates."""
    async with running(command) as station:
        await station.available_s()
        await asyncio.sleep(1.5)
        return {action: await _rate(station, action, seconds) for action in REQUESTS}


async def _rate(station: Running, action: str, seconds: float) -> float:
    await station.central.call(action, REQUESTS[action])
    began_s, number = time.monotonic(), 0
    while time.monotonic() - began_s < seconds:
        await station.central.call(action, REQUESTS[action])
        number += 1
    return number / (time.monotonic() - began_s)


async def started(command: Command, plugs: bool) -> float:
    """Return the time from a remote start to StartTransaction, with the car waiting there."""
    async with running(command) as station:
        await station.available_s()
        await asyncio.sleep(1.5)
        if plugs:
            await station.post("sim/evse/1/plug-in")
            await station.central.wait_for(
                "StatusNotification", lambda payload: payload["status"] == "Preparing"
            )
        asked_s = time.monotonic()
        request = {"idTag": "BENCH", "connectorId": 1}
        await station.central.call("RemoteStartTransaction", request)
        return (await station.central.wait_for("StartTransaction")).at_s - asked_s


async def control(seconds: float) -> Control:
    """Charge a car under 100 requests a second, then overload the mains."""
    async with running(watched) as station:
        await station.available_s()
        await asyncio.sleep(1.5)
        began_s = time.monotonic()
        pushed_s = await _charge_and_overload(station, seconds)
        await asyncio.sleep(1.5)
        return judged(await ended(station), began_s, pushed_s)


async def ended(station: Running) -> list[Row]:
    """End a watched station; return what it wrote of its ticks."""
    await station.end()
    rows: list[Row] = json.loads((station.folder / FILE).read_text())
    return rows


async def _charge_and_overload(station: Running, seconds: float) -> float:
    """Return when the overload was pushed, the load going on all the time."""
    pushing = asyncio.create_task(_push(station))
    loading = asyncio.create_task(_load(station))
    try:
        await station.post("sim/evse/1/plug-in")
        await asyncio.sleep(1.0)
        await station.central.call("RemoteStartTransaction", {"idTag": "BENCH", "connectorId": 1})
        await asyncio.sleep(seconds)
        pushing.cancel()
        pushed_s = time.monotonic()
        await station.post("meters/mains", {"currents_a": [31.0, 31.0, 31.0]})
        return pushed_s
    finally:
        pushing.cancel()
        loading.cancel()
        await asyncio.gather(pushing, loading, return_exceptions=True)


async def _push(station: Running) -> None:
    """A mains meter with room, once a second."""
    while True:
        await station.post("meters/mains", {"currents_a": [16.0, 16.0, 16.0]})
        await asyncio.sleep(1.0)


async def _load(station: Running) -> None:
    """LOAD_PER_S requests a second, of all kinds by turns."""
    next_s = time.monotonic()
    while True:
        for action, payload in REQUESTS.items():
            await station.central.call(action, payload)
            next_s += 1.0 / LOAD_PER_S
            await asyncio.sleep(max(0.0, next_s - time.monotonic()))


def judged(rows: list[Row], began_s: float, pushed_s: float) -> Control:
    """Return what *rows* say of the ticks in between, and of the overload pushed at *pushed_s*."""
    under_load = tuple(took_s for at_s, took_s, _ in rows if began_s <= at_s <= pushed_s)
    before = _offered([duty for at_s, _, duty in rows if at_s < pushed_s][-1])
    after = [(at_s + took_s, _offered(duty)) for at_s, took_s, duty in rows if at_s >= pushed_s]
    lower = [(number, at_s) for number, (at_s, offered) in enumerate(after, 1) if offered < before]
    number, at_s = lower[0]
    return Control(under_load, at_s - pushed_s, number)


def _offered(duty: float) -> float:
    """Return the part of the circle that offers current: steady +12 V offers none."""
    return duty if duty < 1.0 else 0.0
