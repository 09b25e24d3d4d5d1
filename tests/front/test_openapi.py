"""The description of the API is made of the table, so it cannot lag behind."""

from __future__ import annotations

import json
import re

from chargepoint.front.app import build
from chargepoint.front.openapi import description
from chargepoint.front.page import assets
from chargepoint.front.routes import POSTS


async def test_every_route_is_described_and_nothing_else(door):
    application = build(door, None, "1.2.3")
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in application.router.routes()
        if route.resource.canonical not in assets()
    }
    paths = description("1.2.3")["paths"]
    assert served == {(method, path) for path, item in paths.items() for method in item}


async def test_the_description_is_served(http):
    async with http.get("/api/v1/openapi.json") as answer:
        served = await answer.json()
    assert served["openapi"].startswith("3.1")
    assert served == json.loads(json.dumps(description(served["info"]["version"])))


def test_every_reference_leads_somewhere():
    whole = description("0")
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(whole)):
        place = whole
        for step in reference.split("/"):
            place = place[step]
        assert place


def test_operations_have_names_of_their_own():
    paths = description("0")["paths"]
    names = [operation["operationId"] for item in paths.values() for operation in item.values()]
    assert len(set(names)) == len(names)


def test_a_post_says_what_can_go_wrong():
    paths = description("0")["paths"]
    for post in POSTS:
        answers = paths[post.path]["post"]["responses"]
        assert {"202", "401", "422", *map(str, post.refusals)} <= answers.keys()


def test_a_body_may_stay_away_only_where_nothing_in_it_is_needed():
    paths = description("0")["paths"]
    assert paths["/api/v1/mode"]["post"]["requestBody"]["required"]
    assert not paths["/api/v1/ocpp/connect"]["post"]["requestBody"]["required"]


def test_what_is_optional_to_set_has_no_default():
    body = description("0")["components"]["schemas"]["SetEvse"]
    assert "required" not in body
    assert all("default" not in field for field in body["properties"].values())
