"""Drives a Station on simulated time: plug, card, tick. Boards follow, cars ask, meters count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig, StationConfig
from chargepoint.core.inputs import Inputs
from chargepoint.core.snapshot import EvseShown
from chargepoint.core.station import Station
from chargepoint.core.words import Moment, Registration, Token, TokenInfo, TokenStatus
from chargepoint.protocol.adapters import BY_VERSION
from hardware.api import Actuation, MeterReading, Pilot, Sensed

NOON = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
ANNA, BERT, CARL = Token("ANNA0001"), Token("BERT0002"), Token("CARL0003")
FAMILY = Token("FAMILY", "Central")
TOLD = {"Started": "S", "Updated": "U", "Ended": "E"}


def info(status: TokenStatus = TokenStatus.ACCEPTED, group: Token | None = None) -> TokenInfo:
    return TokenInfo(status, group)


class Driver:
    """One station with everything around it. *tx* are its transaction events so far,
    *saved* those that are on disk."""

    def __init__(
        self,
        version: str,
        evses: tuple[EvseConfig, ...] = (EvseConfig(1),),
        memory: Mapping[str, Mapping[str, Any]] | None = None,
        now: Moment | None = None,
        **config: Any,
    ) -> None:
        self.version = version
        self.dialect = BY_VERSION[version].dialect
        limits = config.pop("limits", LimitsConfig(mains_a=100.0))
        self.config = StationConfig(evses=evses, limits=limits, has_central=True, **config)
        self.memory: dict[str, dict[str, Any]] = {k: dict(v) for k, v in (memory or {}).items()}
        self.now = now or Moment(NOON, 1000.0)
        self.ids = 0
        self.station = Station(self.config, self.memory, self.dialect, self._new_id, self.now)
        self.sensed = {each.id: self._nothing(each) for each in evses}
        self.done: dict[int, Actuation] = {}
        self.wants = dict.fromkeys(self.sensed, True)
        self.stubborn = False  # a car that goes on asking without an offer
        self.welded: set[int] = set()
        self.silent_meters = False
        self.wh = dict.fromkeys(self.sensed, 0.0)
        self.readings: dict[str, MeterReading] = {}
        self.disk_works = True
        self.unsaved: list[m.Batch] = []
        self.saved: list[m.TransactionEvent] = []
        self.tx: list[m.TransactionEvent] = []
        self.live: list[Any] = []
        self.ended: list[m.ReservationEnded] = []
        self.notes: list[str] = []
        self.take()

    def _new_id(self) -> str:
        self.ids += 1
        return f"tx{self.ids}-{self.now.utc.timestamp():.1f}"

    def _nothing(self, evse: EvseConfig) -> Sensed:
        """A fixed cable has its rating always, a socket none."""
        return Sensed(self.now.s, Pilot.A, cable_a=0.0 if evse.connector_lock else 32.0)

    # --- time and disk -----------------------------------------------------------------------

    def take(self) -> m.Batch:
        """Do what a Batch asks for; a disk that fails gets it when it works again."""
        batch = self.station.take()
        self.unsaved.append(batch)
        self.tx += [each for each in batch.durable if isinstance(each, m.TransactionEvent)]
        self.ended += [each for each in batch.durable if isinstance(each, m.ReservationEnded)]
        self.live += batch.live
        self.notes += [note.text for note in batch.notes]
        while self.disk_works and self.unsaved:
            self._save(self.unsaved.pop(0))
        return batch

    def _save(self, batch: m.Batch) -> None:
        for (kind, key), value in batch.changes.items():
            kept = self.memory.setdefault(kind, {})
            kept.pop(key, None)
            if value is not None:
                kept[key] = value
        self.saved += [each for each in batch.durable if isinstance(each, m.TransactionEvent)]
        self.station.committed(batch.number)

    def do(self, command: m.Command) -> m.Reply | m.Later:
        reply = self.station.handle(command, self.now)
        self.take()
        return reply

    def tick(self, seconds: float = 0.1) -> None:
        self.now = self.now.after(seconds)
        for evse_id, sensed in self.sensed.items():
            self.sensed[evse_id] = self._follow(evse_id, sensed)
            if not self.silent_meters:
                self._count(evse_id, seconds)
        inputs = Inputs(dict(self.sensed), dict(self.readings))
        self.done = dict(self.station.tick(inputs, self.now))
        self.take()

    def run(self, seconds: float, step_s: float = 0.1) -> None:
        for _ in range(round(seconds / step_s)):
            self.tick(step_s)

    def _follow(self, evse_id: int, sensed: Sensed) -> Sensed:
        done = self.done.get(evse_id, Actuation.SAFE)
        if sensed.pilot in (Pilot.B, Pilot.C):
            asks = self.wants[evse_id] and (done.offer_a > 0.0 or self.stubborn)
            sensed = replace(sensed, pilot=Pilot.C if asks else Pilot.B)
        whole = not any(fault.opens for fault in sensed.faults)
        closed = done.close_main and sensed.pilot is Pilot.C and whole
        return replace(
            sensed,
            at_s=self.now.s,
            main_closed=closed or evse_id in self.welded,
            second_closed=closed and done.close_second,
            locked=done.lock,
        )

    def _count(self, evse_id: int, seconds: float) -> None:
        sensed, done = self.sensed[evse_id], self.done.get(evse_id, Actuation.SAFE)
        current_a = done.offer_a if sensed.main_closed else 0.0
        rest_a = current_a if sensed.second_closed else 0.0
        self.wh[evse_id] += (current_a + 2 * rest_a) * 230.0 * seconds / 3600.0
        currents_a = (current_a, rest_a, rest_a)
        self.readings[f"evse/{evse_id}"] = MeterReading(
            self.now.s, currents_a, energy_wh=self.wh[evse_id]
        )

    # --- cars and cables -----------------------------------------------------------------------

    def sense(self, evse_id: int = 1, **facts: Any) -> None:
        self.sensed[evse_id] = replace(self.sensed[evse_id], **facts)

    def plug(self, evse_id: int = 1, wants: bool = True) -> None:
        self.wants[evse_id] = wants
        self.sense(evse_id, pilot=Pilot.B, cable_a=32.0)
        self.tick()

    def unplug(self, evse_id: int = 1, end: str = "both") -> None:
        """Take the cable out of the car, out of the socket, or both."""
        fixed = not self.evse(evse_id).config.connector_lock
        stays = fixed or end == "ev"
        cable_a = self.sensed[evse_id].cable_a if stays else 0.0
        self.sense(evse_id, pilot=Pilot.A, cable_a=cable_a)
        self.tick()

    # --- people and the central system -----------------------------------------------------------

    def set(self, component: str, variable: str, value: str) -> None:
        self.station.variables.put(component, variable, value)

    def points(self, start: str, stop: str) -> None:
        self.set("TxCtrlr", "TxStartPoint", start)
        self.set("TxCtrlr", "TxStopPoint", stop)

    def online(self) -> Driver:
        self.do(m.LinkUp(self.dialect))
        self.do(m.BootAnswered(Registration.ACCEPTED, 300, self.now.utc))
        self.tick()
        self.live.clear()
        return self

    def offline(self) -> None:
        self.do(m.LinkDown("cut"))

    def card(self, token: Token = ANNA, *evse_ids: int) -> m.Reply | m.Later:
        return self.do(m.PresentToken(token, evse_ids))

    def answer(
        self,
        token: Token = ANNA,
        status: TokenStatus | None = TokenStatus.ACCEPTED,
        group: Token | None = None,
    ) -> None:
        said = None if status is None else TokenInfo(status, group)
        self.do(m.AuthorizeAnswered(token, said))

    def admit(self, token: Token = ANNA, *evse_ids: int, group: Token | None = None) -> None:
        """Show a card that the central system accepts."""
        self.card(token, *evse_ids)
        if self.station.online:
            self.answer(token, group=group)

    def verdict(self, status: TokenStatus, group: Token | None = None) -> None:
        """The central system answers the last event with this."""
        self.do(m.EventDelivered(1, self.tx[-1], 77, TokenInfo(status, group)))

    def remote(self, token: Token = ANNA, evse_id: int | None = 1, **start: Any) -> m.StartReply:
        reply = self.do(m.RemoteStart(token, evse_id, **start))
        assert isinstance(reply, m.Reply)
        if not isinstance(reply, m.StartReply):
            return m.StartReply(reply.outcome, reply.reason, reply.info)
        return reply

    def stop_remotely(self, evse_id: int = 1) -> m.Reply | m.Later:
        return self.do(m.RemoteStop(transaction_id=self.shown(evse_id).transaction_id))

    def charge(self, token: Token = ANNA, evse_id: int = 1) -> None:
        """Plug in, show a card, and let it charge for a while."""
        self.plug(evse_id)
        self.admit(token, evse_id)
        self.run(5.0)

    # --- looking ---------------------------------------------------------------------------------

    def evse(self, evse_id: int = 1) -> Any:
        return self.station._blocks.evses[evse_id]

    def shown(self, evse_id: int = 1) -> EvseShown:
        snapshot = self.station.snapshot(0, None, None, self.now)
        return next(each for each in snapshot.evses if each.id == evse_id)

    @property
    def status(self) -> str:
        return self.shown().connectors[0].status

    def closed(self, evse_id: int = 1) -> bool:
        return self.sensed[evse_id].main_closed

    def story(self, since: int = 0) -> list[str]:
        """Return the events in short: ``S CablePluggedIn EVConnected token evse``."""
        return [_short(event) for event in self.tx[since:]]

    def asked(self) -> list[str]:
        return [each.token.id for each in self.live if isinstance(each, m.AskToken)]


def _short(event: m.TransactionEvent) -> str:
    words = [TOLD[event.phase], event.trigger.value]
    words += [event.charging_state.value] if event.charging_state else []
    words += ["token"] if event.tells_token else []
    words += ["evse"] if event.tells_evse else []
    words += ["stopped"] if event.stop_token else []
    words += [f"remote={event.remote_start_id}"] if event.remote_start_id is not None else []
    words += [f"({event.stop_reason})"] if event.stop_reason else []
    return " ".join(words)
