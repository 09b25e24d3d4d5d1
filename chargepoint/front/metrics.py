"""The snapshot as Prometheus metrics: base units, prefix ``chargepoint_``.

Importing this costs a tenth of a second, so it is done at the first scrape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from chargepoint.core.snapshot import EvseShown, MeterShown, Snapshot
from chargepoint.core.words import Status
from hardware.bus.counts import COUNTERS, BusState
from profiles.staleness import Trust

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PHASES = ("L1", "L2", "L3")


def source_kind(source: str) -> str:
    """Return the first word of a limit's *source*, so that the label has few values.

    >>> source_kind("mains L2 24.6/25 A")
    'mains'
    """
    words = source.split()
    return words[0].lower() if words else "unnamed"


def _meters(snapshot: Snapshot) -> Iterator[tuple[str, MeterShown]]:
    meters = snapshot.meters
    for name, meter in (
        ("mains", meters.mains),
        ("circuit", meters.circuit),
        ("battery", meters.battery),
        *((f"evse/{evse_id}", meter) for evse_id, meter in meters.evse.items()),
    ):
        if meter is not None:
            yield name, meter


def _tightest(evse: EvseShown) -> dict[str, float]:
    tightest: dict[str, float] = {}
    for limit in evse.limits:
        kind = source_kind(limit.source)
        if math.isfinite(limit.limit_a):
            tightest[kind] = min(limit.limit_a, tightest.get(kind, math.inf))
    return tightest


def _station(snapshot: Snapshot) -> Iterator[Metric]:
    yield InfoMetricFamily(
        "chargepoint",
        "The station",
        value={
            "id": snapshot.station_id,
            "vendor": snapshot.vendor,
            "model": snapshot.model,
            "firmware_version": snapshot.firmware_version,
            "ocpp_version": snapshot.ocpp.version or "",
        },
    )
    yield GaugeMetricFamily(
        "chargepoint_connected",
        "1 while the central system is connected",
        value=float(snapshot.ocpp.connected),
    )
    yield GaugeMetricFamily(
        "chargepoint_ocpp_queue_length",
        "Transaction messages not yet acknowledged",
        value=snapshot.ocpp.queued,
    )


def _evse_numbers(evses: Iterable[EvseShown]) -> Iterator[Metric]:
    offer = GaugeMetricFamily(
        "chargepoint_offer_amperes", "What the pilot offers, per phase", labels=["evse"]
    )
    limits = GaugeMetricFamily(
        "chargepoint_limit_amperes",
        "The tightest limit of each kind, per phase",
        labels=["evse", "source"],
    )
    energy = CounterMetricFamily(
        "chargepoint_energy_watthours", "Import register of the EVSE", labels=["evse"]
    )
    phases = GaugeMetricFamily(
        "chargepoint_phases", "Phases that are switched on, or will be", labels=["evse"]
    )
    closings = CounterMetricFamily(
        "chargepoint_contactor_closings", "How often the contactor closed", labels=["evse"]
    )
    changes = CounterMetricFamily(
        "chargepoint_phase_changes",
        "How often the contactor closed on other phases than before, for the same car",
        labels=["evse"],
    )
    for evse in evses:
        name = str(evse.id)
        phases.add_metric([name], evse.phases)
        closings.add_metric([name], evse.switches.contactor)
        changes.add_metric([name], evse.switches.phases)
        offer.add_metric([name], evse.offer_a)
        energy.add_metric([name], evse.energy_wh)
        for kind, limit_a in _tightest(evse).items():
            limits.add_metric([name, kind], limit_a)
    yield from (offer, limits, energy, phases, closings, changes)


def _states(evses: Iterable[EvseShown]) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "chargepoint_state",
        "1 for the status that each connector has",
        labels=["evse", "connector", "state"],
    )
    for evse in evses:
        for connector in evse.connectors:
            for word in sorted({*Status, connector.status}):
                labels = [str(evse.id), str(connector.id), word]
                states.add_metric(labels, float(word == connector.status))
    yield states


def _readings(snapshot: Snapshot) -> Iterator[Metric]:
    current = GaugeMetricFamily(
        "chargepoint_current_amperes", "Import is positive", labels=["meter", "evse", "phase"]
    )
    power = GaugeMetricFamily(
        "chargepoint_power_watts", "Import is positive", labels=["meter", "evse"]
    )
    age = GaugeMetricFamily(
        "chargepoint_meter_age_seconds", "Age of the last reading", labels=["meter", "evse"]
    )
    trust = GaugeMetricFamily(
        "chargepoint_meter_trust",
        "1 for what the last word of each meter is worth",
        labels=["meter", "evse", "trust"],
    )
    for name, meter in _meters(snapshot):
        role, _, evse = name.partition("/")
        for word in Trust:
            trust.add_metric([role, evse, word], float(word == meter.trust))
        for phase, current_a in zip(PHASES, meter.currents_a or (), strict=False):
            current.add_metric([role, evse, phase], current_a)
        if meter.power_w is not None:
            power.add_metric([role, evse], meter.power_w)
        if meter.age_s is not None:
            age.add_metric([role, evse], meter.age_s)
    yield from (current, power, age, trust)


def _ceilings(snapshot: Snapshot) -> Iterator[Metric]:
    capacity = snapshot.capacity
    if capacity is not None:
        yield GaugeMetricFamily(
            "chargepoint_capacity_amperes",
            "What all phases of the mains together may carry now",
            value=capacity.sum_a,
        )
        if capacity.used_wh is not None and capacity.peak_w is not None:
            yield GaugeMetricFamily(
                "chargepoint_capacity_used_watthours",
                "Imported in this quarter of an hour",
                value=capacity.used_wh,
            )
            yield GaugeMetricFamily(
                "chargepoint_capacity_peak_watts",
                "The mean that a quarter of an hour may reach",
                value=capacity.peak_w,
            )
    yield GaugeMetricFamily(
        "chargepoint_grid_dimmed",
        "1 while the grid operator dims",
        value=float(snapshot.grid_limit_w is not None),
    )


def _buses(buses: Mapping[str, BusState]) -> Iterator[Metric]:
    """Lines and devices; nothing where there is no bus."""
    if not buses:
        return
    is_open = GaugeMetricFamily("chargepoint_bus_open", "1 while the line is open", labels=["bus"])
    asked = CounterMetricFamily(
        "chargepoint_bus_requests",
        "Questions to a device by how they ended; strange: frames that answered none",
        labels=["bus", "device", "result"],
    )
    round_trip = GaugeMetricFamily(
        "chargepoint_bus_round_trip_seconds", "Of the last answer", labels=["bus", "device"]
    )
    for name, bus in buses.items():
        is_open.add_metric([name], float(bus.open))
        for device, counts in bus.devices.items():
            for result in COUNTERS:
                asked.add_metric([name, device, result], getattr(counts, result))
            if counts.round_trip_s is not None:
                round_trip.add_metric([name, device], counts.round_trip_s)
    yield from (is_open, asked, round_trip)


class SnapshotCollector(Collector):
    """Reads the snapshot at each scrape; keeps nothing."""

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable[Metric]:
        snapshot = self._snapshot()
        yield from _station(snapshot)
        yield from _evse_numbers(snapshot.evses)
        yield from _states(snapshot.evses)
        yield from _readings(snapshot)
        yield from _buses(snapshot.buses)
        yield from _ceilings(snapshot)


def exposition(snapshot: Snapshot) -> bytes:
    """Return *snapshot* in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SnapshotCollector(lambda: snapshot))
    return generate_latest(registry)
