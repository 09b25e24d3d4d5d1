"""Whatever is sent, the station never stumbles: no answer is a 500 and none hangs."""

from __future__ import annotations

import asyncio
import json
import logging
import re

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargepoint.front.routes import POSTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
FIELDS = sorted({name for post in POSTS for name in post.body.model_fields})
NEAR = st.dictionaries(st.sampled_from([*FIELDS, "code", "vendor_code"]), JSON, max_size=4)
BODIES = st.binary(max_size=200) | (JSON | NEAR).map(lambda body: json.dumps(body).encode())
EVSE_IDS = st.integers(0, 10**9).map(str) | st.text(max_size=12)
FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(post=st.sampled_from(POSTS), evse_id=st.integers(0, 10**9), body=BODIES)
async def test_no_body_is_too_much(http, post, evse_id, body):
    path = post.path.replace("{evse_id}", str(evse_id))
    async with http.post(path, data=body) as answer:
        assert answer.status in (202, 404, 409, 422)
        assert isinstance(await answer.json(), dict)


@FUZZ
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"]),
    path=st.text(max_size=30) | EVSE_IDS.map(lambda evse_id: f"api/v1/sim/evse/{evse_id}/set"),
    headers=st.dictionaries(
        st.sampled_from(["Origin", "Host", "Authorization", "If-None-Match", "Content-Type"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    ),
)
async def test_no_path_and_no_header_is_too_much(front, method, path, headers):
    async with aiohttp.ClientSession() as session:
        try:
            request = session.request(
                method, front.url + re.sub(r"[?#]", "", path), headers=headers, skip_auto_headers=()
            )
            async with request as answer:
                assert answer.status < 500
        except (ValueError, aiohttp.InvalidURL):
            return  # the client itself refuses to send this


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v1/mode HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_what_is_not_http_gets_400_or_nothing(front, http, caplog, raw):
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", int(front.url.rsplit(":", 1)[1][:-1])
    )
    writer.write(raw)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert answer == b"" or answer.split(b" ")[1].startswith(b"4")
    async with http.get("/api/v1/status") as status:
        assert status.status == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
