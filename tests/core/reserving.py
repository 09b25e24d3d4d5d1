"""Makes reservations at a driven station and looks at what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from core.driver import ANNA, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.words import Token
from hardware.api import Fault, FaultCode

TWO = (EvseConfig(1), EvseConfig(2))
MIXED = (EvseConfig(1), EvseConfig(2, connector_lock=False), EvseConfig(3))
HOUR_S = 3600.0
BROKEN = Fault(FaultCode.GROUND_FAILURE, "leaks")


def reserve(driver: Driver, evse_id: int | None = 1, token: Token = ANNA, **more: object) -> str:
    expires_at = driver.now.utc + timedelta(seconds=HOUR_S)
    command = m.ReserveNow(7, token, expires_at, evse_id)
    reply = driver.do(replace(command, **more))  # type: ignore[arg-type]
    assert isinstance(reply, m.Reply)
    return str(reply.outcome)


def statuses(driver: Driver) -> list[str]:
    evses = driver.station._blocks.evses.values()
    return [driver.station._blocks.availability.status(evse, 1) for evse in evses]


def told(driver: Driver) -> list[tuple[int, str]]:
    """Return the statuses that were told, and forget them."""
    heard = [(e.evse_id, str(e.status)) for e in driver.live if isinstance(e, m.StatusChanged)]
    driver.live.clear()
    return heard


def pending(driver: Driver) -> set[str]:
    return set(driver.memory.get("reservation", {}))


def ended(driver: Driver) -> list[tuple[int, str]]:
    events = driver.ended
    return [(event.reservation_id, event.why) for event in events]


def charges(driver: Driver, evse_id: int = 1) -> bool:
    driver.run(3.0)
    return driver.closed(evse_id)
