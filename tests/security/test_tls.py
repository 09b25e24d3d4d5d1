"""TLS contexts: what they trust, what they show, and how they say what is wrong with a file."""

from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from chargepoint.errors import SettingsError
from chargepoint.security.tls import CIPHER_SUITES, ClientCertificate, client_context


def pem(blob: trustme.Blob) -> str:
    return blob.bytes().decode()


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str = "c.example") -> str:
    """Do a handshake in memory; return the TLS version, or raise what the client raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=name)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for end in (ours, theirs):
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    return ours.version() or ""


def serving(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def root_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "root.pem"
    path.write_text(pem(authority.cert_pem))
    return str(path)


@pytest.mark.requirement("A00.FR.308", "A00.FR.411")
def test_a_root_is_a_file_or_a_text(authority: trustme.CA, root_file: str):
    server = serving(authority, "c.example")

    assert shake_hands(client_context([root_file]), server)
    assert shake_hands(client_context([pem(authority.cert_pem)]), server)


def test_any_of_several_roots_will_do(authority: trustme.CA, stranger: trustme.CA):
    roots = [pem(stranger.cert_pem), pem(authority.cert_pem)]

    assert shake_hands(client_context(roots), serving(authority, "c.example"))


def test_without_a_root_those_of_the_system_count(authority: trustme.CA):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client_context([]), serving(authority, "c.example"))


@pytest.mark.requirement("A00.FR.308", "A00.FR.311")
def test_another_root_is_not_trusted(authority: trustme.CA, stranger: trustme.CA, root_file: str):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client_context([root_file]), serving(stranger, "c.example"))


@pytest.mark.requirement("M05.FR.13")
def test_a_root_may_be_signed_by_one_that_is_not_trusted_any_more(authority: trustme.CA):
    successor = authority.create_child_ca()

    assert shake_hands(client_context([pem(successor.cert_pem)]), serving(successor, "c.example"))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client_context([pem(successor.cert_pem)]), serving(authority, "c.example"))


@pytest.mark.requirement("A00.FR.309", "A00.FR.412")
def test_the_host_name_must_fit_unless_the_installer_says_otherwise(
    authority: trustme.CA, root_file: str
):
    server = serving(authority, "other.example")

    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client_context([root_file]), server)
    assert shake_hands(client_context([root_file], verify_hostname=False), server)


def test_without_host_names_a_root_is_needed_all_the_same(stranger: trustme.CA, root_file: str):
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(
            client_context([root_file], verify_hostname=False), serving(stranger, "c.example")
        )


@pytest.mark.requirement("A00.FR.314", "A00.FR.417")
@pytest.mark.requirement("A00.FR.312", "A00.FR.313", "A00.FR.416")
def test_nothing_older_than_tls_1_2_is_spoken(root_file: str):
    assert client_context([root_file]).minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.requirement("A00.FR.423")
@pytest.mark.requirement("A00.FR.318", "A00.FR.319", "A00.FR.422")
def test_the_suites_of_the_standard_are_offered_and_no_weak_one(root_file: str):
    offered = {suite["name"] for suite in client_context([root_file]).get_ciphers()}

    assert offered >= {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}
    assert {name for name in offered if not name.startswith("TLS_")} == set(CIPHER_SUITES)


@pytest.mark.requirement("A00.FR.320", "A00.FR.321", "A00.FR.424")
def test_there_is_no_compression(root_file: str):
    assert client_context([root_file]).options & ssl.OP_NO_COMPRESSION


@pytest.mark.parametrize("suite", CIPHER_SUITES[2:])
def test_a_server_with_one_rsa_suite_is_understood(
    suite: str, authority: trustme.CA, root_file: str
):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("c.example", key_type=trustme.KeyType.RSA).configure_cert(server)
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    server.set_ciphers(suite)

    assert shake_hands(client_context([root_file]), server) == "TLSv1.2"


# --- profile 3 ---------------------------------------------------------------------------------


def demanding(authority: trustme.CA) -> ssl.SSLContext:
    context = serving(authority, "c.example")
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    authority.configure_trust(context)
    return context


@pytest.mark.requirement("A00.FR.401", "A00.FR.402", "A00.FR.415")
@pytest.mark.parametrize("as_files", [True, False])
def test_our_certificate_is_shown(
    as_files: bool, authority: trustme.CA, root_file: str, tmp_path: Path
):
    ours = authority.issue_cert("CP001")
    texts = pem(ours.cert_chain_pems[0]), pem(ours.private_key_pem)
    (tmp_path / "cert.pem").write_text(texts[0])
    (tmp_path / "key.pem").write_text(texts[1])
    files = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")

    certificate = ClientCertificate(*(files if as_files else texts))

    assert shake_hands(client_context([root_file], certificate=certificate), demanding(authority))


def test_an_encrypted_key_needs_its_password(authority: trustme.CA, root_file: str):
    ours = authority.issue_cert("CP001")
    key = load_pem_private_key(ours.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame")
    ).decode()
    chain = pem(ours.cert_chain_pems[0])

    client_context([root_file], certificate=ClientCertificate(chain, locked, "open sesame"))
    for password in ("", "wrong"):
        with pytest.raises(SettingsError, match="key and password"):
            client_context([root_file], certificate=ClientCertificate(chain, locked, password))


def test_a_key_of_another_certificate_is_refused(authority: trustme.CA, root_file: str):
    one, other = authority.issue_cert("CP001"), authority.issue_cert("CP002")
    pair = ClientCertificate(pem(one.cert_chain_pems[0]), pem(other.private_key_pem))

    with pytest.raises(SettingsError, match="not a certificate with its key"):
        client_context([root_file], certificate=pair)


def test_a_certificate_does_not_show_its_key():
    assert "hunter2" not in repr(ClientCertificate("cert", "hunter2", "hunter2"))


# --- files that are wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read: No such file"),
        (b"hello", "is not a PEM file"),
        (b"\xff\xfe\x00", "is not a PEM file"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate"),
    ],
)
def test_a_file_that_is_wrong_is_named(content: bytes | None, what: str, tmp_path: Path):
    path = tmp_path / "root.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SettingsError) as wrong:
        client_context([str(path)])

    assert str(path) in str(wrong.value)
    assert what in str(wrong.value)


def test_a_key_file_that_is_missing_is_named(authority: trustme.CA, root_file: str):
    ours = authority.issue_cert("CP001")
    pair = ClientCertificate(pem(ours.cert_chain_pems[0]), "/nowhere/key.pem")

    with pytest.raises(SettingsError, match=r"/nowhere/key\.pem cannot be read"):
        client_context([root_file], certificate=pair)


def test_a_broken_text_is_not_repeated():
    with pytest.raises(SettingsError, match="the PEM text holds no certificate"):
        client_context(["-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----"])
