"""From one security profile to a better one: 1.6 security extension A05."""

from __future__ import annotations

import pytest
from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.renewal import ClientPair

CSMS = m.CertificateUse.CSMS_ROOT


def raise_to(driver, value):
    return driver.do(m.ChangeKey("SecurityProfile", value))


@pytest.fixture
def ready(root):
    """A station in profile 1 with all that profile 2 needs."""
    driver = Driver("1.6", security_profile=1).online()
    driver.do(m.ChangeKey("AuthorizationKey", "ab" * 20))
    driver.do(m.InstallCertificate(CSMS, root.pem))
    return driver


@pytest.mark.requirement("1.6 security A05.FR.01")
@pytest.mark.parametrize("value", ["0", "1", "4", "-1", "high", ""])
def test_it_only_goes_up_and_only_to_what_exists(ready, value):
    assert raise_to(ready, value).outcome is m.Outcome.REJECTED
    assert ready.station.network.level == 1


@pytest.mark.requirement("1.6 security A05.FR.02")
def test_without_a_password_there_is_no_profile_1():
    driver = Driver("1.6").online()
    assert "password" in raise_to(driver, "1").info


@pytest.mark.requirement("1.6 security A05.FR.03")
def test_without_a_root_there_is_no_profile_2():
    driver = Driver("1.6").online()
    driver.do(m.ChangeKey("AuthorizationKey", "ab" * 20))
    assert "root" in raise_to(driver, "2").info


@pytest.mark.requirement("1.6 security A05.FR.04")
def test_without_a_certificate_of_ours_there_is_no_profile_3(ready, root, key_pair):
    assert "certificate of ours" in raise_to(ready, "3").info
    ready.station.renewal.seed(ClientPair(root.sign(key_pair.request), key_pair.key))
    assert raise_to(ready, "3").outcome is m.Outcome.ACCEPTED


@pytest.mark.requirement("A00.FR.001")
@pytest.mark.requirement(
    "1.6 security A05.FR.05", "1.6 security A05.FR.06", "1.6 security A05.FR.07"
)
def test_with_everything_there_it_connects_anew_with_the_new_profile(ready):
    reply = ready.station.handle(m.ChangeKey("securityprofile", "2"), ready.now)

    assert reply == m.ACCEPTED
    assert m.Reconnect() in ready.take().effects
    assert ready.station.network.level == 2
    (key,) = ready.do(m.GetKeys(("SecurityProfile",))).known
    assert key == ("SecurityProfile", False, "2")


@pytest.mark.requirement("1.6 security A05.FR.08")
def test_a_profile_that_does_not_connect_gives_way_to_the_one_before(ready):
    raise_to(ready, "2")
    ready.offline()
    ready.run(59.0, 1.0)
    assert ready.station.network.level == 2
    ready.run(2.0, 1.0)
    assert ready.station.network.level == 1
    assert any("back to 1" in note for note in ready.notes)


@pytest.mark.requirement("1.6 security A05.FR.09")
def test_a_profile_that_has_connected_stays(ready):
    raise_to(ready, "2")
    ready.offline()
    ready.do(m.LinkUp(ready.dialect))
    ready.offline()
    ready.run(200.0, 1.0)
    assert ready.station.network.level == 2


def test_it_outlives_a_restart_until_the_installer_says_otherwise(ready):
    raise_to(ready, "2")
    memory = ready.memory

    assert Driver("1.6", memory=memory, security_profile=1).station.network.level == 2
    assert Driver("1.6", memory=memory, security_profile=3).station.network.level == 3


def test_a_trial_goes_on_after_a_power_cut(ready):
    raise_to(ready, "2")
    again = Driver("1.6", memory=ready.memory, security_profile=1)
    again.run(61.0, 1.0)
    assert again.station.network.level == 1
