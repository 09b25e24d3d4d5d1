"""The security log: every security event, the newest thousands, kept over a power cut.

A04.FR.04 of the security white paper and of 2.0.1; uploaded by N01.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from chargepoint.core.messages import Outcome, Reply, SecurityEvent
from chargepoint.core.turn import Turn

KIND = "security_log"
ROUTINE = frozenset(
    {
        "FirmwareUpdated",
        "ReconfigurationOfSecurityParameters",
        "ResetOrReboot",
        "SettingSystemTime",
        "StartupOfTheDevice",
    }
)


class SecurityLog:
    """At most *most* events; the oldest goes for the newest."""

    def __init__(self, turn: Turn, kept: Mapping[str, SecurityEvent], most: int) -> None:
        self._turn = turn
        self._most = most
        self._events = deque(sorted(kept.items()))
        self._next = int(self._events[-1][0]) + 1 if self._events else 1
        turn.security_log = self.add

    def add(self, event: SecurityEvent) -> None:
        """Keep the event, and say it to the people who watch."""
        key = f"{self._next:012d}"
        self._next += 1
        self._events.append((key, event))
        self._turn.keep(KIND, key, event)
        while len(self._events) > self._most:
            self._turn.forget(KIND, self._events.popleft()[0])
        level = "info" if event.type in ROUTINE else "warning"
        self._turn.note(f"security: {event.type} {event.tech_info}".strip(), level=level)

    def reconfigured(self, reply: Reply, what: str) -> Reply:
        """Note that keys, certificates or the profile have changed if *reply* says so."""
        if reply.outcome is Outcome.ACCEPTED:
            name = "ReconfigurationOfSecurityParameters"
            self._turn.tell(SecurityEvent(name, self._turn.now.utc, what, critical=False))
        return reply

    def between(
        self, oldest: datetime | None = None, latest: datetime | None = None
    ) -> tuple[SecurityEvent, ...]:
        """Return the events of that time, both ends included, oldest first."""
        return tuple(
            event
            for _, event in self._events
            if (oldest is None or event.at >= oldest) and (latest is None or event.at <= latest)
        )
