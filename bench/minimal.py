"""The baseline: the least that registers, answers and starts, on the plain ``ocpp`` package.

No limiter, no store, no page, no hardware. Run as ``python -m bench.minimal ws://host/path``.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

import websockets
from ocpp.routing import after, on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action
from websockets.typing import Subprotocol

KEYS = [
    {"key": f"Key{number:02d}", "readonly": number % 2 == 0, "value": str(number)}
    for number in range(60)
]


class Minimal(ChargePoint):  # type: ignore[misc]
    """Accepts everything and remembers nothing."""

    async def register(self) -> None:
        await self.call(call.BootNotification(charge_point_model="M", charge_point_vendor="V"))
        for connector_id in (0, 1):
            await self.call(call.StatusNotification(connector_id, "NoError", "Available"))

    @on(Action.set_charging_profile)
    def on_set_charging_profile(self, **_: Any) -> Any:
        return call_result.SetChargingProfile("Accepted")

    @on(Action.get_configuration)
    def on_get_configuration(self, **_: Any) -> Any:
        return call_result.GetConfiguration(KEYS)

    @on(Action.trigger_message)
    def on_trigger_message(self, **_: Any) -> Any:
        return call_result.TriggerMessage("Accepted")

    @after(Action.trigger_message)
    async def after_trigger_message(self, **_: Any) -> None:
        await self.call(call.Heartbeat())

    @on(Action.remote_start_transaction)
    def on_remote_start(self, **_: Any) -> Any:
        return call_result.RemoteStartTransaction("Accepted")

    @after(Action.remote_start_transaction)
    async def after_remote_start(self, id_tag: str, **_: Any) -> None:
        now = datetime.now(UTC).isoformat()
        await self.call(call.StartTransaction(1, id_tag, 0, now))


async def main(url: str) -> None:
    async with websockets.connect(f"{url}/CP001", subprotocols=[Subprotocol("ocpp1.6")]) as line:
        minimal = Minimal("CP001", line)
        await asyncio.gather(minimal.start(), minimal.register())


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1]))
    except websockets.ConnectionClosed:
        sys.exit(0)
