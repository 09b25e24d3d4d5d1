"""Block J, meter values; their types are part 2 section 2.36 (MeterValueType) and on. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import MeterValues
from chargepoint.core.words import MeterSample, SampledValue
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v201.route import Telling

MEASURANDS = frozenset(
    {
        "Current.Export",
        "Current.Import",
        "Current.Offered",
        "Energy.Active.Export.Interval",
        "Energy.Active.Export.Register",
        "Energy.Active.Import.Interval",
        "Energy.Active.Import.Register",
        "Energy.Active.Net",
        "Energy.Apparent.Export",
        "Energy.Apparent.Import",
        "Energy.Apparent.Net",
        "Energy.Reactive.Export.Interval",
        "Energy.Reactive.Export.Register",
        "Energy.Reactive.Import.Interval",
        "Energy.Reactive.Import.Register",
        "Energy.Reactive.Net",
        "Frequency",
        "Power.Active.Export",
        "Power.Active.Import",
        "Power.Factor",
        "Power.Offered",
        "Power.Reactive.Export",
        "Power.Reactive.Import",
        "SoC",
        "Voltage",
    }
)


def meter_values(samples: Iterable[MeterSample]) -> list[Payload]:
    """Return the MeterValueTypes of *samples*; without what 2.0.1 cannot say, or nobody knows."""
    told = ((sample, _sampled_values(sample.values)) for sample in samples)
    return [
        {"timestamp": format_timestamp(sample.at), "sampledValue": values}
        for sample, values in told
        if values
    ]


def _sampled_values(values: Iterable[SampledValue]) -> list[Payload]:
    return [
        _sampled_value(value)
        for value in values
        if value.measurand in MEASURANDS and math.isfinite(value.value)
    ]


def _sampled_value(sampled: SampledValue) -> Payload:
    """Return a SampledValueType with its defaults spelled out; the value is a JSON number."""
    answer: Payload = {
        "value": sampled.value,
        "context": sampled.context,
        "measurand": sampled.measurand,
        "location": sampled.location or "Outlet",
        "unitOfMeasure": {"unit": sampled.unit},
    }
    return answer | ({} if sampled.phase is None else {"phase": sampled.phase})


def _values(event: MeterValues, _: StationIdentity) -> Call | None:
    """MeterValuesRequest, J01: clock-aligned or triggered; EVSE 0 is the grid meter."""
    values = meter_values([event.sample])
    payload = {"evseId": event.evse_id, "meterValue": values}
    return Call("MeterValues", payload) if values else None


TELLINGS: Mapping[type, Telling] = {MeterValues: Telling(_values)}
