"""How the log looks: a line for people, or JSON for machines. Times are UTC."""

from __future__ import annotations

import logging
import sys
import time
from typing import Literal, TextIO

from chargepoint.protocol.redact import RedactingFilter

LIBRARIES = ("aiohttp", "asyncio", "asyncssh", "ocpp", "pymodbus", "websockets")
"""Their chatter below WARNING holds frames and headers, so it holds secrets."""


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
