"""A file that leaves, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from chargepoint.transfer.failures import on_our_disk
from chargepoint.transfer.rules import PIECE, Progress


def length(source: Path) -> int:
    """Return how many bytes the file has."""
    with on_our_disk():
        return source.stat().st_size


async def chunks(source: Path, offset: int, progress: Progress) -> AsyncIterator[bytes]:
    """Yield the file from *offset* on, and tell how far it is when a piece has gone."""
    total = length(source)
    with on_our_disk(), source.open("rb") as file:
        file.seek(offset)
        while chunk := await asyncio.to_thread(file.read, PIECE):
            yield chunk
            progress(file.tell(), total)
