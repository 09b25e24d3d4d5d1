"""The page's files: guarded by their headers, cached by their content, found by name only."""

from __future__ import annotations

import re

import pytest

from chargepoint.front.page import assets

PATHS = sorted(assets())


async def test_the_page_may_run_only_our_own_scripts(http):
    async with http.get("/") as answer:
        policy = dict(
            part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
        )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("path", [*PATHS, "/api/v1/status", "/no/such", "/metrics", "/healthz"])
async def test_every_answer_carries_the_guarding_headers(http, path):
    async with http.get(path) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Server"] == "chargepoint"


@pytest.mark.parametrize("path", PATHS)
async def test_a_browser_keeps_a_file_until_it_changes(http, path):
    async with http.get(path) as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-cache"
        known = {"If-None-Match": answer.headers["ETag"]}
    async with http.get(path, headers=known) as answer:
        assert answer.status == 304
    async with http.get(path, headers={"If-None-Match": '"older"'}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../door.py",
        "/static/%2e%2e/door.py",
        "/static/..%2f..%2f..%2fpyproject.toml",
        "/static//etc/passwd",
        "/static/",
        "/static",
        "/static/index.html",
        "/static/main.js%00.css",
    ],
)
async def test_there_is_no_path_to_walk(http, path):
    async with http.get(path) as answer:
        assert answer.status == 404
        assert "error" in await answer.json()


def test_the_page_loads_nothing_from_elsewhere_and_inlines_nothing():
    for path, asset in assets().items():
        text = asset.content.decode()
        foreign = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"']*", text)
        assert [link for link in foreign if "www.w3.org" not in link] == [], path
        if path == "/":
            assert not re.search(r"\son\w+=|<style|style=|<script(?![^>]*\ssrc=)", text)


def test_every_module_that_is_imported_is_served():
    served = assets()
    for asset in served.values():
        for name in re.findall(r'from "\./([\w.]+)"', asset.content.decode()):
            assert f"/static/{name}" in served
