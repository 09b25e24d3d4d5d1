"""Security profile 3: certificates on both ends of a real connection, and a new one of ours."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from authority import Authority
from process.conftest import SECRET, Start

from chargepoint.demo.central import Central
from chargepoint.demo.peer import Peer
from chargepoint.security.keys import new_key_pair

NOW = datetime.now(UTC).replace(microsecond=0)
LONG = {"since": NOW - timedelta(days=30), "until": NOW + timedelta(days=300)}

TRIGGER = {
    "1.6": ("ExtendedTriggerMessage", "SignChargePointCertificate"),
    "2.0.1": ("TriggerMessage", "SignChargingStationCertificate"),
}


@pytest.fixture
def root() -> Authority:
    return Authority("Root", **LONG)


def serving(root: Authority, folder: Path) -> ssl.SSLContext:
    """A server that wants to see a certificate of the same root."""
    pair = new_key_pair("127.0.0.1", "Operator")
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_text(root.sign(pair.request, host="127.0.0.1", **LONG))
    key.write_text(pair.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(cadata=root.pem)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def installed(root: Authority, folder: Path) -> tuple[str, ...]:
    """The settings of a station with a first certificate."""
    pair = new_key_pair("CP001", "Operator")
    (folder / "root.pem").write_text(root.pem)
    (folder / "ours.pem").write_text(root.sign(pair.request, **LONG))
    (folder / "ours.key").write_text(pair.key)
    return (
        "csms.security_profile=3",
        f'tls.csms_root_ca=["{folder}/root.pem"]',
        f"tls.client_cert={folder}/ours.pem",
        f"tls.client_key={folder}/ours.key",
        "ocpp16.CpoName=Operator",
        'ocpp201.variables=[{component="SecurityCtrlr", variable="OrganizationName",'
        ' value="Operator"}]',
    )


def shown(station: Peer) -> int:
    """Return the serial number of the certificate that the station shows."""
    tls = station._line.transport.get_extra_info("ssl_object")
    return int(tls.getpeercert()["serialNumber"], 16)


@pytest.mark.requirement("A00.FR.401", "A02.FR.08", "A02.FR.10", "TC_A_11_CS", "1.6 security A02")
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_the_central_system_renews_our_certificate(
    start: Start, tmp_path: Path, root: Authority, version: str
) -> None:
    async with Central(versions=(version,), tls=serving(root, tmp_path)) as central:
        agent = await start(f"csms.url={central.url}", *installed(root, tmp_path))
        station = await central.station()
        first = shown(station)
        trigger, what = TRIGGER[version]
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")

        answer = await station.call(trigger, {"requestedMessage": what})
        assert answer["status"] == "Accepted"
        asked = await station.wait_for("SignCertificate")
        signed = root.sign(asked.payload["csr"], **LONG)
        answer = await station.call("CertificateSigned", {"certificateChain": signed})
        assert answer["status"] == "Accepted"

        await agent.says("new certificate of ours: .*CP001")
        await agent.until(lambda now: len(central.attempts) == 2 and now["ocpp"]["connected"])
        assert shown(await central.station()) != first
        assert station.errors == []
        assert "PRIVATE" not in agent.text

    assert await agent.stop() == 0


@pytest.mark.requirement("1.6 security A05")
async def test_the_central_system_raises_the_security_profile(
    start: Start, tmp_path: Path, root: Authority
) -> None:
    passwords = {"CP001": SECRET}
    async with Central(versions=("1.6",), passwords=passwords) as central:
        agent = await start(
            f"csms.url={central.url}",
            "csms.security_profile=1",
            f"csms.basic_auth_password={SECRET}",
        )
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        raised = {"key": "SecurityProfile", "value": "2"}
        assert (await station.call("ChangeConfiguration", raised))["status"] == "Rejected"
        certificate = {"certificateType": "CentralSystemRootCertificate", "certificate": root.pem}
        assert (await station.call("InstallCertificate", certificate))["status"] == "Accepted"
        answer = await station.call("ChangeConfiguration", raised)
        assert answer["status"] == "Accepted", agent.text
        port = central.port
    tls = serving(root, tmp_path)
    tls.verify_mode = ssl.CERT_NONE
    async with Central(port, versions=("1.6",), passwords=passwords, tls=tls) as central:
        station = await central.station()
        answer = await station.call("GetConfiguration", {"key": ["SecurityProfile"]})
        assert answer["configurationKey"][0]["value"] == "2"
        assert await agent.stop() == 0
