"""The OpenAPI 3.1 description, made of the route table and the models. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chargepoint.front.bodies import Body
from chargepoint.front.routes import DIAGNOSTICS, EVENTS, GETS, HEALTH, POSTS, STATUS, Get, Post
from chargepoint.front.shown import Status

REF = "#/components/schemas/{model}"


class FieldProblem(BaseModel):
    """*field* is the path of the field in the body, ``currents_a.1``."""

    field: str
    problem: str


class Problem(BaseModel):
    """Why a request was turned away; *fields* where the body is to blame."""

    error: str
    fields: list[FieldProblem] = Field(default=[])


MEANINGS: dict[int, str] = {
    202: "Taken; it is done in the order received, and the status shows it",
    401: "The password is missing or wrong",
    403: "A page of another site may not change anything",
    404: "No such EVSE or meter, or not simulated here",
    409: "Impossible in this state",
    413: "The body is too large",
    421: "Called by a name that is not known to be ours",
    422: "The body is wrong; the field is named",
    429: "Too many wrong passwords",
    503: "Not now",
}
EVERYWHERE = (401, 421, 429)


def description(version: str) -> dict[str, Any]:
    """Return the whole description; *version* is the program's."""
    paths: dict[str, dict[str, Any]] = {}
    for get in GETS:
        paths.setdefault(get.path, {})["get"] = _get(get)
    for post in POSTS:
        paths.setdefault(post.path, {})["post"] = _post(post)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Charge point agent: local API",
            "version": version,
            "description": "Status and local control of the station. Nothing here waits for "
            "the central system. Amperes are per phase, import is positive.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"basic": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "Any user name"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _schemas() -> dict[str, Any]:
    bodies: set[type[Body]] = {post.body for post in POSTS}
    named: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((body, "validation") for body in sorted(bodies, key=lambda body: body.__name__)),
        (Problem, "validation"),
        (Status, "serialization"),
    ]
    _, schema = models_json_schema(named, ref_template=REF)
    return dict(schema["$defs"])


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _refusals(statuses: Iterable[int]) -> dict[str, Any]:
    content = {"application/json": {"schema": _ref(Problem)}}
    return {str(s): {"description": MEANINGS[s], "content": content} for s in sorted(statuses)}


def _get(get: Get) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if get is STATUS:
        schema = _ref(Status)
    elif get is DIAGNOSTICS:
        schema = {"type": "string", "format": "binary"}
    elif get.media_type.startswith("text/"):
        schema = {"type": "string"}
    answer: dict[str, Any] = {"description": get.summary, "content": {get.media_type: {}}}
    answer["content"][get.media_type]["schema"] = schema
    now_and_then = (*EVERYWHERE, 503)
    busy = {HEALTH: (421, 503), EVENTS: now_and_then, DIAGNOSTICS: now_and_then}
    refusals = busy.get(get, EVERYWHERE)
    operation: dict[str, Any] = {
        "operationId": get.name,
        "summary": get.summary,
        "responses": {"200": answer, **_refusals(refusals)},
    }
    if get is HEALTH:
        operation["security"] = []
    return operation


def _operation_id(path: str) -> str:
    words = re.findall(r"[a-z0-9]+", path.removeprefix("/api/v1").replace("{evse_id}", ""))
    return "_".join(words)


def _post(post: Post[Any]) -> dict[str, Any]:
    taken = {
        "description": MEANINGS[202],
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    operation: dict[str, Any] = {
        "operationId": _operation_id(post.path),
        "summary": post.summary,
        "requestBody": {
            "required": any(field.is_required() for field in post.body.model_fields.values()),
            "content": {"application/json": {"schema": _ref(post.body)}},
        },
        "responses": {
            "202": taken,
            **_refusals((*EVERYWHERE, 403, 413, 422, *post.refusals)),
        },
    }
    if "{evse_id}" in post.path:
        operation["parameters"] = [
            {
                "name": "evse_id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1},
            }
        ]
    return operation
