"""A station and a simulator that remember what they were asked, for tests of the front."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chargepoint.core.messages import ACCEPTED, Command, Reply
from chargepoint.core.snapshot import (
    ConnectorShown,
    EvseShown,
    LimitShown,
    MeterShown,
    MetersShown,
    NetworkShown,
    OcppShown,
    Snapshot,
    SwitchesShown,
)
from chargepoint.errors import StoreError
from chargepoint.front.door import Pushed
from hardware.api import NotNow, WrongSettings

EVSE = EvseShown(
    id=1,
    connectors=(ConnectorShown(1, "Charging"),),
    plugged_in=True,
    charging=True,
    offer_a=10.0,
    limits=(
        LimitShown("fuse", 32.0, 3),
        LimitShown("cable", 20.0, 3),
        LimitShown("mains L2 18.2/25 A", 16.8, 3),
        LimitShown("TxDefaultProfile 7", 10.0, 3),
    ),
    binding="TxDefaultProfile 7",
    energy_wh=8421.5,
    transaction_id="0d5b9f3e-2f6c-4c8e-9a55-2f1f8a7f6f10",
    central_id=41,
    id_token="04AB12CD",
    session="active",
    phases=3,
    power_w=6890.0,
    fault=None,
    phases_used=3,
    switches=SwitchesShown(4, 2),
)

MAINS = MeterShown(
    currents_a=(11.2, 18.2, 9.8),
    voltages_v=(230.1, 229.4, 231.0),
    power_w=9012.0,
    import_wh=1_204_511.0,
    export_wh=88_120.0,
    age_s=0.6,
    stale=False,
)

SNAPSHOT = Snapshot(
    ready=True,
    station_id="CP001",
    vendor="ChargePointAgent",
    model="Agent",
    mode="smart",
    availability="Operative",
    ocpp=OcppShown(
        "2.0.1",
        True,
        "Accepted",
        0,
        "wss://central.example/ocpp/CP001",
        None,
        NetworkShown(1, 2, 1, 3, (1,)),
    ),
    evses=(EVSE,),
    meters=MetersShown(
        MAINS,
        None,
        None,
        {
            "1": MeterShown(
                (10.0, 9.9, 10.0), (230.0, 229.0, 231.0), 6890.0, 8421.5, 0.0, 0.3, False
            )
        },
    ),
    warnings=(),
    events=(
        ("2026-11-22T18:00:00Z", "boot accepted by the central system", 0),
        ("2026-11-22T18:04:10Z", "car plugged in", 1),
        ("2026-11-22T18:04:31Z", "card 04AB… accepted by the local list", 1),
        ("2026-11-22T18:04:33Z", "contactor closed, charging with 16.0 A", 1),
        ("2026-11-22T18:09:02Z", "offer 16.0 -> 10.0 A: TxDefaultProfile 7", 1),
    ),
    firmware_version="0.1.0",
)

BOARD = {
    "car_plugged": True,
    "requested_current_a": 32.0,
    "ready": True,
    "cable_plugged_station_side": True,
    "lock_failure": False,
    "welded": False,
    "diode_fault": False,
    "temperature_c": 31.0,
    "fault": None,
    "pilot": None,
    "silent": False,
}

WORLD = {
    "house_a": (2.0, 8.0, 1.0),
    "circuit_a": (0.0, 0.0, 0.0),
    "appliances": {
        "heat_pump": {"on": False, "currents_a": (5.0, 5.0, 5.0)},
        "oven": {"on": False, "currents_a": (0.0, 15.0, 0.0)},
    },
    "solar_w": 0.0,
    "battery_w": 0.0,
    "mains_meter": "ok",
}


class FakeSim:
    """Has a board for EVSE 1 only, and a house."""

    def __init__(self, door: FakeDoor) -> None:
        self._door = door
        self.asked: list[tuple[Any, ...]] = []
        self.board: dict[str, Any] = dict(BOARD)
        self.house: dict[str, Any] | None = dict(WORLD)

    def shown(self) -> dict[str, object]:
        return {"evses": {"1": self.board}, "world": self.house}

    def simulates(self, evse_id: int) -> bool:
        return evse_id == 1

    def plug_in(self, evse_id: int, asked: Mapping[str, object]) -> None:
        if self.board["car_plugged"]:
            raise NotNow("a car is plugged in already")
        self._plug(("plug_in", evse_id, asked), plugged=True)

    def unplug(self, evse_id: int, asked: Mapping[str, object]) -> None:
        self._plug(("unplug", evse_id, asked), plugged=False)

    def set_evse(self, evse_id: int, asked: Mapping[str, object]) -> None:
        self.asked.append(("set", evse_id, asked))

    def set_world(self, asked: Mapping[str, Any]) -> None:
        switched = asked.get("appliances", {})
        if "teapot" in switched:
            raise WrongSettings("appliances: teapot is not in this house")
        self.asked.append(("world", asked))
        assert self.house is not None
        plugged = {
            name: {**one, "on": switched.get(name, one["on"])}
            for name, one in self.house["appliances"].items()
        }
        self.house = {**self.house, **asked, "appliances": plugged}
        self._door.change()

    def _plug(self, asked: tuple[Any, ...], *, plugged: bool) -> None:
        self.asked.append(asked)
        self.board = {**self.board, "car_plugged": plugged}
        self._door.change()


class FakeDoor:
    """Answers every command with *reply* and notes it in *asked*, in order."""

    def __init__(self, *, simulated: bool = True) -> None:
        self.looking = asyncio.Event()
        self.look = asyncio.Event()
        self.look.set()
        self.asked: list[Any] = []
        self.reply = ACCEPTED
        self.shown = SNAPSHOT
        self.renderings = 0
        self.broken_disk = False
        self.sim = FakeSim(self) if simulated else None
        self._number = 0
        self._news: set[asyncio.Future[None]] = set()

    def snapshot(self) -> Snapshot:
        self.renderings += 1
        return self.shown

    def submit(self, command: Command) -> Reply:
        self.asked.append(command)
        return self.reply

    def push_reading(self, role: str, reading: Pushed) -> Reply:
        self.asked.append((role, reading))
        return self.reply

    async def diagnostics(self) -> bytes:
        if self.broken_disk:
            raise StoreError("it is full")
        return b"an archive"

    def online(self, wanted: bool) -> Reply:
        self.asked.append(("online", wanted))
        return self.reply

    def change(self, **fields: Any) -> None:
        """Show something new to everybody who waits for it."""
        self.shown = replace(self.shown, **fields)
        self._number += 1
        for waiter in self._news:
            if not waiter.done():
                waiter.set_result(None)

    def change_evse(self, **fields: Any) -> None:
        """Show something new about the first EVSE."""
        first, *others = self.shown.evses
        self.change(evses=(replace(first, **fields), *others))

    async def looked(self) -> None:
        self.looking.set()
        await self.look.wait()

    async def wait_change(self, seen: int) -> int:
        if seen == self._number:
            waiter = asyncio.get_running_loop().create_future()
            self._news.add(waiter)
            try:
                await waiter
            finally:
                self._news.discard(waiter)
        return self._number
