"""FTP, plain and under TLS: passive, with REST to continue a download and APPE an upload.

``ftplib`` waits, so every step is made in a thread; when the task is cancelled its
connections are cut, and the thread's step ends with them.

Source: RFC 959, RFC 3659 (SIZE, MDTM, REST), RFC 4217 (TLS); 1.6 section 8.
"""

from __future__ import annotations

import asyncio
import ftplib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from chargepoint.core.words import TransferFault
from chargepoint.transfer.arriving import Begun
from chargepoint.transfer.failures import TransferError, denied, failed
from chargepoint.transfer.leaving import chunks, length
from chargepoint.transfer.location import Location
from chargepoint.transfer.rules import CHUNK, Progress, Rules, dial
from chargepoint.transfer.stream import Incoming

IMPLICIT, PLAIN_PORT = "ftps", 21
DATA_TIMEOUT_S = 10.0  # for the second connection: the same host has just answered
FAULTS = {
    "500": TransferFault.UNSUPPORTED,
    "501": TransferFault.BAD_LOCATION,
    "502": TransferFault.UNSUPPORTED,
    "504": TransferFault.UNSUPPORTED,
    "530": TransferFault.DENIED,
    "532": TransferFault.DENIED,
    "550": TransferFault.DENIED,
    "553": TransferFault.DENIED,
}


@asynccontextmanager
async def incoming(location: Location, begun: Begun, rules: Rules) -> AsyncIterator[Incoming]:
    """Ask for the file, or for what is missing of it."""
    path = "/".join(location.names)
    async with _session(location, rules) as ftp:
        total = await asyncio.to_thread(_size, ftp, path)
        mark = await asyncio.to_thread(_mark, ftp, path, total)
        known = mark and mark == begun.mark and begun.size <= (total or 0)
        offset = begun.size if known and await asyncio.to_thread(_rest, ftp, begun.size) else 0
        data = await asyncio.to_thread(ftp.transfercmd, f"RETR {path}")
        with _cut_off(data):
            data.settimeout(rules.silence_s)
            yield Incoming(offset, total, mark, _received(ftp, data))


async def send(
    source: Path, location: Location, name: str, again: bool, rules: Rules, progress: Progress
) -> None:
    """Store the file in the folder, or under the name that the location gives it."""
    size = length(source)
    async with _session(location, rules) as ftp:
        path = await asyncio.to_thread(_enter, ftp, location, name)
        there = await asyncio.to_thread(_size, ftp, path) if again else None
        offset = there if there is not None and there <= size else 0
        command = f"APPE {path}" if offset else f"STOR {path}"
        data = await asyncio.to_thread(ftp.transfercmd, command)
        with _cut_off(data):
            data.settimeout(rules.silence_s)
            async for chunk in chunks(source, offset, progress):
                await asyncio.to_thread(data.sendall, chunk)
            await asyncio.to_thread(_finish, ftp, data)


class _Tls(ftplib.FTP_TLS):
    """FTP under TLS whose data connections continue the session of the control connection:
    servers insist, to know that both are the same client."""

    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        data, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        assert isinstance(self.sock, ssl.SSLSocket)
        secured = self.context.wrap_socket(
            data, server_hostname=self.host, session=self.sock.session
        )
        return secured, size


@asynccontextmanager
async def _session(location: Location, rules: Rules) -> AsyncIterator[ftplib.FTP]:
    """Lend a session of somebody who is signed in; its errors are ours."""
    ftp = ftplib.FTP() if location.protocol == "FTP" else _Tls(context=rules.tls())
    ftp.encoding = "utf-8"
    control = await dial(location, rules)
    control.settimeout(rules.silence_s)
    with _told(location), _cut_off(control):
        try:
            await asyncio.to_thread(_sign_in, ftp, control, location)
            yield ftp
        finally:
            ftp.close()


@contextmanager
def _cut_off(connection: socket.socket) -> Iterator[None]:
    """Cut the connection at the end, also under a thread that waits for it, and under TLS, which
    takes the socket over: what is cut is a second handle of the same connection."""
    handle = connection.dup() if not isinstance(connection, ssl.SSLSocket) else None
    try:
        yield
    finally:
        with suppress(OSError):
            (handle or connection).shutdown(socket.SHUT_RDWR)
        if handle is not None:
            handle.close()
        connection.close()


@contextmanager
def _told(location: Location) -> Iterator[None]:
    """Say in our words what went wrong."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise denied(f"the certificate of {location.host} is no good") from error
    except ftplib.error_perm as error:
        fault = FAULTS.get(str(error)[:3], TransferFault.FAILED)
        raise TransferError(fault, f"the server answers {error}") from error
    except (ftplib.Error, EOFError, OSError) as error:
        raise failed(f"{location.host}: {error or 'the connection broke'}") from error


def _sign_in(ftp: ftplib.FTP, control: socket.socket, location: Location) -> None:
    """Take *control* over as the control connection: TLS at once, or after AUTH, or not."""
    ftp.host, ftp.port, ftp.timeout = location.host, location.port, DATA_TIMEOUT_S
    if location.scheme == IMPLICIT and location.port != PLAIN_PORT:
        assert isinstance(ftp, ftplib.FTP_TLS)
        control = ftp.context.wrap_socket(control, server_hostname=location.host)
    ftp.sock, ftp.af = control, control.family
    ftp.file = control.makefile("r", encoding=ftp.encoding)
    ftp.welcome = ftp.getresp()
    ftp.login(location.user, location.password)
    if isinstance(ftp, ftplib.FTP_TLS):
        ftp.prot_p()
    ftp.voidcmd("TYPE I")


def _enter(ftp: ftplib.FTP, location: Location, name: str) -> str:
    """Return the path to store at: in the folder that the location is, or else itself."""
    path = "/".join(location.names)
    if not path:
        return name
    try:
        ftp.cwd(path)
    except ftplib.error_perm:
        if location.is_folder:
            raise
        return path
    return name


def _size(ftp: ftplib.FTP, path: str) -> int | None:
    """Return how long the file on the server is, None if it does not say or is not there."""
    try:
        return ftp.size(path)
    except ftplib.error_perm:
        return None


def _mark(ftp: ftplib.FTP, path: str, size: int | None) -> str:
    """Return what tells this version of the file from another: its time and its length."""
    try:
        return f"{ftp.sendcmd(f'MDTM {path}')} {size}" if size is not None else ""
    except ftplib.error_perm:
        return ""


def _rest(ftp: ftplib.FTP, offset: int) -> bool:
    """Return whether the server will go on at *offset*."""
    try:
        return ftp.sendcmd(f"REST {offset}").startswith("350")
    except ftplib.error_perm:
        return False


async def _received(ftp: ftplib.FTP, data: socket.socket) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(data.recv, CHUNK):
        yield chunk
    await asyncio.to_thread(_finish, ftp, data)


def _finish(ftp: ftplib.FTP, data: socket.socket) -> None:
    """End the data connection in good order, and hear whether all is well."""
    if isinstance(data, ssl.SSLSocket):
        with suppress(OSError):  # many servers just close it
            data.unwrap()
    with suppress(OSError):
        data.shutdown(socket.SHUT_WR)
    ftp.voidresp()
