"""How the log looks: a line for people, or JSON for machines. Times are UTC.

Wherever it goes besides, the newest of it is kept in two files, for those who ask from afar.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TextIO

from chargepoint.protocol.redact import RedactingFilter

LIBRARIES = ("aiohttp", "asyncio", "asyncssh", "ocpp", "pymodbus", "websockets")
"""Their chatter below WARNING holds frames and headers, so it holds secrets."""


NAME = "chargepoint.log"
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ")
"""How a line begins that is not the rest of the one before it."""


def configure(level: str, form: Literal["text", "json"], out: TextIO | None = None) -> None:
    """Log what is at least *level* to *out* (standard error), and nothing twice."""
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(_json() if form == "json" else _text())
    handler.addFilter(RedactingFilter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def kept(folder: Path, megabytes: float) -> Iterator[None]:
    """Keep the newest *megabytes* of the log in *folder* as well, readable by us alone."""
    if not megabytes:
        yield
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _Newest(folder / NAME, round(megabytes * 1_000_000 / 2))
    handler.setFormatter(_text())
    handler.addFilter(RedactingFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def names() -> tuple[str, ...]:
    """Return the files that ``kept`` writes, the older one first."""
    return f"{NAME}.1", NAME


class _Newest(logging.FileHandler):
    """Turns to a new file when this one has *most* bytes; the one before it goes."""

    def __init__(self, file: Path, most: int) -> None:
        super().__init__(file, encoding="utf-8", delay=True)
        self._file = file
        self._most = most

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line where the disk takes it. That it does not is told elsewhere."""
        with suppress(OSError):
            super().emit(record)
            if self.stream and self.stream.tell() >= self._most:
                self.close()
                self._file.replace(self._file.with_name(names()[0]))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name
        """Lose the line: a traceback for each one helps nobody."""


class _Utc(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


def _text() -> logging.Formatter:
    return _Utc("%(asctime)s %(levelname)-8s %(name)s: %(message)s")


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter

    class Json(JsonFormatter, _Utc):
        """JSON with the same times as the text."""

    fields = {"asctime": "time", "levelname": "level", "name": "logger"}
    return Json("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=fields)
