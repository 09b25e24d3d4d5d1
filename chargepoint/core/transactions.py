"""Transactions: when they begin and when they end.

2.0.1 block E; 1.6 sections 4.8 and 4.10. A transaction begins when one of the start
points is reached and ends when one of the stop points, once reached, is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Ending, Evse, Transaction
from chargepoint.core.messages import TxPhase
from chargepoint.core.metering import Metering
from chargepoint.core.turn import Turn
from chargepoint.core.tx_events import TxEvents
from chargepoint.core.values import dataclass
from chargepoint.core.variables import Variables
from chargepoint.core.words import (
    ChargingState,
    MeterSample,
    Moment,
    StopReason,
    Token,
    Trigger,
)

OPENING_S = 10.0  # a contactor that has not opened by then will not: end the transaction
REGISTER_EVERY_S = 10.0  # how old the register on disk may get while energy flows

# Where nobody gave a reason, the trigger is one (ReasonEnumType, part 2 section 3).
REASONS: dict[Trigger, StopReason] = {
    Trigger.STOP_AUTHORIZED: StopReason.LOCAL,
    Trigger.REMOTE_STOP: StopReason.REMOTE,
    Trigger.DEAUTHORIZED: StopReason.DE_AUTHORIZED,
    Trigger.EV_COMMUNICATION_LOST: StopReason.EV_DISCONNECTED,
    Trigger.EV_CONNECT_TIMEOUT: StopReason.TIMEOUT,
    Trigger.EV_DEPARTED: StopReason.LOCAL,
    Trigger.UNLOCK_COMMAND: StopReason.UNLOCK_COMMAND,
}


def points_met(evse: Evse) -> frozenset[str]:
    """Return the start and stop points that hold now (2.0.1 TxStartStopPointEnumType).

    There is no signing meter, so DataSigned cannot be chosen.
    """
    transfers = evse.charging_state is ChargingState.CHARGING
    return _points(evse.bay_taken, evse.connected, evse.authorized, transfers)


@cache  # of sixteen
def _points(occupied: bool, connected: bool, authorized: bool, transfers: bool) -> frozenset[str]:
    met = {
        "ParkingBayOccupancy": occupied,
        "EVConnected": connected,
        "Authorized": authorized,
        "PowerPathClosed": connected and authorized,
        "EnergyTransfer": transfers,
    }
    return frozenset(point for point, holds in met.items() if holds)


@dataclass(frozen=True, slots=True)
class Points:
    """TxStartPoint and TxStopPoint as they are now."""

    start: frozenset[str]
    stop: frozenset[str]


class Transactions:
    """Begins and ends the transactions of all EVSEs.

    *may_begin* says whether one may begin at an EVSE now; a car that came too early gets
    its transaction later. *on_ending* is called when a transaction is to end: energy must
    not flow without one.
    """

    def __init__(
        self, turn: Turn, variables: Variables, metering: Metering, new_id: Callable[[], str]
    ) -> None:
        self._turn = turn
        self._variables = variables
        self._metering = metering
        self._new_id = new_id
        self.events = TxEvents(turn, variables, metering)
        self.may_begin: Callable[[Evse], bool] = lambda _: True
        self.on_ending: Callable[[Evse], None] = lambda _: None
        self.on_end: Callable[[str], None] = lambda _: None

    def points(self, dialect: Dialect) -> Points:
        """Return where transactions begin and end: the version's rule, else TxCtrlr's."""
        start, stop = dialect.tx_start_points, dialect.tx_stop_points
        members = self._variables.members
        return Points(
            frozenset(members("TxCtrlr", "TxStartPoint")) if start is None else start,
            frozenset(members("TxCtrlr", "TxStopPoint")) if stop is None else stop,
        )

    def account(
        self,
        evse: Evse,
        trigger: Trigger,
        dialect: Dialect,
        now: Moment,
        stop_token: Token | None = None,
        reason: StopReason | None = None,
    ) -> None:
        """Tell what *trigger* did to the EVSE's transaction: began, changed or ended it.

        Call it after every change of fact. *reason* is remembered for the end, however
        late that comes (F04.FR.03). With neither a car (in the bay) nor anybody authorized left, no
        stop point can be left any more: then the transaction ends whatever they are.
        """
        evse.charging_state = evse.charging_state_now(now.s)
        met = points_met(evse)
        points = self.points(dialect)
        if evse.ending is not None or (evse.transaction is None and not self.may_begin(evse)):
            evse.points_met &= met  # what is reached only now is accounted for later
            return
        before, evse.points_met = evse.points_met, met
        if evse.transaction is None:
            if (met - before) & points.start:
                self._begin(evse, trigger, now)
            return
        reached = evse.transaction.reached | met
        reason = reason or evse.transaction.stop_reason
        evse.update_transaction(reached=reached, stop_reason=reason)
        deserted = not met & {"ParkingBayOccupancy", "EVConnected", "Authorized"}
        if deserted or (reached & points.stop) - met:
            self.end(evse, trigger, now, stop_token)
        else:
            self._changed(evse, trigger, dialect, now, stop_token)

    def _changed(
        self, evse: Evse, trigger: Trigger, dialect: Dialect, now: Moment, stop_token: Token | None
    ) -> None:
        """Tell a change, or only keep it where the version has no message for it."""
        if dialect.tells_changes:
            self.events.tell(evse, TxPhase.UPDATED, trigger, now, stop_token=stop_token)
        else:
            self.events.keep_quiet(evse, now)

    def end(
        self,
        evse: Evse,
        trigger: Trigger,
        now: Moment,
        stop_token: Token | None = None,
        reason: StopReason | None = None,
    ) -> None:
        """End the transaction as soon as the contactor is open: its last energy counts."""
        transaction = evse.transaction
        if transaction is None or evse.ending is not None:
            return
        stopped_by = reason or transaction.stop_reason or _reason(evse, transaction, trigger)
        evse.update_transaction(stop_reason=stopped_by)
        evse.ending = Ending(trigger, now.s, stop_token)
        self.on_ending(evse)
        self.finish(evse, now)

    def finish(self, evse: Evse, now: Moment) -> None:
        """End what is to end: the contactor is open and the meter was read since, or neither
        will happen any more."""
        ending, transaction = evse.ending, evse.transaction
        if ending is None or transaction is None:
            return
        if evse.energized and now.s - ending.since_s < OPENING_S:
            return
        if evse.awaits_reading(now.s):
            return
        evse.charging_state = evse.charging_state_now(now.s)
        reason = transaction.stop_reason
        samples = self.events.end_samples(evse, now)
        self.events.tell(
            evse, TxPhase.ENDED, ending.trigger, now, samples, ending.stop_token, reason=reason
        )
        used_kwh = (max(evse.register_wh, transaction.last_wh) - transaction.meter_start_wh) / 1000
        self._turn.note(
            f"transaction {transaction.id[:8]} ended ({reason}), {used_kwh:.3f} kWh", evse.id
        )
        self._forget(transaction)
        evse.transaction = evse.ending = None

    def tick(self, evse: Evse, dialect: Dialect, now: Moment) -> None:
        """Tell a changed charging state, take due samples, keep the register fresh on disk."""
        self.finish(evse, now)
        if evse.charging_state_now(now.s) is not evse.charging_state:
            faulty = evse.fault is not None  # the more specific trigger: E02.FR.17
            changed = Trigger.ABNORMAL_CONDITION if faulty else Trigger.CHARGING_STATE_CHANGED
            self.account(evse, changed, dialect, now)
        elif dialect.tells_changes and self.events.phases_changed(evse):
            self.account(evse, Trigger.CHARGING_RATE_CHANGED, dialect, now)
        elif points_met(evse) - evse.points_met:
            self.account(evse, Trigger.CABLE_PLUGGED_IN, dialect, now)
        transaction = evse.transaction
        if transaction is None or evse.ending is not None:
            return
        for due in self._metering.due(evse, dialect, now):
            if due.keeps:
                self.events.keep_sample(evse, due.keeps)
            if due.tells is not None:
                self.events.tell(evse, TxPhase.UPDATED, due.trigger, now, samples=(due.tells,))
        age_s = (now.utc - transaction.last_at).total_seconds()
        if evse.register_wh > transaction.last_wh and not 0 <= age_s < REGISTER_EVERY_S:
            self.events.keep(evse, evse.register_wh, now)

    def tell_now(
        self,
        evse: Evse,
        now: Moment,
        trigger: Trigger = Trigger.TRIGGER,
        context: str = "Trigger",
    ) -> bool:
        """Tell the running transaction as it is (TriggerMessage, F06.FR.07; K11.FR.04).

        *context* is the ReadingContext of the values that go with it.
        """
        if evse.transaction is None or evse.ending is not None:
            return False
        sample = self._metering.sample(
            "SampledDataCtrlr", "TxUpdatedMeasurands", evse, context, now
        )
        samples = (sample,) if sample.values else ()
        asked = trigger is Trigger.TRIGGER
        self.events.tell(evse, TxPhase.UPDATED, trigger, now, samples=samples, state=asked)
        return True

    def resume(
        self,
        kept: Transaction,
        samples: tuple[MeterSample, ...],
        register_wh: float | None = None,
        most_wh: float = 0.0,
    ) -> None:
        """End a transaction that a power cut interrupted.

        *register_wh* is what the meter says now. What it counted since the register was
        stored belongs to the transaction, unless it is more than *most_wh*: then it is
        another meter, or somebody else's energy, and the stored register counts.
        """
        drawn_wh = 0.0 if register_wh is None else register_wh - kept.last_wh
        if 0.0 < drawn_wh <= most_wh:
            self.events.cut_off(replace(kept, last_wh=kept.last_wh + drawn_wh), samples)
        else:
            self.events.cut_off(kept, samples)
        self._forget(kept)

    def move(self, other: Evse, evse: Evse, now: Moment) -> None:
        """Take a transaction that has no car yet along to the EVSE where its car came.

        Its EVSE was not told so far (E01.FR.16); energy counts from this EVSE's register.
        """
        moved, other.transaction = other.transaction, None
        other.points_met = frozenset()
        if moved is None:
            return
        evse.points_met = points_met(evse)
        register_wh = evse.register_wh
        evse.transaction = replace(
            moved,
            evse_id=evse.id,
            meter_start_wh=register_wh,
            last_wh=register_wh,
            begin_sample=self.events.begin_sample(evse, now),
        )
        self._metering.begin(evse, now)

    # --- the pieces ---------------------------------------------------------------------

    def _begin(self, evse: Evse, trigger: Trigger, now: Moment) -> None:
        register_wh = evse.register_wh
        evse.transaction = Transaction(
            id=self._new_id(),
            evse_id=evse.id,
            connector_id=evse.connector_id or 1,
            started_at=now.utc,
            meter_start_wh=register_wh,
            last_wh=register_wh,
            last_at=now.utc,
            reached=evse.points_met,
            begin_sample=self.events.begin_sample(evse, now),
        )
        self._metering.begin(evse, now)
        self.events.tell(evse, TxPhase.STARTED, trigger, now, state=True)
        self._turn.note(f"transaction {evse.transaction.id[:8]} started", evse.id)

    def _forget(self, transaction: Transaction) -> None:
        self.events.forget(transaction)
        self.on_end(transaction.id)


def _reason(evse: Evse, transaction: Transaction, trigger: Trigger) -> StopReason:
    """Return why a transaction ends that nobody gave a reason for."""
    if transaction.deauthorized:
        return StopReason.DE_AUTHORIZED
    if evse.charging_state is ChargingState.SUSPENDED_EV:  # stop point EnergyTransfer
        return StopReason.STOPPED_BY_EV
    return REASONS.get(trigger, StopReason.OTHER)
