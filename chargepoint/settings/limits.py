"""How much may be drawn: the table [limits]."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from chargepoint.core.config import LimitsConfig, Mode
from chargepoint.settings.sections import Section
from chargepoint.settings.values import (
    Amperes,
    ClockTime,
    Counted,
    Seconds,
    Span,
    Watts,
    ZoneName,
    from_text,
)
from profiles.battery import BatteryUse

_LIMITS = LimitsConfig()


class CapacityInterval(Section):
    """From a time of the day on; the last one that has begun holds."""

    begins: ClockTime = Field(alias="from", description="By the clock of limits.time_zone")
    limit_a: Amperes | None = Field(default=None, description="All phases together")
    limit_w: Watts | None = Field(
        default=None, description="All phases together; of both the smaller one holds"
    )


class Limits(Section):
    """How much may be drawn. Every limit holds in every mode; the smallest one wins."""

    mode: Mode = Field(default=_LIMITS.mode, description="How the current is steered (MODE)")
    mains_a: Amperes = Field(
        default=_LIMITS.mains_a, description="Fuse of the grid connection, per phase (MAINS)"
    )
    circuit_a: Amperes = Field(
        default=_LIMITS.circuit_a, description="Fuse of the EVSE's own circuit, per phase (CIRCUIT)"
    )
    sum_mains_a: Annotated[float, Field(ge=10, le=3000), Counted] | None = Field(
        default=_LIMITS.sum_mains_a,
        description="All phases of the grid connection together (CAPACITY); left out: no limit",
    )
    min_a: Annotated[float, Field(ge=6, le=16), Counted] = Field(
        default=_LIMITS.min_a, description="Below this charging is suspended, per phase (MIN)"
    )
    max_a: Annotated[float, Field(ge=6, le=80), Counted] = Field(
        default=_LIMITS.max_a, description="The most that is ever offered, per phase (MAX)"
    )
    start_a: Amperes = Field(
        default=_LIMITS.start_a,
        description="Solar: begin at this export, all phases together (START)",
    )
    stop_s: Seconds = Field(
        default=_LIMITS.stop_s, description="Solar: how long too little sun is bridged (STOP)"
    )
    import_a: Amperes = Field(
        default=_LIMITS.import_a,
        description="Solar: this much import is no reason to stop (IMPORT)",
    )
    stale_after_s: Span = Field(
        default=_LIMITS.stale_after_s, description="A meter silent for so long is not believed"
    )
    fallback_a: Amperes = Field(
        default=_LIMITS.fallback_a, description="What is allowed while a meter is silent, per phase"
    )
    shortage_hold_s: Seconds = Field(
        default=_LIMITS.shortage_hold_s,
        description="How long min_a may stay when it no longer fits; 0: suspend at once",
    )
    retry_after_s: Seconds = Field(
        default=_LIMITS.retry_after_s,
        description="After a shortage nothing is offered for so long",
    )
    rotate_after_s: Span = Field(
        default=_LIMITS.rotate_after_s,
        description="A car that waits for another gets its turn after so long",
    )
    suspend_after_s: Span | None = Field(
        default=_LIMITS.suspend_after_s,
        description="After so long without a meter not even fallback_a is allowed; "
        "left out: fallback_a stays",
    )
    frozen_after_s: Seconds | None = Field(
        default=None,
        description="A mains or circuit meter counts as silent when it repeats one value for so "
        "long although our own load changed; 0: never. Left out: 60 s, but 900 s for a meter "
        "that is pushed or simulated",
    )
    battery: BatteryUse = Field(
        default=_LIMITS.battery,
        description="Solar with a battery meter: ev_first gives the car what charges the battery, "
        "battery_first what it leaves; both keep the car from draining it. ignore: one more load",
    )
    grid_relay_w: Watts = Field(
        default=_LIMITS.grid_relay_w,
        description="What all EVSEs together may draw while the grid operator dims (grid relay, "
        "EnWG 14a) and names no other power",
    )
    time_zone: ZoneName = Field(
        default="UTC", description="Whose clock and calendar the capacity goes by"
    )
    capacity_stop_s: Seconds = Field(
        default=_LIMITS.capacity_stop_s,
        description="While nothing but the capacity is short, min_a may stay so long (CAP STOP)",
    )
    capacity_peak: bool = Field(
        default=_LIMITS.capacity_peak,
        description="Whether a new quarter-hour peak of the month is to be avoided, as Flanders "
        "bills it (CAP MODE 3)",
    )
    capacity_peak_w: Watts = Field(
        default=_LIMITS.capacity_peak_w,
        description="A peak that costs nothing more: contracted, or reached this month already; "
        "2500 W at least",
    )
    capacity_intervals: Annotated[
        list[CapacityInterval], BeforeValidator(from_text), Field(max_length=96)
    ] = Field(
        default=[],
        description="Parts of the day with a capacity of their own (CAP MODE 2): from that time "
        "on, until the next one begins",
    )
