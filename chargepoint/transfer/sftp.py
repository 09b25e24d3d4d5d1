"""SFTP: files over SSH, with password; the server is known by its key.

Keys stand in a file in the manner of OpenSSH's known_hosts. Unless that file is the
installer's own, the first key that a server shows is believed and kept there; from then on
it has to show the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncssh

from chargepoint.core.words import TransferFault
from chargepoint.transfer.arriving import Begun
from chargepoint.transfer.failures import TransferError, denied, failed, on_our_disk
from chargepoint.transfer.leaving import chunks, length
from chargepoint.transfer.location import Location
from chargepoint.transfer.rules import CHUNK, Progress, Rules, dial
from chargepoint.transfer.stream import Incoming

HOME = "~"
DENIED = (
    asyncssh.PermissionDenied,
    asyncssh.SFTPPermissionDenied,
    asyncssh.SFTPWriteProtect,
)


@asynccontextmanager
async def incoming(location: Location, begun: Begun, rules: Rules) -> AsyncIterator[Incoming]:
    """Ask for the file, or for what is missing of it."""
    path = _path(location)
    async with _session(location, rules) as sftp, sftp.open(path, "rb") as file:
        found = await file.stat()
        mark = f"{found.mtime} {found.size}" if found.mtime is not None else ""
        offset = begun.size if mark and mark == begun.mark else 0
        yield Incoming(offset, found.size, mark, _received(file, offset))


async def send(
    source: Path, location: Location, name: str, again: bool, rules: Rules, progress: Progress
) -> None:
    """Store the file in the folder, or under the name that the location gives it."""
    size = length(source)
    async with _session(location, rules) as sftp:
        path = _path(location)
        if location.is_folder or await sftp.isdir(path):
            path = f"{path.rstrip('/')}/{name}" if path else name
        there = await sftp.getsize(path) if again and await sftp.exists(path) else None
        offset = there if there is not None and there <= size else 0
        async with sftp.open(path, "r+b" if offset else "wb") as file:
            await file.seek(offset)
            async for chunk in chunks(source, offset, progress):
                await file.write(chunk)


def _path(location: Location) -> str:
    """Return the path on the server: from its root, or with ``/~/`` from the user's home."""
    names = location.names
    return "/".join(names[1:]) if names[:1] == (HOME,) else "/" + "/".join(names)


async def _received(file: asyncssh.SFTPClientFile, offset: int) -> AsyncIterator[bytes]:
    await file.seek(offset)
    while chunk := await file.read(CHUNK):
        assert isinstance(chunk, bytes)
        yield chunk


class _Visitor(asyncssh.SSHClient):
    """Decides about servers that no line of the file knows."""

    def __init__(self, keys: Path, may_add: bool) -> None:
        self._keys = keys
        self._may_add = may_add

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Believe the first key of a new server, and remember it."""
        if not self._may_add:
            return False
        line = f"[{host}]:{port} {key.export_public_key('openssh').decode().strip()}\n"
        self._keys.parent.mkdir(parents=True, exist_ok=True)
        with self._keys.open("a") as file:
            file.write(line)
        return True


@asynccontextmanager
async def _session(location: Location, rules: Rules) -> AsyncIterator[asyncssh.SFTPClient]:
    """Lend a session of somebody who is signed in; its errors are ours."""
    host, port = location.host, location.port
    known = await asyncio.to_thread(_known, rules.host_keys)
    new = rules.trust_first and not any(asyncssh.match_known_hosts(known, host, "", port))
    with _told(location):
        connection = await asyncssh.connect(
            host,
            port,
            sock=await dial(location, rules),
            known_hosts=known,
            client_factory=lambda: _Visitor(rules.host_keys, new),
            username=location.user,
            password=location.password,
            client_keys=None,
            agent_path=None,
            config=None,
            login_timeout=rules.silence_s,
        )
        async with connection, connection.start_sftp_client() as sftp:
            yield sftp


def _known(keys: Path) -> asyncssh.SSHKnownHosts:
    try:
        with on_our_disk():
            return asyncssh.import_known_hosts(keys.read_text() if keys.exists() else "")
    except ValueError as error:
        raise failed(f"{keys} is no file of known hosts") from error


@contextmanager
def _told(location: Location) -> Iterator[None]:
    """Say in our words what went wrong."""
    try:
        yield
    except asyncssh.HostKeyNotVerifiable as error:
        raise denied(f"{location.host} shows another key than the one that is known") from error
    except DENIED as error:
        raise denied(f"{location.host}: {error.reason or 'permission denied'}") from error
    except asyncssh.SFTPOpUnsupported as error:
        raise TransferError(TransferFault.UNSUPPORTED, f"{location.host} cannot do that") from error
    except (asyncssh.Error, OSError, ValueError) as error:
        raise failed(f"{location.host}: {error or 'the connection broke'}") from error
