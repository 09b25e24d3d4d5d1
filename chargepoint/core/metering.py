"""Which measured values are due, and what they are.

2.0.1 block J; 1.6 section 3.16. Two independent streams: sampled ones count from the
start of the transaction, clock-aligned ones from midnight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chargepoint.core.config import StationConfig
from chargepoint.core.dialect import Dialect
from chargepoint.core.evse import Evse
from chargepoint.core.sampling import Source, sampled_values
from chargepoint.core.variables import Variables
from chargepoint.core.words import MeterSample, Moment, Trigger
from hardware.api import MeterReading

SAMPLES_KEPT = 500  # StopTransactionMaxMeterValues


@dataclass(frozen=True, slots=True)
class Due:
    """One sample to tell now, to keep for the end of the transaction, or both."""

    trigger: Trigger
    tells: MeterSample | None = None
    keeps: MeterSample | None = None


def slot_of(at: datetime, interval_s: int) -> tuple[int, int] | None:
    """Return which slot of the day's grid *at* lies in (day, number); None for interval 0.

    The grid counts from midnight UTC (1.6 ClockAlignedDataInterval, J01.FR.02).
    """
    if interval_s <= 0:
        return None
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at.toordinal(), int((at - midnight).total_seconds()) // interval_s


class Metering:
    """Remembers when each stream was sampled last."""

    def __init__(self, config: StationConfig, variables: Variables) -> None:
        self._config = config
        self._variables = variables
        self._sampled_s: dict[str, float] = {}
        self._slots: dict[str, tuple[int, int] | None] = {}
        self._kept: dict[str, list[MeterSample]] = {}

    def sample(
        self, component: str, variable: str, evse: Evse, context: str, now: Moment
    ) -> MeterSample:
        """Return the values of one EVSE that the list *component*.*variable* asks for."""
        wanted = self._variables.members(component, variable)
        source = Source(
            evse.reading,
            evse.register_wh,
            self._config.supply_voltage_v,
            evse.path.offer_a,
            evse.path.phases,
            evse.sensed.temperature_c if evse.sensed is not None else None,
        )
        return MeterSample(now.utc, sampled_values(wanted, source, context, "Outlet"))

    def grid_sample(
        self, component: str, variable: str, reading: MeterReading, context: str, now: Moment
    ) -> MeterSample:
        """Return the values of the mains meter that the list asks for (EVSE 0, Inlet)."""
        wanted = self._variables.members(component, variable)
        source = Source(reading, reading.energy_wh, self._config.supply_voltage_v)
        return MeterSample(now.utc, sampled_values(wanted, source, context, "Inlet"))

    def begin(self, evse: Evse, now: Moment) -> None:
        """Start the sampled streams of a transaction that begins now."""
        self._sampled_s[f"update/{evse.id}"] = now.s
        self._sampled_s[f"end/{evse.id}"] = now.s
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
        aligned = self._crossed(f"tx/{evse.id}", self._aligned("Interval"), now)
        ends = self._crossed(f"end/{evse.id}", self._aligned("TxEndedInterval"), now)
        if dialect.ended_samples_every_update:
            ends = aligned
        if aligned or ends:
            lists = "AlignedDataCtrlr", "Measurands", "TxEndedMeasurands"
            yield self._due(lists, evse, "Sample.Clock", aligned, ends, now)

    def idle_due(self, place: str, now: Moment) -> bool:
        """Return whether a clock-aligned sample outside transactions is due at *place*."""
        return self._crossed(f"idle/{place}", self._aligned("Interval"), now)

    def remember(self, transaction_id: str, sample: MeterSample) -> None:
        """Keep a sample for the transaction's end; of too many, every second one goes.

        The first and the last are never dropped: 1.6 errata 3.91, E06.FR.12, .13.
        """
        kept = self._kept.setdefault(transaction_id, [])
        kept.append(sample)
        if len(kept) > SAMPLES_KEPT:
            del kept[1:-1:2]

    def recall(self, transaction_id: str) -> tuple[MeterSample, ...]:
        """Return the samples kept for the transaction's end, oldest first."""
        return tuple(self._kept.get(transaction_id, ()))

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

    def _aligned(self, variable: str) -> int:
        return self._variables.integer("AlignedDataCtrlr", variable)

    def _passed(self, stream: str, interval_s: int, now: Moment) -> bool:
        """Return whether *interval_s* went by since the stream's last sample; 0 is never."""
        last_s = self._sampled_s.setdefault(stream, now.s)
        if interval_s <= 0 or now.s - last_s < interval_s:
            return False
        missed = (now.s - last_s) // interval_s
        self._sampled_s[stream] = last_s + missed * interval_s
        return True

    def _crossed(self, stream: str, interval_s: int, now: Moment) -> bool:
        """Return whether a border of the day's grid was crossed since the last call."""
        slot = slot_of(now.utc, interval_s)
        last = self._slots.get(stream)
        self._slots[stream] = slot
        return slot is not None and last is not None and slot != last


def _filled(sample: MeterSample) -> MeterSample | None:
    return sample if sample.values else None
