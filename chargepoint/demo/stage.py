"""What the demonstration acts on: a house, a car, and what the central system can ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chargepoint.core.snapshot import EvseShown, Snapshot
from chargepoint.demo.central import Central
from chargepoint.demo.ledger import Transaction
from chargepoint.demo.peer import CallFailed, Peer
from chargepoint.demo.teller import Teller
from chargepoint.doors import SimulatorDoor, StationDoor

EVSE: Final = 1
PROFILE: Final = 7
TOKEN: Final = "DEMO-TOKEN"

NOT_NOW = (CallFailed, ConnectionError, TimeoutError)
"""Why a central system does not get what it asks for."""


class Missed(Exception):
    """What had to happen did not, in the time it had."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The station by its doors, the central system, and who tells of them."""

    door: StationDoor
    sim: SimulatorDoor
    central: Central
    peer: Peer
    teller: Teller

    # --- what is ------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        return self.door.snapshot()

    @property
    def evse(self) -> EvseShown:
        return self.snapshot.evses[0]

    @property
    def status(self) -> str:
        """Return the status of the connector, in the words of the version."""
        return self.evse.connectors[0].status

    @property
    def drawn_a(self) -> float:
        """Return what the car draws, on the phase with the most."""
        meter = self.snapshot.meters.evse[str(EVSE)]
        return max(meter.currents_a or (0.0,))

    def draws(self, current_a: float) -> bool:
        """Return whether exactly *current_a* is offered and drawn."""
        evse = self.evse
        offered = abs(evse.offer_a - current_a) < 0.05
        return evse.charging and offered and abs(self.drawn_a - current_a) < 0.05

    @property
    def transaction(self) -> Transaction | None:
        """Return the newest transaction in the central system's books."""
        pages = list(self.peer.ledger.transactions.values())
        return pages[-1] if pages else None

    async def until(self, true: Callable[[], bool], within_s: float, what: str) -> None:
        """Return as soon as *true*; Missed when that takes longer than *within_s*."""
        seen = -1
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    seen = await self.door.wait_change(seen)
        except TimeoutError:
            raise Missed(f"{what}: not within {within_s:g} s") from None

    # --- the house and the car ------------------------------------------------------------------

    def plug_in(self, body: Mapping[str, object] | None = None) -> None:
        """A car comes."""
        self.sim.plug_in(EVSE, body or {})

    def unplug(self) -> None:
        """The car leaves."""
        self.sim.unplug(EVSE, {})

    def switch(self, appliance: str, on: bool) -> None:
        """Switch an appliance of the house on or off."""
        self.sim.set_world({"appliances": {appliance: on}})
        currents_a = self.sim.world().appliances[appliance].currents_a
        loads = [f"{a:g} A on L{n}" for n, a in enumerate(currents_a, 1) if a]
        name = appliance.replace("_", " ")
        self.teller.say("house", f"{name} {'on' if on else 'off'}: {', '.join(loads)}")

    def shine(self, solar_w: float) -> None:
        """Let the roof give *solar_w*."""
        self.sim.set_world({"solar_w": solar_w})
        self.teller.say("house", f"the roof gives {solar_w / 1000:.1f} kW")

    # --- the central system ---------------------------------------------------------------------

    async def start(self) -> None:
        """Ask for a transaction."""
        await self._ask(
            {
                "1.6": ("RemoteStartTransaction", {"connectorId": EVSE, "idTag": TOKEN}),
                "2.0.1": (
                    "RequestStartTransaction",
                    {
                        "evseId": EVSE,
                        "idToken": {"idToken": TOKEN, "type": "Central"},
                        "remoteStartId": 1 + len(self.peer.ledger.transactions),
                    },
                ),
            }
        )

    async def stop(self) -> None:
        """Ask for the end of the newest transaction."""
        page = self.transaction
        if page is None:
            raise Missed("there is no transaction to stop")
        named = {"transactionId": int(page.id) if page.id.isdecimal() else page.id}
        await self._ask(
            {"1.6": ("RemoteStopTransaction", named), "2.0.1": ("RequestStopTransaction", named)}
        )

    async def limit(self, limit_a: float) -> None:
        """Give every transaction at the EVSE a profile of *limit_a*."""
        schedule = {
            "startSchedule": self.central.desk.time(),
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
        }
        profile = {
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
        }
        profile16 = {**profile, "chargingProfileId": PROFILE, "chargingSchedule": schedule}
        profile201 = {**profile, "id": PROFILE, "chargingSchedule": [{**schedule, "id": 1}]}
        await self._ask(
            {
                "1.6": (
                    "SetChargingProfile",
                    {"connectorId": EVSE, "csChargingProfiles": profile16},
                ),
                "2.0.1": ("SetChargingProfile", {"evseId": EVSE, "chargingProfile": profile201}),
            }
        )

    async def unlimit(self) -> None:
        """Take the profile away again."""
        await self._ask(
            {
                "1.6": ("ClearChargingProfile", {"id": PROFILE}),
                "2.0.1": ("ClearChargingProfile", {"chargingProfileId": PROFILE}),
            }
        )

    async def cut(self) -> None:
        """Cut the connection and take no new one."""
        self.central.refuse()
        self.teller.say("central", "the connection is cut")
        await self.peer.drop()

    async def mend(self) -> None:
        """Take connections again."""
        self.teller.say("central", "connections are taken again")
        self.central.refuse(False)

    async def _ask(self, words: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
        """Make the CALL of the version that is spoken; Missed when it is not accepted."""
        action, payload = words[self.peer.version]
        try:
            answer = await self.peer.call(action, payload)
        except NOT_NOW as error:
            raise Missed(f"{action}: {error}") from error
        if answer.get("status") != "Accepted":
            raise Missed(f"{action}: {answer.get('status')}")
