"""HTTP and HTTPS: GET with Range; PUT, or POST for those who do not take that.

Source: RFC 9110 sections 13.1.5, 14 (If-Range, Range); 2.0.1 N01.FR.19 (POST).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urljoin
from uuid import uuid4

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    TCPConnector,
    encode_basic_auth,
    hdrs,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from chargepoint.core.words import TransferFault
from chargepoint.transfer.arriving import Begun
from chargepoint.transfer.failures import Stale, TransferError, denied, failed
from chargepoint.transfer.leaving import chunks, length
from chargepoint.transfer.location import Location, is_local, parse
from chargepoint.transfer.rules import CHUNK, Progress, Rules, addresses
from chargepoint.transfer.stream import Incoming

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 307, 308})
NOT_TAKEN = frozenset({405, 501})
PLAIN = {"Accept-Encoding": "identity"}  # a Range counts the bytes of the file itself
FAULTS = {
    400: TransferFault.BAD_LOCATION,
    401: TransferFault.DENIED,
    403: TransferFault.DENIED,
    405: TransferFault.UNSUPPORTED,
    501: TransferFault.UNSUPPORTED,
}

BYTES = "application/octet-stream"

Sent = tuple[AsyncIterator[bytes] | None, dict[str, str]]
"""What is sent with a request, and the headers that go with it."""


@asynccontextmanager
async def incoming(location: Location, begun: Begun, rules: Rules) -> AsyncIterator[Incoming]:
    """Ask for the file, or for what is missing of it."""
    wanted = {"Range": f"bytes={begun.size}-", "If-Range": begun.mark}
    headers = wanted if begun.size and begun.mark else {}
    async with _answer("GET", location, rules, lambda: (None, headers | PLAIN)) as response:
        if response.status == 416:
            raise Stale
        _judge(response)
        offset = _offset(response) if response.status == 206 else 0
        if offset not in (0, begun.size):
            raise failed("the server sends another part than was asked for")
        length = response.content_length
        yield Incoming(
            offset,
            None if length is None else offset + length,
            _mark(response),
            response.content.iter_chunked(CHUNK),
        )


async def send(
    source: Path, location: Location, name: str, again: bool, rules: Rules, progress: Progress
) -> None:
    """PUT the file there, under *name* if the location is a folder; POST it as a form where
    the server takes no PUT. HTTP cannot continue: *again* begins anew."""
    async with _answer(
        "PUT", _named(location, name), rules, lambda: _whole(source, name, progress)
    ) as response:
        if response.status not in NOT_TAKEN:
            _judge(response)
            return
    async with _answer("POST", location, rules, lambda: _form(source, name, progress)) as response:
        _judge(response)


def _whole(source: Path, name: str, progress: Progress) -> Sent:
    """Return the file as it is, for a PUT."""
    headers = {
        "Content-Type": BYTES,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(length(source)),
    }
    return chunks(source, 0, progress), headers


def _form(source: Path, name: str, progress: Progress) -> Sent:
    """Return the file as the one field of a form, for a POST."""
    boundary = uuid4().hex
    disposition = f'form-data; name="uploadfile"; filename="{name}"'
    top = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {BYTES}\r\n\r\n"
    end = f"\r\n--{boundary}--\r\n"

    async def body() -> AsyncIterator[bytes]:
        yield top.encode()
        async for chunk in chunks(source, 0, progress):
            yield chunk
        yield end.encode()

    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(top.encode()) + length(source) + len(end)),
    }
    return body(), headers


def _named(location: Location, name: str) -> Location:
    if not location.is_folder:
        return location
    url, mark, query = location.url.partition("?")
    return replace(location, url=f"{url.rstrip('/')}/{quote(name)}{mark}{query}")


@asynccontextmanager
async def _answer(
    method: str, location: Location, rules: Rules, body: Callable[[], Sent]
) -> AsyncIterator[ClientResponse]:
    """Yield the answer to the request, after redirects that are allowed."""
    allowed = rules.local_locations
    for _ in range(MOST_REDIRECTS + 1):
        async with _session(location, rules, local=allowed) as session:
            data, headers = body()
            if location.user:
                headers["Authorization"] = encode_basic_auth(location.user, location.password)
            response = await session.request(
                method,
                URL(location.url, encoded=True),
                data=data,
                headers=headers,
                allow_redirects=False,
            )
            async with response:
                if response.status not in REDIRECTS:
                    yield response
                    return
                location = _redirected(location, response)
                allowed = rules.local_redirects
    raise failed(f"the server redirects more than {MOST_REDIRECTS} times")


@asynccontextmanager
async def _session(
    location: Location, rules: Rules, *, local: bool
) -> AsyncIterator[ClientSession]:
    """Lend a session that reaches local addresses only if it may; its errors are ours."""
    if not local and _is_literal(location.host) and is_local(location.host):
        raise denied(f"{location.host} is on a local network, and that is not allowed here")
    context = rules.tls() if location.scheme == "https" else False
    connector = TCPConnector(ssl=context, resolver=_Resolver(local), force_close=True)
    timeout = ClientTimeout(total=None)  # the caller keeps the time
    try:
        async with ClientSession(connector=connector, timeout=timeout) as session:
            yield session
    except ClientConnectorCertificateError as error:
        raise denied(f"the certificate of {location.host} is no good") from error
    except (ClientError, OSError, ValueError) as error:
        raise failed(f"{location.host}: {error or type(error).__name__}") from error


class _Resolver(AbstractResolver):
    """Looks names up, and refuses those of local machines unless they are allowed."""

    def __init__(self, local: bool) -> None:
        self._local = local

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await asyncio.to_thread(addresses, host, port, local=self._local)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=each, proto=0, flags=0)
            for each, address in found
        ]

    async def close(self) -> None:
        """Nothing is kept."""


def _is_literal(host: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host.partition("%")[0])
    except OSError:
        return False
    return True


def _redirected(location: Location, response: ClientResponse) -> Location:
    """Return where the server sends us; a password stays with the host it was for."""
    there = parse(urljoin(location.url, response.headers.get(hdrs.LOCATION, "")))
    if there.scheme not in ("http", "https"):
        raise denied(f"redirected from {location.scheme} to {there.scheme}")
    if (location.scheme, there.scheme) == ("https", "http"):
        raise denied("redirected from https to plain http")
    if (there.host, there.port) != (location.host, location.port):
        return there
    return replace(there, user=location.user, password=location.password)


def _judge(response: ClientResponse) -> None:
    if response.status >= 300:
        fault = FAULTS.get(response.status, TransferFault.FAILED)
        raise TransferError(fault, f"the server answers {response.status} {response.reason}")


def _offset(response: ClientResponse) -> int:
    """Return where the part that comes begins: ``Content-Range: bytes 100-199/200``."""
    span = response.headers.get(hdrs.CONTENT_RANGE, "").removeprefix("bytes ")
    first = span.partition("-")[0]
    return int(first) if first.isdecimal() else -1


def _mark(response: ClientResponse) -> str:
    """Return what If-Range takes: a strong tag, else the date; nothing where no Range is taken."""
    if response.headers.get(hdrs.ACCEPT_RANGES, "").casefold() == "none":
        return ""
    tag = response.headers.get(hdrs.ETAG, "")
    return tag if tag.startswith('"') else response.headers.get(hdrs.LAST_MODIFIED, "")
