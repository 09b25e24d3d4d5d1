"""The versions we speak, by their WebSocket subprotocol."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.protocol.adapter import Adapter
from chargepoint.protocol.v16 import Adapter16
from chargepoint.protocol.v201 import Adapter201

ADAPTERS: Mapping[str, Adapter] = {
    adapter.subprotocol: adapter for adapter in (Adapter201(), Adapter16())
}
BY_VERSION: Mapping[str, Adapter] = {adapter.version: adapter for adapter in ADAPTERS.values()}
