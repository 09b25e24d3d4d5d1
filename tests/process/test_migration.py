"""From one central system to another, over real connections: part 6, B09, B10 and A05."""

from __future__ import annotations

import ssl
from itertools import pairwise
from typing import Any

import pytest
import trustme
from process.conftest import SECRET, Start

from chargepoint.demo.central import Central
from chargepoint.demo.peer import Peer

COMM, PRIORITY, ATTEMPTS = (
    "OCPPCommCtrlr",
    "NetworkConfigurationPriority",
    "NetworkProfileConnectionAttempts",
)


async def booted(central: Central, reason: str = "RemoteReset", times: int = 1) -> Peer:
    """Part 6, reusable state Booted, for the *times*-th time: the boot with its reason, and
    the connector's status."""
    station = central.peer("CP001")
    await station.wait_until(lambda: len(station.received("BootNotification")) == times, 40)
    boot = station.received("BootNotification")[-1]
    assert boot.payload["reason"] == reason
    since = station.calls.index(boot)
    await station.wait_for("StatusNotification", timeout_s=20, since=since)
    return station


async def set_variable(station: Peer, name: str, value: str) -> str:
    item = {"component": {"name": COMM}, "variable": {"name": name}, "attributeValue": value}
    (result,) = (await station.call("SetVariables", {"setVariableData": [item]}))[
        "setVariableResult"
    ]
    return str(result["attributeStatus"])


async def variable(station: Peer, name: str, component: str = COMM) -> str:
    item = {"component": {"name": component}, "variable": {"name": name}}
    (result,) = (await station.call("GetVariables", {"getVariableData": [item]}))[
        "getVariableResult"
    ]
    assert result["attributeStatus"] == "Accepted"
    return str(result["attributeValue"])


async def move(station: Peer, slot: int, url: str, level: int, order: str) -> None:
    """Fill *slot*, prefer it, and restart: steps 1 to 6 of each of these cases."""
    data = {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": url,
        "messageTimeout": 30,
        "securityProfile": level,
        "ocppInterface": "Wired0",
    }
    profile = {"configurationSlot": slot, "connectionData": data}
    assert (await station.call("SetNetworkProfile", profile))["status"] == "Accepted"
    assert await set_variable(station, PRIORITY, order) in ("Accepted", "RebootRequired")
    assert (await station.call("Reset", {"type": "OnIdle"}))["status"] == "Accepted"


def settings(central: Central, **more: Any) -> tuple[str, ...]:
    return (
        f"csms.url={central.url}",
        "csms.ocpp_versions=2.0.1",
        "csms.security_profile=1",
        f"csms.basic_auth_password={SECRET}",
        *(f"{key}={value}" for key, value in more.items()),
    )


@pytest.mark.requirement(
    "TC_B_45_CS", "TC_B_46_CS", "TC_B_49_CS", "B10.FR.04", "B10.FR.06", "B10.FR.07"
)
async def test_the_station_moves_and_comes_back_when_nobody_is_there(start: Start) -> None:
    passwords = {"CP001": SECRET}
    old = Central(versions=("2.0.1",), passwords=passwords)
    new = Central(versions=("2.0.1",), passwords=passwords)
    async with old, new:
        agent = await start(*settings(old))
        station = await booted(old, "PowerUp")
        assert await set_variable(station, ATTEMPTS, "2") == "Accepted"
        await move(station, 2, new.url, 1, "2,1")

        moved = await booted(new)
        assert not old.peer("CP001").connected
        assert await variable(moved, "ActiveNetworkProfile") == "2"
        shown = (await agent.status())["ocpp"]
        assert (shown["network"]["slot"], shown["url"]) == (2, new.url)

        old.refuse()
        since = len(old.attempts)
        await move(moved, 1, old.url, 1, "1,2")
        back = await booted(new, times=2)
        refused = [attempt.at_s for attempt in old.attempts[since:]]
        assert len(refused) == 2
        assert all(two - one >= 1.0 for one, two in pairwise(refused))  # RetryBackOffWaitMinimum
        assert await variable(back, "ActiveNetworkProfile") == "2"
        assert station.errors == moved.errors == back.errors == []


def secured(authority: trustme.CA) -> Central:
    """A central system whose certificate *authority* has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return Central(versions=("2.0.1",), passwords={"CP001": SECRET}, tls=context)


async def install(station: Peer, authority: trustme.CA) -> None:
    root = authority.cert_pem.bytes().decode()
    given = {"certificateType": "CSMSRootCertificate", "certificate": root}
    assert (await station.call("InstallCertificate", given))["status"] == "Accepted"


@pytest.mark.requirement("TC_A_19_CS", "TC_B_50_CS", "A05.FR.05", "A05.FR.06", "B10.FR.10")
async def test_the_security_profile_rises_and_a_new_root_is_moved_to(start: Start) -> None:
    authority, another = trustme.CA(), trustme.CA()
    plain = Central(versions=("2.0.1",), passwords={"CP001": SECRET})
    safe, other = secured(authority), secured(another)
    async with plain, safe, other:
        await start(*settings(plain), wait=False)
        station = await booted(plain, "PowerUp")
        await install(station, authority)
        await move(station, 2, safe.url, 2, "2,1")

        risen = await booted(safe)
        assert await variable(risen, "SecurityProfile", "SecurityCtrlr") == "2"
        assert await variable(risen, PRIORITY) == "2"
        since = len(plain.attempts)
        await risen.drop()
        again = await safe.station(timeout_s=30)
        assert len(plain.attempts) == since  # never back to profile 1
        await install(again, another)
        await move(again, 3, other.url, 2, "3,2")
        moved = await booted(other)
        assert await variable(moved, "ActiveNetworkProfile") == "3"
        assert risen.errors == again.errors == moved.errors == []
