"""A station in mid-charge, a central system that says anything, and what must stay true."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fuzz.calls import Shot
from fuzz.payloads import Json
from fuzz.volley import Volley
from journeys.rig import Rig

from chargepoint.core.messages import GetListVersion, SetMode
from hardware.api import Actuation, EvseBoard, Pilot, Sensed

TICK_S = 0.1
FUSE_A = 25.0


class Witness:
    """Looks over the shoulder of a board: the guard's rule, and that ticks go on."""

    def __init__(self, board: EvseBoard, rig: FuzzedRig) -> None:
        self.board, self._rig = board, rig
        self._sensed: Sensed | None = None

    @property
    def duty(self) -> float:
        return float(self.board.duty)  # type: ignore[attr-defined]

    async def sense(self) -> Sensed:
        now_s = self._rig.now().s
        if self._sensed is not None and now_s - self._sensed.at_s > 2 * TICK_S:
            self._rig.broken.append(f"no tick for {now_s - self._sensed.at_s:.2f} s")
        self._sensed = await self.board.sense()
        return self._sensed

    async def apply(self, actuation: Actuation) -> None:
        assert self._sensed is not None
        may_close = self._sensed.pilot in (Pilot.C, Pilot.D) and actuation.offer_a >= 6.0
        if actuation.close_main and not (may_close or self._sensed.main_closed):
            self._rig.broken.append(f"closed in {self._sensed.pilot}: {actuation}")
        if not 0.0 <= actuation.offer_a <= FUSE_A:
            self._rig.broken.append(f"offers {actuation.offer_a} A")
        await self.board.apply(actuation)

    def make_safe(self) -> None:
        self.board.make_safe()

    async def close(self) -> None:
        await self.board.close()


class FuzzedRig(Rig):
    """A rig whose boards have a witness; *broken* is what it saw."""

    def __init__(self, version: str, folder: Path, *settings: str) -> None:
        super().__init__(version, folder, lambda step: None, *settings)
        self.broken: list[str] = []

    def _open_boards(self) -> dict[int, EvseBoard]:
        return {id: Witness(board, self) for id, board in super()._open_boards().items()}


class Story:
    """What is done to one station, and what it still knows and can."""

    def __init__(self, rig: FuzzedRig) -> None:
        self.rig = rig
        self.version = rig.words.version

    async def begin(self) -> None:
        """Let a car charge."""
        rig = self.rig
        await rig.switch_on()
        await rig.find_line()
        rig.plug_in()
        await rig.until(lambda: rig.evse().plugged_in, "car")
        await rig.order(rig.words.remote_start())
        await rig.charging()

    async def play(self, shots: Iterable[Shot]) -> None:
        """Let the central system say all that, and look at the answers."""
        rig = self.rig
        volley = Volley(
            self.version, rig.central, lambda: rig.evse().transaction_id or "none", self._line
        )
        await volley.play(shots)
        volley.check()

    async def _line(self) -> None:
        rig = self.rig
        await rig.until(lambda: rig.central.connected and rig.life.station.online, "line", 600)

    def check(self) -> None:
        """Nobody complains."""
        rig = self.rig
        assert rig.broken == [], rig.broken
        assert rig.complaints == [], rig.complaints
        theirs = [error for error in rig.central.errors if "answer to nothing" not in error]
        assert theirs == [], theirs
        assert rig.central.ledger.lost == 0

    # --- afterwards ----------------------------------------------------------------------------

    def memory(self) -> dict[str, Any]:
        """Return what the station must still know after a power cut."""
        blocks = self.rig.life.station._blocks
        variables = {
            cell.key: blocks.common.variables.value_of(cell)
            for cell in blocks.common.variables
            if cell.source == "stored"
        }
        tokens = blocks.local_list
        return {
            "variables": variables,
            "list": (tokens.version(GetListVersion()), len(tokens)),
            "reservations": sorted(each.id for each in blocks.reservations),
            "profiles": len(blocks.smart_charging),
            "roots": len(blocks.trust),
            "out of order": self._out_of_order(),
        }

    def _out_of_order(self) -> list[int]:
        """Return which EVSEs are out of order, or will be when their sessions are over."""
        availability = self.rig.life.station._blocks.availability
        waiting = {(w.evse_id, 0) for w in availability._scheduled.values() if not w.operative}
        out = availability._inoperative | waiting
        return [id for id in (1, 2) if out & {(0, 0), (id, 0), (id, 1)}]

    async def restart(self) -> None:
        """Take the power away, and bring it back."""
        await self.rig.cut()
        await self.rig.switch_on()
        await self.rig.find_line()

    async def put_right(self, before: dict[str, str]) -> None:
        """Take back whatever was ordered."""
        rig, blocks = self.rig, self.rig.life.station._blocks
        for cell in blocks.common.variables:
            if cell.source == "stored":
                blocks.common.variables._stored[cell.key] = before[cell.key]
        for each in list(blocks.reservations):
            await rig.ask(("CancelReservation", {"reservationId": each.id}))
        if len(blocks.smart_charging):
            payload = {} if self.version == "1.6" else {"chargingProfileCriteria": {}}
            await rig.ask(("ClearChargingProfile", payload))
        for evse_id in (0, 1, 2):
            await rig.ask(self._in_service(evse_id))

    def _in_service(self, evse_id: int) -> tuple[str, Json]:
        if evse_id:
            return self.rig.words.availability(evse_id, operative=True)
        where = {"connectorId": 0, "type": "Operative"}
        return "ChangeAvailability", where if self.version == "1.6" else {
            "operationalStatus": "Operative"
        }

    async def charge_again(self) -> None:
        """A car comes, as if nothing had been."""
        rig = self.rig
        if rig.evse().plugged_in:
            rig.unplug()
        await rig.until(lambda: not rig.evse().plugged_in and not rig.evse().transaction_id, "end")
        rig.submit(SetMode(rig.settings.limits.mode))
        rig.plug_in()
        await rig.until(lambda: rig.evse().plugged_in, "car")
        await asyncio.sleep(1)
        await rig.order(rig.words.remote_start("CARD-9"))
        await rig.charging()


class Log(logging.Handler):
    """Remembers every record that should make somebody look."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        self.records.append(text)
