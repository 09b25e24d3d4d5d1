"""Which certificates are trusted: M03, M04, M05 of both versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from core.driver import NOON, Driver
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.words import CertificateHash, CertificateUse
from chargepoint.core.x509 import hash_of

CSMS, MAKER = CertificateUse.CSMS_ROOT, CertificateUse.MANUFACTURER_ROOT


def install(driver, authority, use=CSMS):
    return driver.do(m.InstallCertificate(use, authority.pem))


def listed(driver, *uses):
    return [name.serial for _, name in driver.do(m.GetCertificates(uses)).found]


def serial(authority):
    return f"{authority.certificate.serial_number:x}"


@pytest.mark.requirement("M05.FR.01", "M05.FR.02", "M03.FR.01", "M03.FR.03", "M03.FR.04")
def test_an_installed_root_is_listed_and_trusted_after_a_power_cut_too(driver, root):
    assert install(driver, root).outcome is m.Outcome.ACCEPTED

    again = Driver(driver.version, memory=driver.memory)
    (found,) = again.do(m.GetCertificates((CSMS,))).found

    assert found == (CSMS, hash_of(root.certificate))
    assert again.station.trust.pems(CSMS) == (root.pem,)


@pytest.mark.requirement("M03.FR.02")
def test_nothing_is_found_where_nothing_is_installed(driver, root):
    install(driver, root)
    assert driver.do(m.GetCertificates((MAKER,))).outcome is m.Outcome.UNKNOWN


def test_the_installed_ones_of_all_uses_are_listed_and_counted(v201, root, other_root):
    install(v201, root)
    install(v201, other_root, MAKER)

    assert listed(v201) == [serial(root), serial(other_root)]
    entries = v201.do(m.GetVariable(m.VariableRef("SecurityCtrlr", "CertificateEntries")))
    assert entries.value == "2"


@pytest.mark.requirement("M05.FR.07", "A00.FR.501", "A00.FR.502")
@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"until": NOON - timedelta(days=1)}, "expired"),
        ({"since": NOON + timedelta(days=1)}, "not valid before"),
        ({"ca": False}, "not of an authority"),
        ({"ca": None}, "no basic constraints"),
        ({"ca": "broken"}, "cannot be read"),
        ({"key": rsa.generate_private_key(65537, 1024)}, "too short"),
    ],
)
def test_a_certificate_that_is_no_good_is_refused(driver, authority, made, why):
    reply = install(driver, authority("Bad", **made))

    assert reply.outcome is m.Outcome.REJECTED
    assert why in reply.info
    assert driver.station.trust.pems(CSMS) == ()


@pytest.mark.requirement("M05.FR.07")
def test_what_is_not_one_certificate_is_refused(driver, root, other_root):
    for pem in ("", "nonsense", root.pem + other_root.pem, root.pem[:200]):
        reply = driver.do(m.InstallCertificate(CSMS, pem))
        assert (reply.outcome, reply.reason) == (m.Outcome.REJECTED, "InvalidCertificate")


@pytest.mark.requirement("M05.FR.03")
def test_a_disk_that_fails_takes_no_certificate(driver, root):
    driver.do(m.StoreFailed("full"))
    assert install(driver, root).outcome is m.Outcome.FAILED
    assert driver.station.trust.pems(CSMS) == ()


@pytest.mark.requirement("M05.FR.17")
def test_a_certificate_that_is_there_already_is_replaced(driver, root):
    install(driver, root)
    assert install(driver, root).outcome is m.Outcome.ACCEPTED
    assert len(listed(driver, CSMS)) == 1


@pytest.mark.requirement("M05.FR.06")
def test_a_full_store_takes_no_more_but_replaces(driver, authority, root, monkeypatch):
    install(driver, root)
    monkeypatch.setattr(driver.station.variables, "maximum", lambda *_: 1.0)

    assert install(driver, authority("One more")).reason == "OutOfStorage"
    assert install(driver, root).outcome is m.Outcome.ACCEPTED


@pytest.mark.requirement("M04.FR.01", "M04.FR.02")
@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
def test_a_certificate_is_deleted_by_its_hash(driver, root, algorithm):
    install(driver, root)

    name = hash_of(root.certificate, algorithm=algorithm)
    reply = driver.do(m.DeleteCertificate(replace(name, issuer_key=name.issuer_key.upper())))

    assert reply.outcome is m.Outcome.ACCEPTED
    assert Driver(driver.version, memory=driver.memory).station.trust.pems(CSMS) == ()


@pytest.mark.requirement("M04.FR.04")
def test_what_is_not_there_cannot_be_deleted(driver, root, other_root):
    install(driver, root)
    reply = driver.do(m.DeleteCertificate(hash_of(other_root.certificate)))
    assert reply.outcome is m.Outcome.UNKNOWN


@pytest.mark.requirement("M04.FR.03")
def test_the_last_root_that_the_connection_stands_on_stays(root, other_root):
    driver = Driver("1.6", security_profile=2).online()
    install(driver, root)
    install(driver, other_root, MAKER)

    refused = driver.do(m.DeleteCertificate(hash_of(root.certificate)))
    assert (refused.outcome, refused.reason) == (m.Outcome.REJECTED, "CertificateInUse")

    install(driver, other_root)
    assert driver.do(m.DeleteCertificate(hash_of(root.certificate))).outcome is m.Outcome.ACCEPTED


def test_the_installers_roots_are_taken_once(root, other_root):
    driver = Driver("2.0.1")
    driver.station.trust.seed(CSMS, [])
    driver.station.trust.seed(CSMS, [root.pem, other_root.pem])
    driver.tick()
    driver.do(m.DeleteCertificate(hash_of(root.certificate)))

    again = Driver("2.0.1", memory=driver.memory)
    again.station.trust.seed(CSMS, [root.pem])

    assert again.station.trust.pems(CSMS) == (other_root.pem,)


# --- a root and its successor -------------------------------------------------------------------


@pytest.fixture
def guarded(driver, root):
    install(driver, root)
    driver.station.variables.put("SecurityCtrlr", "AdditionalRootCertificateCheck", "true")
    return driver


@pytest.mark.requirement("M05.FR.09", "M05.FR.10", "M05.FR.11")
def test_a_new_root_must_be_signed_by_the_old_one(guarded, root, other_root):
    reply = install(guarded, other_root)

    assert (reply.outcome, reply.reason) == (m.Outcome.REJECTED, "InvalidCertificate")
    assert guarded.station.trust.pems(CSMS) == (root.pem,)


@pytest.mark.requirement("M05.FR.12", "M05.FR.13", "M05.FR.14")
def test_the_old_root_is_the_fallback_until_the_new_one_has_proven_itself(guarded, authority, root):
    successor = authority("Root 1b", above=root)
    trust = guarded.station.trust

    assert install(guarded, successor).outcome is m.Outcome.ACCEPTED
    assert trust.pems(CSMS) == (successor.pem,)

    guarded.do(m.NoteSecurity("InvalidCsmsCertificate", "unknown authority"))
    assert set(trust.pems(CSMS)) == {successor.pem, root.pem}
    guarded.do(m.LinkUp(guarded.dialect))
    assert set(trust.pems(CSMS)) == {successor.pem, root.pem}, "connected by the fallback: it stays"

    guarded.do(m.NoteSecurity("InvalidCsmsCertificate", "unknown authority"))
    assert trust.pems(CSMS) == (successor.pem,)
    guarded.do(m.LinkUp(guarded.dialect))
    assert listed(guarded, CSMS) == [serial(successor)]


@pytest.mark.requirement("M05.FR.09")
def test_only_one_root_retires_at_a_time(guarded, authority, root):
    second = authority("Root 1b", above=root)
    third = authority("Root 1c", above=second)

    install(guarded, second)
    install(guarded, third)

    assert set(listed(guarded, CSMS)) == {serial(second), serial(third)}


def test_without_a_fallback_distrust_changes_nothing(driver, root):
    install(driver, root)
    driver.do(m.NoteSecurity("InvalidCsmsCertificate", ""))
    driver.do(m.NoteSecurity("InvalidTLSVersion", ""))
    assert driver.station.trust.pems(CSMS) == (root.pem,)


def test_the_guard_on_roots_leaves_others_and_the_first_alone(v201, authority, other_root):
    v201.station.variables.put("SecurityCtrlr", "AdditionalRootCertificateCheck", "true")
    assert install(v201, other_root, MAKER).outcome is m.Outcome.ACCEPTED
    assert install(v201, authority("First")).outcome is m.Outcome.ACCEPTED


# --- what names a certificate ----------------------------------------------------------------


@given(st.text("0123456789abcdef", min_size=1, max_size=40))
def test_hex_has_no_case_and_no_leading_zeros(serial_number):
    name = CertificateHash("SHA256", "ab", "cd", serial_number)
    shouted = CertificateHash("sha256", "AB", "CD", "00" + serial_number.upper())
    assert name.same_as(shouted)


def test_the_hash_of_a_key_is_that_of_its_bits(authority):
    """The same as RFC 6960 wants: without the algorithm, whatever the kind of key."""
    keys = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "curve": ec.generate_private_key(ec.SECP384R1()),
    }
    bits = {
        "rsa": keys["rsa"].public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1),
        "curve": keys["curve"]
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    }
    for kind, key in keys.items():
        name = hash_of(authority(kind, key=key).certificate)
        assert name.issuer_key == sha256(bits[kind]).hexdigest()
