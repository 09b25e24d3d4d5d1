"""What the station remembers over a power cut: kind of memory -> type of its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chargepoint.core.availability import Scheduled
from chargepoint.core.capacity import MonthPeak
from chargepoint.core.diagnostics import Upload
from chargepoint.core.evse import SessionRecord, Transaction
from chargepoint.core.firmware_update import Update
from chargepoint.core.local_list import Listed
from chargepoint.core.messages import SecurityEvent
from chargepoint.core.network import Remembered
from chargepoint.core.network_profile import NetworkProfile
from chargepoint.core.renewal import ClientPair, Signing
from chargepoint.core.reservations import Reservation
from chargepoint.core.security_profile import Upgrade
from chargepoint.core.token_cache import CacheEntry
from chargepoint.core.trust import Installed
from chargepoint.core.words import BootReason, MeterSample
from profiles.schedule import Profile

KINDS: dict[str, object] = {
    "availability": bool,
    "availability_scheduled": Scheduled,
    "boot": BootReason,
    "cache": CacheEntry,
    "cache_salt": str,
    "capacity": MonthPeak,
    "central_id": int,
    "certificate": Installed,
    "client_certificate": ClientPair,
    "dialect": str,
    "firmware": Update,
    "grid_relay": float,
    "local_list": Listed,
    "local_list_version": int,
    "network": Remembered,
    "network_profile": NetworkProfile,
    "outside": float,
    "profile": Profile,
    "register": float,
    "reservation": Reservation,
    "sample": MeterSample,
    "security_log": SecurityEvent,
    "security_profile": Upgrade,
    "session": SessionRecord,
    "signing": Signing,
    "simulator": dict[str, dict[str, float]],
    "transaction": Transaction,
    "trust_seeded": bool,
    "upload": Upload,
    "variable": str,
}


class Kept:
    """What was kept on disk, empty where nothing was."""

    def __init__(self, memory: Mapping[str, Mapping[str, Any]]) -> None:
        self._memory = memory

    def __getitem__(self, kind: str) -> Mapping[str, Any]:
        return self._memory.get(kind, {})
