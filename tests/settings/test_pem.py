"""Certificates and keys are looked at before anybody relies on them."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from chargepoint.settings.pem import read_pem


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    for name in ("one", "two"):
        issued = authority.issue_cert(f"{name}.example")
        issued.private_key_pem.write_to_path(folder / f"{name}.key")
        issued.cert_chain_pems[0].write_to_path(folder / f"{name}.pem")
    (folder / "noise.pem").write_text("-----BEGIN CERTIFICATE-----\nnoise\n")
    (folder / "plain.pem").write_text("no PEM at all")
    (folder / "binary.pem").write_bytes(b"\xff")
    return folder


def test_good_files_pass(read, pem: Path):
    settings = read(
        f'[tls]\ncsms_root_ca = ["{pem}/ca.pem"]\nmo_root_ca = "{pem}/ca.pem"\n'
        f'client_cert = "{pem}/one.pem"\nclient_key = "{pem}/one.key"'
    )

    assert read_pem(settings.tls.csms_root_ca[0]) == (pem / "ca.pem").read_text()
    assert settings.tls.mo_root_ca == settings.tls.csms_root_ca


def test_the_text_itself_may_stand_in_place_of_a_path(read, pem: Path):
    text = (pem / "ca.pem").read_text()

    settings = read(f'[tls]\ncsms_root_ca = """{text}"""')

    assert read_pem(settings.tls.csms_root_ca[0]) == text


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("missing.pem", "cannot be read: No such file or directory"),
        ("plain.pem", "is not a PEM file"),
        ("binary.pem", "is not a PEM file"),
        ("noise.pem", "holds no certificate that can be read"),
    ],
)
def test_an_authority_that_cannot_be_read_is_named(refusal, pem: Path, name, complaint):
    (line,) = refusal(f'[tls]\ncsms_root_ca = ["{pem}/ca.pem", "{pem}/{name}"]')

    assert line == (
        f"tls.csms_root_ca[1]: {pem}/{name} {complaint}; allowed: the path of a PEM file, "
        "or PEM text"
    )


@pytest.mark.parametrize(
    ("certificate", "key", "start"),
    [
        ("one.pem", "two.key", "tls.client_key: cannot be used with client_cert: the key is not"),
        ("one.pem", "noise.pem", "tls.client_key: cannot be used with client_cert: "),
        ("one.pem", "missing.key", "tls.client_key: "),
        ("missing.pem", "one.key", "tls.client_cert: "),
    ],
)
def test_a_key_must_belong_to_its_certificate(refusal, pem: Path, certificate, key, start):
    (line,) = refusal(f'[tls]\nclient_cert = "{pem}/{certificate}"\nclient_key = "{pem}/{key}"')

    assert line.startswith(start)


def test_a_password_for_a_key_without_one_is_refused(refusal, pem: Path):
    (line,) = refusal(
        f'[tls]\nclient_cert = "{pem}/one.pem"\nclient_key = "{pem}/one.key"\n'
        'client_key_password = "x"'
    )

    assert line.endswith("the key and client_key_password do not go together")
