"""Who may come in: names, passwords and foreign pages."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.front.access import (
    REMEMBERED_ADDRESSES,
    WRONG_PASSWORDS,
    WRONG_PASSWORDS_PER_S,
    Access,
    WrongPasswords,
    is_foreign,
    is_loopback,
    is_own_name,
    password_of,
)
from chargepoint.front.page import assets
from chargepoint.front.routes import GETS, HEALTH, POSTS
from chargepoint.front.web import Front

PASSWORD = "pä:ss wörd"


def basic(password: str, user: str = "anybody") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
async def locked(door) -> AsyncIterator[Front]:
    front = Front(door, "127.0.0.1:0", PASSWORD)
    await front.start()
    yield front
    await front.stop()


@pytest.fixture
async def stranger(locked: Front) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(locked.url) as session:
        yield session


EVERYTHING = [
    *(("GET", get.path) for get in GETS if get is not HEALTH),
    *(("POST", post.path.replace("{evse_id}", "1")) for post in POSTS),
    *(("GET", path) for path in assets()),
    ("GET", "/no/such/path"),
    ("DELETE", "/api/v1/status"),
]


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
async def test_without_the_password_nothing_is_told_or_done(stranger, door, method, path):
    async with stranger.request(method, path) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert door.asked == door.sim.asked == []


async def test_a_health_check_needs_no_password(stranger):
    async with stranger.get("/healthz") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        basic(PASSWORD),
        basic(PASSWORD, user=""),
        basic(PASSWORD, user="admin"),
        f"basic {basic(PASSWORD)[6:]}",
    ],
)
async def test_the_password_opens_with_any_user_name(stranger, authorization):
    headers = {"Authorization": authorization}
    async with stranger.get("/api/v1/status", headers=headers) as answer:
        assert answer.status == 200
    async with stranger.post("/api/v1/mode", json={"mode": "smart"}, headers=headers) as answer:
        assert answer.status == 202


def test_a_bearer_token_is_the_password_too():
    access = Access("secret")
    assert refusal(access, {"Authorization": "Bearer secret"}) is None
    assert refusal(access, {"Authorization": "Bearer Secret"}).status == 401


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Digest username=x",
        "Bearer",
        basic(PASSWORD + " "),
        basic(PASSWORD.upper()),
        basic(""),
    ],
)
def test_anything_else_does_not_open(authorization):
    assert refusal(Access(PASSWORD), {"Authorization": authorization}).status == 401


def refusal(access, headers, *, changes=False, address="192.0.2.1", now_s=0.0):
    return access.refusal(headers, changes=changes, address=address, now_s=now_s)


@given(st.text(), st.text(alphabet=st.characters(exclude_characters=":", codec="utf-8")))
def test_only_the_password_itself_is_the_password(password, user):
    header = "Basic " + base64.b64encode(f"{user}:{password}".encode("utf-8", "replace")).decode()
    sent = password.encode("utf-8", "replace").decode()
    assert password_of(header) == sent
    assert (refusal(Access("secret"), {"Authorization": header}) is None) == (sent == "secret")


@given(st.text())
def test_no_authorization_header_breaks_anything(header):
    assert refusal(Access("secret"), {"Authorization": header, "Host": header}) is not None


def test_guessing_is_stopped_for_the_address_that_guesses():
    access = Access("secret")
    wrong, right = ({"Authorization": basic(word)} for word in ("guess", "secret"))
    for _ in range(WRONG_PASSWORDS):
        assert refusal(access, wrong).status == 401

    closed = refusal(access, right)

    assert closed.status == 429
    assert int(closed.headers["Retry-After"]) > 0
    assert refusal(access, right, address="192.0.2.2") is None
    assert refusal(access, right, now_s=WRONG_PASSWORDS_PER_S) is None


def test_a_wrong_password_now_and_then_is_not_guessing():
    access = Access("secret")
    for number in range(3 * WRONG_PASSWORDS):
        now_s = number * WRONG_PASSWORDS_PER_S / 2
        assert refusal(access, {"Authorization": basic("guess")}, now_s=now_s).status == 401


def test_asking_without_a_password_is_not_guessing():
    access = Access("secret")
    for _ in range(WRONG_PASSWORDS + 1):
        assert refusal(access, {}).status == 401
    assert refusal(access, {"Authorization": basic("secret")}) is None


@given(st.lists(st.tuples(st.integers(0, 2000), st.floats(0, 1e6)), max_size=50))
def test_strangers_cannot_fill_the_memory(tries):
    wrong = WrongPasswords()
    for number, now_s in tries:
        wrong.add(str(number), now_s)
        assert 0 <= wrong.wait_s(str(number), now_s) <= WRONG_PASSWORDS_PER_S
    for number in range(2 * REMEMBERED_ADDRESSES):
        wrong.add(f"crowd {number}", 0.0)
    assert len(wrong._since) <= REMEMBERED_ADDRESSES


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.0.2.7", "a.localhost"],
)
async def test_the_station_answers_to_its_address_and_to_localhost(http, host):
    assert is_own_name(host)
    async with http.get("/api/v1/status", headers={"Host": host}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"],
)
async def test_a_re_pointed_name_gets_nothing(http, door, host):
    assert not is_own_name(host)
    headers = {"Host": host, "Origin": f"http://{host}"}
    async with http.get("/api/v1/status", headers=headers) as answer:
        assert answer.status == 421
    async with http.post("/api/v1/mode", json={"mode": "smart"}, headers=headers) as answer:
        assert answer.status == 421
    assert door.asked == []


def test_with_a_password_any_name_is_good():
    headers = {"Host": "charger.example", "Authorization": basic("secret")}
    assert refusal(Access("secret"), headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://[broken"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_site_changes_nothing(http, door, headers):
    async with http.post("/api/v1/mode", json={"mode": "smart"}, headers=headers) as answer:
        assert answer.status == 403
    assert door.asked == []


async def test_our_own_page_and_programs_may_change_things(http, front):
    for headers in ({}, {"Origin": front.url.rstrip("/")}, {"Sec-Fetch-Site": "same-origin"}):
        async with http.post("/api/v1/mode", json={"mode": "smart"}, headers=headers) as answer:
            assert answer.status == 202


def test_an_origin_is_compared_with_its_port():
    assert is_foreign({"Origin": "http://127.0.0.1:9", "Host": "127.0.0.1:8080"})
    assert not is_foreign({"Origin": "http://Charger:8080", "Host": "charger:8080"})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "charger", ""])
def test_everything_else_is_reached_by_others(host):
    assert not is_loopback(host)
