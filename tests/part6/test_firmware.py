"""TC_L and TC_F_19: new firmware, signed by a maker that the station trusts."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from authority import Authority
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from journeys.rig import BORN
from part6.case import Case

from chargepoint.protocol.timestamps import format_timestamp

pytestmark = pytest.mark.sim

LONG = {"since": BORN - timedelta(days=30), "until": BORN + timedelta(days=300)}
MAKER, KEY = Authority("Maker", **LONG), ec.generate_private_key(ec.SECP256R1())
SIGNER = Authority("Firmware", above=MAKER, key=KEY, ca=None, **LONG).pem
STRANGER = Authority("Firmware", key=KEY, ca=None, **LONG).pem
PLACE, FILE = "https://files.example/new.bin", b"2.0\n"
FETCHED = ["Downloading", "Downloaded", "SignatureVerified"]
INSTALLED = ["Installing", "InstallRebooting", "Installed"]


@pytest.fixture
def settings() -> tuple[str, ...]:
    return ("simulator.install_time_s=5", f"tls.manufacturer_root_ca={json.dumps([MAKER.pem])}")


def signature(of: bytes = FILE) -> str:
    return b64encode(KEY.sign(of, ec.ECDSA(SHA256()))).decode()


async def order(case: Case, request_id: int = 1, **changes: Any) -> str:
    """Order an update that could have begun two hours ago; return the answer's status."""
    case.rig.files.setdefault(PLACE, FILE)
    early = format_timestamp(BORN - timedelta(hours=2))
    proofs = {"signingCertificate": SIGNER, "signature": signature()}
    firmware = {"location": PLACE, "retrieveDateTime": early, "installDateTime": early}
    given = {name: it for name, it in (firmware | proofs | changes).items() if it is not None}
    return await case.says("UpdateFirmware", requestId=request_id, firmware=given)


def statuses(case: Case, request_id: int = 1) -> list[str]:
    told = case.received("FirmwareStatusNotification")
    assert all("requestId" in each for each in told)
    return [each["status"] for each in told if each["requestId"] == request_id]


async def until(case: Case, status: str, request_id: int = 1) -> None:
    await case.rig.until(lambda: status in statuses(case, request_id), status, 120)


async def security(case: Case) -> list[str]:
    await case.rig.queue_empty()
    return [each["type"] for each in case.received("SecurityEventNotification")]


def in_s(case: Case, seconds: int) -> str:
    return format_timestamp(case.rig.now().utc + timedelta(seconds=seconds))


@pytest.mark.requirement("TC_L_01_CS", "L01.FR.01", "L01.FR.10", "L01.FR.31")
async def test_it_is_installed(case: Case) -> None:
    assert await order(case) == "Accepted"
    await until(case, "Installed")
    assert statuses(case) == [*FETCHED, *INSTALLED]
    assert "FirmwareUpdated" in await security(case)
    assert case.received("BootNotification")[-1]["reason"] == "FirmwareUpdate"
    await case.rig.until(lambda: case.statuses()[-1] == "Available", "place")


@pytest.mark.requirement("TC_L_02_CS", "TC_L_03_CS", "L01.FR.13", "L01.FR.16")
async def test_it_is_fetched_and_installed_at_its_time(case: Case) -> None:
    times = {"retrieveDateTime": in_s(case, 30), "installDateTime": in_s(case, 90)}
    assert await order(case, **times) == "Accepted"
    await asyncio.sleep(60)
    assert statuses(case) == ["DownloadScheduled", *FETCHED, "InstallScheduled"]
    await until(case, "Installed")
    assert statuses(case) == ["DownloadScheduled", *FETCHED, "InstallScheduled", *INSTALLED]


@pytest.mark.requirement("TC_L_05_CS", "TC_L_18_CS", "L01.FR.22")
@pytest.mark.parametrize(
    ("proofs", "answer"),
    [
        ({"signingCertificate": STRANGER}, "InvalidCertificate"),
        ({"signingCertificate": None}, "InvalidCertificate"),
        ({"signingCertificate": None, "signature": None}, "Rejected"),
    ],
)
async def test_nobody_vouches(case: Case, proofs: dict[str, Any], answer: str) -> None:
    assert await order(case, **proofs) == answer
    told = "InvalidFirmwareSigningCertificate" in await security(case)
    assert told == (answer == "InvalidCertificate")
    assert statuses(case) == []


@pytest.mark.requirement("TC_L_06_CS", "TC_F_19_CS", "F06.FR.16", "L01.FR.03", "L01.FR.26")
@pytest.mark.parametrize("bad", [signature(b"another file"), None], ids=["another's", "none"])
async def test_a_bad_signature_or_none(case: Case, bad: str | None) -> None:
    assert await order(case, signature=bad) == "Accepted"
    assert await case.says("TriggerMessage", requestedMessage="FirmwareStatusNotification") == (
        "Accepted"
    )
    await until(case, "InvalidSignature")
    assert statuses(case) == ["Downloading", "Downloading", "Downloaded", "InvalidSignature"]
    assert "InvalidFirmwareSignature" in await security(case)


@pytest.mark.requirement("TC_L_07_CS", "TC_L_08_CS", "L01.FR.29", "L01.FR.30")
async def test_what_is_not_there_and_what_is_no_firmware(case: Case) -> None:
    assert await order(case, location=f"{PLACE}_does_not_exist") == "Accepted"
    await until(case, "DownloadFailed")
    assert statuses(case) == ["Downloading", "DownloadFailed"]
    case.rig.files[PLACE] = b""
    assert await order(case, 2, signature=signature(b"")) == "Accepted"
    await until(case, "InstallationFailed", 2)
    assert statuses(case, 2) == [*FETCHED, "Installing", "InstallationFailed"]
    await case.rig.until(lambda: case.statuses()[-1] == "Available", "place")


@pytest.mark.requirement("TC_L_10_CS", "L01.FR.24")
@pytest.mark.parametrize("status", ["Downloading", "Installing"])
async def test_another_order_cancels_it(case: Case, status: str) -> None:
    assert await order(case) == "Accepted"
    await until(case, status)
    assert await order(case, 2) == "AcceptedCanceled"
    before = statuses(case)
    await until(case, "Installed", 2)
    assert statuses(case) == before
    assert statuses(case, 2) == [*FETCHED, *INSTALLED]


@pytest.mark.requirement("TC_L_14_CS", "TC_L_15_CS", "L01.FR.07", "L01.FR.33", "L01.FR.34")
@pytest.mark.parametrize("allowed", ["true", "false"])
async def test_it_waits_for_who_charges(case: Case, allowed: str) -> None:
    await case.set(ChargingStation_AllowNewSessionsPendingFirmwareUpdate=allowed)
    await case.charge()
    assert await order(case) == "Accepted"
    await until(case, "InstallScheduled")
    await asyncio.sleep(2)
    assert case.statuses(2)[-1] == ("Available" if allowed == "true" else "Unavailable")
    await case.connect(2)
    answer = await case.start(2)
    assert answer == ("Accepted" if allowed == "true" else "Rejected")
    await asyncio.sleep(10)
    assert "Installing" not in statuses(case)
    for evse_id in (1, 2):
        await case.disconnect(evse_id)
    await until(case, "Installed")
    assert statuses(case) == [*FETCHED, "InstallScheduled", *INSTALLED]
