"""Logs on demand: a real station, a real central system, a real server for the file."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from process.conftest import SECRET, Start

from chargepoint.demo.central import Central
from chargepoint.demo.peer import Peer

KEY = "0123456789abcdef0123456789abcdef01234567"
CANARIES = {
    "password": SECRET,
    "authorization key": KEY,
    "key as text": bytes.fromhex(KEY).decode("latin-1"),
    "listed token": "CANARY-LISTED-1",
    "free vend token": "CANARY-VEND-2",
    "card": "CANARY-CARD-3",
    "reserved": "CANARY-RESERVED-4",
    "location's password": "CANARY-PLACE-5",
    "mqtt password": "CANARY-MQTT-6",
}
PLACE = CANARIES["location's password"]


class Shelf:
    """A server that takes files; the first *broken* attempts it answers with 503."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.broken = 0
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Shelf]:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_put("/{name:.*}", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.url = f"http://me:{PLACE}@127.0.0.1:{port}/logs/"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if self.broken:
            self.broken -= 1
            return web.Response(status=503)
        self.files[request.match_info["name"].rpartition("/")[2]] = await request.read()
        return web.Response(status=201)


def unpacked(content: bytes) -> dict[str, str]:
    """Return the files of an archive by name."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {
            member.name.rpartition("/")[2]: archive.extractfile(member).read().decode()
            for member in archive
        }


def told(station: Peer, action: str) -> list[str]:
    return [call.payload["status"] for call in station.received(action)]


async def until_told(station: Peer, action: str, status: str) -> None:
    await station.wait_for(action, lambda payload: payload["status"] == status, timeout_s=20.0)


@pytest.mark.requirement(
    *("1.6 5.9", "1.6 4.4", "1.6 8.2", "1.6 security N01", "1.6 security A04"),
)
async def test_diagnostics_come_when_asked_for_and_hold_no_secret(
    start: Start, tmp_path: Path
) -> None:
    async with Shelf().serving() as shelf, Central(versions=("1.6",)) as central:
        agent = await start(
            f"csms.url={central.url}",
            "agent.log_level=debug",
            "csms.security_profile=0",
            f"csms.basic_auth_password={SECRET}",
            f"ocpp16.AuthorizationKey={KEY}",
            f"offline.free_vend_token={CANARIES['free vend token']}",
            f"mqtt.password={CANARIES['mqtt password']}",
        )
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        listed = {"idTag": CANARIES["listed token"], "idTagInfo": {"status": "Accepted"}}
        await station.call(
            "SendLocalList",
            {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [listed]},
        )
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        reserved = {"connectorId": 1, "idTag": CANARIES["reserved"], "reservationId": 1}
        await station.call("ReserveNow", reserved | {"expiryDate": later})
        await station.call("CancelReservation", {"reservationId": 1})
        await agent.post("sim/evse/1/plug-in")
        await agent.post("authorize", {"id_token": CANARIES["card"]})
        await agent.until(lambda now: now["evses"][0]["charging"])

        shelf.broken = 1
        asked = {"location": shelf.url, "retries": 2, "retryInterval": 1}
        name = (await station.call("GetDiagnostics", asked))["fileName"]
        await until_told(station, "DiagnosticsStatusNotification", "Uploaded")
        assert told(station, "DiagnosticsStatusNotification") == ["Uploading", "Uploaded"]

        wanted = {"logType": "SecurityLog", "requestId": 9, "log": {"remoteLocation": shelf.url}}
        answer = await station.call("GetLog", wanted)
        assert answer["status"] == "Accepted"
        await until_told(station, "LogStatusNotification", "Uploaded")
        assert all(
            call.payload["requestId"] == 9 for call in station.received("LogStatusNotification")
        )
        assert set(shelf.files) == {name, answer["filename"]}
        assert b" StartupOfTheDevice" in shelf.files[answer["filename"]]

        async with agent.http.get("/api/v1/diagnostics") as response:
            by_hand = unpacked(await response.read())

        nowhere = {"location": "file:///etc/passwd", "retries": 0, "retryInterval": 1}
        await station.call("GetDiagnostics", nowhere)
        await until_told(station, "DiagnosticsStatusNotification", "UploadFailed")
        assert station.errors == []
        assert await agent.stop() == 0

    members = unpacked(shelf.files[name])
    assert set(members) == set(by_hand)
    assert set(members) == {
        *("status.json", "settings.json", "keys.json", "store.json", "versions.json"),
        *("security.log", "chargepoint.log"),
    }
    assert json.loads(members["status.json"])["evses"][0]["charging"]
    assert "boot accepted" in members["chargepoint.log"]
    assert json.loads(members["store.json"])["memory"]["transaction"] == 1
    assert json.loads(members["keys.json"])["HeartbeatInterval"]
    assert "asyncssh" in json.loads(members["versions.json"])["packages"]
    everything = "\n".join((*members.values(), *by_hand.values(), agent.text))
    assert [what for what, canary in CANARIES.items() if canary in everything] == []
    assert not list((tmp_path / "data" / "outgoing").iterdir())
