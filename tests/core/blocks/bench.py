"""A Station on a bench: simulated time, cars that ask when offered, contactors that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, StationConfig
from chargepoint.core.inputs import Inputs
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.station import Station
from chargepoint.core.words import Moment, Registration, Token
from chargepoint.protocol.adapters import BY_VERSION
from hardware.api import Actuation, MeterReading, Pilot, Sensed

NOON = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
TICK_S = 0.1
E = TypeVar("E")


class Bench:
    """Drives one station and keeps everything that it left behind, in order."""

    def __init__(
        self,
        version: str,
        memory: Mapping[str, Mapping[str, Any]] | None = None,
        evses: tuple[EvseConfig, ...] = (EvseConfig(1),),
        utc: datetime = NOON,
        **config: Any,
    ) -> None:
        self.dialect = BY_VERSION[version].dialect
        self.config = StationConfig(evses=evses, **{"has_central": True, **config})
        self.memory: dict[str, dict[str, Any]] = {k: dict(v) for k, v in (memory or {}).items()}
        self.now = Moment(utc, 1000.0)
        self._ids = 0
        self.station = Station(self.config, self.memory, self.dialect, self._new_id, self.now)
        self.sensed = {each.id: Sensed(self.now.s, Pilot.A) for each in evses}
        self.readings: dict[str, MeterReading] = {}
        self.actuations: dict[int, Actuation] = {}
        self.said: list[Any] = []
        self.answers: list[tuple[int, m.Reply]] = []
        self.effects: list[m.Effect] = []
        self.notes: list[str] = []
        self.welded: set[int] = set()
        self.disk_works = True
        self.settle()

    def _new_id(self) -> str:
        self._ids += 1
        return f"tx-{int(self.now.utc.timestamp())}-{self._ids}"

    # --- driving ---------------------------------------------------------------------------

    def settle(self) -> None:
        batch = self.station.take()
        for (kind, key), value in batch.changes.items():
            kept = self.memory.setdefault(kind, {})
            kept.pop(key, None)
            if value is not None:
                kept[key] = value
        if self.disk_works:
            self.station.committed(batch.number)
        self.said += [*batch.durable, *batch.live]
        self.answers += batch.answers
        self.effects += batch.effects
        self.notes += [note.text for note in batch.notes]

    def do(self, command: m.Command) -> m.Reply | m.Later:
        reply = self.station.handle(command, self.now)
        self.settle()
        return reply

    def tick(self, seconds: float = TICK_S) -> None:
        """Let *seconds* go by at once, then tick."""
        self.now = self.now.after(seconds)
        self._follow()
        inputs = Inputs(dict(self.sensed), dict(self.readings))
        self.actuations = self.station.tick(inputs, self.now)
        self.settle()

    def run(self, seconds: float) -> None:
        """Tick ten times a second for *seconds*."""
        for _ in range(round(seconds / TICK_S)):
            self.tick()

    def _follow(self) -> None:
        """Cars ask while they are offered something; contactors and locks do as told."""
        for evse_id, sensed in self.sensed.items():
            done = self.actuations.get(evse_id, Actuation.SAFE)
            if sensed.pilot in (Pilot.B, Pilot.C):
                sensed = replace(sensed, pilot=Pilot.C if done.offer_a > 0.0 else Pilot.B)
            self.sensed[evse_id] = replace(
                sensed,
                at_s=self.now.s,
                main_closed=done.close_main or evse_id in self.welded,
                second_closed=done.close_second,
                locked=done.lock,
            )

    # --- shorthands ------------------------------------------------------------------------

    def link_up(self, version: str | None = None) -> None:
        self.do(m.LinkUp(BY_VERSION[version].dialect if version else self.dialect))

    def link_down(self) -> None:
        self.do(m.LinkDown("cut"))

    def answer_boot(self, status: Registration | None, interval_s: int = 0) -> None:
        at = self.now.utc if status is not None else None
        self.do(m.BootAnswered(status, interval_s, at))

    def online(self) -> Bench:
        """Connect, be accepted, have every status confirmed."""
        self.tick()
        self.link_up()
        self.answer_boot(Registration.ACCEPTED, 300)
        self.tick()
        self.confirm()
        self.said.clear()
        return self

    def confirm(self) -> None:
        for event in self.heard(m.StatusChanged):
            self.do(m.StatusTold(event))

    def plug(self, evse_id: int = 1) -> None:
        self.sense(evse_id, pilot=Pilot.B, cable_a=32.0)
        self.tick()

    def unplug(self, evse_id: int = 1) -> None:
        self.sense(evse_id, pilot=Pilot.A, cable_a=0.0)
        self.tick()

    def sense(self, evse_id: int = 1, **facts: Any) -> None:
        self.sensed[evse_id] = replace(self.sensed[evse_id], **facts)

    def charge(self, evse_id: int = 1, token: str = "CARD0001", **start: Any) -> m.Reply | m.Later:
        """Plug in and start from afar; the contactor is closed afterwards."""
        self.plug(evse_id)
        reply = self.do(m.RemoteStart(Token(token), evse_id, **start))
        self.run(1.0)
        return reply

    def stop(self, evse_id: int = 1) -> None:
        running = self.evse(evse_id).transaction_id
        self.do(m.RemoteStop(transaction_id=running))
        self.run(1.0)

    def set(self, component: str, variable: str, value: str, instance: str | None = None) -> None:
        """Set a variable as the installer could."""
        assert self.station.variables.put(component, variable, value, instance)

    # --- looking ---------------------------------------------------------------------------

    def heard(self, kind: type[E], clear: bool = False) -> list[E]:
        """Return what was said of *kind* since the last clearing."""
        found = [each for each in self.said if isinstance(each, kind)]
        if clear:
            self.said.clear()
        return found

    def statuses(self, clear: bool = True) -> list[tuple[int, str]]:
        """Return (EVSE, word of the version) of every status told since the last call."""
        words = self.station.dialect.status_words
        told = [(each.evse_id, words[each.status]) for each in self.heard(m.StatusChanged)]
        if clear:
            self.said.clear()
        return told

    def snapshot(self) -> Snapshot:
        return self.station.snapshot(0, None, None, self.now)

    def evse(self, evse_id: int = 1) -> Any:
        return next(each for each in self.snapshot().evses if each.id == evse_id)

    def restarted(self, **config: Any) -> Bench:
        """Return the station that starts from this one's memory."""
        return Bench(self.dialect.name, self.memory, self.config.evses, self.now.utc, **config)


def values(samples: Iterable[Any]) -> list[tuple[str, str]]:
    """Return (measurand, context) of all values of *samples*."""
    return [(value.measurand, value.context) for sample in samples for value in sample.values]
