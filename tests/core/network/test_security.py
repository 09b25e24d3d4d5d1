"""Security profiles through network profiles: 2.0.1 A05, B09.FR.04, .31."""

from __future__ import annotations

import pytest
from authority import Authority
from core.network.conftest import COMM, NEW, OLD, PRIORITY, Moving

from chargepoint.core import messages as m
from chargepoint.core.messages import Outcome
from chargepoint.core.renewal import ClientPair
from chargepoint.core.words import VariableRef

SAFE = "wss://safe.example/ocpp"
SECURITY = "SecurityCtrlr"


@pytest.fixture
def ready(station: Moving, root) -> Moving:
    """In profile 1 with all that profile 2 needs, and slot 2 filled for it."""
    station.do(m.InstallCertificate(m.CertificateUse.CSMS_ROOT, root.pem))
    assert station.profile(2, SAFE, level=2) == m.ACCEPTED
    return station


@pytest.mark.requirement("A05.FR.02", "TC_A_20_CS")
@pytest.mark.parametrize("level", [2, 3])
def test_without_a_root_nothing_safer_comes_first(station: Moving, level: int) -> None:
    assert station.profile(2, SAFE, level) == m.ACCEPTED
    reply = station.prefer("2,1")

    assert (reply.outcome, reply.reason) == (Outcome.REJECTED, "MissingParam")
    assert "root" in reply.info
    assert station.value(SECURITY, "SecurityProfile") == "1"
    assert station.value(COMM, PRIORITY) == "1"


@pytest.mark.requirement("A05.FR.03", "TC_A_21_CS")
def test_without_a_certificate_of_ours_profile_3_does_not_come_first(
    ready: Moving, root, key_pair
) -> None:
    ready.profile(3, SAFE, level=3)
    assert "certificate of ours" in ready.prefer("3,1").info
    ready.station.renewal.seed(ClientPair(root.sign(key_pair.request), key_pair.key))
    assert ready.prefer("3,1").outcome is Outcome.REBOOT_REQUIRED


@pytest.mark.requirement("A05.FR.04", "A05.FR.05", "A05.FR.06", "TC_A_19_CS")
def test_what_is_less_secure_goes_as_soon_as_the_safer_one_connects(ready: Moving) -> None:
    ready.profile(3, NEW, level=1)
    assert ready.prefer("2,1,3").outcome is Outcome.REBOOT_REQUIRED
    again = ready.restarted()
    assert (again.slot, again.station.network.level) == (2, 2)
    assert again.value(SECURITY, "SecurityProfile") == "1"  # not yet

    again.connects()
    assert again.value(SECURITY, "SecurityProfile") == "2"
    assert again.value(COMM, PRIORITY) == "2"
    assert set(again.memory["network_profile"]) == {"2"}
    again.drops()
    assert again.tried(6) == [2] * 6
    assert again.restarted().tried(6) == [2] * 6
    assert again.prefer("2,1").reason == "NoSecurityDowngrade"


@pytest.mark.requirement("A05.FR.06")
def test_until_it_connects_the_old_one_is_the_way_back(ready: Moving) -> None:
    ready.prefer("2,1")
    again = ready.restarted()
    again.fails(2)
    assert (again.url, again.station.network.level) == (OLD, 1)
    again.connects()

    assert again.value(SECURITY, "SecurityProfile") == "1"
    assert again.value(COMM, PRIORITY) == "2,1"
    assert again.restarted().slot == 2


@pytest.mark.requirement("A05.FR.10", "B09.FR.04", "TC_A_22_CS")
@pytest.mark.parametrize("level", [0, 1])
def test_nothing_less_secure_is_taken(ready: Moving, level: int) -> None:
    ready.prefer("2")
    again = ready.restarted()
    again.connects()
    reply = again.profile(3, NEW, level)

    assert (reply.outcome, reply.reason) == (Outcome.REJECTED, "NoSecurityDowngrade")
    assert again.prefer("1").reason == "NoSecurityDowngrade"


@pytest.fixture
def top(root, key_pair) -> Moving:
    """In profile 3, where the installer allows to go back to 2."""
    driver = Moving("2.0.1", central_url=SAFE, security_profile=3)
    driver.do(m.SetVariable(VariableRef(SECURITY, "BasicAuthPassword"), "a-good_Password1"))
    downgrade = VariableRef(SECURITY, "AllowSecurityProfileDowngrade")
    driver.station.variables.seed(downgrade, "Actual", "true")
    return driver.online()


@pytest.mark.requirement("A05.FR.08", "A05.FR.09", "B09.FR.31", "A00.FR.005")
def test_where_the_installer_allows_it_3_may_become_2_and_never_1(top: Moving) -> None:
    assert top.profile(2, SAFE, level=2) == m.ACCEPTED
    assert top.profile(3, NEW, level=1).reason == "NoSecurityDowngrade"
    assert top.prefer("2,1").outcome is Outcome.REBOOT_REQUIRED
    again = top.restarted(central_url=SAFE, security_profile=3)
    again.connects()

    assert again.value(SECURITY, "SecurityProfile") == "2"
    assert again.profile(3, NEW, level=1).reason == "NoSecurityDowngrade"
    assert again.profile(3, SAFE, level=3) == m.ACCEPTED


def test_the_central_system_cannot_allow_itself_the_downgrade(top: Moving) -> None:
    ref = VariableRef(SECURITY, "AllowSecurityProfileDowngrade")

    assert top.do(m.SetVariable(ref, "false")).reason == "ReadOnly"


@pytest.mark.requirement("1.6 security A05.FR.06")
def test_a_profile_raised_in_1_6_holds_for_the_configured_slot(ready: Moving) -> None:
    ready.profile(3, NEW, level=1)
    ready.prefer("3")
    ready.do(m.ChangeKey("SecurityProfile", "2"))
    assert (ready.slot, ready.station.network.level) == (1, 2)
    ready.drops()
    ready.connects()

    assert ready.value(COMM, PRIORITY) == "1"
    assert ready.restarted().station.network.level == 2


@pytest.mark.requirement("TC_B_47_CS", "B10.FR.07", "M05.FR.14")
def test_a_new_root_that_nobody_uses_yet_does_not_lock_the_old_way(root) -> None:
    """With AdditionalRootCertificateCheck a new root replaces the old one, which is kept until
    the new one has proven itself."""
    station = Moving("2.0.1", central_url=SAFE, security_profile=2).online()
    variables, trust = station.station.variables, station.station.trust
    trust.seed(m.CertificateUse.CSMS_ROOT, [root.pem])
    variables.seed(VariableRef(SECURITY, "AdditionalRootCertificateCheck"), "Actual", "true")
    station.do(
        m.SetVariable(VariableRef(COMM, "NetworkProfileConnectionAttempts"), "1"),
    )
    new = Authority("Root 2", above=root)
    station.do(m.InstallCertificate(m.CertificateUse.CSMS_ROOT, new.pem))
    station.profile(2, SAFE.replace("safe", "other"), level=2)
    station.prefer("2,1")
    again = station.restarted(central_url=SAFE, security_profile=2)
    trust = again.station.trust
    assert (again.slot, trust.pems(m.CertificateUse.CSMS_ROOT)) == (2, (new.pem,))

    again.do(m.NoteSecurity("InvalidCsmsCertificate"))  # it shows one of the old root
    again.fails()
    assert again.slot == 1
    assert set(trust.pems(m.CertificateUse.CSMS_ROOT)) == {root.pem, new.pem}
    again.connects()
    assert len(again.do(m.GetCertificates()).found) == 2


@pytest.mark.requirement("A04.FR.04")
def test_another_security_profile_belongs_into_the_security_log(ready: Moving) -> None:
    def changes(driver: Moving) -> list[str]:
        log = driver.station.security_log.between()
        return [each.tech_info for each in log if each.type.startswith("Reconfiguration")]

    before = changes(ready)
    ready.prefer("2,1")
    again = ready.restarted()
    assert changes(again) == before
    again.connects()
    assert changes(again) == [*before, "SecurityProfile"]
    again.drops()
    again.connects()
    assert changes(again) == [*before, "SecurityProfile"]


@pytest.mark.requirement("M05.FR.15", "M05.FR.16")
def test_a_retiring_root_is_no_fallback_for_another_central_system(station: Moving, root) -> None:
    """It is believed again as soon as the old central system is called."""
    station.do(m.InstallCertificate(m.CertificateUse.CSMS_ROOT, root.pem))
    station.station.variables.put(SECURITY, "AdditionalRootCertificateCheck", "true")
    successor = Authority("Root 1b", above=root)
    station.do(m.InstallCertificate(m.CertificateUse.CSMS_ROOT, successor.pem))
    station.profile(2, SAFE, level=2)
    station.prefer("2,1")
    again = station.restarted()
    again.do(m.NoteSecurity("InvalidCsmsCertificate", "unknown authority"))

    def believed() -> set[str]:
        return set(again.station.trust.pems(m.CertificateUse.CSMS_ROOT))

    assert again.tried(2) == [2, 2]
    assert again.slot == 1
    assert believed() == {successor.pem, root.pem}
    other = station.restarted()
    other.do(m.NoteSecurity("InvalidCsmsCertificate", "unknown authority"))
    assert other.slot == 2
    assert other.station.trust.pems(m.CertificateUse.CSMS_ROOT) == (successor.pem,)
