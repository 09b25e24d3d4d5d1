"""A station and a simulator that remember what they were asked, for tests of the front."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from chargepoint.core.messages import ACCEPTED, Command, Outcome, Reply
from chargepoint.core.snapshot import (
    ConnectorShown,
    EvseShown,
    LimitShown,
    MeterShown,
    MetersShown,
    OcppShown,
    Snapshot,
)
from chargepoint.front.door import (
    CableEnd,
    Car,
    EvseChange,
    MainsMeter,
    Pushed,
    SimEvseShown,
    SimShown,
    WorldChange,
    WorldShown,
)

NO_SUCH_EVSE = Reply(Outcome.UNKNOWN_EVSE, info="no such EVSE")

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
    ocpp=OcppShown("2.0.1", True, "Accepted", 0, "wss://central.example/ocpp/CP001", None),
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

SIM_EVSE = SimEvseShown(
    car_plugged=True,
    requested_current_a=32.0,
    ready=True,
    cable_plugged_station_side=True,
    lock_failure=False,
    welded=False,
    diode_fault=False,
    temperature_c=31.0,
    fault=None,
)


class FakeSim:
    """Has a board for EVSE 1 only, and a house."""

    def __init__(self, door: FakeDoor) -> None:
        self._door = door
        self.asked: list[tuple[Any, ...]] = []
        self.evses = {"1": SIM_EVSE}
        self.house: WorldShown | None = WorldShown((2.0, 8.0, 1.0), 0.0, MainsMeter.OK)

    def shown(self) -> SimShown:
        return SimShown(self.evses, self.house)

    def plug_in(self, evse_id: int, car: Car) -> Reply:
        return self._on_board(evse_id, ("plug_in", evse_id, car), plugged=False)

    def unplug(self, evse_id: int, end: CableEnd) -> Reply:
        return self._on_board(evse_id, ("unplug", evse_id, end), plugged=True)

    def set(self, evse_id: int, change: EvseChange) -> Reply:
        if str(evse_id) not in self.evses:
            return NO_SUCH_EVSE
        self.asked.append(("set", evse_id, dict(change)))
        return ACCEPTED

    def world(self, change: WorldChange) -> Reply:
        if self.house is None:
            return Reply(Outcome.UNSUPPORTED, info="no meter is simulated")
        self.asked.append(("world", dict(change)))
        self.house = replace(self.house, **change)
        self._door.change()
        return ACCEPTED

    def _on_board(self, evse_id: int, asked: tuple[Any, ...], *, plugged: bool) -> Reply:
        board = self.evses.get(str(evse_id))
        if board is None:
            return NO_SUCH_EVSE
        if board.car_plugged is not plugged:
            sentence = (
                "a car is plugged in already" if board.car_plugged else "no car is plugged in"
            )
            return Reply(Outcome.CONFLICT, info=sentence)
        self.asked.append(asked)
        self.evses[str(evse_id)] = replace(board, car_plugged=not plugged)
        self._door.change()
        return ACCEPTED


class FakeDoor:
    """Answers every command with *reply* and notes it in *asked*, in order."""

    def __init__(self, *, simulated: bool = True) -> None:
        self.asked: list[Any] = []
        self.reply = ACCEPTED
        self.shown = SNAPSHOT
        self.renderings = 0
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

    async def wait_change(self, seen: int) -> int:
        if seen == self._number:
            waiter = asyncio.get_running_loop().create_future()
            self._news.add(waiter)
            try:
                await waiter
            finally:
                self._news.discard(waiter)
        return self._number
