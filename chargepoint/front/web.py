"""The front door of the station: an HTTP server for the page, the API and the metrics."""

from __future__ import annotations

import asyncio
import importlib
from importlib.metadata import version
from typing import TYPE_CHECKING

from chargepoint.errors import SettingsError
from chargepoint.front.access import is_loopback
from chargepoint.front.door import Door

if TYPE_CHECKING:
    from aiohttp.web import AppRunner

DISTRIBUTION = "chargepoint-agent"
SHUTDOWN_S = 1.0


def parse_bind(bind: str) -> tuple[str, int]:
    """Return host and port of ``127.0.0.1:8080`` or ``[::1]:8080``; raise SettingsError."""
    host, colon, port = bind.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f'api.bind: "address:port" such as "127.0.0.1:8080", not {bind!r}')
    return host, int(port)


class Front:
    """Serves *door* at *bind*, behind *password* where one is given.

    Other machines are let in only with a password: SettingsError without one. Port 0
    lets the system choose; *url* says what it chose, once started.
    """

    def __init__(self, door: Door, bind: str, password: str | None = None) -> None:
        self._door = door
        self._host, self._port = parse_bind(bind)
        self._password = password or None
        self._runner: AppRunner | None = None
        if self._password is None and not is_loopback(self._host):
            raise SettingsError(f"api.password: needed, because api.bind is {bind!r}")

    @property
    def url(self) -> str:
        """Return the page's address."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    async def start(self) -> None:
        """Listen; raise SettingsError when the address cannot be had.

        The server's modules are imported here and in a thread: a third of a second in
        which the link may already dial and the control loop goes on.
        """
        app = await asyncio.to_thread(importlib.import_module, "chargepoint.front.app")
        web = await asyncio.to_thread(importlib.import_module, "aiohttp.web")
        runner: AppRunner = web.AppRunner(
            app.build(self._door, self._password, version(DISTRIBUTION)),
            access_log=None,
            logger=app.LOG,
            auto_decompress=False,
            shutdown_timeout=SHUTDOWN_S,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            await runner.cleanup()
            where = f"{self._host}:{self._port}"
            raise SettingsError(f"api.bind: cannot listen on {where}: {error.strerror}") from error
        self._runner = runner
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Let every listener go and close; may be called before start and twice."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
