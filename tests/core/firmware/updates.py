"""A station that is told to update itself, and somebody who does for it what it asks for."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

from core.driver import NOON, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import FirmwareConfig
from chargepoint.core.words import FirmwareStatus

S = FirmwareStatus
SHA256 = "ab" * 32
LOCATION = "https://anna:secret@files.example/new.bin?token=x"
SIGNATURE = b64encode(b"signature").decode()


class Updates(Driver):
    """*told* are the statuses in order, *asked* what the shell was asked to do, *security*
    the types of security events."""

    def __init__(self, version: str, **config: Any) -> None:
        self.told: list[m.FirmwareProgress] = []
        self.asked: list[m.Effect] = []
        self.security: list[str] = []
        self.firmware = config.pop("firmware", FirmwareConfig(can_install=True))
        super().__init__(version, firmware=self.firmware, **config)

    def take(self) -> m.Batch:
        batch = super().take()
        self.told += [each for each in batch.durable if isinstance(each, m.FirmwareProgress)]
        self.security += [each.type for each in batch.durable if isinstance(each, m.SecurityEvent)]
        self.asked += batch.effects
        return batch

    def online(self) -> Updates:
        super().online()
        self.security.clear()
        self.asked.clear()
        return self

    def order(self, **order: Any) -> m.Reply:
        """Let the central system order an update; unsigned, at once, unless said otherwise."""
        given = {"location": LOCATION, "retrieve_at": self.now.utc, "request_id": 7}
        reply = self.do(m.UpdateFirmware(**given | order))
        assert isinstance(reply, m.Reply)
        return reply

    @property
    def statuses(self) -> list[S]:
        return [each.status for each in self.told]

    @property
    def number(self) -> int:
        return self.memory["firmware"]["update"].number

    def last(self, kind: type) -> Any:
        """Return the last thing of *kind* that the shell was asked to do."""
        return next(each for each in reversed(self.asked) if isinstance(each, kind))

    def fetched(self) -> None:
        self.do(m.FirmwareFetched(self.number))

    def lost(self, why: str = "no answer", again: bool = True) -> None:
        self.do(m.FirmwareNotFetched(self.number, why, again))

    def checked(self, genuine: bool = True) -> None:
        self.do(m.FirmwareChecked(self.number, SHA256, genuine))
        self.tick()

    def here(self) -> None:
        """It is fetched and good."""
        self.fetched()
        self.checked()

    def installed(self) -> None:
        self.do(m.FirmwareInstalled(self.number))

    def again(self, **config: Any) -> Updates:
        """Return the station that starts from this one's disk."""
        given = {"firmware": self.firmware, "memory": self.memory, "now": self.now} | config
        return Updates(self.version, **given)


def later(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)
