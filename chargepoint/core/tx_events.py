"""The events that tell a transaction: complete in themselves, numbered without gaps, durable.

2.0.1 block E and TransactionEventRequest; 1.6 sections 4.7, 4.8 and 4.10.
"""

from __future__ import annotations

from collections.abc import Callable

from chargepoint.core.evse import Evse, Transaction
from chargepoint.core.messages import TransactionEvent, TxPhase
from chargepoint.core.metering import Metering
from chargepoint.core.sampling import Source, sampled_values
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

SAMPLED = "SampledDataCtrlr"


class TxEvents:
    """Puts the events of transactions into the outbox, and the transactions beside them on disk.

    *on_granted* is called when somebody's grant has become part of a transaction.
    """

    def __init__(self, turn: Turn, variables: Variables, metering: Metering) -> None:
        self._turn = turn
        self._variables = variables
        self._metering = metering
        self.on_granted: Callable[[Evse], None] = lambda _: None

    def tell(
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
        """Tell one event. *state* tells the charging state even where it is what it was."""
        transaction = self._with_grant(evse)
        begins = self._begins(evse, transaction, phase)
        remote = transaction.remote_start_id is not None and not transaction.remote_told
        charging_state = evse.charging_state
        state = state or charging_state is not transaction.charging_state
        tells_token = transaction.token is not None and not transaction.token_told
        tells_evse = evse.connected and not transaction.evse_told
        if begins or (tells_evse and not transaction.begun_told and phase is TxPhase.UPDATED):
            samples = (*self._begin_samples(evse, now), *samples)
        phases = _phases(evse)
        cable_a = evse.sensed.cable_a if tells_evse and evse.sensed is not None else 0.0
        event = TransactionEvent(
            phase,
            transaction.id,
            transaction.seq_no,
            now.utc,
            Trigger.REMOTE_START if remote else trigger,  # F01.FR.19, F02.FR.21
            transaction.evse_id,
            evse.connector_id or transaction.connector_id,
            max(evse.register_wh, transaction.last_wh),
            offline=not self._turn.online,
            token=transaction.token,
            tells_token=tells_token,
            tells_evse=tells_evse,
            stop_token=stop_token,
            charging_state=charging_state if state else None,
            stop_reason=reason,
            samples=samples,
            remote_start_id=transaction.remote_start_id if remote else None,
            reservation_id=transaction.reservation_id if tells_token else None,
            phases_used=phases if phases != transaction.phases_told else None,
            cable_a=cable_a or None,
        )
        self._turn.tell(event)
        self._remember(evse, event, begins)
        self.keep(evse, event.meter_wh, now)

    def phases_changed(self, evse: Evse) -> bool:
        """Return whether the number of phases is another than the one that was told."""
        told = evse.transaction.phases_told if evse.transaction is not None else None
        return told is not None and _phases(evse) not in (None, told)

    def _remember(self, evse: Evse, event: TransactionEvent, begins: bool) -> None:
        """Write down what *event* told, so that the next one does not tell it again."""
        told = evse.transaction
        assert told is not None
        evse.update_transaction(
            seq_no=told.seq_no + 1,
            connector_id=event.connector_id,
            token_told=told.token is not None,
            evse_told=told.evse_told or event.tells_evse,
            begun_told=told.begun_told or begins,
            remote_told=told.remote_told or event.remote_start_id is not None,
            charging_state=evse.charging_state,
            phases_told=event.phases_used or told.phases_told,
        )

    def keep_quiet(self, evse: Evse, now: Moment) -> None:
        """Put what changed on disk without telling it."""
        transaction = self._with_grant(evse)
        self.keep(evse, max(evse.register_wh, transaction.last_wh), now)

    def keep(self, evse: Evse, register_wh: float, now: Moment) -> None:
        """Put the transaction on disk with what the register says now."""
        changed = evse.update_transaction(last_wh=register_wh, last_at=now.utc)
        self._turn.keep("transaction", changed.id, changed)
        self._turn.keep("register", str(evse.id), register_wh)

    def keep_sample(self, evse: Evse, sample: MeterSample) -> None:
        """Keep one sample for the end of the transaction, on disk."""
        transaction = evse.transaction
        assert transaction is not None
        self._turn.keep("sample", f"{transaction.id}/{transaction.samples_kept:05d}", sample)
        self._metering.remember(transaction.id, sample)
        changed = evse.update_transaction(samples_kept=transaction.samples_kept + 1)
        self._turn.keep("transaction", changed.id, changed)

    def begin_sample(self, evse: Evse, now: Moment) -> MeterSample | None:
        """Return the values that the end of a transaction which begins now will repeat."""
        return _filled(
            self._metering.sample(SAMPLED, "TxEndedMeasurands", evse, "Transaction.Begin", now)
        )

    def end_samples(self, evse: Evse, now: Moment) -> tuple[MeterSample, ...]:
        """Return all that the last event carries: begin, what was kept, end (E06.FR.11)."""
        transaction = evse.transaction
        assert transaction is not None
        end = _filled(
            self._metering.sample(SAMPLED, "TxEndedMeasurands", evse, "Transaction.End", now)
        )
        return _some(transaction.begin_sample, *self._metering.recall(transaction.id), end)

    def cut_off(self, kept: Transaction, samples: tuple[MeterSample, ...]) -> None:
        """End a transaction that a power cut interrupted, at its last known register.

        2.0.1 part 2 E: same id, next seqNo, stoppedReason PowerLoss; 1.6 section 4.10.
        """
        end = _filled(MeterSample(kept.last_at, self._last_values(kept.last_wh)))
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
            samples=_some(kept.begin_sample, *samples, end),
        )
        self._turn.tell(event)
        self._turn.note(
            f"transaction {kept.id[:8]} was cut off by a power loss at {kept.last_wh:.0f} Wh",
            kept.evse_id,
            "warning",
        )

    def forget(self, transaction: Transaction) -> None:
        """Take a transaction that was told to its end off the disk."""
        self._turn.forget("transaction", transaction.id)
        for number in range(transaction.samples_kept):
            self._turn.forget("sample", f"{transaction.id}/{number:05d}")
        self._metering.drop(transaction.id)

    def _with_grant(self, evse: Evse) -> Transaction:
        """Return the transaction, with whoever is authorized now written into it."""
        transaction, grant = evse.transaction, evse.grant
        assert transaction is not None
        if grant is None or transaction.token is not None:
            return transaction
        changed = evse.update_transaction(
            token=grant.token,
            remote_start_id=grant.remote_start_id,
            reservation_id=grant.reservation_id,
        )
        self.on_granted(evse)
        return changed

    def _begins(self, evse: Evse, transaction: Transaction, phase: TxPhase) -> bool:
        """Return whether this event is the last to carry the values of the begin: the first
        one where the car is there, else the one that says that it charges (E01.FR.09, .17).
        There, the one that says where the car is has them, too (part 6 TC_J_08)."""
        if transaction.begun_told or phase is TxPhase.ENDED:
            return False
        started = phase is TxPhase.STARTED and evse.connected
        return started or evse.charging_state is ChargingState.CHARGING

    def _begin_samples(self, evse: Evse, now: Moment) -> tuple[MeterSample, ...]:
        sample = self._metering.sample(
            SAMPLED, "TxStartedMeasurands", evse, "Transaction.Begin", now
        )
        return _some(_filled(sample))

    def _last_values(self, register_wh: float) -> tuple[SampledValue, ...]:
        """Return what is known of the end of a transaction that was cut off: the register."""
        if not self._variables.flag(SAMPLED, "Enabled"):
            return ()
        wanted = self._variables.members(SAMPLED, "TxEndedMeasurands")
        known = Source(None, register_wh, voltage_v=0.0)
        return sampled_values(wanted, known, "Transaction.End", "Outlet")


def _phases(evse: Evse) -> int | None:
    """Return numberOfPhasesUsed: what the car was seen to use, else what is switched on; None
    while no energy flows (E02.FR.18, .19)."""
    if evse.charging_state is not ChargingState.CHARGING or not evse.energized:
        return None
    return evse.phases_used or evse.phases


def _filled(sample: MeterSample) -> MeterSample | None:
    return sample if sample.values else None


def _some(*samples: MeterSample | None) -> tuple[MeterSample, ...]:
    return tuple(sample for sample in samples if sample is not None)
