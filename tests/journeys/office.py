"""What a central system does about tokens and places, in the words of either version."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from journeys.rig import Rig

from chargepoint.demo.record import Received

Payload = dict[str, Any]

# What it is called here: the variable of 2.0.1, the key of 1.6.
NAMES = {
    "asks never": ("AuthCtrlr.DisableRemoteAuthorization", ""),
    "cache": ("AuthCacheCtrlr.Enabled", "AuthorizationCacheEnabled"),
    "cache asks no more": ("AuthCacheCtrlr.DisablePostAuthorize", ""),
    "cached for": ("AuthCacheCtrlr.LifeTime", ""),
    "energy": ("TxCtrlr.MaxEnergyOnInvalidId", "MaxEnergyOnInvalidId"),
    "list": ("LocalAuthListCtrlr.Enabled", "LocalAuthListEnabled"),
    "list asks no more": ("LocalAuthListCtrlr.DisablePostAuthorize", ""),
    "master": ("AuthCtrlr.MasterPassGroupId", ""),
    "preauthorizes": ("AuthCtrlr.LocalPreAuthorize", "LocalPreAuthorize"),
    "reserves": ("ReservationCtrlr.Enabled", ""),
    "stops": ("TxCtrlr.StopTxOnInvalidId", "StopTransactionOnInvalidId"),
    "unknown": ("AuthCtrlr.OfflineTxForUnknownIdEnabled", "AllowOfflineTxForUnknownId"),
}


class Office:
    """Knows tokens, and sends lists and reservations to one station."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.is_16 = rig.words.version == "1.6"
        self._known: dict[str, Payload] = {}
        script = rig.script
        script.always("Authorize", self._judged)
        script.always("TransactionEvent", self._judged)

    # --- tokens ------------------------------------------------------------------------------

    def says(self, token: str, status: str = "Accepted", group: str = "") -> None:
        """Answer so whenever the station tells of *token*. In 1.6 a transaction's answer says
        the status alone."""
        self.rig.desk.tokens[token] = status
        self._known[token] = self._info(status, group)

    def _info(self, status: str, group: str = "") -> Payload:
        if self.is_16:
            return {"status": status} | ({"parentIdTag": group} if group else {})
        return {"status": status} | ({"groupIdToken": self.token(group)} if group else {})

    def _judged(self, payload: Payload) -> Payload:
        told = payload.get("idTag") or payload.get("idToken", {}).get("idToken")
        if told is None:
            return {}
        info = self._known.get(told, {"status": "Accepted"})
        return {"idTagInfo" if self.is_16 else "idTokenInfo": info}

    @staticmethod
    def token(name: str) -> Payload:
        return {"idToken": name, "type": "ISO14443"}

    def asked(self, since: int = 0) -> list[str]:
        """Return the tokens that the station has asked for."""
        calls = self.rig.central.received("Authorize", since)
        return [c.payload.get("idTag") or c.payload["idToken"]["idToken"] for c in calls]

    # --- orders ------------------------------------------------------------------------------

    async def set(self, name: str, value: str) -> None:
        variable, key = NAMES[name]
        if self.is_16:
            await self.rig.order(("ChangeConfiguration", {"key": key, "value": value}))
            return
        component, _, last = variable.partition(".")
        item = {"component": {"name": component}, "variable": {"name": last}}
        data = {"setVariableData": [item | {"attributeValue": value}]}
        await self.rig.order(("SetVariables", data))

    async def send(
        self, version: int, full: bool = True, **entries: str | tuple[str, str] | None
    ) -> str:
        """Send a local list of statuses, or of statuses with groups; return what is said."""
        listed = []
        for name, said in entries.items():
            info = (
                None if said is None else self._info(*((said,) if isinstance(said, str) else said))
            )
            token = {"idTag": name} if self.is_16 else {"idToken": self.token(name)}
            named = {} if info is None else {"idTagInfo" if self.is_16 else "idTokenInfo": info}
            listed.append(token | named)
        call: Payload = {"updateType": "Full" if full else "Differential"}
        call["listVersion" if self.is_16 else "versionNumber"] = version
        if listed:
            call["localAuthorizationList"] = listed
        return str((await self.rig.ask(("SendLocalList", call)))["status"])

    async def version(self) -> int:
        answer = await self.rig.ask(("GetLocalListVersion", {}))
        return int(answer["listVersion" if self.is_16 else "versionNumber"])

    async def reserve(
        self,
        id: int = 7,
        evse_id: int | None = 1,
        token: str = "ANNA",
        group: str = "",
        seconds: float = 3600.0,
        **more: Any,
    ) -> str:
        until: datetime = self.rig.now().utc + timedelta(seconds=seconds)
        at = until.isoformat().replace("+00:00", "Z")
        if self.is_16:
            call = {"reservationId": id, "idTag": token, "connectorId": evse_id or 0}
            call |= {"expiryDate": at} | ({"parentIdTag": group} if group else {})
        else:
            call = {"id": id, "idToken": self.token(token), "expiryDateTime": at}
            call |= {"evseId": evse_id} if evse_id is not None else {}
            call |= {"groupIdToken": self.token(group)} if group else {}
        return str((await self.rig.ask(("ReserveNow", call | more)))["status"])

    async def cancel(self, id: int = 7) -> str:
        return str((await self.rig.ask(("CancelReservation", {"reservationId": id})))["status"])

    async def restart(self, how: str) -> None:
        """Let the station start again: after a "reset", or a "power cut"."""
        rig = self.rig
        if how == "reset":
            await rig.order(rig.words.reset())
            await rig.until(lambda: rig.lives == 2 and rig.life.station.online, "second life")
        else:
            await rig.cut()
            await rig.switch_on()
            await rig.find_line()

    def events(self) -> list[Received]:
        """Return the transaction events of 2.0.1."""
        return self.rig.central.received("TransactionEvent")

    # --- what is told ------------------------------------------------------------------------

    async def shows(self, status: str, evse_id: int = 1) -> None:
        """Wait until the central system was told *status*."""
        await self.rig.until(lambda: self.rig.status(evse_id) == status, status, 5.0)

    def used(self) -> list[int]:
        """Return the reservations that transactions have named, one each time."""
        calls = [c.payload for c in self.rig.central.calls]
        return [c["reservationId"] for c in calls if "reservationId" in c and len(c) > 2]

    def ended(self) -> list[tuple[int, str]]:
        """Return what 2.0.1 was told of reservations that nobody used."""
        calls = self.rig.central.received("ReservationStatusUpdate")
        return [
            (call.payload["reservationId"], call.payload["reservationUpdateStatus"])
            for call in calls
        ]

    # --- people ------------------------------------------------------------------------------

    async def arrives(self, evse_id: int = 1) -> None:
        self.rig.plug_in(evse_id)
        await self.rig.until(lambda: self.rig.evse(evse_id).plugged_in, "car")
        await asyncio.sleep(1)

    async def charges(self, token: str = "ANNA", evse_id: int = 1) -> bool:
        """Show a card; return whether energy flows soon after."""
        self.rig.card(token, evse_id)
        await asyncio.sleep(12)
        return self.rig.evse(evse_id).charging

    async def leaves(self, evse_id: int = 1) -> None:
        self.rig.unplug(evse_id)
        await self.rig.until(lambda: not self.rig.evse(evse_id).plugged_in, "nobody")
        await self.rig.queue_empty()

    async def knows(self, where: str, token: str, status: str, group: str = "") -> None:
        """Let the station know a token already, by its list or from its cache."""
        await self.set("preauthorizes", "true")
        if where == "list":
            await self.send(1, **{token: (status, group)})
            return
        self.says(token, status, group)
        await self.set("preauthorizes", "false")
        self.rig.card(token, 2)  # shown once elsewhere, with no car
        await asyncio.sleep(1)
        if status == "Accepted":
            self.rig.card(token, 2)
            await asyncio.sleep(1)
        await self.set("preauthorizes", "true")
