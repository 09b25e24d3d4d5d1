"""OCPP 2.0.1 part 6, TC_A and TC_M: passwords and certificates on real connections."""

from __future__ import annotations

import asyncio
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from authority import Authority
from process.conftest import SECRET, Agent, Start

from chargepoint.core.x509 import hash_of
from chargepoint.demo.central import Central
from chargepoint.demo.peer import Peer
from chargepoint.protocol.hashes import hash_payload
from chargepoint.security.keys import new_key_pair

NOW = datetime.now(UTC).replace(microsecond=0)
LONG = {"since": NOW - timedelta(days=30), "until": NOW + timedelta(days=300)}
OLD = Authority("Root 1", **LONG)
NEW = Authority("Root 2", above=OLD, **LONG)
CSMS = "CSMSRootCertificate"
VALUES = {
    ("OCPPCommCtrlr", "RetryBackOffWaitMinimum"): "1",
    ("OCPPCommCtrlr", "RetryBackOffRandomRange"): "0",
    ("OCPPCommCtrlr", "RetryBackOffRepeatTimes"): "0",
    ("SecurityCtrlr", "AdditionalRootCertificateCheck"): "true",
}


def serving(root: Authority, folder: Path) -> ssl.SSLContext:
    """A server with a certificate of *root* that wants to see one of the old root."""
    pair = new_key_pair("127.0.0.1", "Operator")
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_text(root.sign(pair.request, host="127.0.0.1", **LONG))
    key.write_text(pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(cadata=OLD.pem)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def outdated(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer whatever comes with the ServerHello of TLS 1.1."""
    hello = b"\x03\x02" + bytes(32) + b"\x00" + b"\xc0\x09" + b"\x00"
    message = b"\x02" + len(hello).to_bytes(3, "big") + hello
    writer.write(b"\x16\x03\x02" + len(message).to_bytes(2, "big") + message)
    writer.close()


def one_suite(suite: str, folder: Path) -> ssl.SSLContext:
    context = serving(OLD, folder)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(suite)
    return context


def profile_3(folder: Path) -> tuple[str, ...]:
    """The settings of a station that has a certificate and trusts the old root."""
    pair = new_key_pair("CP001", "Operator")
    values = [
        {"component": component, "variable": variable, "value": value}
        for (component, variable), value in VALUES.items()
    ]
    files = {"root": OLD.pem, "ours": OLD.sign(pair.request, **LONG), "key": pair.key}
    for name, text in files.items():
        (folder / f"{name}.pem").write_text(text)
    return (
        "csms.security_profile=3",
        f'tls.csms_root_ca=["{folder}/root.pem"]',
        f"tls.client_cert={folder}/ours.pem",
        f"tls.client_key={folder}/key.pem",
        f"ocpp201.variables={json.dumps(values)}",
    )


async def booted(agent: Agent, central: Central, since: int = 0) -> Peer:
    """Return the station when it has told of itself and of its connectors."""
    station = await central.station(timeout_s=20)
    await station.wait_for("BootNotification", timeout_s=20, since=since)
    place = await station.wait_for("StatusNotification", timeout_s=20, since=since)
    assert place.payload["connectorStatus"] == "Available"
    await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
    return station


async def told(station: Peer, event: str) -> None:
    await station.wait_for("SecurityEventNotification", lambda it: it["type"] == event)


async def says(station: Peer, action: str, **payload: Any) -> str:
    return str((await station.call(action, payload))["status"])


async def roots(station: Peer) -> list[dict[str, str]]:
    answer = await station.call("GetInstalledCertificateIds", {"certificateType": [CSMS]})
    return [each["certificateHashData"] for each in answer["certificateHashDataChain"]]


@pytest.mark.requirement(
    *("TC_A_04_CS", "TC_A_06_CS", "TC_A_07_CS", "TC_M_30_CS", "TC_M_31_CS"),
    *("A00.FR.314", "A00.FR.316", "A00.FR.319", "A00.FR.422", "M05.FR.12", "M05.FR.13"),
    "M05.FR.14",
)
async def test_tls_and_a_new_root_for_it(start: Start, tmp_path: Path) -> None:
    async with await asyncio.start_server(outdated, "127.0.0.1") as old:
        port = old.sockets[0].getsockname()[1]
        agent = await start(f"csms.url=wss://127.0.0.1:{port}/ocpp", *profile_3(tmp_path))
        await agent.says("no connection: .*TLS", timeout_s=20)

    suite = one_suite("ECDHE-ECDSA-AES128-GCM-SHA256", tmp_path)
    async with Central(port, versions=("2.0.1",), tls=suite) as central:
        station = await booted(agent, central)
        for event in ("StartupOfTheDevice", "InvalidTLSVersion"):
            await told(station, event)

    suite = one_suite("ECDHE-ECDSA-AES256-GCM-SHA384", tmp_path)
    async with Central(port, versions=("2.0.1",), tls=suite) as central:
        station = await central.station(timeout_s=20)
        tls = station._line.transport.get_extra_info("ssl_object")
        assert (("commonName", "CP001"),) in tls.getpeercert()["subject"]
        # The new root does not verify this server: the old one is the fallback, and stays.
        wanted = {"certificateType": CSMS, "certificate": NEW.pem}
        assert await says(station, "InstallCertificate", **wanted) == "Accepted"
        mark = station.mark()
        assert await says(station, "Reset", type="OnIdle") == "Accepted"
        station = await booted(agent, central, mark)
        assert hash_payload(hash_of(OLD.certificate)) in await roots(station)

        assert await says(station, "Reset", type="OnIdle") == "Accepted"
    async with Central(port, versions=("2.0.1",), tls=serving(NEW, tmp_path)) as central:
        station = await booted(agent, central)
        assert await roots(station) == [hash_payload(hash_of(NEW.certificate, OLD.certificate))]
        assert await agent.stop() == 0


@pytest.mark.requirement(
    *("TC_A_01_CS", "TC_A_09_CS", "TC_A_10_CS", "A00.FR.203", "A00.FR.204", "A00.FR.205"),
    *("A01.FR.01", "A01.FR.11"),
)
async def test_a_new_password_is_used_and_a_short_one_refused(start: Start) -> None:
    """A station that says Accepted connects anew with it."""
    passwords = {"CP001": SECRET}
    async with Central(versions=("2.0.1",), passwords=passwords) as central:
        agent = await start(
            f"csms.url={central.url}",
            "csms.security_profile=1",
            f"csms.basic_auth_password={SECRET}",
        )

        async def put(password: str) -> str:
            item = {
                "component": {"name": "SecurityCtrlr"},
                "variable": {"name": "BasicAuthPassword"},
                "attributeValue": password,
            }
            answer = await station.call("SetVariables", {"setVariableData": [item]})
            return str(answer["setVariableResult"][0]["attributeStatus"])

        station = await booted(agent, central)
        assert await put("fifteen letters") == "Rejected"
        mark = station.mark()
        assert await says(station, "Reset", type="Immediate") == "Accepted"
        station = await booted(agent, central, mark)

        passwords["CP001"] = "a-quite-different-secret"
        assert await put(passwords["CP001"]) == "Accepted"
        before = len(central.attempts)
        await agent.until(lambda now: len(central.attempts) > before and now["ocpp"]["connected"])
        assert {attempt.status for attempt in central.attempts} == {101}
        assert passwords["CP001"] not in agent.text
        assert await agent.stop() == 0
