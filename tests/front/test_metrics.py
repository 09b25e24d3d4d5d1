"""Prometheus reads the snapshot."""

from __future__ import annotations

import math
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from chargepoint.core.snapshot import CapacityShown, ConnectorShown, LimitShown, MetersShown
from chargepoint.front.metrics import exposition, source_kind
from hardware.bus.counts import BusState, Counts


def samples(snapshot):
    families = text_string_to_metric_families(exposition(snapshot).decode())
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


async def test_the_metrics_are_served_as_text(http):
    async with http.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        assert "chargepoint_connected 1.0" in await answer.text()


def test_every_device_of_a_bus_is_counted(fake_door):
    counts = Counts(answered=7, silent=2, round_trip_s=0.04)
    bus = BusState("/dev/ttyUSB0", open=True, devices={"11": counts, "12": Counts()})
    found = samples(replace(fake_door.SNAPSHOT, buses={"rs485": bus}))

    device = ("bus", "rs485"), ("device", "11")
    assert found[("chargepoint_bus_open", ("bus", "rs485"))] == 1.0
    assert found[("chargepoint_bus_requests_total", *device, ("result", "answered"))] == 7.0
    assert found[("chargepoint_bus_requests_total", *device, ("result", "silent"))] == 2.0
    assert found[("chargepoint_bus_round_trip_seconds", *device)] == 0.04
    assert "bus" not in exposition(fake_door.SNAPSHOT).decode()


def test_the_numbers_are_those_of_the_snapshot(fake_door):
    found = samples(fake_door.SNAPSHOT)

    assert found[("chargepoint_offer_amperes", ("evse", "1"))] == 10.0
    assert found[("chargepoint_phases", ("evse", "1"))] == 3.0
    assert found[("chargepoint_contactor_closings_total", ("evse", "1"))] == 4.0
    assert found[("chargepoint_phase_changes_total", ("evse", "1"))] == 2.0
    assert found[("chargepoint_energy_watthours_total", ("evse", "1"))] == 8421.5
    assert found[("chargepoint_limit_amperes", ("evse", "1"), ("source", "mains"))] == 16.8
    assert found[("chargepoint_ocpp_queue_length",)] == 0
    mains = ("evse", ""), ("meter", "mains")
    assert found[("chargepoint_meter_age_seconds", *mains)] == 0.6
    assert found[("chargepoint_current_amperes", *mains, ("phase", "L2"))] == 18.2
    assert found[("chargepoint_power_watts", ("evse", "1"), ("meter", "evse"))] == 6890.0


def test_a_meter_is_worth_one_word(fake_door):
    doubted = replace(fake_door.MAINS, trust="frozen")
    found = samples(replace(fake_door.SNAPSHOT, meters=MetersShown(doubted, None, None, {})))
    worth = {dict(key[1:])["trust"]: v for key, v in found.items() if key[0].endswith("_trust")}

    assert worth == {"fresh": 0, "held": 0, "fallback": 0, "silent": 0, "frozen": 1}


def test_capacity_and_dimming_have_series_where_they_are(fake_door):
    without = samples(fake_door.SNAPSHOT)
    assert not [key for key in without if "capacity" in key[0]]
    assert without[("chargepoint_grid_dimmed",)] == 0

    fixed = CapacityShown(40.0, "mains")
    found = samples(replace(fake_door.SNAPSHOT, capacity=fixed, grid_limit_w=4200.0))
    assert found[("chargepoint_capacity_amperes",)] == 40.0
    assert ("chargepoint_capacity_peak_watts",) not in found
    assert found[("chargepoint_grid_dimmed",)] == 1

    peak = CapacityShown(8.0, "capacity", None, 300.0, 2500.0)
    found = samples(replace(fake_door.SNAPSHOT, capacity=peak))
    assert found[("chargepoint_capacity_used_watthours",)] == 300.0
    assert found[("chargepoint_capacity_peak_watts",)] == 2500.0


def test_a_connector_has_one_state_even_with_an_unknown_word(fake_door):
    for word in ("Charging", "Occupied"):
        evse = replace(fake_door.EVSE, connectors=(ConnectorShown(1, word),))
        found = samples(replace(fake_door.SNAPSHOT, evses=(evse,)))
        states = {key: value for key, value in found.items() if key[0] == "chargepoint_state"}
        (on,) = [dict(key[1:])["state"] for key, value in states.items() if value == 1]
        assert on == word


def test_limits_of_one_kind_are_one_series_the_tightest(fake_door):
    limits = (
        LimitShown("mains L1 3/25 A", 22.0, 3),
        LimitShown("mains L2 9/25 A", 16.0, 3),
        LimitShown("", 40.0, 3),
        LimitShown("nobody", math.inf, 3),
    )
    found = samples(replace(fake_door.SNAPSHOT, evses=(replace(fake_door.EVSE, limits=limits),)))
    shown = {dict(key[1:])["source"]: value for key, value in found.items() if "limit" in key[0]}
    assert shown == {"mains": 16.0, "unnamed": 40.0}


def test_a_meter_that_cannot_say_has_no_series(fake_door):
    blind = replace(fake_door.MAINS, currents_a=None, power_w=None, age_s=None)
    found = samples(replace(fake_door.SNAPSHOT, meters=MetersShown(blind, None, None, {})))
    named = {key[0] for key in found if ("meter", "mains") in key}
    assert named == {"chargepoint_meter_trust"}


def test_a_source_is_labelled_by_its_first_word():
    assert source_kind("TxDefaultProfile 7") == "txdefaultprofile"
