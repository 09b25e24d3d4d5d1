"""Which values of a sample a version can say, the same way in every version. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable

from chargepoint.core.words import MeterSample, SampledValue
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.timestamps import format_timestamp

MEASURANDS = frozenset(
    {
        "Current.Export",
        "Current.Import",
        "Current.Offered",
        "Energy.Active.Export.Interval",
        "Energy.Active.Export.Register",
        "Energy.Active.Import.Interval",
        "Energy.Active.Import.Register",
        "Energy.Reactive.Export.Interval",
        "Energy.Reactive.Export.Register",
        "Energy.Reactive.Import.Interval",
        "Energy.Reactive.Import.Register",
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
"""What both versions have: 1.6 section 7.31, 2.0.1 MeasurandEnumType."""


def meter_values(
    samples: Iterable[MeterSample],
    measurands: Collection[str],
    sampled_value: Callable[[SampledValue], Payload],
) -> list[Payload]:
    """Return the elements of *samples*, each value in the words of *sampled_value*; without
    what is none of *measurands*, what nobody knows, and samples of which nothing is left."""
    told = (
        (
            sample,
            [
                sampled_value(value)
                for value in sample.values
                if value.measurand in measurands and math.isfinite(value.value)
            ],
        )
        for sample in samples
    )
    return [
        {"timestamp": format_timestamp(sample.at), "sampledValue": values}
        for sample, values in told
        if values
    ]
