"""The HTTP server's application: routes of the table, one refusal style, one set of headers.

Imports aiohttp and builds the models, a third of a second; see web.py for when.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import ValidationError

from chargepoint.core.messages import Reply
from chargepoint.errors import StoreError
from chargepoint.front import routes
from chargepoint.front.access import Access
from chargepoint.front.bodies import Body
from chargepoint.front.door import Door
from chargepoint.front.feed import Feed
from chargepoint.front.page import CONTENT_SECURITY_POLICY, Asset, assets
from chargepoint.front.routes import DIAGNOSTICS, HTTP_STATUS, Get, Post
from chargepoint.front.shown import status_json
from hardware.api import NotNow, WrongSettings

MAX_BODY_BYTES = 64 * 1024
MAX_LISTENERS = 64
SEND_TIMEOUT_S = 10.0
MAX_PROBLEMS = 10
EVSE_ID = "{evse_id:[0-9]{1,9}}"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SERVER = "chargepoint"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def is_our_fault(record: logging.LogRecord) -> bool:
    """Return whether an error of the server is ours: strangers that do not speak HTTP get
    their 400, but neither a traceback nor their bytes belong into the log."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


LOG = logging.getLogger(__name__)
LOG.addFilter(is_our_fault)


def problem(
    status: int, error: str, fields: list[dict[str, str]] | None = None, **headers: str
) -> web.Response:
    """Return a refusal: a sentence, and the fields that are to blame."""
    body = {"error": error, "fields": fields or []}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response(body, status=status, headers=named)


def bad_body(error: ValidationError) -> web.Response:
    """Return a 422 that names each bad field, without repeating what was sent."""
    fields = [
        {"field": ".".join(map(str, item["loc"])) or "body", "problem": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ][:MAX_PROBLEMS]
    return problem(422, f"{fields[0]['field']}: {fields[0]['problem']}", fields)


def answer(reply: Reply) -> web.Response:
    """Return *reply* in HTTP's words."""
    status = HTTP_STATUS[reply.outcome]
    if status == 202:
        return web.json_response({}, status=202)
    return problem(status, reply.info or reply.outcome.value)


def poster(door: Door, post: Post[Any], order: asyncio.Lock) -> Handler:
    """Return the handler of one row of the table: read, judge, act, in this order.

    One request acts after the other, in the *order* of their arrival, and each finds what
    those before it have moved.
    """

    async def handle(request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body: Body = post.body.model_validate_json(raw or b"{}")
        except ValidationError as error:
            return bad_body(error)
        try:
            async with order:
                reply = post.act(door, body, int(request.match_info.get("evse_id", 0)))
                if post.moves:
                    await door.looked()
            return answer(reply)
        except NotNow as error:
            return problem(409, str(error))
        except WrongSettings as error:
            field, _, why = str(error).partition(": ")
            return problem(422, str(error), [{"field": field, "problem": why}])

    return handle


def page_handler(asset: Asset) -> Handler:
    """Return what serves *asset*, or says that the browser's copy is still good."""
    headers = {"Cache-Control": "no-cache", "ETag": f'"{asset.etag}"'}

    async def handle(request: web.Request) -> web.Response:
        if any(etag.value == asset.etag for etag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        typed = {**headers, "Content-Type": asset.media_type}
        return web.Response(body=asset.content, headers=typed)

    return handle


def openapi_json(version: str) -> bytes:
    """Return the description, made when somebody asks for it: few ever do."""
    from chargepoint.front.openapi import description

    return json.dumps(description(version)).encode()


class Readings:
    """Handlers of what can be read."""

    def __init__(self, door: Door, version: str) -> None:
        self._door = door
        self._feed = Feed(door, self._status_json)
        self._listeners = 0
        self._version = version
        self._openapi = b""

    def _status_json(self) -> bytes:
        sim = self._door.sim
        return status_json(self._door.snapshot(), None if sim is None else sim.shown())

    async def status(self, _: web.Request) -> web.Response:
        return web.Response(body=self._status_json(), content_type="application/json")

    async def diagnostics(self, _: web.Request) -> web.Response:
        try:
            body = await self._door.diagnostics()
        except (OSError, StoreError) as error:
            return problem(503, f"the disk fails: {error}")
        named = {"Content-Disposition": 'attachment; filename="diagnostics.tar.gz"'}
        return web.Response(body=body, content_type=DIAGNOSTICS.media_type, headers=named)

    async def openapi(self, _: web.Request) -> web.Response:
        self._openapi = self._openapi or await asyncio.to_thread(openapi_json, self._version)
        return web.Response(body=self._openapi, content_type="application/json")

    async def health(self, _: web.Request) -> web.Response:
        ready = self._door.snapshot().ready
        return web.json_response({"ok": ready}, status=200 if ready else 503)

    async def metrics(self, _: web.Request) -> web.Response:
        metrics = await asyncio.to_thread(importlib.import_module, "chargepoint.front.metrics")
        body: bytes = metrics.exposition(self._door.snapshot())
        return web.Response(body=body, headers={"Content-Type": metrics.CONTENT_TYPE})

    async def events(self, request: web.Request) -> web.StreamResponse:
        if self._listeners >= MAX_LISTENERS:
            return problem(503, "too many listeners", Retry_After="10")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self._listeners += 1
        try:
            await self._listen(request, response)
        finally:
            self._listeners -= 1
        return response

    async def _listen(self, request: web.Request, response: web.StreamResponse) -> None:
        """Send frames until the feed ends, or the listener leaves or takes nothing more."""
        try:
            async with aclosing(self._feed.frames()) as frames:
                async for frame in frames:
                    async with asyncio.timeout(SEND_TIMEOUT_S):
                        await response.write(frame)
        except ConnectionError:
            return
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()

    async def close(self, _: web.Application) -> None:
        self._feed.close()


def gatekeeper(access: Access) -> Any:
    """Return the middleware that lets requests in, or refuses them, in one style."""

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != routes.HEALTH.path:
            refusal = access.refusal(
                request.headers,
                changes=request.method not in SAFE_METHODS,
                address=request.remote or "",
                now_s=asyncio.get_running_loop().time(),
            )
            if refusal is not None:
                response = problem(refusal.status, refusal.problem)
                response.headers.update(refusal.headers)
                return response
        try:
            return await handler(request)
        except web.HTTPException as error:
            response = problem(error.status, error.reason)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
            return response

    return gate


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Give every response, the refusals included, the headers that guard the page."""
    response.headers["Server"] = SERVER
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def build(door: Door, password: str | None, version: str) -> web.Application:
    """Return the application; call it with the loop running."""
    application = web.Application(
        client_max_size=MAX_BODY_BYTES, middlewares=[gatekeeper(Access(password))]
    )
    readings = Readings(door, version)
    application.on_response_prepare.append(add_headers)
    application.on_shutdown.append(readings.close)
    for get in routes.GETS:
        application.router.add_get(get.path, handler_of(readings, get), allow_head=False)
    order = asyncio.Lock()
    for post in routes.POSTS:
        path = post.path.replace("{evse_id}", EVSE_ID)
        application.router.add_post(path, poster(door, post, order))
    for path, asset in assets().items():
        application.router.add_get(path, page_handler(asset))
    return application


def handler_of(readings: Readings, get: Get) -> Handler:
    """Return the handler that bears the name of *get*."""
    handler: Handler = getattr(readings, get.name)
    return handler
