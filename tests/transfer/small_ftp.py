"""An FTP server, small enough to be as bad as a test likes: one user, files in memory."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

USER, PASSWORD = "me@home", "s3cr:t/"
TIME = "20260101120000"


class SmallFtp:
    """*files* by path, *folders* that exist. *breaks_after* bytes a data connection breaks once;
    *unknown* commands are answered with 502."""

    def __init__(self, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        self.files: dict[str, bytes] = {}
        self.folders = {"logs"}
        self.tls = tls
        self.implicit = implicit
        self.breaks_after: int | None = None
        self.unknown: set[str] = set()
        self.denied: set[str] = set()
        self.silent: set[str] = set()
        self.said: list[str] = []
        self.port = 0
        self.heard = asyncio.Event()
        self._visits: list[asyncio.Task] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[SmallFtp]:
        tls = self.tls if self.implicit else None
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
        for each in self._visits:
            each.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visits.append(asyncio.current_task())
        visit = _Visit(self, reader, writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await visit.run()
        finally:
            await visit.close()


class _Visit:
    """One control connection."""

    def __init__(
        self, ftp: SmallFtp, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.ftp, self.reader, self.writer = ftp, reader, writer
        self.user, self.folder, self.rest, self.protected = "", "", 0, False
        self.data: asyncio.Queue = asyncio.Queue()
        self.open: list[asyncio.StreamWriter] = []
        self.server: asyncio.Server | None = None

    async def run(self) -> None:
        self.say("220 ready")
        while line := await self.reader.readline():
            word, _, rest = line.decode().strip().partition(" ")
            self.ftp.said.append(f"{word} {rest}".strip() if word != "PASS" else "PASS")
            if word in self.ftp.silent:
                self.ftp.heard.set()
                await asyncio.sleep(1000)
            if word in self.ftp.unknown:
                self.say("502 not here")
            elif word in self.ftp.denied:
                self.say("550 not you")
            else:
                await getattr(self, f"on_{word.lower()}")(rest)

    async def close(self) -> None:
        if self.server is not None:
            self.server.close()
        while not self.data.empty():
            self.open.append(self.data.get_nowait()[1])
        for each in (*self.open, self.writer):
            each.close()
            with suppress(OSError):
                await each.wait_closed()

    def say(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())

    def path(self, name: str) -> str:
        return f"{self.folder}/{name}".strip("/")

    async def on_auth(self, _: str) -> None:
        self.say("234 go on")
        await self.writer.drain()
        await self.writer.start_tls(self.ftp.tls)

    async def on_user(self, name: str) -> None:
        self.user = name
        self.say("331 and the password")

    async def on_pass(self, given: str) -> None:
        right = (self.user, given) == (USER, PASSWORD) or self.user == "anonymous"
        self.say("230 welcome" if right else "530 no")

    async def on_pbsz(self, _: str) -> None:
        self.say("200 ok")

    async def on_prot(self, _: str) -> None:
        self.protected = True
        self.say("200 ok")

    async def on_type(self, _: str) -> None:
        self.say("200 ok")

    async def on_cwd(self, path: str) -> None:
        if path in self.ftp.folders:
            self.folder = path
            self.say("250 ok")
        else:
            self.say("550 no such folder")

    async def on_size(self, name: str) -> None:
        found = self.ftp.files.get(self.path(name))
        self.say("550 no such file" if found is None else f"213 {len(found)}")

    async def on_mdtm(self, _: str) -> None:
        self.say(f"213 {TIME}")

    async def on_rest(self, offset: str) -> None:
        self.rest = int(offset)
        self.say("350 go on")

    async def on_epsv(self, _: str) -> None:
        self.say("502 the old way, please")

    async def on_pasv(self, _: str) -> None:
        tls = self.ftp.tls if self.protected else None
        server = await asyncio.start_server(
            lambda *pair: self.data.put_nowait(pair), "127.0.0.1", 0, ssl=tls
        )
        self.server = server
        port = server.sockets[0].getsockname()[1]
        # It names another host, as one behind a router would, or one with bad intentions.
        self.say(f"227 passive (10,0,0,1,{port // 256},{port % 256})")

    async def on_retr(self, name: str) -> None:
        content = self.ftp.files.get(self.path(name))
        if content is None:
            self.say("550 no such file")
            return
        self.say("150 here it comes")
        _, writer = await self.data.get()
        self.open.append(writer)
        content, self.rest = content[self.rest :], 0
        limit, self.ftp.breaks_after = self.ftp.breaks_after, None
        writer.write(content[:limit])
        with suppress(OSError):
            await writer.drain()
        writer.close()
        self.server.close()
        self.say("226 done" if limit is None else "426 broken off")

    async def on_stor(self, name: str, before: bytes = b"") -> None:
        self.say("150 send it")
        reader, writer = await self.data.get()
        self.open.append(writer)
        limit, self.ftp.breaks_after = self.ftp.breaks_after, None
        content = await (reader.read() if limit is None else reader.readexactly(limit))
        self.ftp.files[self.path(name)] = before + content
        writer.close()
        self.server.close()
        self.say("226 done" if limit is None else "426 broken off")

    async def on_appe(self, name: str) -> None:
        await self.on_stor(name, self.ftp.files[self.path(name)])
