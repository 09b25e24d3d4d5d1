"""Tell systemd how we are: READY=1, STATUS=..., WATCHDOG=1, STOPPING=1 (sd_notify(3))."""

from __future__ import annotations

import logging
import os
import socket

log = logging.getLogger(__name__)


def notify(state: str) -> None:
    """Tell systemd *state*; nothing happens where nobody asked to be told. Never waits."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as out:
            out.sendto(state.encode(), address)
    except OSError as error:
        log.debug("systemd cannot be told %s: %s", state, error)


def watchdog_interval_s() -> float | None:
    """Return how often systemd wants to hear WATCHDOG=1 at least, None when it does not."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    ours = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(usec) / 1e6 if usec.isdecimal() and int(usec) > 0 and ours else None
