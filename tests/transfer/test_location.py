"""URLs, taken apart: whatever comes, it is a location or a refusal, and shows no password."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.location import SCHEMES, is_local, parse

NEAR = st.text(alphabet=string.ascii_lowercase + ":/@[]%?#. 0123456789\r\n\xe4", max_size=40)


@given(
    st.one_of(st.text(max_size=60), NEAR, NEAR.map("http://".__add__), NEAR.map("ftp://a@".__add__))
)
def test_whatever_comes_is_a_location_or_a_refusal(text: str) -> None:
    try:
        location = parse(text)
    except TransferError:
        return
    assert location.scheme in SCHEMES
    assert location.host
    assert 0 < location.port <= 65535
    assert not any(sign in location.url for sign in "\r\n \t")
    assert not any("\r" in name or "\n" in name for name in location.names)


@given(st.text(string.ascii_letters + string.digits, min_size=6, max_size=20))
def test_a_password_is_shown_nowhere(secret: str) -> None:
    location = parse(f"https://me:PW{secret}@host/path?token=PW{secret}")
    assert location.password == f"PW{secret}"
    assert f"PW{secret}" not in f"{location} {location!r} {location.digest}"
    assert str(location) == "https://host/path"


def test_what_is_written_stays_and_what_must_not_be_is_encoded() -> None:
    signed = parse("https://host/a%20b/c?sig=x%2By%3D&t=a:b")
    assert signed.url == "https://host/a%20b/c?sig=x%2By%3D&t=a:b"
    assert parse("http://host/a b\xe4#here").url == "http://host/a%20b%C3%A4"
    assert parse("ftp://host/a b\xe4").names == ("a b\xe4",)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:10.0.0.1", "2002:0a00:0001::", "::"),
    ],
)
def test_local_is_whatever_is_not_the_internet(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_internet_is_not_local(address: str) -> None:
    assert not is_local(address)
