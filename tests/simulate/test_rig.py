"""The installer's settings with everything around the station simulated."""

from __future__ import annotations

from chargepoint.settings.model import Settings
from chargepoint.simulate.rig import simulated

REAL = {
    "csms": {"url": "wss://central.example/ocpp", "security_profile": 2},
    "hardware": {
        "driver": "other",
        "meters": {
            "mains": {
                "driver": "eastron",
                "bus": "rs485",
                "device_id": 10,
                "inverted": True,
                "fallback_a": 6.0,
                "own_key": 1,
            },
            "circuit": {"driver": "none"},
        },
    },
    "evse": [
        {
            "id": 1,
            "bus": "rs485",
            "device_id": 1,
            "max_current_a": 16.0,
            "second_contactor": "auto",
            "phase_map": [2, 3, 1],
            "own_key": 2,
        }
    ],
}


def test_devices_are_simulated_and_what_is_decided_stays():
    bench = simulated(Settings.model_validate(REAL))

    mains, (evse,) = bench.station_meters["mains"], bench.evse
    assert (bench.hardware.driver, mains.driver, evse.driver) == ("sim", "sim", "sim")
    assert (mains.bus, mains.inverted, mains.options, mains.fallback_a) == ("", False, {}, 6.0)
    assert (evse.bus, evse.options, evse.max_current_a) == ("", {}, 16.0)
    assert (evse.second_contactor, evse.phase_map) == ("auto", (2, 3, 1))
    assert bench.csms.url == ""
    assert bench.offline.authorization == "any"
    assert bench.offline.free_vend_token


def test_meters_that_are_not_there_are_not_simulated_either():
    bench = simulated(Settings.model_validate(REAL))
    without = simulated(Settings.model_validate({"hardware": {"driver": "other"}}))

    assert bench.station_meters.keys() == {"mains"}
    assert bench.meter_of(bench.evse[0]) is None
    assert without.station_meters == {}
