"""What the core asks for new firmware, done with files, one thing at a time."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from authority import Authority
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from chargepoint.core import messages as m
from chargepoint.core.words import TransferFault
from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.installer import InstallError
from chargepoint.updating import Updating

pytestmark = pytest.mark.sim
FILE = b"firmware" * 100_000
SHA = sha256(FILE).hexdigest()


class Shell:
    """Updating with a server and an installer that do as they are told."""

    def __init__(self, folder: Path, installs: bool = True) -> None:
        self.folder = folder
        self.served: bytes | Exception = FILE
        self.fails: Exception | None = None
        self.fetches = self.installs = 0
        self.news: list[m.FirmwareNews] = []
        self.updating = Updating(self._fetch, self if installs else None, folder)

    async def _fetch(self, location: str, to: Path) -> None:
        self.fetches += 1
        await asyncio.sleep(10.0)
        if isinstance(self.served, Exception):
            raise self.served
        write(to, self.served)

    async def install(self, file: Path) -> None:
        self.installs += 1
        await asyncio.sleep(10.0)
        if self.fails is not None:
            raise self.fails

    async def told(self, *effects: m.FirmwareEffect) -> list[m.FirmwareNews]:
        """Ask for something; return the news of the next minute."""
        self.news.clear()
        for effect in effects:
            self.updating.do(effect)
        await asyncio.sleep(60.0)
        return list(self.news)


def write(to: Path, content: bytes) -> None:
    to.write_bytes(content)


@pytest.fixture
async def shell(tmp_path: Path) -> AsyncIterator[Shell]:
    shell = Shell(tmp_path / "firmware")
    running = asyncio.create_task(shell.updating.run(shell.news.append))
    yield shell
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_file_comes_is_judged_installed_and_cleared_away(shell: Shell) -> None:
    assert await shell.told(m.FetchFirmware(1, "there")) == [m.FirmwareFetched(1)]
    assert await shell.told(m.CheckFirmware(1, None, "")) == [m.FirmwareChecked(1, SHA, True)]
    assert await shell.told(m.InstallFirmware(1, SHA)) == [m.FirmwareInstalled(1)]
    assert await shell.told(m.DropFirmware()) == []
    assert list(shell.folder.iterdir()) == []


async def test_what_is_whole_already_is_not_fetched_again(shell: Shell) -> None:
    await shell.told(m.FetchFirmware(1, "there"))
    assert await shell.told(m.FetchFirmware(1, "there")) == [m.FirmwareFetched(1)]
    assert shell.fetches == 1


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (TransferError(TransferFault.FAILED, "404"), True),
        (TransferError(TransferFault.BAD_LOCATION, "no host"), False),
        (OSError(28, "No space left on device", "/x/update-1"), True),
    ],
)
async def test_what_does_not_come_is_told_with_the_hope_there_is(shell, error, again) -> None:
    shell.served = error
    (news,) = await shell.told(m.FetchFirmware(1, "there"))
    assert (news.number, news.again) == (1, again)
    assert "/x/" not in news.why


@pytest.mark.requirement("L01.FR.04", "L01.FR.12")
async def test_the_signature_is_that_of_the_whole_file(shell: Shell) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = Authority("Firmware", key=key, ca=None).pem
    good = b64encode(key.sign(FILE, ec.ECDSA(SHA256()))).decode()
    await shell.told(m.FetchFirmware(1, "there"))
    assert (await shell.told(m.CheckFirmware(1, pem, good)))[0].genuine
    write(shell.folder / "update-1", FILE[:-1])
    assert not (await shell.told(m.CheckFirmware(1, pem, good)))[0].genuine


@pytest.mark.requirement("L01.FR.29")
async def test_what_was_changed_on_the_disk_is_not_installed(shell: Shell) -> None:
    await shell.told(m.FetchFirmware(1, "there"))
    write(shell.folder / "update-1", FILE + b"!")
    (news,) = await shell.told(m.InstallFirmware(1, SHA))
    assert (news.sound, shell.installs) == (False, 0)


async def test_a_file_that_has_gone_is_told(shell: Shell) -> None:
    assert isinstance((await shell.told(m.CheckFirmware(1, None, "")))[0], m.FirmwareNotFetched)
    (news,) = await shell.told(m.InstallFirmware(1, SHA))
    assert news == m.FirmwareNotInstalled(1, "update-1: No such file or directory")


async def test_an_installation_that_fails_says_why(shell: Shell) -> None:
    shell.fails = InstallError("exit 3")
    await shell.told(m.FetchFirmware(1, "there"))
    assert await shell.told(m.InstallFirmware(1, SHA)) == [m.FirmwareNotInstalled(1, "exit 3")]


async def test_the_last_word_counts(shell: Shell) -> None:
    news = await shell.told(
        m.FetchFirmware(1, "there"), m.DropFirmware(), m.FetchFirmware(2, "elsewhere")
    )
    assert news == [m.FirmwareFetched(2)]
    assert await shell.told(m.FetchFirmware(3, "there"), m.DropFirmware()) == []


async def test_without_an_installer_nothing_is_installed(tmp_path: Path) -> None:
    shell = Shell(tmp_path, installs=False)
    running = asyncio.create_task(shell.updating.run(shell.news.append))
    (news,) = await shell.told(m.InstallFirmware(1, SHA))
    assert isinstance(news, m.FirmwareNotInstalled)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_mistake_of_ours_is_not_kept_quiet(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.served = KeyError("ours")
    shell.updating.do(m.FetchFirmware(1, "there"))
    with pytest.raises(KeyError):
        await shell.updating.run(shell.news.append)
