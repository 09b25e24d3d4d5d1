"""Block J, meter values; their types are part 2 section 2.36 (MeterValueType) and on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import MeterValues
from chargepoint.core.words import MeterSample, SampledValue
from chargepoint.protocol import samples
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.v201.route import Telling

MEASURANDS = samples.MEASURANDS | {
    "Energy.Active.Net",
    "Energy.Apparent.Export",
    "Energy.Apparent.Import",
    "Energy.Apparent.Net",
    "Energy.Reactive.Net",
}


def meter_values(taken: Iterable[MeterSample]) -> list[Payload]:
    """Return the MeterValueTypes of what was *taken*."""
    return samples.meter_values(taken, MEASURANDS, _sampled_value)


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
