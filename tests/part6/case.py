"""One test case of OCPP 2.0.1 part 6: a station, its central system, and a few words for them.

Its tolerance is part 6's: transaction events may arrive in any order, their numbers count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from journeys.rig import Rig

from chargepoint.demo.record import Received

Payload = dict[str, Any]
ANNA = {"idToken": "ANNA", "type": "ISO14443"}


class Case:
    """Drives one station in the words of part 6."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.given_up = 0  # so many messages shall never arrive

    # --- what the central system does ------------------------------------------------------------

    async def set(self, **values: str) -> None:
        """Set variables: ``TxCtrlr_TxStartPoint="Authorized"``; each must be accepted."""
        for name, value in values.items():
            assert await self.put(name, value) == "Accepted", name

    async def put(self, name: str, value: str) -> str:
        """Set one variable and return what the station says of it."""
        item = {**_variable(name), "attributeValue": value}
        answer = await self.ask("SetVariables", setVariableData=[item])
        return str(answer["setVariableResult"][0]["attributeStatus"])

    async def get(self, name: str, **evse: int) -> str | None:
        """Return a variable's value, None where the station has none."""
        item = _variable(name)
        if evse:
            item["component"]["evse"] = evse
        answer = await self.ask("GetVariables", getVariableData=[item])
        value = answer["getVariableResult"][0].get("attributeValue")
        return None if value is None else str(value)

    async def ask(self, action: str, **payload: Any) -> Payload:
        return await self.rig.ask((action, payload))

    async def says(self, action: str, **payload: Any) -> str:
        """Return the status that the station answers with."""
        return str((await self.ask(action, **payload))["status"])

    async def start(self, evse_id: int | None = 1, **more: Any) -> str:
        place = {} if evse_id is None else {"evseId": evse_id}
        call = {"idToken": ANNA, "remoteStartId": 5} | place | more
        return await self.says("RequestStartTransaction", **call)

    async def stop(self, evse_id: int = 1) -> str:
        id = self.rig.evse(evse_id).transaction_id
        return await self.says("RequestStopTransaction", transactionId=id)

    # --- what people do ------------------------------------------------------------------------

    async def connect(self, evse_id: int = 1, **car: Any) -> None:
        self.rig.plug_in(evse_id, **car)
        await self.rig.until(lambda: self.rig.evse(evse_id).plugged_in, "car")
        await asyncio.sleep(1)

    async def disconnect(self, evse_id: int = 1, end: str = "both") -> None:
        self.rig.unplug(evse_id, end=end)
        await self.rig.until(lambda: not self.rig.evse(evse_id).plugged_in, "nobody")
        await asyncio.sleep(2)

    async def present(self, evse_id: int = 1, token: str = "ANNA") -> None:
        self.rig.card(token, evse_id)
        await asyncio.sleep(2)

    async def authorize(self, by: str, evse_id: int = 1) -> None:
        """Reach the state Authorized: by a "card" or by a "remote" start."""
        if by == "card":
            await self.present(evse_id)
        else:
            assert await self.start(evse_id) == "Accepted"
            await asyncio.sleep(1)

    async def charge(self, evse_id: int = 1) -> None:
        """Reach the state EnergyTransferStarted."""
        await self.connect(evse_id)
        await self.present(evse_id)
        await self.rig.charging(evse_id)
        await asyncio.sleep(5)

    async def suspend(self, evse_id: int = 1) -> None:
        """Let the car have enough for now: EnergyTransferSuspended."""
        self.rig.sim.set_evse(evse_id, {"ready": False})
        await self.rig.until(lambda: not self.rig.evse(evse_id).charging, "suspension")
        await asyncio.sleep(5)

    async def stop_by(self, by: str) -> None:
        """Reach the state StopAuthorized."""
        if by == "card":
            await self.present()
        else:
            assert await self.stop() == "Accepted"
        await asyncio.sleep(8)

    def locked(self, evse_id: int = 1) -> bool:
        """Return whether the plug is held."""
        return self.rig.sim.now().outlets[f"evse/{evse_id}"].locked

    # --- what was told -------------------------------------------------------------------------

    def mark(self) -> int:
        return self.rig.central.mark()

    def received(self, action: str, since: int = 0) -> list[Payload]:
        return [call.payload for call in self.rig.central.received(action, since)]

    async def events(self, since: int = 0) -> list[Payload]:
        """Return the transaction events told since, by their numbers, when all are there."""
        await self.rig.queue_empty()
        return ordered(self.rig.central.received("TransactionEvent", since))

    async def story(self, since: int = 0) -> list[str]:
        """Return the events in short, without those that only bring meter values."""
        told = await self.events(since)
        return [short(event) for event in told if "MeterValue" not in event["triggerReason"]]

    def statuses(self, evse_id: int = 1, since: int = 0) -> list[str]:
        """Return what was told of an EVSE's connectors, one after the other."""
        return [
            told["connectorStatus"]
            for told in self.received("StatusNotification", since)
            if told["evseId"] == evse_id
        ]


def ordered(calls: Iterable[Received]) -> list[Payload]:
    """Return the events of each transaction by number; none may be missing."""
    by_id: dict[str, list[Payload]] = {}
    for call in calls:
        by_id.setdefault(call.payload["transactionInfo"]["transactionId"], []).append(call.payload)
    told: list[Payload] = []
    for events in by_id.values():
        events.sort(key=lambda event: event["seqNo"])
        first = events[0]["seqNo"]
        assert [each["seqNo"] for each in events] == list(range(first, first + len(events)))
        told += events
    return told


SHOWN = ("idToken", "evse", "reservationId")


def short(event: Payload) -> str:
    """Return ``Started Authorized EVConnected idToken evse``, ``Ended ... (Local)``."""
    info = event["transactionInfo"]
    words = [event["eventType"], event["triggerReason"], info.get("chargingState", "")]
    words += [name for name in SHOWN if name in event]
    words += [f"remote={info['remoteStartId']}"] if "remoteStartId" in info else []
    words += [f"({info['stoppedReason']})"] if "stoppedReason" in info else []
    return " ".join(word for word in words if word)


def contexts(event: Payload) -> list[str]:
    """Return the context of each meter value of an event."""
    return [value["sampledValue"][0]["context"] for value in event.get("meterValue", ())]


def _variable(name: str) -> Payload:
    component, _, variable = name.partition("_")
    variable, _, instance = variable.partition("_")
    named = {"name": variable} | ({"instance": instance} if instance else {})
    return {"component": {"name": component}, "variable": named}
