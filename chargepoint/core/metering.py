"""Which measured values are due, and what they are.

2.0.1 block J; 1.6 section 3.16. Two independent streams: sampled ones count from the
start of the transaction, clock-aligned ones from midnight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chargepoint.core.config import StationConfig
from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.sampling import Source, sampled_values
from chargepoint.core.values import dataclass
from chargepoint.core.variables import Variables
from chargepoint.core.words import MeterSample, Moment, Trigger
from hardware.api import MeterReading

LATE_S = 5.0  # a border crossed longer ago than this was jumped over by a clock that was set


@dataclass(frozen=True, slots=True)
class Due:
    """One sample to tell now, to keep for the end of the transaction, or both."""

    trigger: Trigger
    tells: MeterSample | None = None
    keeps: MeterSample | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of the day's grid: how long, and when it began."""

    interval_s: int
    start: datetime

    def holds(self, at: datetime) -> bool:
        """Return whether *at* lies in it; the last one of a day may be cut short by midnight."""
        return (
            at.date() == self.start.date()
            and 0 <= (at - self.start).total_seconds() < self.interval_s
        )


def slot_of(at: datetime, interval_s: int) -> Slot | None:
    """Return the slot of the day's grid that *at* lies in; None for interval 0.

    The grid counts from midnight UTC (1.6 ClockAlignedDataInterval, J01.FR.02).
    """
    if interval_s <= 0:
        return None
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    number = int((at - midnight).total_seconds()) // interval_s
    return Slot(interval_s, midnight + timedelta(seconds=number * interval_s))


def thinned(samples: Sequence[MeterSample], most: int) -> tuple[MeterSample, ...]:
    """Return at most *most* of *samples*: of too many the 1st, the 3rd... go (E06.FR.13)."""
    while len(samples) > most:
        samples = samples[1::2]
    return tuple(samples)


class Metering:
    """Remembers when each stream was sampled last."""

    def __init__(self, config: StationConfig, variables: Variables) -> None:
        self._config = config
        self._variables = variables
        self._sampled_s: dict[str, float] = {}
        self._slots: dict[str, Slot | None] = {}
        self._told: dict[str, datetime] = {}
        self._kept: dict[str, tuple[MeterSample, ...]] = {}

    def sample(
        self, component: str, variable: str, evse: Evse, context: str, now: Moment
    ) -> MeterSample:
        """Return the values of one EVSE that the list *component*.*variable* asks for."""
        wanted = self._wanted(component, variable)
        source = Source(
            evse.reading,
            evse.register_wh,
            self._config.supply_voltage_v,
            evse.path.offer_a,
            evse.phases,
            evse.sensed.temperature_c if evse.sensed is not None else None,
        )
        return MeterSample(now.utc, sampled_values(wanted, source, context, "Outlet"))

    def grid_sample(
        self, component: str, variable: str, reading: MeterReading, context: str, now: Moment
    ) -> MeterSample:
        """Return the values of the mains meter that the list asks for (EVSE 0, Inlet)."""
        wanted = self._wanted(component, variable)
        source = Source(reading, reading.energy_wh, self._config.supply_voltage_v)
        return MeterSample(now.utc, sampled_values(wanted, source, context, "Inlet"))

    def begin(self, evse: Evse, now: Moment) -> None:
        """Start the sampled streams of a transaction that begins now."""
        self._sampled_s[f"update/{evse.id}"] = now.s
        self._sampled_s[f"end/{evse.id}"] = now.s
        self._slots[f"tx/{evse.id}"] = slot_of(now.utc, self._aligned("Interval"))
        self._slots[f"end/{evse.id}"] = slot_of(now.utc, self._aligned("TxEndedInterval"))

    def due(self, evse: Evse, dialect: Dialect, now: Moment) -> Iterable[Due]:
        """Return the samples of a running transaction that are due now."""
        sampled_s = self._variables.integer("SampledDataCtrlr", "TxUpdatedInterval")
        ended_s = self._variables.integer("SampledDataCtrlr", "TxEndedInterval")
        updates = self._passed(f"update/{evse.id}", sampled_s, now)
        if dialect.ended_samples_every_update:
            keeps = updates
        else:
            keeps = self._passed(f"end/{evse.id}", ended_s, now)
        if updates or keeps:
            lists = "SampledDataCtrlr", "TxUpdatedMeasurands", "TxEndedMeasurands"
            yield self._due(lists, evse, "Sample.Periodic", updates, keeps, now)
        yield from self._aligned_due(evse, dialect, now)

    def _aligned_due(self, evse: Evse, dialect: Dialect, now: Moment) -> Iterable[Due]:
        aligned = self._crossed(f"tx/{evse.id}", self._aligned("Interval"), now)
        ends = self._crossed(f"end/{evse.id}", self._aligned("TxEndedInterval"), now)
        if dialect.ended_samples_every_update:
            ends = aligned
        if self._variables.flag("AlignedDataCtrlr", "SendDuringIdle"):  # J01.FR.19
            aligned = None
        at = aligned or ends
        if at is not None:
            lists = "AlignedDataCtrlr", "Measurands", "TxEndedMeasurands"
            on_grid = Moment(at, now.s)
            tells, keeps = aligned is not None, ends is not None
            yield self._due(lists, evse, "Sample.Clock", tells, keeps, on_grid)

    def idle_due(self, now: Moment) -> datetime | None:
        """Return the instant of the grid whose samples outside transactions are due."""
        return self._crossed("idle", self._aligned("Interval"), now)

    def remember(self, transaction_id: str, sample: MeterSample) -> None:
        """Keep a sample for the transaction's end; of too many, every second one goes."""
        kept = (*self._kept.get(transaction_id, ()), sample)
        self._kept[transaction_id] = self.fitting(kept)

    def recall(self, transaction_id: str) -> tuple[MeterSample, ...]:
        """Return the samples kept for the transaction's end, oldest first."""
        return self._kept.get(transaction_id, ())

    def fitting(self, samples: Sequence[MeterSample]) -> tuple[MeterSample, ...]:
        """Return as many of *samples* as fit between those of a transaction's begin and end.

        Those two are never dropped: 1.6 errata 3.91, E06.FR.12, .13.
        """
        most = self._variables.integer("Ocpp16Ctrlr", "StopTransactionMaxMeterValues")
        return thinned(samples, most - 2)

    def drop(self, transaction_id: str) -> None:
        """Forget the samples of a transaction that has ended."""
        self._kept.pop(transaction_id, None)

    def _due(
        self,
        lists: tuple[str, str, str],
        evse: Evse,
        context: str,
        updates: bool,
        keeps: bool,
        now: Moment,
    ) -> Due:
        component, told, kept = lists
        clock = Trigger.METER_VALUE_CLOCK
        return Due(
            clock if context == "Sample.Clock" else Trigger.METER_VALUE_PERIODIC,
            _filled(self.sample(component, told, evse, context, now)) if updates else None,
            _filled(self.sample(component, kept, evse, context, now)) if keeps else None,
        )

    def _wanted(self, component: str, variable: str) -> tuple[str, ...]:
        enabled = self._variables.flag(component, "Enabled")
        return self._variables.members(component, variable) if enabled else ()

    def _aligned(self, variable: str) -> int:
        return self._variables.integer("AlignedDataCtrlr", variable)

    def _passed(self, stream: str, interval_s: int, now: Moment) -> bool:
        """Return whether *interval_s* went by since the stream's last sample; 0 is never."""
        last_s = self._sampled_s.setdefault(stream, now.s)
        if interval_s <= 0:
            self._sampled_s[stream] = now.s
            return False
        if now.s - last_s < interval_s:
            return False
        missed = (now.s - last_s) // interval_s
        self._sampled_s[stream] = last_s + missed * interval_s
        return True

    def _crossed(self, stream: str, interval_s: int, now: Moment) -> datetime | None:
        """Return the border of the day's grid that was crossed since the last call, if any.

        Only time going by crosses a border: neither another interval nor a clock that was
        set does, and one that was set back a little does not cross the same border twice.
        """
        last = self._slots.get(stream)
        if last is not None and last.interval_s == interval_s and last.holds(now.utc):
            return None
        slot = self._slots[stream] = slot_of(now.utc, interval_s)
        if slot is None or last is None or slot.interval_s != last.interval_s:
            return None
        late_s = (now.utc - slot.start).total_seconds()
        if late_s >= LATE_S or self._told.get(stream) == slot.start:
            return None
        self._told[stream] = slot.start
        return slot.start


def _filled(sample: MeterSample) -> MeterSample | None:
    return sample if sample.values else None
