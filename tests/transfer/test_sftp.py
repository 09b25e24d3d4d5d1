"""SFTP against the server of the library, with the files of a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from chargepoint.core.words import TransferFault
from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.transfers import Transfers

LOG = bytes(range(256)) * 8000  # two megabytes
WHO = "me%40home:s3cr%3At%2F@"
Make = Callable[..., Transfers]


class Visitors(asyncssh.SSHServer):
    """One user, by password."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("me@home", "s3cr:t/")


@asynccontextmanager
async def serving(
    root: Path, key: asyncssh.SSHKey | None = None, breaks_after: int | None = None, port: int = 0
) -> AsyncIterator[int]:
    """Serve the folder *root*; lend the port. It breaks off when so many bytes were read or
    written."""

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel) -> None:
            super().__init__(channel, chroot=str(root).encode())
            self.left = breaks_after

        def _counted(self, size: int) -> None:
            if self.left is not None:
                self.left -= size
                if self.left < 0:
                    self.channel.get_connection().abort()

        def read(self, file: object, offset: int, size: int) -> bytes:
            self._counted(size)
            return super().read(file, offset, size)

        def write(self, file: object, offset: int, data: bytes) -> int:
            self._counted(len(data))
            return super().write(file, offset, data)

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if b"forbidden" in path:
                raise asyncssh.SFTPPermissionDenied("not you")
            return super().open(path, pflags, attrs)

    server = await asyncssh.listen(
        "127.0.0.1",
        port,
        server_factory=Visitors,
        server_host_keys=[key or asyncssh.generate_private_key("ssh-ed25519")],
        sftp_factory=Files,
        reuse_address=True,
    )
    try:
        yield server.get_port()
    finally:
        server.close()
        await server.wait_closed()


def there(port: int, path: str, who: str = WHO) -> str:
    return f"sftp://{who}127.0.0.1:{port}/{path}"


async def failure(attempt: Awaitable[None]) -> TransferError:
    with pytest.raises(TransferError) as caught:
        await attempt
    return caught.value


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "logs").mkdir(parents=True)
    return tmp_path / "root"


async def test_files_go_and_come_and_a_folder_takes_the_name(
    transfers: Make, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "log").write_bytes(LOG)
    async with serving(root) as port:
        for path in ("logs", "logs/", "mine.gz", "~/home.gz"):
            await transfers().upload(tmp_path / "log", there(port, path), "l.gz")
        await transfers().download(there(port, "logs/l.gz"), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == LOG
    assert (root / "mine.gz").read_bytes() == (root / "home.gz").read_bytes() == LOG


@pytest.mark.requirement("1.6 8.1", "1.6 8.2")
async def test_what_broke_off_goes_on(transfers: Make, tmp_path: Path, root: Path) -> None:
    (root / "new.bin").write_bytes(LOG)
    (tmp_path / "log").write_bytes(LOG)
    key = asyncssh.generate_private_key("ssh-ed25519")
    async with serving(root, key, breaks_after=1_500_000) as port:
        error = await failure(transfers().download(there(port, "new.bin"), tmp_path / "f"))
        await failure(transfers().upload(tmp_path / "log", there(port, "logs"), "l.gz"))
    assert error.fault is TransferFault.FAILED
    came, went = (tmp_path / "f.part").stat().st_size, (root / "logs/l.gz").stat().st_size
    assert 0 < came < len(LOG)
    assert 0 < went < len(LOG)
    seen: list[int] = []
    async with serving(root, key, port=port):
        await transfers().download(
            there(port, "new.bin"), tmp_path / "f", lambda done, total: seen.append(done)
        )
        await transfers().upload(tmp_path / "log", there(port, "logs"), "l.gz", again=True)
    assert seen[0] == came
    assert (tmp_path / "f").read_bytes() == (root / "logs/l.gz").read_bytes() == LOG


async def test_the_first_key_of_a_server_is_believed_and_another_one_is_not(
    transfers: Make, tmp_path: Path, root: Path
) -> None:
    (root / "f").write_bytes(b"f")
    async with serving(root) as port:
        await transfers().download(there(port, "f"), tmp_path / "f")
        await transfers().download(there(port, "f"), tmp_path / "f")
    assert len((tmp_path / "host_keys").read_text().splitlines()) == 1
    async with serving(root, port=port):
        error = await failure(transfers().download(there(port, "f"), tmp_path / "f"))
    assert error.fault is TransferFault.DENIED
    assert "another key" in str(error)


async def test_only_the_installers_keys_are_believed_where_he_has_given_some(
    transfers: Make, tmp_path: Path, root: Path
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    (root / "f").write_bytes(b"f")
    strict = transfers(trust_first=False)
    async with serving(root, key) as port:
        error = await failure(strict.download(there(port, "f"), tmp_path / "f"))
        known = f"[127.0.0.1]:{port} {key.export_public_key().decode()}"
        (tmp_path / "host_keys").write_text(known)
        await strict.download(there(port, "f"), tmp_path / "f")
        (tmp_path / "host_keys").write_bytes(b"\xff\xfe nonsense")
        broken = await failure(strict.download(there(port, "f"), tmp_path / "f"))
    assert error.fault is TransferFault.DENIED
    assert "known hosts" in str(broken)


async def test_wrong_passwords_missing_files_and_refusals_are_sentences(
    transfers: Make, tmp_path: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    (tmp_path / "log").write_bytes(b"log")
    async with serving(root) as port:
        wrong = there(port, "f", "me:wr0ng@")
        password = await failure(transfers().download(wrong, tmp_path / "f"))
        missing = await failure(transfers().download(there(port, "none"), tmp_path / "f"))
        refused = await failure(transfers().upload(tmp_path / "log", there(port, "forbidden"), "l"))
    gone = await failure(transfers().download(there(port, "f"), tmp_path / "f"))
    assert password.fault is refused.fault is TransferFault.DENIED
    assert missing.fault is gone.fault is TransferFault.FAILED
    assert "wr0ng" not in caplog.text + str(password)
