"""The program: it opens everything, lives, and starts again when a Reset says so."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chargepoint import equipment
from chargepoint.clock import Clock
from chargepoint.core.kinds import KINDS
from chargepoint.core.messages import Batch, Command, LogChore, Reply, SetClock
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.station import Memory
from chargepoint.core.words import BootReason, Registration
from chargepoint.doors import Changes, SimulatorDoor, StationDoor
from chargepoint.errors import ChargePointError, SettingsError, StoreError
from chargepoint.front.web import Front
from chargepoint.hookup import make_link, make_transfers
from chargepoint.life import Life
from chargepoint.logbook import LOGS, Logbook
from chargepoint.logs import kept
from chargepoint.notify import notify
from chargepoint.outside import Outside
from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.protocol.link import NOT_DIALLED, Link, LinkState
from chargepoint.readers import Reader
from chargepoint.seeds import seed
from chargepoint.settings.convert import station_config
from chargepoint.settings.later import without_effect
from chargepoint.settings.model import Settings
from chargepoint.store.store import Store
from chargepoint.store.writer import Writer
from chargepoint.upkeep import action_after, installed_version, make_updating
from chargepoint.vendors import Vendors
from chargepoint.watchdog import Watchdog
from hardware.api import EvseBoard, HardwareError, Simulator
from hardware.registry import Registers
from hardware.wiring import WiredMeter

if TYPE_CHECKING:
    from hardware.bus.bus import Bus

log = logging.getLogger(__name__)

PAGE_WAITS_S = 0.3  # for a central system that does not answer
EXIT_OK, EXIT_INTERNAL, EXIT_CONFIGURATION = 0, 70, 78


def run(settings: Settings) -> int:
    """Run the station until it is asked to stop; return the exit code."""
    try:
        agent = Agent(settings)
        with kept(Path(settings.agent.data_dir) / LOGS, settings.logs.keep_mb):
            return asyncio.run(agent.run())
    except (SettingsError, StoreError, HardwareError) as error:
        log.error("%s", error)
        return EXIT_CONFIGURATION
    except ChargePointError as error:
        log.error("%s", error)
        return EXIT_INTERNAL


class Agent:
    """One process: disk, simulator, page and clock outlive the lives in between."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        for warning in without_effect(settings):
            log.warning("%s", warning)
        self._settings = settings
        self._vendors = Vendors(settings.data_transfer)
        self._clock = clock or Clock()
        self._changes = Changes()
        self._stop = asyncio.Event()
        self._online = True
        self._life: Life | None = None
        self._link: Link | None = None
        self._logbook: Logbook | None = None
        self._writer = Writer(Store.open(Path(settings.agent.data_dir), KINDS))
        self.meters: Mapping[str, WiredMeter] = {}
        self._buses: Mapping[str, Bus] = {}
        self._readers: tuple[Reader, ...] = ()
        self.door: StationDoor | None = None
        self.front: Front | None = None
        self.started = asyncio.Event()

    # --- the process -------------------------------------------------------------------------

    async def run(self) -> int:
        """Run until stop(), a signal, or a Reset that shall leave; return the exit code."""
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, self.stop)
        try:
            memory = await self._writer.load()
            saved = memory.get("simulator", {}).get("registers", {})
            simulator = equipment.open_simulator(
                self._settings, self.monotonic_s, saved, self._save_registers
            )
            self.front = self._make_front(simulator)
            while await self._live(memory, simulator):
                log.info("starting again")
                memory = await self._writer.load()
        finally:
            if self.front is not None:
                await self.front.stop()
            await self._writer.close()
        return EXIT_OK

    def stop(self) -> None:
        """Make everything safe, put everything on disk, and leave."""
        notify("STOPPING=1")
        self._stop.set()

    async def _live(self, memory: Memory, simulator: Simulator | None) -> bool:
        """Live once; return whether to live again."""
        self._buses = buses = equipment.open_buses(self._settings)
        opening = self._settings, self.monotonic_s, simulator, buses
        boards = equipment.open_boards(*opening)
        watchdog = Watchdog(board.make_safe for board in boards.values())
        self.meters = equipment.open_meters(*opening)
        self._readers = equipment.open_readers(self._settings, self.monotonic_s)
        cut_off = {each.evse_id for each in memory.get("transaction", {}).values()}
        registers_wh = await equipment.registers_wh(self.meters, cut_off)
        self._life = life = self._new_life(memory, registers_wh, boards, watchdog)
        self._logbook = logbook = Logbook(self._settings, life, self._writer, self.snapshot)
        self._link = self._make_link(life)
        watchdog.start()
        try:
            why = await self._until_over(life)
        finally:
            watchdog.stop()
            await logbook.carrier.stop()
            await equipment.close(boards, self.meters, buses)
        return why is not None and action_after(why, self._settings) == "restart"

    async def _until_over(self, life: Life) -> BootReason | None:
        """Run one life with its link and the page; return why to live again, None to stop."""
        reading = [each.run(life.submit, life.loop.beside) for each in self._readers]
        living = asyncio.create_task(life.run(self._link.run() if self._link else None, reading))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            if not self.started.is_set():
                await self._open_page(life)
            done, _ = await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            return living.result() if living in done else None
        finally:
            living.cancel()
            stopping.cancel()
            await asyncio.gather(living, stopping, return_exceptions=True)

    async def _open_page(self, life: Life) -> None:
        """Start the page. What it needs takes as long to load as all the rest: the central
        system hears of us first, where it answers soon."""
        assert self.front is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(PAGE_WAITS_S):
                await self._introduced(life)
        await self.front.start()
        log.info("the page is at %s", self.front.url)
        self.started.set()
        notify("READY=1")

    async def _introduced(self, life: Life) -> None:
        """Return when the central system has answered our boot, or cannot be reached."""
        seen = 0
        while self._link is not None:
            state, known = self._link.state, life.station.registration != Registration.NONE
            if known or not (state.connected or state is NOT_DIALLED):
                return
            seen = await self._changes.wait(seen)

    # --- for the doors ------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return what is now."""
        assert self._life is not None
        snapshot = self._life.snapshot(self._life.station.network.way.profile.url or None)
        buses = {name: bus.state for name, bus in self._buses.items()}
        found = (f"bus {name}: {what}" for name, bus in buses.items() for what in bus.warnings())
        readers = tuple(each.shown for each in self._readers)
        lost = (each.warning for each in self._readers if each.warning)
        warnings = (*snapshot.warnings, *found, *lost)
        return replace(snapshot, buses=buses, readers=readers, warnings=warnings)

    def submit(self, command: Command) -> Reply:
        """Give the station a command of somebody on the spot."""
        assert self._life is not None
        return self._life.submit(command)

    def go_online(self, wanted: bool) -> None:
        """Leave the central system, or go back to it."""
        self._online = wanted
        if self._life is not None and not wanted:
            self._life.part()
        if self._link is not None:
            (self._link.connect if wanted else self._link.disconnect)()

    def monotonic_s(self) -> float:
        """Return the seconds that every reading and lease counts in."""
        return self._clock.monotonic_s()

    async def diagnostics(self) -> bytes:
        """Return the diagnostics archive of now."""
        assert self._logbook is not None
        return await self._logbook.diagnostics()

    def read_now(self, role: str) -> None:
        """Read the meter *role* now."""
        assert self._life is not None
        self._life.loop.read_now(role)

    async def looked(self) -> None:
        """Return when the station has seen what its boards show now."""
        assert self._life is not None
        await self._life.loop.looked()

    # --- making things ------------------------------------------------------------------------

    def _new_life(
        self,
        memory: Memory,
        registers_wh: Mapping[int, float],
        boards: Mapping[int, EvseBoard],
        watchdog: Watchdog,
    ) -> Life:
        versions = self._settings.csms.ocpp_versions
        last = memory.get("dialect", {}).get("name", versions[0])
        dialect = BY_VERSION[last if last in versions else versions[0]].dialect
        outside = Outside(
            self._clock.now,
            self._set_clock,
            lambda: self._link.redial("credentials changed") if self._link else None,
            watchdog.pet,
            self._changes.happened,
            lambda station: make_updating(
                self._settings, make_transfers(self._settings, station).download
            ),
            carry=self._carry,
            ask_vendor=self._vendors.ask,
        )
        life = Life(
            station_config(self._settings, installed_version(self._settings)),
            memory,
            dialect,
            self._writer,
            boards,
            self.meters,
            outside,
            registers_wh,
        )
        seed(life.station, self._settings)
        return life

    def _carry(self, chore: LogChore) -> None:
        assert self._logbook is not None
        self._logbook.carrier.do(chore)

    def _make_link(self, life: Life) -> Link | None:
        if not self._settings.csms.url:
            return None

        def changed(state: LinkState) -> None:
            life.link_changed(None if state.connected else state.why)

        link = make_link(self._settings, life, changed)
        if not self._online:
            link.disconnect()
        return link

    def _make_front(self, simulator: Simulator | None) -> Front:
        sim = None
        if simulator is not None:
            boards, has_world = equipment.simulated(self._settings)
            sim = SimulatorDoor(simulator, boards, has_world)
        password = self._settings.api.password
        self.door = StationDoor(self, self._changes, sim)
        return Front(
            self.door,
            self._settings.api.bind,
            password.get_secret_value() if password is not None else None,
        )

    async def _save_registers(self, registers: Registers) -> None:
        assert self._life is not None  # only its meters have registers saved
        kept = {place: dict(values) for place, values in registers.items()}
        try:
            await self._writer.commit(Batch(0, changes={("simulator", "registers"): kept}))
        except StoreError as error:
            self._life.turns.disk_failed(str(error))
            raise OSError(str(error)) from error
        self._life.turns.disk_works()

    def _set_clock(self, told: SetClock) -> None:
        jump_s = self._clock.set(told.at, self.monotonic_s())
        if jump_s:
            log.info("the central system's clock is %+.1f s from ours: following it", jump_s)
