"""Our own certificate: A02 and A03 of both versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.driver import NOON, Driver

from chargepoint.core import messages as m
from chargepoint.core.renewal import ClientPair
from chargepoint.core.x509 import certificates, hash_of

CSMS = m.CertificateUse.CSMS_ROOT
SIGN = m.TriggerMessage("SignChargingStationCertificate")


@pytest.fixture(params=["1.6", "2.0.1"])
def named(request, root):
    """A connected station with an operator's name, in profile 3."""
    driver = Driver(request.param, security_profile=3).online()
    driver.set("SecurityCtrlr", "OrganizationName", "Operator")
    driver.do(m.InstallCertificate(CSMS, root.pem))
    return driver


def asks(driver):
    return [event.request_pem for event in driver.live if isinstance(event, m.SignRequest)]


def request(driver, key_pair):
    """Trigger a renewal and make the key; return the signing request."""
    assert driver.do(SIGN).outcome is m.Outcome.ACCEPTED
    driver.do(m.KeyMade(key_pair.key, key_pair.request))
    return asks(driver)[-1]


def told(driver):
    return [e.type for b in driver.batches for e in b.durable if isinstance(e, m.SecurityEvent)]


@pytest.fixture(autouse=True)
def _batches(monkeypatch):
    """Remember every batch of a driver."""
    take = Driver.take

    def taking(self):
        batch = take(self)
        self.__dict__.setdefault("batches", []).append(batch)
        return batch

    monkeypatch.setattr(Driver, "take", taking)


@pytest.mark.requirement("A03.FR.03")
@pytest.mark.requirement("A02.FR.02", "A02.FR.03")
def test_a_trigger_makes_a_key_and_asks_for_its_signature(named, key_pair):
    assert named.do(SIGN).outcome is m.Outcome.ACCEPTED
    assert m.MakeKey("CP001", "Operator") in named.batches[-1].effects

    named.do(m.KeyMade(key_pair.key, key_pair.request))
    assert asks(named) == [key_pair.request]


@pytest.mark.requirement("A03.FR.05")
@pytest.mark.requirement("A02.FR.05")
def test_the_private_key_is_never_shown(named, key_pair):
    request(named, key_pair)
    for thing in (m.KeyMade(key_pair.key, key_pair.request), key_pair):
        assert "PRIVATE" not in repr(thing)
    assert "PRIVATE" not in repr(named.memory["signing"])
    assert "PRIVATE" not in repr(ClientPair("", key_pair.key))


def test_without_the_operators_name_nothing_is_asked(driver):
    reply = driver.do(SIGN)
    assert (reply.outcome, reply.reason) == (m.Outcome.REJECTED, "MissingParam")


@pytest.mark.requirement("A03.FR.06", "A03.FR.08", "A00.FR.507")
@pytest.mark.requirement("A02.FR.06", "A02.FR.08")
def test_a_good_certificate_is_put_to_use_at_once(named, key_pair, root):
    signed = root.sign(request(named, key_pair))

    assert named.do(m.CertificateSigned(signed)).outcome is m.Outcome.ACCEPTED

    assert m.Reconnect() in named.batches[-1].effects
    (pair,) = named.station.renewal.pairs()
    assert (pair.chain_pem, pair.key_pem) == (signed, key_pair.key)


def test_a_certificate_by_an_authority_in_between_is_good(named, key_pair, root, authority):
    between = authority("Between", above=root)
    signed = between.sign(request(named, key_pair))
    assert named.do(m.CertificateSigned(signed + between.pem)).outcome is m.Outcome.ACCEPTED


def test_in_other_profiles_the_connection_stays(key_pair, root):
    driver = Driver("2.0.1", security_profile=2).online()
    driver.set("SecurityCtrlr", "OrganizationName", "Operator")
    driver.do(m.CertificateSigned(root.sign(request(driver, key_pair))))
    assert m.Reconnect() not in driver.batches[-1].effects
    assert len(driver.station.renewal.pairs()) == 1


@pytest.mark.requirement(
    "A02.FR.07", "A02.FR.20", "A03.FR.06", "A03.FR.07", "A00.FR.509", "A00.FR.511"
)
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"since": NOON - timedelta(days=9), "until": NOON - timedelta(days=1)}, "expired"),
        ({"name": ("Somebody", "Operator")}, "CN is Somebody"),
        ({"name": ("CP001", "Other")}, "O is Other"),
    ],
)
def test_a_bad_certificate_is_refused_and_reported(named, key_pair, root, subject, how, why):
    how = dict(how)
    names = how.pop("name", None)
    signed = root.sign(request(named, key_pair), subject(*names) if names else None, **how)

    reply = named.do(m.CertificateSigned(signed))

    assert reply.outcome is m.Outcome.REJECTED
    assert why in reply.info
    assert told(named)[-1] == "InvalidChargingStationCertificate"
    named.live.clear()
    named.run(300.0, 1.0)
    assert asks(named) == []


@pytest.mark.requirement("A02.FR.06")
def test_a_certificate_of_a_strange_hierarchy_is_refused(named, key_pair, other_root):
    reply = named.do(m.CertificateSigned(other_root.sign(request(named, key_pair))))
    assert "hierarchy" in reply.info


def test_a_chain_must_hang_together(named, key_pair, root, other_root):
    signed = root.sign(request(named, key_pair))
    reply = named.do(m.CertificateSigned(signed + other_root.pem + root.pem))
    assert "hierarchy" in reply.info


def test_a_certificate_for_another_key_or_none_at_all_is_refused(named, key_pair, root):
    request(named, key_pair)
    assert "key" in named.do(m.CertificateSigned(root.pem)).info
    assert "no certificates" in named.do(m.CertificateSigned("nonsense")).info


def test_a_certificate_that_nobody_asked_for_is_refused(named, root):
    assert "nothing was sent" in named.do(m.CertificateSigned(root.pem)).info


@pytest.mark.requirement("A03.FR.16")
@pytest.mark.requirement("A02.FR.16")
def test_a_chain_that_is_too_long_is_refused(named, key_pair, root):
    signed = root.sign(request(named, key_pair))
    named.set("SecurityCtrlr", "MaxCertificateChainSize", "100")
    assert "too long" in named.do(m.CertificateSigned(signed)).info


@pytest.mark.requirement("1.6 security A02.FR.08")
def test_in_16_a_certificate_may_wait_for_its_time(key_pair, root):
    driver = Driver("1.6", security_profile=3).online()
    driver.set("SecurityCtrlr", "OrganizationName", "Operator")
    since = NOON + timedelta(seconds=60)
    signed = root.sign(request(driver, key_pair), since=since)

    assert driver.do(m.CertificateSigned(signed)).outcome is m.Outcome.ACCEPTED
    assert driver.station.renewal.pairs() == ()
    driver.batches.clear()
    driver.run(61.0, 1.0)

    assert sum(m.Reconnect() in batch.effects for batch in driver.batches) == 1
    assert len(driver.station.renewal.pairs()) == 1


@pytest.mark.requirement("A02.FR.06")
def test_in_201_a_certificate_of_tomorrow_is_refused(key_pair, root):
    driver = Driver("2.0.1", security_profile=3).online()
    driver.set("SecurityCtrlr", "OrganizationName", "Operator")
    signed = root.sign(request(driver, key_pair), since=NOON + timedelta(days=1))
    assert "not valid before" in driver.do(m.CertificateSigned(signed)).info


# --- asking again ---------------------------------------------------------------------------------


@pytest.mark.requirement("A03.FR.17", "A03.FR.18", "A03.FR.19")
@pytest.mark.requirement("A02.FR.17", "A02.FR.18", "A02.FR.19")
def test_it_asks_again_after_twice_as_long_each_time_and_then_no_more(named, key_pair):
    named.set("SecurityCtrlr", "CertSigningWaitMinimum", "10")
    named.set("SecurityCtrlr", "CertSigningRepeatTimes", "2")
    request(named, key_pair)
    named.do(m.SignAnswered(True))
    began_s, times = named.now.s, []
    for _ in range(200):
        before = len(asks(named))
        named.tick(1.0)
        if len(asks(named)) > before:
            times.append(round(named.now.s - began_s))

    assert times == [10, 30]


def test_a_request_that_is_refused_is_not_repeated(named, key_pair):
    request(named, key_pair)
    named.do(m.SignAnswered(False))
    named.run(200.0, 1.0)
    assert len(asks(named)) == 1


def test_offline_nothing_is_asked(named, key_pair):
    request(named, key_pair)
    named.do(m.SignAnswered(None))
    named.offline()
    named.live.clear()
    named.run(200.0, 1.0)
    assert asks(named) == []


@pytest.mark.requirement("A02.FR.03")
def test_a_request_outlives_a_power_cut(named, key_pair, root):
    asked = request(named, key_pair)

    again = Driver(named.version, memory=named.memory, security_profile=3).online()

    assert again.do(m.CertificateSigned(root.sign(asked))).outcome is m.Outcome.ACCEPTED


# --- the one that works ---------------------------------------------------------------------------


@pytest.fixture
def renewed(named, key_pair, root):
    """A station with a certificate of the installer's and a new one."""
    first = root.sign(key_pair.request, until=NOON + timedelta(days=40))
    named.station.renewal.seed(ClientPair(first, key_pair.key))
    named.do(m.CertificateSigned(root.sign(request(named, key_pair))))
    return named


@pytest.mark.requirement("A03.FR.09", "A03.FR.10")
@pytest.mark.requirement("A02.FR.10")
def test_the_new_one_that_connects_stays(renewed):
    new, _ = renewed.station.renewal.pairs()
    renewed.do(m.CertificateTried(newest=True))
    assert renewed.station.renewal.pairs() == (new,)
    assert Driver("1.6", memory=renewed.memory).station.renewal.pairs() == (new,)


@pytest.mark.requirement("A03.FR.24", "A03.FR.25")
@pytest.mark.requirement("A02.FR.28", "A02.FR.29")
def test_the_new_one_that_does_not_connect_is_discarded(renewed):
    _, old = renewed.station.renewal.pairs()
    renewed.do(m.CertificateTried(newest=False))
    assert renewed.station.renewal.pairs() == (old,)
    assert told(renewed)[-1] == "DiscardedRenewedClientCertificate"


def test_a_connection_without_a_new_one_changes_nothing(named, key_pair, root):
    pair = ClientPair(root.sign(key_pair.request), key_pair.key)
    named.station.renewal.seed(pair)
    named.station.renewal.seed(replace(pair, chain_pem="another"))
    named.do(m.CertificateTried(newest=True))
    assert named.station.renewal.pairs() == (pair,)


def test_the_first_one_of_all_is_not_discarded(named, key_pair, root):
    named.do(m.CertificateSigned(root.sign(request(named, key_pair))))
    named.do(m.CertificateTried(newest=False))
    assert len(named.station.renewal.pairs()) == 1


@pytest.mark.requirement("A00.FR.430")
def test_an_expired_one_is_shown_all_the_same(renewed):
    """Whether it is still good enough is for the central system to say."""
    renewed.tick(timedelta(days=4000).total_seconds())
    leaf = renewed.station.renewal.pairs()[0].leaf
    assert leaf.not_valid_after_utc < renewed.now.utc


@pytest.mark.requirement("M04.FR.06")
def test_our_own_certificate_cannot_be_deleted(renewed, root):
    new, _ = renewed.station.renewal.pairs()
    name = hash_of(certificates(new.chain_pem)[0], root.certificate)

    reply = renewed.do(m.DeleteCertificate(name))

    assert (reply.outcome, reply.reason) == (m.Outcome.REJECTED, "CertificateInUse")


@pytest.mark.requirement("A03.FR.01", "A03.FR.02")
def test_a_certificate_that_expires_soon_is_renewed_once_a_day(named, key_pair, root):
    soon = root.sign(key_pair.request, until=NOON + timedelta(days=20))
    named.station.renewal.seed(ClientPair(soon, key_pair.key))
    named.batches.clear()

    named.run(86400.0 + 120.0, 60.0)

    made = [e for b in named.batches for e in b.effects if isinstance(e, m.MakeKey)]
    assert len(made) == 2


def test_in_other_profiles_nothing_is_renewed(v201, key_pair, root):
    soon = root.sign(key_pair.request, until=NOON + timedelta(days=20))
    v201.station.renewal.seed(ClientPair(soon, key_pair.key))
    v201.batches.clear()
    v201.run(10.0, 1.0)
    assert not any(b.effects for b in v201.batches)
