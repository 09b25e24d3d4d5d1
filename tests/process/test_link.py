"""Which version, which password, which certificate, and what when nobody is there."""

from __future__ import annotations

import asyncio
import ssl
from itertools import pairwise
from pathlib import Path

import pytest
import trustme
from process.conftest import SECRET, Start

from chargepoint.demo.central import Central


@pytest.mark.parametrize(
    ("spoken", "agreed"), [(("1.6",), "1.6"), (("1.6", "2.0.1"), "2.0.1")], ids=["1.6", "both"]
)
async def test_the_first_version_that_both_speak_is_spoken(
    start: Start, spoken: tuple[str, ...], agreed: str
) -> None:
    async with Central(versions=spoken) as central:
        agent = await start(f"csms.url={central.url}")
        status = await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")

        assert status["ocpp"]["version"] == agreed
        assert central.attempts[0].offered == ("ocpp2.0.1", "ocpp1.6")
        assert central.peer("CP001").errors == []


async def test_without_a_common_version_the_station_closes_and_says_so(start: Start) -> None:
    async with Central(versions=("9.9",)) as central:
        agent = await start(f"csms.url={central.url}")
        await agent.until(lambda now: "agreed to none" in (now["ocpp"]["why"] or ""))

        assert central.peer("CP001").calls == []
        assert await agent.stop() == 0


@pytest.mark.requirement("A00.FR.004")
async def test_a_wrong_password_is_tried_slowly_until_it_is_right(start: Start) -> None:
    passwords = {"CP001": "another password!"}
    async with Central(versions=("1.6",), passwords=passwords) as central:
        agent = await start(
            f"csms.url={central.url}",
            "csms.security_profile=1",
            f"csms.basic_auth_password={SECRET}",
        )
        await agent.until(lambda now: "401" in (now["ocpp"]["why"] or ""))
        await asyncio.sleep(1.5)
        passwords["CP001"] = SECRET
        station = await central.station()
        told = await station.wait_for("SecurityEventNotification")

        assert told.payload["type"] == "FailedToAuthenticateAtCentralSystem"
        refused = [attempt for attempt in central.attempts if attempt.status == 401]
        assert len(refused) >= 2
        assert all(two.at_s - one.at_s >= 0.5 for one, two in pairwise(refused))


def serving(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA, folder: Path) -> tuple[str, ...]:
    root = folder / "root.pem"
    authority.cert_pem.write_to_path(root)
    return (
        "csms.security_profile=2",
        f"csms.basic_auth_password={SECRET}",
        f'tls.csms_root_ca=["{root}"]',
    )


@pytest.mark.requirement("TC_A_05_CS", "A00.FR.309", "A00.FR.310", "A00.FR.311")
@pytest.mark.parametrize(
    ("name", "trusted", "why"),
    [
        ("127.0.0.1", False, "not signed by a root that we trust|root that is not trusted"),
        ("elsewhere.example", True, "for another (host name|address)"),
    ],
    ids=["strange authority", "wrong host"],
)
async def test_a_certificate_that_is_not_right_is_refused_and_reported_later(
    start: Start, tmp_path: Path, name: str, trusted: bool, why: str
) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    bad = serving(authority if trusted else stranger, name)
    ours = trusting(authority, tmp_path)
    async with Central(passwords={"CP001": SECRET}, tls=bad) as central:
        agent = await start(f"csms.url={central.url}", *ours)
        await agent.says(f"no connection: the certificate .* {why}")
        port = central.port
    good = serving(authority)
    async with Central(port, passwords={"CP001": SECRET}, tls=good) as central:
        station = await central.station()
        told = await station.wait_for("SecurityEventNotification")

        assert told.payload["type"] == "InvalidCsmsCertificate"
        assert len([line for line in agent.log if "security: InvalidCsms" in line]) == 1


async def test_nobody_there_at_the_start_is_no_reason_not_to_charge(start: Start) -> None:
    async with Central() as central:
        url = central.url
    agent = await start(f"csms.url={url}", "offline.authorization=any")
    await agent.status()
    assert agent.processor_s() < 2.0  # what the clock says depends on the neighbours, too

    await agent.until(lambda now: "refused" in (now["ocpp"]["why"] or ""))
    await agent.charging()
    await agent.post("authorize", {"id_token": "CARD-1"})
    await agent.until(lambda now: now["evses"][0]["transaction_id"] is None)
    await agent.until(lambda now: now["ocpp"]["queued"] >= 2)

    async with Central(int(url.split(":")[2].split("/")[0])) as central:
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["queued"] == 0)
        (page,) = station.ledger.transactions.values()
        assert (page.started, page.ended, page.lost) == (True, True, 0)
        assert station.errors == []
