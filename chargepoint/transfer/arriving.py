"""A file that arrives: kept in part until it is whole, so that the rest can follow later.

Beside the file there is ``NAME.part`` with what has come, and ``NAME.part.json`` that says of
which location and which version of the file that is.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from chargepoint.core.values import dataclass
from chargepoint.core.words import TransferFault
from chargepoint.transfer.failures import TransferError, on_our_disk
from chargepoint.transfer.location import Location
from chargepoint.transfer.rules import Rules


@dataclass(frozen=True, slots=True)
class Begun:
    """What there is of a file: its first *size* bytes, in the version that the server calls
    *mark*; without a mark nothing can be continued."""

    size: int = 0
    mark: str = ""


def _beside(to: Path) -> tuple[Path, Path]:
    """Return where the part of *to* is, and what it is a part of."""
    return to.with_name(f"{to.name}.part"), to.with_name(f"{to.name}.part.json")


def discard(to: Path) -> None:
    """Remove what has come of *to* so far, if anything has."""
    for each in _beside(to):
        each.unlink(missing_ok=True)


class Arriving:
    """The file *to*, before it is whole. Everything here blocks for the time of a disk."""

    def __init__(self, to: Path, location: Location, rules: Rules) -> None:
        self._to = to
        self._part, self._about = _beside(to)
        self._location = location
        self._rules = rules
        self._file: BinaryIO | None = None
        self.size = 0

    def begun(self) -> Begun:
        """Return what an earlier attempt for the same location has left."""
        try:
            about = json.loads(self._about.read_text())
            size = self._part.stat().st_size
        except (OSError, ValueError):
            return Begun()
        if not isinstance(about, dict) or about.get("location") != self._location.digest:
            return Begun()
        return Begun(size, str(about.get("mark", "")))

    @on_our_disk()
    def open(self, offset: int, mark: str, total: int | None) -> None:
        """Keep the first *offset* bytes and go on behind them."""
        self._room(max(0, (total or 0) - offset), total or 0)
        self._to.parent.mkdir(parents=True, exist_ok=True)
        about = {"location": self._location.digest, "mark": mark}
        self._about.write_text(json.dumps(about))
        self._file = self._part.open("r+b" if self._part.exists() else "wb")
        self._file.truncate(offset)
        self._file.seek(offset)
        self.size = offset

    @on_our_disk()
    def write(self, chunk: bytes) -> None:
        """Take what has come; raise TransferError when it is too much."""
        assert self._file is not None
        self._room(len(chunk), self.size + len(chunk))
        self._file.write(chunk)
        self.size += len(chunk)

    @on_our_disk()
    def finish(self) -> None:
        """It is whole: put it in its place, on the disk and not only in memory."""
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        self._part.replace(self._to)
        self._about.unlink()

    def close(self) -> None:
        """Leave what there is for another attempt."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def discard(self) -> None:
        """Leave nothing."""
        self.close()
        discard(self._to)

    def _room(self, more: int, total: int) -> None:
        rules = self._rules
        if total > rules.most_bytes:
            why = f"the file is longer than the {rules.most_bytes} bytes that are allowed"
            raise TransferError(TransferFault.NO_ROOM, why)
        folder = next(each for each in (self._to.parent, *self._to.parents) if each.exists())
        if shutil.disk_usage(folder).free - rules.spare_bytes < more:
            raise TransferError(TransferFault.NO_ROOM, "there is no room for it on the disk")
