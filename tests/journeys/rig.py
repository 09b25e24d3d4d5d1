"""A whole station on simulated time: everything of ours is real, only the network is not.

``Rig`` is the place: a disk, a simulated house, a central system. ``switch_on`` starts
what a process would start; ``cut`` takes the power away between two instructions.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from journeys.wire import Wire
from journeys.words import WORDS, Ask, Payload, Told

from chargepoint.core.kinds import KINDS
from chargepoint.core.messages import Batch, Command, LogChore, PresentToken
from chargepoint.core.snapshot import EvseShown, Snapshot
from chargepoint.core.words import Moment, Token, TransferFault
from chargepoint.demo.answers import Desk
from chargepoint.demo.behaviour import Script
from chargepoint.demo.ledger import Ledger, Transaction
from chargepoint.demo.peer import Peer
from chargepoint.equipment import open_boards, open_meters, open_simulator
from chargepoint.errors import StoreError
from chargepoint.hookup import Talk
from chargepoint.life import Life
from chargepoint.outside import Outside
from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.seeds import seed
from chargepoint.settings import load
from chargepoint.settings.convert import station_config
from chargepoint.store.store import DATABASE, Store
from chargepoint.store.writer import Inline
from chargepoint.transfer.failures import TransferError
from chargepoint.upkeep import installed_version, make_updating
from hardware.api import Actuation, EvseBoard, Sensed

DISK_S = 0.004
BORN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SETTINGS = (
    "csms.url=ws://central/ocpp",
    "hardware.meters.mains.driver=sim",
    "limits.mains_a=25",
    "limits.circuit_a=32",
    "simulator.current_ramp_a_per_s=8",
    'evse=[{"id": 1}, {"id": 2}]',
)


class PowerCut(BaseException):
    """The power went while the disk was at work. Nothing may catch it."""


class Disk(Inline):
    """The store of one process, as slow as a disk is: much else happens while it works.

    After the cut every call waits for ever. While it *fails* every call does.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.store = store
        self.is_dead = self.fails = False
        self.delay_s = DISK_S
        self._turn = asyncio.Lock()

    async def _run(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        async with self._turn:
            await asyncio.sleep(self.delay_s)
            if self.is_dead:
                await asyncio.Event().wait()
            if self.fails:
                raise StoreError("the disk is broken")
            return call(*args, **kwargs)


class WatchedBoard:
    """A board that lets somebody look at the disk right before its contactor closes."""

    def __init__(self, board: EvseBoard, closes: Callable[[], None]) -> None:
        self.board = board
        self._closes, self._was_closed = closes, False

    async def sense(self) -> Sensed:
        return await self.board.sense()

    async def apply(self, actuation: Actuation) -> None:
        if actuation.close_main and not self._was_closed:
            self._closes()
        self._was_closed = actuation.close_main
        await self.board.apply(actuation)

    def make_safe(self) -> None:
        self.board.make_safe()

    async def close(self) -> None:
        await self.board.close()


class Rig:
    """One station and its central system."""

    def __init__(
        self, version: str, folder: Path, on_step: Callable[[str], None], *settings: str
    ) -> None:
        self.words = WORDS[version]
        self.folder, self._on_step = folder, on_step
        self.settings = load(
            None,
            (*SETTINGS, f"csms.ocpp_versions={version}", f"agent.data_dir={folder}", *settings),
            (),
        )
        self.complaints: list[str] = []
        self.on_disk_at_close: list[set[str]] = []
        self.script = Script()
        self.desk = Desk(lambda: self.now().utc)
        self.central = Peer("CP001", self.desk, self.script, 30.0)
        self.lives = 0
        self.chores: list[LogChore] = []
        self.files: dict[str, bytes] = {}
        self.disk: Disk | None = None
        self._reachable = False
        self._wire: Wire | None = None
        self._lines: set[asyncio.Task[Any]] = set()

    def now(self) -> Moment:
        s = asyncio.get_running_loop().time()
        return Moment(BORN + timedelta(seconds=s), s)

    def restore(self, ledger: Ledger, desk: Desk) -> None:
        """Let the central system know what it knew at some instant."""
        self.desk = desk
        self.central = Peer("CP001", desk, self.script, 30.0)
        self.central.ledger = ledger

    # --- power ---------------------------------------------------------------------------------

    async def switch_on(self) -> None:
        """Start as a process does."""
        self.disk = Disk(Store.open(self.folder, KINDS, self._on_step))
        memory = await self.disk.load()
        saved = memory.get("simulator", {}).get("registers", {})
        sim = open_simulator(self.settings, lambda: self.now().s, saved, self._save)
        assert sim is not None
        self.sim = sim
        self._process = asyncio.create_task(self._run())
        await asyncio.sleep(3 * DISK_S)

    async def switch_off(self) -> None:
        """Stop in good order."""
        self._process.cancel()
        with suppress(asyncio.CancelledError):
            await self._process
        await self.lose_line()
        await self.disk.close()

    async def cut(self) -> None:
        """Take the power away now; the disk keeps what it has."""
        self.sever()
        await self.bury()

    def sever(self) -> None:
        """Cut the disk and the line in one instant; what is on disk goes to a new folder."""
        self.disk.is_dead, self._reachable = True, False
        after = self.folder.with_name(f"{self.folder.name}+")
        copy_of_disk(self.folder, after)
        self.folder = after
        if self._wire is not None:
            self._wire.close()

    def leave(self) -> None:
        """Let go of the disk, also after a test that failed."""
        if self.disk is not None:
            self.disk.store.close()

    async def bury(self) -> None:
        """Clear away what is left of a process that was cut."""
        self._process.cancel()
        with suppress(asyncio.CancelledError, PowerCut):
            await self._process
        await self.lose_line()
        self.disk.store.close()

    async def _run(self) -> None:
        while True:
            await self._live(await self.disk.load())

    async def _live(self, memory: Any) -> None:
        self.boards = {
            evse_id: WatchedBoard(board, self._look_at_disk)
            for evse_id, board in self._open_boards().items()
        }
        meters = open_meters(self.settings, lambda: self.now().s, self.sim)
        outside = Outside(
            self.now,
            lambda told: None,
            self._dial_again,
            lambda: None,
            lambda: None,
            lambda station: make_updating(self.settings, self._fetch),
            self.chores.append,
        )
        dialect = BY_VERSION[self.words.version].dialect
        config = station_config(self.settings, installed_version(self.settings))
        self.life = Life(config, memory, dialect, self.disk, self.boards, meters, outside)
        seed(self.life.station, self.settings)
        self.lives += 1
        running = asyncio.create_task(self.life.run())
        if self._reachable:
            self._connect()
        try:
            await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await self.lose_line()
            for board in self.boards.values():
                await board.close()

    def _open_boards(self) -> dict[int, EvseBoard]:
        return open_boards(self.settings, lambda: self.now().s, self.sim)

    async def _fetch(self, location: str, to: Path) -> None:
        """Download, which takes a second; the rest of the network is not simulated."""
        await asyncio.sleep(1.0)
        if location not in self.files:
            raise TransferError(TransferFault.FAILED, "the server answers 404 Not Found")
        leave(to, self.files[location])

    async def _save(self, registers: Any) -> None:
        kept = {place: dict(values) for place, values in registers.items()}
        try:
            await self.disk.commit(Batch(0, changes={("simulator", "registers"): kept}))
        except StoreError as error:
            self.life.turns.disk_failed(str(error))
            raise OSError(str(error)) from error
        self.life.turns.disk_works()

    def _look_at_disk(self) -> None:
        """Remember which kinds of memory a reader beside us finds on disk."""
        beside = sqlite3.connect(f"file:{self.folder / DATABASE}?mode=ro", uri=True)
        kinds = {kind for (kind,) in beside.execute("SELECT kind FROM memory")}
        waiting = {kind for (kind,) in beside.execute("SELECT type FROM outbox")}
        beside.close()
        self.on_disk_at_close.append(kinds | waiting)

    # --- the line ------------------------------------------------------------------------------

    async def find_line(self) -> None:
        """Let the station reach its central system, from now on."""
        self._reachable = True
        self._connect()
        await self.until(lambda: self.life.station.online, "acceptance")

    async def lose_line(self) -> None:
        """Break the connection."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        if self._lines:
            await asyncio.wait(self._lines)

    async def go_dark(self) -> None:
        """Break the connection and let no new one come about."""
        self._reachable = False
        await self.lose_line()

    def _connect(self) -> None:
        wire = self._wire = Wire(self.words.version, self.complaints)
        talk = Talk(wire.station, self.life)  # type: ignore[arg-type]
        for each in (
            self.central.attend(wire.central, self.words.version),
            talk.run(),
        ):
            task: asyncio.Task[Any] = asyncio.create_task(each)
            self._lines.add(task)
            task.add_done_callback(self._lines.discard)

    def _dial_again(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._connect()

    # --- what happens there --------------------------------------------------------------------

    async def ask(self, ask: Ask) -> Payload:
        """Let the central system make a CALL."""
        return await self.central.call(*ask)

    async def order(self, ask: Ask) -> None:
        """Let it make a CALL that must be accepted."""
        answer = await self.ask(ask)
        assert self.words.accepted(answer), f"{ask[0]}: {answer}"

    def submit(self, command: Command) -> Any:
        return self.life.submit(command)

    def card(self, token: str = "CARD-1", evse_id: int = 1) -> Any:
        """Hold a card to the reader."""
        return self.submit(PresentToken(Token(token), (evse_id,)))

    def plug_in(self, evse_id: int = 1, **car: Any) -> None:
        self.sim.plug_in(evse_id, car)

    def unplug(self, evse_id: int = 1, **end: Any) -> None:
        self.sim.unplug(evse_id, end)

    async def charging(self, evse_id: int = 1) -> None:
        """Wait until energy flows."""
        await self.until(lambda: self.evse(evse_id).charging, "energy")

    async def until(self, true: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
        """Wait, looking once in every tick."""
        for _ in range(round(timeout_s / 0.1)):
            if true():
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"no {what} within {timeout_s} s: {self.evse()}")

    # --- what can be seen ------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        return self.life.snapshot(self.settings.csms.url)

    def evse(self, evse_id: int = 1) -> EvseShown:
        return next(evse for evse in self.snapshot().evses if evse.id == evse_id)

    def duty(self, evse_id: int = 1) -> float:
        return float(self.boards[evse_id].board.duty)  # type: ignore[attr-defined]

    def contactor(self, evse_id: int = 1) -> bool:
        return bool(self.sim.now().outlets[f"evse/{evse_id}"].main_closed)  # type: ignore[attr-defined]

    async def over(self, evse_id: int = 1) -> None:
        """Wait until the transaction has ended and the central system knows."""
        await self.until(lambda: self.evse(evse_id).transaction_id is None, "end", 12)
        assert not self.contactor(evse_id)
        await self.queue_empty()

    async def queue_empty(self) -> None:
        """Wait until what has happened by now is at the central system."""
        await asyncio.sleep(0.2)
        await self.until(lambda: self.disk.store.count_pending() == 0, "empty queue", 120)

    def told(self, since: int = 0) -> list[Told]:
        """Return the transaction messages of the station, in the order they came."""
        return self.words.told(self.central.calls[since:])

    def age_s(self, told: Told) -> float:
        """Return the second at which it happened, by its own timestamp."""
        return (datetime.fromisoformat(told.at) - BORN).total_seconds()

    def status(self, evse_id: int = 1) -> str | None:
        """Return the last status the central system was told."""
        return self.words.status_of(evse_id, self.central.calls)

    @property
    def pages(self) -> list[Transaction]:
        """Return the transactions in the central system's books."""
        return list(self.central.ledger.transactions.values())

    def check(self, given_up: int = 0) -> None:
        """Nobody complains: not about a payload, not about the RPC's rules, not the books.
        So many messages never arrived."""
        assert self.complaints == []
        assert self.central.errors == []
        assert self.central.ledger.lost == given_up
        assert all(page.in_order for page in self.pages)


def leave(to: Path, content: bytes) -> None:
    """Put a file there."""
    to.write_bytes(content)


def copy_of_disk(folder: Path, to: Path) -> None:
    """Copy what a power cut at this instant leaves on the disk."""
    to.mkdir()
    for end in ("", "-wal"):
        part = folder / f"{DATABASE}{end}"
        if part.exists():
            shutil.copyfile(part, to / part.name)
