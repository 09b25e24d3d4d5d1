"""Every POST: what reaches the station, and what is turned away before."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from chargepoint.core.messages import (
    GridRelay,
    Outcome,
    Override,
    PresentToken,
    Reply,
    SendVendorData,
    SetMode,
)
from chargepoint.core.words import Token
from chargepoint.front.door import Pushed
from chargepoint.front.routes import HTTP_STATUS
from hardware.api import FaultCode, Pilot

AMPS = [1.5, -2, 0]

TAKEN = [
    ("authorize", {"id_token": "A1"}, PresentToken(Token("A1"))),
    (
        "authorize",
        {"id_token": "A1", "type": "KeyCode", "evse_ids": [1, 2]},
        PresentToken(Token("A1", "KeyCode"), (1, 2)),
    ),
    ("mode", {"mode": "solar"}, SetMode("solar")),
    ("override", {"limit_a": 9}, Override(9.0)),
    ("override", {"limit_a": 0, "evse_id": 2, "for_s": 60}, Override(0.0, 2, 60.0)),
    ("override", {"limit_a": None}, Override(None)),
    ("grid-relay", {"dimmed": True}, GridRelay(True)),
    ("grid-relay", {"dimmed": True, "limit_w": 9000}, GridRelay(True, 9000.0)),
    ("grid-relay", {"dimmed": False}, GridRelay(False)),
    ("meters/mains", {"currents_a": AMPS}, ("mains", Pushed((1.5, -2.0, 0.0)))),
    ("meters/circuit", {"currents_a": AMPS}, ("circuit", Pushed((1.5, -2.0, 0.0)))),
    ("meters/battery", {"currents_a": AMPS}, ("battery", Pushed((1.5, -2.0, 0.0)))),
    (
        "meters/evse/3",
        {"currents_a": AMPS, "power_w": -7, "energy_wh": 8, "voltages_v": [230, 231, 232]},
        ("evse/3", Pushed((1.5, -2.0, 0.0), (230.0, 231.0, 232.0), -7.0, 8.0)),
    ),
    ("data-transfer", {"vendor_id": "org.example"}, SendVendorData("org.example")),
    (
        "data-transfer",
        {"vendor_id": "org.example", "message_id": "Hello", "data": [{"n": None}]},
        SendVendorData("org.example", "Hello", [{"n": None}]),
    ),
    ("ocpp/disconnect", {}, ("online", False)),
    ("ocpp/connect", {}, ("online", True)),
]

SIMULATED = [
    ("sim/evse/1/set", {"ready": False}, ("set", 1, {"ready": False})),
    (
        "sim/evse/1/set",
        {"requested_current_a": 8, "lock_failure": True, "energy_wh": 10, "temperature_c": -3},
        (
            "set",
            1,
            {
                "requested_current_a": 8.0,
                "lock_failure": True,
                "energy_wh": 10.0,
                "temperature_c": -3.0,
            },
        ),
    ),
    (
        "sim/evse/1/set",
        {"welded": True, "diode_fault": False, "cable_plugged_station_side": False},
        ("set", 1, {"welded": True, "diode_fault": False, "cable_plugged_station_side": False}),
    ),
    (
        "sim/evse/1/set",
        {"fault": {"code": "GroundFailure", "vendor_code": "E7"}},
        ("set", 1, {"fault": {"code": FaultCode.GROUND_FAILURE, "vendor_code": "E7"}}),
    ),
    ("sim/evse/1/set", {"fault": None}, ("set", 1, {"fault": None})),
    ("sim/evse/1/set", {"fault": {"code": "NoError"}}, ("set", 1, {"fault": None})),
    (
        "sim/evse/1/set",
        {"pilot": "E", "silent": True},
        ("set", 1, {"pilot": Pilot.E, "silent": True}),
    ),
    ("sim/evse/1/set", {}, ("set", 1, {})),
    ("sim/evse/1/unplug", {}, ("unplug", 1, {"end": "both"})),
    ("sim/evse/1/unplug", {"end": "ev"}, ("unplug", 1, {"end": "ev"})),
    ("sim/world", {"solar_w": 4000}, ("world", {"solar_w": 4000.0})),
    ("sim/world", {"appliances": {"oven": True}}, ("world", {"appliances": {"oven": True}})),
    (
        "sim/world",
        {"house_a": [1, 16, 0], "mains_meter": "garbage"},
        ("world", {"house_a": (1.0, 16.0, 0.0), "mains_meter": "garbage"}),
    ),
]


async def test_the_relay_of_the_simulated_house_dims_the_station(http, door):
    world = {"solar_w": 100, "grid_dimmed": True}
    assert await post(http, "sim/world", world) == (202, {})
    assert door.sim.asked == [("world", {"solar_w": 100.0})]
    assert door.asked == [GridRelay(True)]


async def post(http: aiohttp.ClientSession, path: str, body: object) -> tuple[int, Any]:
    async with http.post(f"/api/v1/{path}", data=json.dumps(body)) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(("path", "body", "asked"), TAKEN)
async def test_a_good_request_reaches_the_station(http, door, path, body, asked):
    assert await post(http, path, body) == (202, {})
    assert door.asked == [asked]


@pytest.mark.parametrize(("path", "body", "asked"), SIMULATED)
async def test_a_good_request_reaches_the_simulator(http, door, path, body, asked):
    assert await post(http, path, body) == (202, {})
    assert door.sim.asked == [asked]


CAR = {"connector_id": 1, "max_current_a": 32.0, "phases": 3, "auto_draw": True, "cable_a": 32}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"connector_id": 2, "max_current_a": 16, "phases": 1, "auto_draw": False, "cable_a": 20},
    ],
)
async def test_a_simulated_car_is_a_full_one_unless_told_otherwise(http, door, body):
    await post(http, "sim/evse/1/unplug", {})
    assert await post(http, "sim/evse/1/plug-in", body) == (202, {})
    assert door.sim.asked[-1] == ("plug_in", 1, {**CAR, **body})


async def test_what_the_simulator_does_not_take_is_a_422_with_its_words(http, door):
    status, problem = await post(http, "sim/world", {"appliances": {"teapot": True}})
    assert status == 422
    assert problem["fields"] == [{"field": "appliances", "problem": "teapot is not in this house"}]
    assert door.sim.asked == []


@pytest.mark.parametrize("path", ["ocpp/connect", "sim/evse/1/unplug"])
async def test_no_body_is_an_empty_body(http, path):
    async with http.post(f"/api/v1/{path}") as answer:
        assert answer.status == 202


async def test_requests_act_in_the_order_received(http, door):
    for limit_a in range(5):
        await post(http, "override", {"limit_a": limit_a})
    assert [command.limit_a for command in door.asked] == [0, 1, 2, 3, 4]


BAD = [
    ("authorize", {}, "id_token"),
    ("authorize", {"id_token": ""}, "id_token"),
    ("authorize", {"id_token": "x" * 37}, "id_token"),
    ("authorize", {"id_token": "A\n1"}, "id_token"),
    ("authorize", {"id_token": 7}, "id_token"),
    ("authorize", {"id_token": "A", "type": "NoAuthorization"}, "type"),
    ("authorize", {"id_token": "A", "evse_ids": [1, 0]}, "evse_ids.1"),
    ("authorize", {"id_token": "A", "evse": 1}, "evse"),
    ("mode", {"mode": "turbo"}, "mode"),
    ("mode", {"mode": None}, "mode"),
    ("override", {}, "limit_a"),
    ("override", {"limit_a": -1}, "limit_a"),
    ("override", {"limit_a": 1001}, "limit_a"),
    ("override", {"limit_a": "16"}, "limit_a"),
    ("override", {"limit_a": True}, "limit_a"),
    ("override", {"limit_a": 6, "for_s": 0}, "for_s"),
    ("meters/mains", {}, "currents_a"),
    ("meters/mains", {"currents_a": [1, 2]}, "currents_a.2"),
    ("meters/mains", {"currents_a": [1, 2, 3, 4]}, "currents_a"),
    ("meters/mains", {"currents_a": [1, 1000.1, 3]}, "currents_a.1"),
    ("meters/mains", {"currents_a": [-1001, 0, 3]}, "currents_a.0"),
    ("meters/mains", {"currents_a": [1, 2, float("nan")]}, "currents_a.2"),
    ("meters/mains", {"currents_a": [1, float("-inf"), 3]}, "currents_a.1"),
    ("meters/mains", {"currents_a": [1, 2, None]}, "currents_a.2"),
    ("meters/evse/1", {"currents_a": AMPS, "power_w": float("inf")}, "power_w"),
    ("meters/evse/1", {"currents_a": AMPS, "energy_wh": -1}, "energy_wh"),
    ("ocpp/connect", {"now": True}, "now"),
    ("sim/evse/1/plug-in", {"phases": 4}, "phases"),
    ("sim/evse/1/plug-in", {"connector_id": 0}, "connector_id"),
    ("sim/evse/1/plug-in", {"auto_draw": "yes"}, "auto_draw"),
    ("sim/evse/1/unplug", {"end": "middle"}, "end"),
    ("sim/evse/1/set", {"ready": None}, "ready"),
    ("sim/evse/1/set", {"fault": {"code": "Gremlins"}}, "fault.code"),
    ("sim/evse/1/set", {"colour": "red"}, "colour"),
    ("sim/world", {"house_a": [1, 2]}, "house_a.2"),
    ("sim/world", {"solar_w": -1}, "solar_w"),
    ("sim/world", {"mains_meter": "quiet"}, "mains_meter"),
    ("mode", [], "body"),
    ("mode", None, "body"),
    ("mode", "smart", "body"),
]


@pytest.mark.parametrize(("path", "body", "field"), BAD)
async def test_a_bad_body_changes_nothing_and_the_field_is_named(http, door, path, body, field):
    status, problem = await post(http, path, body)

    assert status == 422
    assert any(one["field"].startswith(field) for one in problem["fields"])
    assert problem["fields"][0]["field"] in problem["error"]
    assert door.asked == door.sim.asked == []


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b'{"mode": "smart"} x', b"mode=smart", b"[" * 9999]
)
async def test_what_is_not_json_is_said_to_be_the_body(http, raw):
    async with http.post("/api/v1/mode", data=raw) as answer:
        assert answer.status == 422
        assert (await answer.json())["fields"][0]["field"] == "body"


async def test_a_number_too_large_for_a_float_is_not_finite(http, door):
    raw = b'{"currents_a": [1e999, 0, 0]}'
    async with http.post("/api/v1/meters/mains", data=raw) as answer:
        assert answer.status == 422
        assert (await answer.json())["fields"][0]["field"] == "currents_a.0"
    assert door.asked == []


async def test_a_refusal_does_not_repeat_what_was_sent(http):
    _, problem = await post(http, "authorize", {"id_token": "SECRET\x00CARD", "extra": "SECRET"})
    assert "SECRET" not in str(problem)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.ACCEPTED, 202),
        (Outcome.UNKNOWN_EVSE, 404),
        (Outcome.UNKNOWN, 404),
        (Outcome.CONFLICT, 409),
        (Outcome.REJECTED, 409),
    ],
)
async def test_the_station_answer_becomes_a_status(http, door, outcome, status):
    door.reply = Reply(outcome, info="because of this")

    answered, problem = await post(http, "override", {"limit_a": 6, "evse_id": 9})

    assert answered == status
    assert problem == {} or problem["error"] == "because of this"


def test_every_outcome_has_a_status():
    assert set(HTTP_STATUS) == set(Outcome)


async def test_a_card_that_is_refused_was_still_held_to_the_reader(http, door):
    door.reply = Reply(Outcome.REJECTED)
    assert await post(http, "authorize", {"id_token": "UNKNOWN"}) == (202, {})


async def test_a_card_for_an_evse_that_does_not_exist_is_404(http, door):
    door.reply = Reply(Outcome.UNKNOWN_EVSE)
    status, _ = await post(http, "authorize", {"id_token": "A1", "evse_ids": [9]})
    assert status == 404


async def test_a_second_car_does_not_fit(http):
    status, problem = await post(http, "sim/evse/1/plug-in", {})
    assert (status, problem["error"]) == (409, "a car is plugged in already")


@pytest.mark.parametrize("action", ["plug-in", "unplug", "set"])
async def test_an_evse_without_a_simulated_board_is_404(http, action):
    status, _ = await post(http, f"sim/evse/7/{action}", {})
    assert status == 404


async def test_a_world_that_no_meter_measures_is_404(http, door):
    door.sim.house = None
    assert (await post(http, "sim/world", {"solar_w": 1}))[0] == 404


@pytest.mark.parametrize("path", ["sim/evse/1/plug-in", "sim/evse/1/set", "sim/world"])
async def test_without_a_simulator_its_endpoints_do_not_exist(http, door, path):
    door.sim = None
    assert (await post(http, path, {}))[0] == 404


@pytest.mark.parametrize("path", ["meters/roof", "meters/evse/one", "sim/evse/-1/set", "no/such"])
async def test_what_is_not_in_the_table_is_404(http, path):
    status, problem = await post(http, path, {})
    assert status == 404
    assert problem["error"]


@pytest.mark.parametrize("path", ["mode", "status", "events", "sim/evse/1/set"])
async def test_a_method_that_does_not_fit_is_405_and_says_which_does(http, path):
    async with http.put(f"/api/v1/{path}", json={}) as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] in ("GET", "POST")


async def test_a_body_beyond_64_kib_is_413(http, door):
    async with http.post("/api/v1/mode", data=b" " * 70_000) as answer:
        assert answer.status == 413
    assert door.asked == []


async def test_a_compressed_body_is_not_inflated(http):
    headers = {"Content-Encoding": "deflate"}
    async with http.post("/api/v1/mode", data=b"\x78\x9c\x00", headers=headers) as answer:
        assert answer.status == 422


async def test_who_asks_next_finds_what_the_one_before_has_moved(http, door):
    door.look.clear()
    moving = asyncio.create_task(post(http, "sim/evse/1/set", {"ready": False}))
    await door.looking.wait()
    presenting = asyncio.create_task(post(http, "authorize", {"id_token": "A1"}))
    reading = asyncio.create_task(http.get("/api/v1/status"))
    (await reading).close()
    assert door.asked == []

    door.look.set()
    assert (await moving)[0] == (await presenting)[0] == 202
    assert door.asked == [PresentToken(Token("A1"))]
