"""The folder that everything is kept in: ours alone, and one process at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from chargepoint.errors import StoreError

LOCK = "lock"


class FolderLock:
    """Holds a folder until it is released or the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Make *folder* if need be, keep others out; raise StoreError when that fails."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._file = os.fdopen(os.open(folder / LOCK, flags, 0o600), "r+")
        except OSError as error:
            raise StoreError(f"{folder} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = self._file.read(20).strip()
            self._file.close()
            raise StoreError(f"another chargepoint (pid {holder or '?'}) uses {folder}") from error
        self._file.truncate(0)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let the next one in."""
        self._file.close()
