"""The status is exactly what dashboards were written against."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import jsonschema
import pytest

from chargepoint.core import snapshot
from chargepoint.core.snapshot import ReaderShown
from chargepoint.front import shown
from chargepoint.front.openapi import description
from hardware.bus.counts import BusState, Counts


async def status(http: Any) -> dict[str, Any]:
    async with http.get("/api/v1/status") as answer:
        assert answer.status == 200
        assert answer.content_type == "application/json"
        return json.loads(await answer.text(), parse_constant=pytest.fail)


def test_buses_are_shown_where_there_are_any(fake_door):
    bus = BusState("/dev/ttyUSB0", why="no such device", devices={"11": Counts(silent=2)})
    snapshot_ = dataclasses.replace(fake_door.SNAPSHOT, buses={"rs485": bus})
    (name, found), *_ = json.loads(shown.status_json(snapshot_, None))["buses"].items()

    assert (name, found["open"], found["why"]) == ("rs485", False, "no such device")
    assert found["devices"]["11"]["silent"] == 2
    assert "buses" not in json.loads(shown.status_json(fake_door.SNAPSHOT, None))


def test_readers_are_shown_where_there_are_any(fake_door):
    reader = ReaderShown("pn532", "/dev/ttyS1", (1,), False, "no PN532 answers", 0, 0)
    snapshot_ = dataclasses.replace(fake_door.SNAPSHOT, readers=(reader,))

    (found,) = json.loads(shown.status_json(snapshot_, None))["readers"]
    assert found == {**dataclasses.asdict(reader), "evse_ids": [1]}
    assert "readers" not in json.loads(shown.status_json(fake_door.SNAPSHOT, None))


async def test_the_status_has_the_promised_shape(http):
    body = await status(http)

    assert body["ready"] is True
    assert {"version", "connected", "registration", "queued"} <= body["ocpp"].keys()
    (evse,) = body["evses"]
    assert evse["connectors"] == [{"id": 1, "status": "Charging"}]
    assert evse["limits"][0] == {"source": "fuse", "limit_a": 32.0, "phases": 3}
    assert evse["binding"] == "TxDefaultProfile 7"
    assert (evse["offer_a"], evse["plugged_in"], evse["charging"]) == (10.0, True, True)
    assert {"energy_wh", "transaction_id", "central_id", "fault"} <= evse.keys()
    assert body["meters"].keys() == {"mains", "evse"}
    assert body["meters"]["mains"]["currents_a"] == [11.2, 18.2, 9.8]
    assert body["meters"]["evse"]["1"]["import_wh"] == 8421.5
    assert body["events"][0].keys() == {"at", "text", "evse_id"}


async def test_what_a_meter_is_worth_what_all_may_carry_and_dimming_are_shown(http, door):
    body = await status(http)
    assert body["meters"]["mains"]["trust"] == "fresh"
    assert (body["capacity"], body["grid_limit_w"]) == (None, None)

    until = "2030-01-01T12:15:00+00:00"
    ceiling = snapshot.CapacityShown(8.0, "capacity until 12:15", until, 300.0, 2500.0)
    door.change(capacity=ceiling, grid_limit_w=4200.0)
    body = await status(http)
    assert body["capacity"] == dataclasses.asdict(ceiling)
    assert body["grid_limit_w"] == 4200.0


async def test_a_meter_that_does_not_exist_is_not_shown(http, door, fake_door):
    door.change(meters=snapshot.MetersShown(None, fake_door.MAINS, fake_door.MAINS, {}))
    assert (await status(http))["meters"].keys() == {"circuit", "battery", "evse"}


async def test_numbers_that_json_cannot_say_never_leave(http, door):
    limits = (
        snapshot.LimitShown("nobody", math.inf, 3),
        snapshot.LimitShown("broken", math.nan, 3),
        snapshot.LimitShown("fuse", 16.0, 3),
    )
    door.change_evse(limits=limits, power_w=math.nan, energy_wh=math.inf)

    (evse,) = (await status(http))["evses"]

    assert [limit["source"] for limit in evse["limits"]] == ["fuse"]
    assert evse["power_w"] is None
    assert evse["energy_wh"] is None


async def test_the_page_learns_what_is_simulated(http, door):
    sim = (await status(http))["sim"]
    assert sim["evses"]["1"]["car_plugged"] is True
    assert sim["world"]["house_a"] == [2.0, 8.0, 1.0]
    assert sim["world"]["appliances"]["oven"] == {"on": False, "currents_a": [0.0, 15.0, 0.0]}

    door.sim.house = None
    assert (await status(http))["sim"]["world"] is None


async def test_without_a_simulator_there_is_none_in_the_status(http, door):
    door.sim = None
    assert (await status(http))["sim"] is None


async def test_the_status_is_what_its_description_says(http):
    schemas = description("0")["components"]["schemas"]
    schema = {"$ref": "#/components/schemas/Status", "components": {"schemas": schemas}}
    jsonschema.Draft202012Validator(schema).validate(await status(http))


@pytest.mark.parametrize(
    ("source", "model"),
    [
        (snapshot.Snapshot, shown.Status),
        (snapshot.EvseShown, shown.Evse),
        (snapshot.OcppShown, shown.Ocpp),
        (snapshot.MeterShown, shown.Meter),
        (snapshot.MetersShown, shown.Meters),
        (snapshot.LimitShown, shown.Limit),
        (snapshot.ConnectorShown, shown.Connector),
        (snapshot.FirmwareShown, shown.Firmware),
    ],
)
def test_nothing_the_station_shows_is_left_out(source, model):
    fields = {field.name for field in dataclasses.fields(source)}
    assert set(model.model_fields) - {"sim"} == fields


@pytest.mark.parametrize(("ready", "code"), [(True, 200), (False, 503)])
async def test_health_is_whether_the_station_is_up(http, door, ready, code):
    door.change(ready=ready)
    async with http.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (code, {"ok": ready})


async def test_the_archive_for_those_who_help_is_a_file_or_a_503(http, door):
    async with http.get("/api/v1/diagnostics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/gzip"
        assert response.headers["Content-Disposition"].endswith('"diagnostics.tar.gz"')
        assert await response.read() == b"an archive"
    door.broken_disk = True
    async with http.get("/api/v1/diagnostics") as response:
        assert response.status == 503
        assert "it is full" in await response.text()
