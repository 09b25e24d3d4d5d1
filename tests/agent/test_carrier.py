"""Logs are made once, sent one at a time, and how that went is reported."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chargepoint import archive
from chargepoint.carrier import Carrier
from chargepoint.core.messages import DropLog, LogKind, LogSent, SendLog
from chargepoint.core.words import TransferFault
from chargepoint.errors import SettingsError, StoreError
from chargepoint.transfer.failures import TransferError


@dataclass
class Road:
    """Transfers that go as they are told; *sent* is what left, and whether it went on."""

    fails: Exception | None = None
    held: bool = False
    sent: list[tuple[str, bool, str]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def upload(self, source: Path, location: str, name: str, *, again: bool) -> None:
        self.sent.append((name, again, await asyncio.to_thread(source.read_text)))
        self.begun.set()
        if self.held:
            await asyncio.sleep(1000)
        if self.fails is not None:
            raise self.fails


class Yard:
    """A carrier, and what it reported."""

    def __init__(self, folder: Path) -> None:
        self.road = Road()
        self.reports: list[LogSent] = []
        self.reported = asyncio.Event()
        self.made = 0
        self.breaks: Exception | None = None
        self.folder = folder
        self.carrier = Carrier(folder, self.road, self._make, self._report)  # type: ignore[arg-type]

    async def _make(self, wanted: SendLog, to: Path) -> None:
        if self.breaks is not None:
            raise self.breaks
        self.made += 1
        archive.write_text(to, f"log {self.made}")

    def _report(self, report: LogSent) -> None:
        self.reports.append(report)
        self.reported.set()

    async def send(self, number: int, again: bool = False, name: str = "d.gz") -> LogSent:
        self.reported.clear()
        self.begin(number, again, name)
        await self.reported.wait()
        return self.reports[-1]

    def begin(self, number: int, again: bool = False, name: str = "d.gz") -> None:
        chore = SendLog(number, LogKind.DIAGNOSTICS, "ftp://host/", name, None, None, again)
        self.carrier.do(chore)


@pytest.fixture
def yard(tmp_path: Path) -> Callable[[], Yard]:
    return lambda: Yard(tmp_path / "outgoing")


async def test_the_same_file_goes_again_until_it_is_needed_no_more(
    yard: Callable[[], Yard],
) -> None:
    one = yard()
    one.road.fails = TransferError(TransferFault.DENIED, "not you")
    assert await one.send(1) == LogSent(1, TransferFault.DENIED, "not you")
    one.road.fails = None
    assert await one.send(2, again=True) == LogSent(2)
    assert one.road.sent == [("d.gz", False, "log 1"), ("d.gz", True, "log 1")]
    one.carrier.do(DropLog())
    await one.send(3, again=True, name="e.gz")
    assert [each.name for each in one.folder.iterdir()] == ["e.gz"]
    assert one.road.sent[-1] == ("e.gz", False, "log 2")


@pytest.mark.parametrize("error", [StoreError("disk"), OSError("disk"), SettingsError("disk")])
async def test_a_log_that_cannot_be_made_is_reported(
    yard: Callable[[], Yard], error: Exception
) -> None:
    one = yard()
    one.breaks = error
    assert await one.send(1) == LogSent(1, TransferFault.FAILED, "disk")


async def test_a_new_log_ends_the_one_that_is_being_sent(yard: Callable[[], Yard]) -> None:
    one = yard()
    one.road.held = True
    one.begin(1)
    await one.road.begun.wait()
    one.road.held = False
    assert await one.send(2, name="e.gz") == LogSent(2)
    assert one.reports == [LogSent(2)]


async def test_a_stop_ends_what_is_being_sent(yard: Callable[[], Yard]) -> None:
    one = yard()
    await one.carrier.stop()
    one.road.held = True
    one.begin(1)
    await one.road.begun.wait()
    await one.carrier.stop()
    assert one.reports == []


async def test_what_a_power_cut_left_half_made_is_made_anew(yard: Callable[[], Yard]) -> None:
    one = yard()
    archive.write_text(one.folder / "d.gz.half", "lo")
    assert await one.send(1, again=True) == LogSent(1)
    assert one.road.sent == [("d.gz", False, "log 1")]
