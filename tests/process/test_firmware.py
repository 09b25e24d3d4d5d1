"""Signed firmware over real sockets: a file server, a script that installs, a new process."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from authority import Authority
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from process.conftest import Start

from chargepoint.demo.central import Central
from chargepoint.demo.peer import CallFailed

NOW = datetime.now(UTC).replace(microsecond=0)
LONG = {"since": NOW - timedelta(days=30), "until": NOW + timedelta(days=300)}
FILE = b"2.0\n" + bytes(range(256)) * 2000
MESSAGES = {
    "1.6": ("SignedUpdateFirmware", "SignedFirmwareStatusNotification"),
    "2.0.1": ("UpdateFirmware", "FirmwareStatusNotification"),
}
SCRIPT = """#!/bin/sh
echo "installing $2 in $1"
head -n 1 "$2" > "$1"
"""


@asynccontextmanager
async def file_server() -> AsyncIterator[str]:
    """Serve the one file at every path; lend the URL."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=FILE)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/new.bin"
    await runner.cleanup()


@pytest.mark.requirement("L01.FR.01", "L01.FR.03", "L01.FR.31", "L01.FR.32", "TC_L_01_CS")
@pytest.mark.requirement("TC_L_06_CS", "1.6 security L01.FR.01", "1.6 security L01.FR.20")
@pytest.mark.parametrize("version", sorted(MESSAGES))
async def test_signed_firmware_is_installed_and_the_next_process_tells_it(
    start: Start, tmp_path: Path, version: str
) -> None:
    action, notification = MESSAGES[version]
    maker = Authority("Maker", **LONG)
    key = ec.generate_private_key(ec.SECP256R1())
    signer = Authority("Firmware", above=maker, key=key, ca=None, **LONG)
    settings = _installed(tmp_path, maker)
    async with file_server() as url, Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}", *settings)
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        firmware = {
            "location": url.replace("//", "//anna:hunter2@"),
            "retrieveDateTime": NOW.isoformat(),
            "signingCertificate": signer.pem,
        }

        bad = firmware | {"signature": b64encode(b"bad").decode()}
        answer = await station.call(action, {"requestId": 1, "firmware": bad})
        assert answer["status"] == "Accepted"
        await agent.says("the signature of the new firmware is not good")
        await agent.until(lambda now: now["firmware"]["status"] == "InvalidSignature")

        good = firmware | {"signature": b64encode(key.sign(FILE, ec.ECDSA(SHA256()))).decode()}
        answer = await station.call(action, {"requestId": 2, "firmware": good})
        assert answer["status"] == "Accepted"
        assert await agent.left() == 0
        assert "installing" in agent.text
        assert "hunter2" not in agent.text

        again = await start(f"csms.url={central.url}", *settings)
        await again.until(lambda now: now["firmware"]["status"] == "Installed")
        station = await central.station()
        await again.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        if version == "1.6":
            plain = {"location": url, "retrieveDate": NOW.isoformat()}
            with pytest.raises(CallFailed):
                await station.call("UpdateFirmware", plain)
        assert (await again.status())["firmware_version"] == "2.0"
        heard = central.peer("CP001").received
        await again.until(lambda now: len(heard(notification)) == 9)
        told = [each.payload for each in heard(notification)]
        assert [each["status"] for each in told] == [
            *("Downloading", "Downloaded", "InvalidSignature"),
            *("Downloading", "Downloaded", "SignatureVerified"),
            *("Installing", "InstallRebooting", "Installed"),
        ]
        assert [each["requestId"] for each in told] == [1] * 3 + [2] * 6
        assert await again.stop() == 0


def _installed(folder: Path, maker: Authority) -> tuple[str, ...]:
    """The settings of a station whose installer is a script."""
    script, version = folder / "install.sh", folder / "version"
    script.write_text(SCRIPT)
    script.chmod(0o700)
    version.write_text("1.0\n")
    (folder / "maker.pem").write_text(maker.pem)
    return (
        f'firmware.command=["{script}", "{version}", "{{file}}"]',
        f"firmware.version_file={version}",
        f'tls.manufacturer_root_ca=["{folder}/maker.pem"]',
        "transfers.keep_free_mb=0",
    )
