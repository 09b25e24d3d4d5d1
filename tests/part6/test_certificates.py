"""TC_M: whom the station trusts; TC_A_11, 14, 15, 23: its own certificate."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from authority import Authority
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from journeys.rig import BORN
from part6.case import Case

from chargepoint.core.x509 import hash_of
from chargepoint.demo.behaviour import DEFAULT
from chargepoint.protocol.hashes import hash_payload

pytestmark = pytest.mark.sim

LONG = {"since": BORN - timedelta(days=30), "until": BORN + timedelta(days=300)}
FIRST, SECOND = Authority("Root 1", **LONG), Authority("Root 2", **LONG)
SUCCESSOR = Authority("Root 3", above=FIRST, **LONG)
EXPIRED = Authority("Old", since=BORN - timedelta(days=30), until=BORN - timedelta(days=1))
CSMS, MAKER, MO, V2G = (f"{use}RootCertificate" for use in ("CSMS", "Manufacturer", "MO", "V2G"))


def named(root: Authority, issuer: Authority | None = None) -> dict[str, str]:
    """Return the certificateHashData of a root, which *issuer* has signed."""
    return hash_payload(hash_of(root.certificate, issuer and issuer.certificate))


async def install(case: Case, use: str, root: Authority) -> str:
    return await case.says("InstallCertificate", certificateType=use, certificate=root.pem)


async def listed(case: Case, *uses: str) -> list[tuple[str, dict[str, str]]]:
    """Return what is installed for *uses*, all of them where there is none."""
    asked = {"certificateType": list(uses)} if uses else {}
    answer = await case.ask("GetInstalledCertificateIds", **asked)
    chains = answer.get("certificateHashDataChain", [])
    assert answer["status"] == ("Accepted" if chains else "NotFound")
    return [(each["certificateType"], each["certificateHashData"]) for each in chains]


@pytest.mark.requirement("M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04")
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(CSMS, id="TC_M_01_CS-TC_M_12_CS"),
        pytest.param(MAKER, id="TC_M_02_CS-TC_M_13_CS"),
        pytest.param(V2G, id="TC_M_03_CS-TC_M_14_CS"),
        pytest.param(MO, id="TC_M_04_CS-TC_M_16_CS"),
    ],
)
async def test_a_root_of_each_use_is_installed_and_listed(case: Case, use: str) -> None:
    assert await install(case, use, FIRST) == "Accepted"
    assert await listed(case, use) == [(use, named(FIRST))]


@pytest.mark.requirement("TC_M_17_CS", "TC_M_18_CS", "TC_M_19_CS", "M03.FR.02")
async def test_roots_of_several_uses_or_of_all_are_listed(case: Case) -> None:
    assert await listed(case, MO) == []
    await install(case, CSMS, FIRST)
    await install(case, MAKER, SECOND)
    for uses in ((CSMS, MAKER), ()):
        found = await listed(case, *uses)
        assert sorted(found, key=str) == [(CSMS, named(FIRST)), (MAKER, named(SECOND))]
    assert await listed(case, MO) == []


@pytest.mark.requirement("TC_M_07_CS", "M05.FR.07")
async def test_an_expired_root_is_not_installed(case: Case) -> None:
    await install(case, CSMS, FIRST)
    assert await install(case, CSMS, EXPIRED) == "Rejected"
    assert await listed(case, CSMS) == [(CSMS, named(FIRST))]


@pytest.mark.requirement("TC_M_20_CS", "TC_M_22_CS", "M04.FR.01", "M04.FR.02", "M04.FR.04")
async def test_a_root_is_deleted_by_its_name(case: Case) -> None:
    await install(case, CSMS, FIRST)
    await install(case, CSMS, SECOND)
    (_, name), *_ = await listed(case, CSMS)
    assert await case.says("DeleteCertificate", certificateHashData=name) == "Accepted"
    assert await listed(case, CSMS) == [(CSMS, named(SECOND))]
    assert await case.says("DeleteCertificate", certificateHashData=name) == "NotFound"


class TestGuarded:
    """A new root has to be signed by the one that it replaces."""

    @pytest.fixture
    def settings(self) -> tuple[str, ...]:
        check = (
            '{"component": "SecurityCtrlr", "variable": "AdditionalRootCertificateCheck",'
            ' "value": "true"}'
        )
        return (f"ocpp201.variables=[{check}]",)

    @pytest.mark.requirement("TC_M_09_CS", "M05.FR.10", "M05.FR.11")
    async def test_a_strange_root_is_no_successor(self, case: Case) -> None:
        assert await install(case, CSMS, FIRST) == "Accepted"
        assert await install(case, CSMS, SECOND) == "Rejected"
        assert await listed(case, CSMS) == [(CSMS, named(FIRST))]

    @pytest.mark.requirement("M05.FR.12", "M04.FR.02")
    async def test_a_successor_is_named_by_the_root_that_signed_it(self, case: Case) -> None:
        await install(case, CSMS, FIRST)
        assert await install(case, CSMS, SUCCESSOR) == "Accepted"
        names = [named(FIRST), named(SUCCESSOR, FIRST)]
        assert [name for _, name in await listed(case, CSMS)] == names
        for name in names:  # also when the one that signed it is gone
            assert await case.says("DeleteCertificate", certificateHashData=name) == "Accepted"
        assert await listed(case) == []

    @pytest.mark.requirement("M05.FR.12", "M05.FR.13")
    async def test_a_successor_is_not_proven_by_the_connection_that_brought_it(
        self, case: Case
    ) -> None:
        """The order lies on the line before the station has heard of the connection."""
        await install(case, CSMS, FIRST)
        rig = case.rig
        await rig.go_dark()
        answer = rig.central._asked["first"] = asyncio.get_running_loop().create_future()
        order = {"certificateType": CSMS, "certificate": SUCCESSOR.pem}
        rig._connect()
        rig._wire.carry(rig._wire.central, json.dumps([2, "first", "InstallCertificate", order]))
        assert (await answer)["status"] == "Accepted"
        assert len(await listed(case, CSMS)) == 2


class TestOurs:
    """The station's own certificate, which the central system signs."""

    @pytest.fixture
    def settings(self) -> tuple[str, ...]:
        values = {"OrganizationName": "Operator", "CertSigningWaitMinimum": "60"}
        named = ", ".join(
            f'{{"component": "SecurityCtrlr", "variable": "{name}", "value": "{value}"}}'
            for name, value in values.items()
        )
        return (f"ocpp201.variables=[{named}]",)

    async def request(self, case: Case) -> str:
        """Let the station ask for a signature; return its request, which is a good one."""
        mark = case.mark()
        asked = {"requestedMessage": "SignChargingStationCertificate"}
        assert await case.says("TriggerMessage", **asked) == "Accepted"
        await asyncio.sleep(2)
        (told,) = case.received("SignCertificate", mark)
        assert told["certificateType"] == "ChargingStationCertificate"
        request = x509.load_pem_x509_csr(told["csr"].encode())
        key = request.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.key_size >= 224
        assert request.is_signature_valid
        return str(told["csr"])

    async def answer(self, case: Case, request: str, **wrong: Any) -> str:
        chain = FIRST.sign(request, **(LONG | wrong))
        kind = "ChargingStationCertificate"
        return await case.says("CertificateSigned", certificateChain=chain, certificateType=kind)

    @pytest.mark.requirement("TC_M_23_CS", "M04.FR.06", "A02.FR.02", "A02.FR.03", "A02.FR.13")
    async def test_it_is_renewed_and_cannot_be_deleted(self, case: Case) -> None:
        await install(case, CSMS, FIRST)
        request = await self.request(case)
        chain = FIRST.sign(request, **LONG)
        assert await case.says("CertificateSigned", certificateChain=chain) == "Accepted"
        ours = x509.load_pem_x509_certificate(chain.encode())
        name = hash_payload(hash_of(ours, FIRST.certificate))
        assert await case.says("DeleteCertificate", certificateHashData=name) == "Failed"

    @pytest.mark.requirement("TC_A_14_CS", "A02.FR.07", "A02.FR.20")
    async def test_a_bad_one_is_refused_and_told(self, case: Case) -> None:
        request = await self.request(case)
        mark = case.mark()
        assert await self.answer(case, request, until=BORN - timedelta(days=1)) == "Rejected"
        await case.rig.queue_empty()
        (told,) = case.received("SecurityEventNotification", mark)
        assert told["type"] == "InvalidChargingStationCertificate"

    @pytest.mark.requirement("TC_A_15_CS", "A02.FR.19")
    async def test_a_request_that_is_rejected_is_not_repeated(self, case: Case) -> None:
        case.rig.script.always("SignCertificate", {"status": "Rejected"})
        await self.request(case)
        await asyncio.sleep(600)
        assert len(case.received("SignCertificate")) == 1
        case.rig.script.always("SignCertificate", DEFAULT)
        assert await self.answer(case, await self.request(case)) == "Accepted"

    @pytest.mark.requirement("TC_A_23_CS", "A02.FR.17", "A02.FR.18")
    async def test_a_request_without_an_answer_is_repeated(self, case: Case) -> None:
        """After the least wait, then after twice as long; the case counts two repetitions."""
        await case.set(SecurityCtrlr_CertSigningRepeatTimes="2")
        request = await self.request(case)
        for wait_s, told in ((55, 1), (5, 2), (115, 2), (5, 3), (600, 3)):
            await asyncio.sleep(wait_s)
            assert len(case.received("SignCertificate")) == told
        assert {each["csr"] for each in case.received("SignCertificate")} == {request}
        assert await self.answer(case, request) == "Accepted"
