"""The logs of one life: made of what is at hand, for the central system and for people here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from chargepoint.carrier import Carrier
from chargepoint.core.messages import LogKind, SendLog
from chargepoint.core.snapshot import Snapshot
from chargepoint.hookup import make_transfers
from chargepoint.life import Life
from chargepoint.settings.model import Settings
from chargepoint.store.writer import Writer

LOGS, OUTGOING = "log", "outgoing"  # folders in data_dir


class Logbook:
    """Makes logs of *life*, and has *carrier* take them where they are wanted."""

    def __init__(
        self, settings: Settings, life: Life, writer: Writer, snapshot: Callable[[], Snapshot]
    ) -> None:
        self._settings = settings
        self._station = life.station
        self._writer = writer
        self._snapshot = snapshot
        self._data = Path(settings.agent.data_dir)
        transfers = make_transfers(settings, life.station)
        self.carrier = Carrier(self._data / OUTGOING, transfers, self._compile, life.submit)

    async def diagnostics(self) -> bytes:
        """Return the diagnostics archive of now; raise OSError or StoreError."""
        from tempfile import TemporaryDirectory  # as core.lazy

        wanted = SendLog(0, LogKind.DIAGNOSTICS, "", "diagnostics.tar.gz", None, None, again=False)
        with TemporaryDirectory() as folder:
            file = Path(folder) / wanted.filename
            await self._compile(wanted, file)
            return await asyncio.to_thread(file.read_bytes)

    async def _compile(self, wanted: SendLog, to: Path) -> None:
        """Write the log that is *wanted* into the file *to*."""
        from chargepoint import archive  # as core.lazy

        span = wanted.oldest, wanted.latest
        if wanted.kind is LogKind.SECURITY:
            lines = archive.security_lines(self._station.security_log.between(*span))
            await asyncio.to_thread(archive.write_text, to, lines)
            return
        stored = await self._writer.statistics()
        members = archive.texts(self._settings, self._snapshot(), self._station, stored)
        await asyncio.to_thread(archive.write, to, members, self._data / LOGS, *span)
