"""Prometheus reads the snapshot."""

from __future__ import annotations

import math
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families

from chargepoint.core.snapshot import ConnectorShown, LimitShown, MetersShown
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
    assert not [key for key in found if ("meter", "mains") in key]


def test_a_source_is_labelled_by_its_first_word():
    assert source_kind("TxDefaultProfile 7") == "txdefaultprofile"
