"""HTTP and HTTPS against a server on this machine that can be as bad as it likes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth, web

from chargepoint.core.words import TransferFault
from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.transfers import Transfers

FIRMWARE = bytes(range(256)) * 4000  # a megabyte, different everywhere
Make = Callable[..., Transfers]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve everything with *handler*; lend the URL without the path."""
    app = web.Application(client_max_size=1 << 24)

    async def handle(request: web.Request) -> web.StreamResponse:
        return await handler(request)

    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


class Shelf:
    """A server with one file, that may break off, and notes what it was asked."""

    def __init__(self, content: bytes = FIRMWARE, tag: str = '"one"') -> None:
        self.content = content
        self.tag = tag
        self.breaks_after: int | None = None
        self.asked: list[web.Request] = []
        self.seen = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        begin = 0
        wanted = request.headers.get("Range")
        if wanted and request.headers.get("If-Range") == self.tag:
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
        length = len(self.content) - begin
        headers = {"ETag": self.tag, "Content-Length": str(length)}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}"
        response = web.StreamResponse(status=206 if begin else 200, headers=headers)
        await response.prepare(request)
        if self.breaks_after is None:
            await response.write(self.content[begin:])
        else:
            await response.write(self.content[begin : begin + self.breaks_after])
            await self.seen.wait()
            request.transport.close()
        return response

    async def breaks(self, transfers: Transfers, location: str, to: Path) -> TransferError:
        """Fetch from it until it breaks off, which it does when some of it has come."""

        def progress(done: int, total: int | None) -> None:
            if done:
                self.seen.set()

        self.breaks_after = 300_000
        error = await failure(transfers.download(location, to, progress))
        self.breaks_after = None
        return error


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def failure(attempt: Awaitable[None]) -> TransferError:
    with pytest.raises(TransferError) as caught:
        await attempt
    return caught.value


async def test_a_file_comes_whole_and_tells_how_far_it_is(transfers: Make, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    async with serving(Shelf()) as url:
        await transfers().download(f"{url}/f.bin", tmp_path / "f", lambda *far: seen.append(far))
    assert (tmp_path / "f").read_bytes() == FIRMWARE
    assert seen[0] == (0, len(FIRMWARE))
    assert seen[-1] == (len(FIRMWARE), len(FIRMWARE))
    assert names(tmp_path) == ["f"]


@pytest.mark.requirement("1.6 8.1")
async def test_a_broken_download_is_continued_where_it_broke(
    transfers: Make, tmp_path: Path
) -> None:
    shelf = Shelf()
    async with serving(shelf) as url:
        error = await shelf.breaks(transfers(), f"{url}/f", tmp_path / "f")
        assert error.fault is TransferFault.FAILED
        assert not (tmp_path / "f").exists()
        await transfers().download(f"{url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == FIRMWARE
    begun = int(shelf.asked[1].headers["Range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < begun <= 300_000


async def test_another_version_of_the_file_is_not_mixed_with_the_first(
    transfers: Make, tmp_path: Path
) -> None:
    shelf = Shelf()
    async with serving(shelf) as url:
        await shelf.breaks(transfers(), f"{url}/f", tmp_path / "f")
        shelf.content, shelf.tag = b"new" * 1000, '"two"'
        await transfers().download(f"{url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"new" * 1000


async def test_a_range_that_is_refused_begins_anew(transfers: Make, tmp_path: Path) -> None:
    shelf = Shelf()

    async def strict(request: web.Request) -> web.StreamResponse:
        return web.Response(status=416) if "Range" in request.headers else await shelf(request)

    async with serving(strict) as url:
        await shelf.breaks(transfers(), f"{url}/f", tmp_path / "f")
        await transfers().download(f"{url}/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == FIRMWARE


async def test_the_part_of_another_location_is_not_continued(
    transfers: Make, tmp_path: Path
) -> None:
    shelf = Shelf()
    async with serving(shelf) as url:
        await shelf.breaks(transfers(), f"{url}/one", tmp_path / "f")
        await transfers().download(f"{url}/two", tmp_path / "f")
    assert "Range" not in shelf.asked[1].headers


async def test_the_password_of_the_url_is_decoded_and_stays_out_of_every_sentence(
    transfers: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    async def guarded(request: web.Request) -> web.StreamResponse:
        right = encode_basic_auth("me@home", "s3cr:t/")
        given = request.headers.get("Authorization")
        return web.Response(status=200 if given == right else 401, body=b"x")

    async with serving(guarded) as url:
        host = url.removeprefix("http://")
        await transfers().download(f"http://me%40home:s3cr%3At%2F@{host}/f", tmp_path / "f")
        error = await failure(transfers().download(f"http://me:wr0ng@{host}/f", tmp_path / "g"))
    assert error.fault is TransferFault.DENIED
    assert "401" in str(error)
    assert not any(secret in caplog.text + str(error) for secret in ("s3cr", "wr0ng"))


async def test_our_own_authority_is_trusted_and_a_stranger_is_not(
    transfers: Make, tmp_path: Path, server_tls: ssl.SSLContext
) -> None:
    async with serving(Shelf(), server_tls) as url:
        await transfers().download(f"{url}/f", tmp_path / "f")
        stranger = transfers(tls=ssl.create_default_context)
        error = await failure(stranger.download(f"{url}/f", tmp_path / "g"))
    assert error.fault is TransferFault.DENIED
    assert "certificate" in str(error)


@pytest.mark.parametrize(
    ("location", "fault"),
    [
        ("file:///etc/passwd", TransferFault.UNSUPPORTED),
        ("gopher://host/x", TransferFault.UNSUPPORTED),
        ("/etc/passwd", TransferFault.UNSUPPORTED),
        ("", TransferFault.UNSUPPORTED),
        ("http:///nowhere", TransferFault.BAD_LOCATION),
        ("http://host:99999/x", TransferFault.BAD_LOCATION),
        ("ftp://host/%0d%0aDELE%20x", TransferFault.BAD_LOCATION),
    ],
)
async def test_what_is_no_location_for_a_file_is_refused(
    transfers: Make, tmp_path: Path, location: str, fault: TransferFault
) -> None:
    assert (await failure(transfers().download(location, tmp_path / "f"))).fault is fault


async def test_a_protocol_can_be_switched_off(transfers: Make, tmp_path: Path) -> None:
    only = transfers(protocols=frozenset({"HTTPS"}))
    error = await failure(only.download("http://127.0.0.1/f", tmp_path / "f"))
    assert (error.fault, str(error)) == (TransferFault.UNSUPPORTED, "HTTP is switched off here")


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ("file:///etc/passwd", "no location"),
        ("ftp://127.0.0.1/f", "redirected from http to ftp"),
        ("http://127.0.0.1:{port}/secret", "local network"),
        ("http://localhost:{port}/secret", "local network"),
        ("http://169.254.169.254/latest", "local network"),
        ("http://[::ffff:10.0.0.1]/", "local network"),
        ("http://2130706433/", "canonical"),
    ],
)
async def test_a_redirect_leads_nowhere_it_should_not(
    transfers: Make, tmp_path: Path, there: str, why: str
) -> None:
    asked = []

    async def redirects(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        headers = {"Location": there.format(port=request.url.port)}
        return web.Response(status=302, headers=headers)

    async with serving(redirects) as url:
        error = await failure(transfers().download(f"{url}/f", tmp_path / "f"))
    assert why in str(error)
    assert asked == ["/f"]


async def test_redirects_are_followed_where_the_installer_allows_them_but_not_for_ever(
    transfers: Make, tmp_path: Path, server_tls: ssl.SSLContext
) -> None:
    async def redirects(request: web.Request) -> web.StreamResponse:
        left = int(request.path.removeprefix("/"))
        if left == 0:
            return web.Response(body=b"here")
        return web.Response(status=307, headers={"Location": f"/{left - 1}"})

    allowing = transfers(local_redirects=True)
    async with serving(redirects) as url:
        await allowing.download(f"{url}/5", tmp_path / "f")
        error = await failure(allowing.download(f"{url}/6", tmp_path / "g"))
        assert "more than 5" in str(error)

        async def downgrades(request: web.Request) -> web.StreamResponse:
            return web.Response(status=302, headers={"Location": f"{url}/0"})

        async with serving(downgrades, server_tls) as secure:
            error = await failure(allowing.download(f"{secure}/f", tmp_path / "g"))
    assert (tmp_path / "f").read_bytes() == b"here"
    assert "plain http" in str(error)


async def test_local_locations_can_be_forbidden_altogether(transfers: Make, tmp_path: Path) -> None:
    strict = transfers(local_locations=False)
    shelf = Shelf()
    async with serving(shelf) as url:
        for host in ("127.0.0.1", "localhost"):
            there = url.replace("127.0.0.1", host)
            error = await failure(strict.download(f"{there}/f", tmp_path / "f"))
            assert error.fault is TransferFault.DENIED
    assert not shelf.asked


async def test_what_is_too_long_is_refused_also_without_a_length(
    transfers: Make, tmp_path: Path
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    small = transfers(most_bytes=100_000)
    async with serving(Shelf()) as url:
        told = await failure(small.download(f"{url}/f", tmp_path / "f"))
    async with serving(endless) as url:
        untold = await failure(small.download(f"{url}/f", tmp_path / "f"))
    assert told.fault is untold.fault is TransferFault.NO_ROOM
    assert not names(tmp_path)


async def test_a_full_disk_is_said_so(transfers: Make, tmp_path: Path) -> None:
    async with serving(Shelf()) as url:
        error = await failure(transfers(spare_bytes=1 << 60).download(f"{url}/f", tmp_path / "f"))
    assert error.fault is TransferFault.NO_ROOM
    assert not names(tmp_path)


async def test_a_server_that_falls_silent_is_left_and_one_that_dawdles_too(
    transfers: Make, tmp_path: Path
) -> None:
    async def dawdles(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x")
            await asyncio.sleep(0.05 if "slow" in request.path else 1000)
        return response

    hasty = transfers(silence_s=0.2, longest_s=0.5)
    async with serving(dawdles) as url:
        silent = await failure(hasty.download(f"{url}/silent", tmp_path / "f"))
        slow = await failure(hasty.download(f"{url}/slow", tmp_path / "f"))
    assert str(silent) == "nothing has moved for 0.2 s"
    assert str(slow) == "not done after 0.5 s"


async def test_nobody_there_is_a_sentence_and_not_a_traceback(
    transfers: Make, tmp_path: Path
) -> None:
    for host in ("127.0.0.1:1", "no-such-host.invalid"):
        error = await failure(transfers().download(f"http://{host}/f", tmp_path / "f"))
        assert error.fault is TransferFault.FAILED
        assert host.partition(":")[0] in str(error)


async def test_a_cancelled_download_stops(transfers: Make, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def waits(request: web.Request) -> web.StreamResponse:
        begun.set()
        await asyncio.sleep(1000)
        return web.Response()

    async with serving(waits) as url:
        task = asyncio.create_task(transfers().download(f"{url}/f", tmp_path / "f"))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


class Box:
    """A server that takes files: by PUT, by POST, or not at all."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods
        self.got: dict[str, bytes] = {}
        self.heads: list[tuple[str, str]] = []

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.method not in self.methods:
            return web.Response(status=405)
        if request.method == "PUT":
            self.got[request.path_qs] = await request.read()
            return web.Response(status=201)
        head, _, rest = (await request.read()).partition(b"\r\n\r\n")
        self.heads.append((request.headers["Content-Type"], head.decode()))
        self.got[request.path_qs] = rest[: rest.rindex(b"\r\n--")]
        return web.Response()


@pytest.mark.requirement("N01.FR.14", "N01.FR.15", "1.6 8.2")
async def test_a_file_is_put_under_its_name_in_a_folder_and_as_told_elsewhere(
    transfers: Make, tmp_path: Path, server_tls: ssl.SSLContext
) -> None:
    (tmp_path / "log").write_bytes(FIRMWARE)
    box = Box("PUT")
    async with serving(box, server_tls) as url:
        for place in ("/logs/", "/logs/mine.gz?token=1", ""):
            await transfers().upload(tmp_path / "log", f"{url}{place}", "a b.gz")
    assert box.got == dict.fromkeys(
        ("/logs/a%20b.gz", "/logs/mine.gz?token=1", "/a%20b.gz"), FIRMWARE
    )


@pytest.mark.requirement("N01.FR.19")
async def test_who_takes_no_put_gets_a_post_with_type_and_name(
    transfers: Make, tmp_path: Path
) -> None:
    (tmp_path / "log").write_bytes(FIRMWARE)
    box = Box("POST")
    async with serving(box) as url:
        await transfers().upload(tmp_path / "log", f"{url}/logs", "log.tar.gz")
    assert box.got == {"/logs": FIRMWARE}
    ((kind, head),) = box.heads
    assert kind.startswith("multipart/form-data; boundary=")
    assert 'form-data; name="uploadfile"; filename="log.tar.gz"' in head
    assert "Content-Type: application/octet-stream" in head


async def test_an_upload_that_nobody_takes_says_why(transfers: Make, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x")
    async with serving(Box()) as url:
        error = await failure(transfers().upload(tmp_path / "log", f"{url}/l", "l"))
        assert error.fault is TransferFault.UNSUPPORTED
        error = await failure(transfers().upload(tmp_path / "none", f"{url}/l", "l"))
    assert "disk" in str(error)


async def test_an_upload_follows_a_redirect_with_all_of_the_file(
    transfers: Make, tmp_path: Path
) -> None:
    (tmp_path / "log").write_bytes(FIRMWARE)
    box = Box("PUT")

    async def moved(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            await request.read()
            return web.Response(status=307, headers={"Location": "/new"})
        return await box(request)

    async with serving(moved) as url:
        await transfers(local_redirects=True).upload(tmp_path / "log", f"{url}/old", "l")
        error = await failure(transfers().upload(tmp_path / "log", f"{url}/old", "l"))
    assert box.got == {"/new": FIRMWARE}
    assert error.fault is TransferFault.DENIED
