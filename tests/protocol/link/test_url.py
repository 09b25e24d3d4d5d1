"""The connection url and the credentials."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.protocol.backoff import SHORTEST_S, BackOff
from chargepoint.protocol.link import Target, authorization, connection_url


@pytest.mark.requirement("J 1.6 3.1.1", "J 2.0.1 3.1.1")
@pytest.mark.parametrize(
    ("endpoint", "identity", "url"),
    [
        ("ws://c.example/ocpp", "CP001", "ws://c.example/ocpp/CP001"),
        ("wss://c.example/ocppj", "RDAM 123", "wss://c.example/ocppj/RDAM%20123"),
        ("ws://c.example", "CP001", "ws://c.example/CP001"),
        ("ws://c.example/", "CP001", "ws://c.example/CP001"),
        ("ws://c.example/ocpp//", "CP001", "ws://c.example/ocpp/CP001"),
        ("ws://c.example/ocpp/CP001", "CP001", "ws://c.example/ocpp/CP001"),
        ("ws://c.example/ocpp/RDAM%20123/", "RDAM 123", "ws://c.example/ocpp/RDAM%20123"),
        ("ws://c.example:9000/x?key=1", "a/b", "ws://c.example:9000/x/a%2Fb?key=1"),
        ("ws://[::1]:9000/x#here", "ü:1", "ws://[::1]:9000/x/%C3%BC%3A1"),
    ],
)
def test_the_identity_follows_the_endpoint_once(endpoint: str, identity: str, url: str):
    assert connection_url(endpoint, identity) == url


@given(st.text(min_size=1, max_size=48).filter(lambda text: text.isprintable()))
def test_adding_the_identity_twice_changes_nothing(identity: str):
    once = connection_url("wss://c.example/ocpp", identity)

    assert connection_url(once, identity) == once


@pytest.mark.requirement(
    "A00.FR.204",
    "A00.FR.205",
    "A00.FR.303",
    "J 1.6 6.2.2",
    "A00.FR.202",
    "A00.FR.203",
    "A00.FR.301",
)
@pytest.mark.parametrize(
    "password", [bytes.fromhex("0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF"), b"text"]
)
def test_the_password_is_bytes_behind_the_identity(password: bytes):
    header = authorization("AL1000", password)

    assert base64.b64decode(header.removeprefix("Basic ")) == b"AL1000:" + password


def test_a_target_does_not_show_its_password():
    assert "hunter2" not in repr(Target("ws://c", "CP", ("ocpp1.6",), b"hunter2"))


@pytest.mark.requirement("J 2.0.1 5.3", "J 2.0.1 errata 4.12")
def test_the_wait_doubles_so_often_and_stays():
    rules = BackOff(wait_min_s=10, random_range_s=4, repeat_times=3)

    assert [rules.wait_s(n, lambda: 0.0) for n in range(6)] == [10, 20, 40, 80, 80, 80]
    assert [rules.wait_s(n, lambda: 0.5) for n in range(3)] == [12, 22, 42]


@given(
    st.integers(0, 10**6),
    st.floats(0, 3600),
    st.floats(0, 3600),
    st.integers(0, 20),
    st.floats(0, 1),
)
def test_a_wait_is_never_nothing_and_never_for_ever(
    failures: int, minimum_s: float, range_s: float, times: int, part: float
):
    wait_s = BackOff(minimum_s, range_s, times).wait_s(failures, lambda: part)

    assert SHORTEST_S <= wait_s <= max(SHORTEST_S, minimum_s * 2**times + range_s)
