"""Sends local lists to a driven station."""

from __future__ import annotations

from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.words import Token, TokenInfo, TokenStatus

ACCEPTED, BLOCKED = TokenStatus.ACCEPTED, TokenStatus.BLOCKED
GOOD, BAD = TokenInfo(ACCEPTED), TokenInfo(BLOCKED)
FULL, CHANGES = True, False
TABLE = "LocalAuthListCtrlr"


def send(
    driver: Driver, version: int, full: bool, *entries: tuple[Token, TokenInfo | None]
) -> m.Reply:
    reply = driver.do(m.SendLocalList(version, full, entries))
    assert isinstance(reply, m.Reply)
    return reply


def version(driver: Driver) -> int | None:
    reply = driver.do(m.GetListVersion())
    return reply.version if isinstance(reply, m.ListReply) else None


def listed(driver: Driver) -> dict[str, TokenStatus]:
    """Return what is on disk."""
    kept = driver.memory.get("local_list", {})
    return {entry.token.id: entry.info.status for entry in kept.values()}
