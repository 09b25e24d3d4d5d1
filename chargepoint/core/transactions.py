"""Transactions: when they begin and end, and the events that tell it.

2.0.1 block E; 1.6 sections 4.8 and 4.10. A transaction begins when one of the start
points is reached and ends when one of the stop points, once reached, is left. The
events are complete in themselves, numbered without gaps, and durable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Ending, Evse, Transaction
from chargepoint.core.messages import TransactionEvent, TxPhase
from chargepoint.core.metering import Metering
from chargepoint.core.sampling import Source, sampled_values
from chargepoint.core.session import State
from chargepoint.core.turn import Turn
from chargepoint.core.variables import Variables
from chargepoint.core.words import (
    ChargingState,
    MeterSample,
    Moment,
    SampledValue,
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
    Trigger.EV_DEPARTED: StopReason.EV_DISCONNECTED,
    Trigger.EV_CONNECT_TIMEOUT: StopReason.TIMEOUT,
    Trigger.UNLOCK_COMMAND: StopReason.UNLOCK_COMMAND,
    Trigger.ABNORMAL_CONDITION: StopReason.OTHER,
}


def points_met(evse: Evse) -> frozenset[str]:
    """Return the start and stop points that hold now (2.0.1 TxStartStopPointEnumType).

    There is no bay sensor: a connected car is taken as the bay being occupied. A session
    that waits for its car to come back (E10) still counts as connected.
    """
    connected = evse.connected or evse.state is State.DETACHED
    met = {
        "ParkingBayOccupancy": connected,
        "EVConnected": connected,
        "Authorized": evse.authorized,
        "PowerPathClosed": connected and evse.authorized,
        "EnergyTransfer": evse.charging_state is ChargingState.CHARGING,
    }
    return frozenset(point for point, holds in met.items() if holds)


@dataclass(frozen=True, slots=True)
class Points:
    """TxStartPoint and TxStopPoint as they are now."""

    start: frozenset[str]
    stop: frozenset[str]


class Transactions:
    """Begins, tells and ends the transactions of all EVSEs."""

    def __init__(
        self, turn: Turn, variables: Variables, metering: Metering, new_id: Callable[[], str]
    ) -> None:
        self._turn = turn
        self._variables = variables
        self._metering = metering
        self._new_id = new_id
        self.on_begin: Callable[[Evse], None] = lambda _: None
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
        late that comes (F04.FR.03).
        """
        points = self.points(dialect)
        met, before = points_met(evse), evse.points_met
        evse.points_met = met
        evse.charging_state = evse.charging_state_now(now.s)
        if evse.transaction is None:
            if (met - before) & points.start:
                self._begin(evse, trigger, now)
            return
        if evse.ending is not None:
            return
        if reason is not None:
            evse.update_transaction(stop_reason=reason)
        reached = evse.transaction.reached | met
        evse.update_transaction(reached=reached)
        if (reached & points.stop) - met:
            self.end(evse, trigger, now, stop_token)
        else:
            self._tell(evse, TxPhase.UPDATED, trigger, now, stop_token=stop_token)

    def end(
        self,
        evse: Evse,
        trigger: Trigger,
        now: Moment,
        stop_token: Token | None = None,
        reason: StopReason | None = None,
    ) -> None:
        """End the transaction as soon as the contactor is open: its last energy counts."""
        if evse.transaction is None or evse.ending is not None:
            return
        if reason is not None:
            evse.update_transaction(stop_reason=reason)
        evse.ending = Ending(trigger, now.s, stop_token)
        self.finish(evse, now)

    def finish(self, evse: Evse, now: Moment) -> bool:
        """Return whether a transaction that was to end has ended now."""
        ending = evse.ending
        if ending is None or (evse.energized and now.s - ending.since_s < OPENING_S):
            return False
        evse.charging_state = evse.charging_state_now(now.s)
        self._end_now(evse, ending.trigger, now, ending.stop_token)
        return True

    def tick(self, evse: Evse, dialect: Dialect, now: Moment) -> None:
        """Tell a changed charging state, take due samples, keep the register fresh on disk."""
        state = evse.charging_state_now(now.s)
        if state is not evse.charging_state:
            self.account(evse, Trigger.CHARGING_STATE_CHANGED, dialect, now)
        transaction = evse.transaction
        if transaction is None or evse.ending is not None:
            return
        for due in self._metering.due(evse, dialect, now):
            if due.keeps:
                self._keep_sample(evse, due.keeps)
            if due.tells is not None:
                self._tell(evse, TxPhase.UPDATED, due.trigger, now, samples=(due.tells,))
        age_s = (now.utc - transaction.last_at).total_seconds()
        if evse.register_wh > transaction.last_wh and not 0 <= age_s < REGISTER_EVERY_S:
            changed = evse.update_transaction(last_wh=evse.register_wh, last_at=now.utc)
            self._turn.keep("transaction", changed.id, changed)
            self._turn.keep("register", str(evse.id), changed.last_wh)

    def tell_now(self, evse: Evse, now: Moment) -> bool:
        """Tell the running transaction as it is (TriggerMessage, F06.FR.07)."""
        if evse.transaction is None or evse.ending is not None:
            return False
        sample = self._metering.sample(
            "SampledDataCtrlr", "TxUpdatedMeasurands", evse, "Trigger", now
        )
        samples = (sample,) if sample.values else ()
        self._tell(evse, TxPhase.UPDATED, Trigger.TRIGGER, now, samples=samples, state=True)
        return True

    def resume(self, kept: Transaction, samples: tuple[MeterSample, ...]) -> None:
        """End a transaction that a power cut interrupted, at its last stored register.

        2.0.1 part 2 E: same id, next seqNo, stoppedReason PowerLoss; 1.6 section 4.10.
        """
        begin = (kept.begin_sample,) if kept.begin_sample is not None else ()
        end = MeterSample(kept.last_at, self._last_values(kept.last_wh))
        ends = (end,) if end.values else ()
        event = TransactionEvent(
            TxPhase.ENDED,
            kept.id,
            kept.seq_no,
            kept.last_at,
            Trigger.ABNORMAL_CONDITION,
            kept.evse_id,
            kept.connector_id,
            kept.last_wh,
            offline=True,
            token=kept.token,
            charging_state=ChargingState.IDLE,
            stop_reason=StopReason.POWER_LOSS,
            samples=(*begin, *samples, *ends),
        )
        self._turn.tell(event)
        self._forget(kept)
        self._turn.note(
            f"transaction {kept.id[:8]} was cut off by a power loss at {kept.last_wh:.0f} Wh",
            kept.evse_id,
            "warning",
        )

    # --- the pieces ---------------------------------------------------------------------

    def _begin(self, evse: Evse, trigger: Trigger, now: Moment) -> None:
        register_wh = evse.register_wh
        begin = self._metering.sample(
            "SampledDataCtrlr", "TxEndedMeasurands", evse, "Transaction.Begin", now
        )
        evse.transaction = Transaction(
            id=self._new_id(),
            evse_id=evse.id,
            connector_id=1,
            started_at=now.utc,
            meter_start_wh=register_wh,
            last_wh=register_wh,
            last_at=now.utc,
            reached=evse.points_met,
            begin_sample=begin if begin.values else None,
        )
        self._metering.begin(evse, now)
        self.on_begin(evse)
        self._tell(evse, TxPhase.STARTED, trigger, now, state=True)
        self._turn.note(f"transaction {evse.transaction.id[:8]} started", evse.id)

    def _tell(
        self,
        evse: Evse,
        phase: TxPhase,
        trigger: Trigger,
        now: Moment,
        samples: tuple[MeterSample, ...] = (),
        stop_token: Token | None = None,
        state: bool = False,
        reason: StopReason | None = None,
    ) -> None:
        """Put one event into the outbox, and the transaction beside it on disk."""
        transaction = self._with_grant(evse)
        begins = not transaction.begun_told and (evse.connected or phase is TxPhase.STARTED)
        if begins and evse.connected:
            samples = (*self._begin_samples(evse, now), *samples)
        remote = transaction.remote_start_id is not None and not transaction.remote_told
        if remote and trigger in (Trigger.AUTHORIZED, Trigger.CABLE_PLUGGED_IN):
            trigger = Trigger.REMOTE_START
        charging_state = evse.charging_state
        state = state or charging_state is not transaction.charging_state
        tells_evse = evse.connected and not transaction.evse_told
        phases = evse.path.phases if charging_state is ChargingState.CHARGING else None
        event = TransactionEvent(
            phase,
            transaction.id,
            transaction.seq_no,
            now.utc,
            trigger,
            transaction.evse_id,
            transaction.connector_id,
            max(evse.register_wh, transaction.last_wh),
            offline=not self._turn.online,
            token=transaction.token,
            tells_token=transaction.token is not None and not transaction.token_told,
            tells_evse=tells_evse,
            stop_token=stop_token,
            charging_state=charging_state if state else None,
            stop_reason=reason,
            samples=samples,
            remote_start_id=transaction.remote_start_id if remote else None,
            phases_used=phases if phases != transaction.phases_told else None,
            cable_a=evse.sensed.cable_a if tells_evse and evse.sensed is not None else None,
        )
        changed = evse.update_transaction(
            seq_no=transaction.seq_no + 1,
            token_told=transaction.token is not None,
            evse_told=transaction.evse_told or evse.connected,
            begun_told=transaction.begun_told or (begins and evse.connected),
            remote_told=transaction.remote_told or remote,
            charging_state=charging_state,
            phases_told=phases or transaction.phases_told,
            last_wh=event.meter_wh,
            last_at=now.utc,
        )
        self._turn.tell(event)
        self._turn.keep("transaction", changed.id, changed)
        self._turn.keep("register", str(evse.id), changed.last_wh)

    def _with_grant(self, evse: Evse) -> Transaction:
        """Return the transaction, with whoever is authorized now written into it."""
        assert evse.transaction is not None
        grant = evse.grant
        if grant is None or evse.transaction.token is not None:
            return evse.transaction
        return evse.update_transaction(
            token=grant.token, group=grant.group, remote_start_id=grant.remote_start_id
        )

    def _begin_samples(self, evse: Evse, now: Moment) -> tuple[MeterSample, ...]:
        """Return the values for the first event whose EVSE is known (E01.FR.09, .17)."""
        sample = self._metering.sample(
            "SampledDataCtrlr", "TxStartedMeasurands", evse, "Transaction.Begin", now
        )
        return (sample,) if sample.values else ()

    def _keep_sample(self, evse: Evse, sample: MeterSample) -> None:
        """Keep one sample for the end of the transaction, on disk."""
        transaction = evse.transaction
        assert transaction is not None
        self._turn.keep("sample", f"{transaction.id}/{transaction.samples_kept:05d}", sample)
        self._metering.remember(transaction.id, sample)
        evse.update_transaction(samples_kept=transaction.samples_kept + 1)

    def _end_now(self, evse: Evse, trigger: Trigger, now: Moment, stop_token: Token | None) -> None:
        transaction = evse.transaction
        assert transaction is not None
        end = self._metering.sample(
            "SampledDataCtrlr", "TxEndedMeasurands", evse, "Transaction.End", now
        )
        samples: tuple[MeterSample, ...] = self._metering.recall(transaction.id)
        if transaction.begin_sample is not None:
            samples = (transaction.begin_sample, *samples)
        if end.values:
            samples = (*samples, end)
        reason = transaction.stop_reason or REASONS.get(trigger, StopReason.OTHER)
        evse.update_transaction(begun_told=True)
        self._tell(
            evse, TxPhase.ENDED, trigger, now, samples=samples, stop_token=stop_token, reason=reason
        )
        used_kwh = (max(evse.register_wh, transaction.last_wh) - transaction.meter_start_wh) / 1000
        self._turn.note(
            f"transaction {transaction.id[:8]} ended ({reason}), {used_kwh:.3f} kWh", evse.id
        )
        self._forget(transaction)
        evse.transaction = evse.ending = None

    def _last_values(self, register_wh: float) -> tuple[SampledValue, ...]:
        """Return what is known of the end of a transaction that was cut off: the register."""
        if not self._variables.flag("SampledDataCtrlr", "Enabled"):
            return ()
        wanted = self._variables.members("SampledDataCtrlr", "TxEndedMeasurands")
        known = Source(None, register_wh, voltage_v=0.0)
        return sampled_values(wanted, known, "Transaction.End", "Outlet")

    def _forget(self, transaction: Transaction) -> None:
        self._turn.forget("transaction", transaction.id)
        for number in range(transaction.samples_kept):
            self._turn.forget("sample", f"{transaction.id}/{number:05d}")
        self._metering.drop(transaction.id)
        self.on_end(transaction.id)
