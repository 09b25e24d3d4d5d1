"""FTP, plain and under TLS, against a small server on this machine."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from transfer.small_ftp import SmallFtp

from chargepoint.core.words import TransferFault
from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.transfers import Transfers

LOG = bytes(range(256)) * 8000  # two megabytes
WHO = "me%40home:s3cr%3At%2F@"
Make = Callable[..., Transfers]


def there(ftp: SmallFtp, path: str, scheme: str = "ftp", who: str = WHO) -> str:
    return f"{scheme}://{who}127.0.0.1:{ftp.port}/{path}"


async def failure(attempt: Awaitable[None]) -> TransferError:
    with pytest.raises(TransferError) as caught:
        await attempt
    return caught.value


@pytest.mark.parametrize("who", [WHO, ""])
async def test_a_file_comes_over_ftp_with_a_user_and_without(
    transfers: Make, tmp_path: Path, who: str
) -> None:
    seen: list[tuple[int, int | None]] = []
    async with SmallFtp().serving() as ftp:
        ftp.files["fw/new.bin"] = LOG
        await transfers().download(
            there(ftp, "fw/new.bin", who=who), tmp_path / "f", lambda *far: seen.append(far)
        )
    assert (tmp_path / "f").read_bytes() == LOG
    assert (seen[0], seen[-1]) == ((0, len(LOG)), (len(LOG), len(LOG)))


@pytest.mark.parametrize(("scheme", "implicit"), [("ftpes", False), ("ftps", True)])
async def test_tls_is_begun_by_auth_or_at_once(
    transfers: Make, tmp_path: Path, server_tls: ssl.SSLContext, scheme: str, implicit: bool
) -> None:
    (tmp_path / "log").write_bytes(LOG)
    async with SmallFtp(server_tls, implicit).serving() as ftp:
        await transfers().upload(tmp_path / "log", there(ftp, "logs/", scheme), "l.gz")
        await transfers().download(there(ftp, "logs/l.gz", scheme), tmp_path / "f")
        stranger = transfers(tls=ssl.create_default_context)
        error = await failure(stranger.download(there(ftp, "logs/l.gz", scheme), tmp_path / "g"))
    assert (tmp_path / "f").read_bytes() == ftp.files["logs/l.gz"] == LOG
    assert ("AUTH TLS" in ftp.said) is not implicit
    assert "PROT P" in ftp.said
    assert error.fault is TransferFault.DENIED


@pytest.mark.requirement("1.6 8.1")
async def test_a_download_that_broke_off_goes_on_with_rest(transfers: Make, tmp_path: Path) -> None:
    async with SmallFtp().serving() as ftp:
        ftp.files["new.bin"] = LOG
        ftp.breaks_after = 1_000_000
        error = await failure(transfers().download(there(ftp, "new.bin"), tmp_path / "f"))
        await transfers().download(there(ftp, "new.bin"), tmp_path / "f")
    assert error.fault is TransferFault.FAILED
    assert (tmp_path / "f").read_bytes() == LOG
    assert "REST 1000000" in ftp.said


@pytest.mark.parametrize("unknown", ["REST", "MDTM", "SIZE"])
async def test_a_server_that_cannot_continue_begins_anew(
    transfers: Make, tmp_path: Path, unknown: str
) -> None:
    async with SmallFtp().serving() as ftp:
        ftp.unknown = {unknown}
        ftp.files["new.bin"] = LOG
        ftp.breaks_after = 1_000_000
        await failure(transfers().download(there(ftp, "new.bin"), tmp_path / "f"))
        await transfers().download(there(ftp, "new.bin"), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == LOG


@pytest.mark.requirement("1.6 8.2")
async def test_an_upload_that_broke_off_is_appended_to(transfers: Make, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(LOG)
    async with SmallFtp().serving() as ftp:
        ftp.breaks_after = 1_000_000
        where = there(ftp, "logs")
        await failure(transfers().upload(tmp_path / "log", where, "l.gz"))
        assert len(ftp.files["logs/l.gz"]) == 1_000_000
        await transfers().upload(tmp_path / "log", where, "l.gz", again=True)
    assert ftp.files["logs/l.gz"] == LOG
    assert "APPE l.gz" in ftp.said


async def test_what_is_no_folder_is_the_name_itself_unless_it_ends_like_one(
    transfers: Make, tmp_path: Path
) -> None:
    (tmp_path / "log").write_bytes(b"log")
    async with SmallFtp().serving() as ftp:
        for path in ("here.gz", "logs", ""):
            await transfers().upload(tmp_path / "log", there(ftp, path), "l.gz")
        error = await failure(transfers().upload(tmp_path / "log", there(ftp, "none/"), "l.gz"))
    assert set(ftp.files) == {"here.gz", "logs/l.gz", "l.gz"}
    assert "550" in str(error)


async def test_a_wrong_password_and_a_refusal_are_told_apart_from_bad_luck(
    transfers: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    (tmp_path / "log").write_bytes(b"log")
    async with SmallFtp().serving() as ftp:
        wrong = there(ftp, "f", who="me:wr0ng@")
        password = await failure(transfers().download(wrong, tmp_path / "f"))
        ftp.denied = {"STOR"}
        refused = await failure(transfers().upload(tmp_path / "log", there(ftp, "logs"), "l"))
        ftp.denied, ftp.unknown = set(), {"STOR"}
        unknown = await failure(transfers().upload(tmp_path / "log", there(ftp, "logs"), "l"))
    gone = await failure(transfers().download(there(ftp, "f"), tmp_path / "f"))
    assert password.fault is refused.fault is TransferFault.DENIED
    assert unknown.fault is TransferFault.UNSUPPORTED
    assert gone.fault is TransferFault.FAILED
    assert "wr0ng" not in caplog.text + str(password)


async def test_a_server_that_falls_silent_is_left_and_so_is_its_thread(
    transfers: Make, tmp_path: Path
) -> None:
    async with SmallFtp().serving() as ftp:
        ftp.silent = {"RETR"}
        hasty = transfers(silence_s=0.2)
        error = await failure(hasty.download(there(ftp, "f"), tmp_path / "f"))
        assert "nothing has moved" in str(error) or "timed out" in str(error)

        ftp.heard.clear()
        task = asyncio.create_task(transfers().download(there(ftp, "f"), tmp_path / "f"))
        await ftp.heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_local_servers_can_be_forbidden(transfers: Make, tmp_path: Path) -> None:
    strict = transfers(local_locations=False)
    async with SmallFtp().serving() as ftp:
        error = await failure(strict.download(there(ftp, "f"), tmp_path / "f"))
    assert error.fault is TransferFault.DENIED
    assert not ftp.said
