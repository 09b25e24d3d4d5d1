"""A link to a server whose TLS is wrong: what it says, and what goes into the security log."""

from __future__ import annotations

import asyncio
import datetime
import errno
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import trustme
from websockets.exceptions import InvalidMessage

from chargepoint.errors import LinkError, SettingsError
from chargepoint.protocol.concerns import Concern
from chargepoint.protocol.failures import Failure, explain

AN_AGE_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def serving(authority: trustme.CA, *names: str, **wishes: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **wishes).configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> Callable[[], ssl.SSLContext]:
    def trusting() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        authority.configure_trust(context)
        return context

    return trusting


@pytest.mark.requirement("A00.FR.317", "A00.FR.420")
@pytest.mark.requirement("A00.FR.306", "A00.FR.312")
async def test_a_trusted_server_is_connected(
    authority: trustme.CA, trusting: Any, open_central: Any, dial: Any
):
    async with open_central(serving(authority, "127.0.0.1")) as central:
        state = await dial(f"wss://127.0.0.1:{central.port}/ocpp", tls=trusting).connected()

    assert state.url == f"wss://127.0.0.1:{central.port}/ocpp/CP001"


@pytest.mark.requirement("A00.FR.309", "A00.FR.310", "A00.FR.311", "A00.FR.413", "A00.FR.414")
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda ours: serving(trustme.CA(), "127.0.0.1"), "is not signed by a root that we trust"),
        (lambda ours: serving(ours, "other.example"), "is for another address"),
        (lambda ours: serving(ours, "127.0.0.1", not_after=AN_AGE_AGO), "has expired"),
    ],
)
async def test_a_bad_certificate_is_a_concern_told_once(
    make: Any, why: str, authority: trustme.CA, trusting: Any, open_central: Any, dial: Any
):
    async with open_central(make(authority)) as central:
        dialled = dial(f"wss://127.0.0.1:{central.port}/ocpp", tls=trusting)

        assert (await dialled.failed()).endswith(why)

        address = f"127.0.0.1:{central.port}"
        assert dialled.concerns == [
            (Concern.CSMS_CERTIFICATE, f"the certificate of {address} {why}")
        ]
        assert central.requests == []


async def test_another_host_name_is_told(
    authority: trustme.CA, trusting: Any, open_central: Any, dial: Any
):
    async with open_central(serving(authority, "other.example")) as central:
        why = await dial(f"wss://localhost:{central.port}/", tls=trusting).failed()

    assert why.endswith("is for another host name")


async def test_a_port_without_tls_is_told(trusting: Any, dial: Any):
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        why = await dial(f"wss://127.0.0.1:{port}/", tls=trusting).failed()

    assert why == f"127.0.0.1:{port} does not speak TLS on this port"


async def test_a_port_that_hangs_up_is_told(central: Any, trusting: Any, dial: Any):
    why = await dial(f"wss://127.0.0.1:{central.port}/", tls=trusting).failed()

    assert why == f"127.0.0.1:{central.port} breaks off the connection"


async def test_trust_that_cannot_be_read_is_told_and_tried_again(
    authority: trustme.CA, trusting: Any, open_central: Any, dial: Any
):
    attempts = iter([SettingsError("root.pem cannot be read: No such file or directory")])

    def tls() -> ssl.SSLContext:
        for error in attempts:
            raise error
        return trusting()

    async with open_central(serving(authority, "127.0.0.1")) as central:
        dialled = dial(f"wss://127.0.0.1:{central.port}/", tls=tls)
        assert await dialled.failed() == "root.pem cannot be read: No such file or directory"
        await dialled.connected()


# --- what cannot be staged here ------------------------------------------------------------------


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.requirement("A00.FR.316", "A00.FR.323", "A00.FR.419", "A00.FR.426")
@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (
            tls_error("UNSUPPORTED_PROTOCOL"),
            Failure("h only speaks TLS older than 1.2", Concern.TLS_VERSION),
        ),
        (
            tls_error("TLSV1_ALERT_PROTOCOL_VERSION"),
            Failure("h only speaks TLS older than 1.2", Concern.TLS_VERSION),
        ),
        (
            tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"),
            Failure("h has no cipher suite that is strong enough", Concern.TLS_CIPHER),
        ),
        (
            caused(InvalidMessage("no HTTP"), tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
            Failure("h does not take our certificate (TLSV13_ALERT_CERTIFICATE_REQUIRED)"),
        ),
        (tls_error("SOMETHING"), Failure("TLS with h failed (SOMETHING)")),
        (TimeoutError(), Failure("h does not answer in time")),
        (
            caused(InvalidMessage("no HTTP"), ConnectionResetError(errno.ECONNRESET, "x")),
            Failure("h: connection reset by peer"),
        ),
        (
            socket.gaierror(-2, "Name or service not known"),
            Failure("the host name h cannot be found (Name or service not known)"),
        ),
        (
            OSError(errno.EMFILE, "Too many open files"),
            Failure("h cannot be reached: [Errno 24] Too many open files"),
        ),
        (EOFError("stream ends"), Failure("h: stream ends")),
        (caused(LinkError("no root"), FileNotFoundError(2, "x")), Failure("no root")),
    ],
)
def test_each_failure_has_its_sentence(error: Exception, failure: Failure):
    assert explain(error, "h") == failure
