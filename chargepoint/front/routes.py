"""The local HTTP API as one table: tests, the server and the OpenAPI file all read it.

A POST is decided in one turn by a plain function of the door, the body and the place
that its path names; nothing here waits for the central system.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from chargepoint.core import messages
from chargepoint.core.messages import ACCEPTED, Outcome, Reply
from chargepoint.core.values import dataclass
from chargepoint.core.words import Token
from chargepoint.front import bodies
from chargepoint.front.bodies import Body
from chargepoint.front.door import Door, Pushed, SimDoor

API = "/api/v1"
STATION_METERS = ("mains", "circuit", "battery")

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Post(Generic[B]):
    """One request: *act* gets the door, the body and the EVSE of the path (0: none named).

    *refusals* are the HTTP statuses a well-formed request can meet. *moves* what the boards
    show: the station shall have seen it before it hears the next request.
    """

    path: str
    body: type[B]
    act: Callable[[Door, B, int], Reply]
    summary: str
    refusals: tuple[int, ...] = ()
    moves: bool = False


HTTP_STATUS: dict[Outcome, int] = {
    Outcome.ACCEPTED: 202,
    Outcome.SCHEDULED: 202,
    Outcome.REBOOT_REQUIRED: 202,
    Outcome.ACCEPTED_CANCELED: 202,
    Outcome.UNLOCKED: 202,
    Outcome.UNKNOWN: 404,
    Outcome.UNKNOWN_EVSE: 404,
    Outcome.UNKNOWN_COMPONENT: 404,
    Outcome.UNSUPPORTED: 404,
    Outcome.REJECTED: 409,
    Outcome.CONFLICT: 409,
    Outcome.TX_ONGOING: 409,
    Outcome.UNLOCK_FAILED: 409,
    Outcome.OCCUPIED: 409,
    Outcome.FAILED: 409,
    Outcome.FAULTED: 409,
    Outcome.UNAVAILABLE: 409,
    Outcome.VERSION_MISMATCH: 409,
    Outcome.INVALID_CERTIFICATE: 409,
}

NOT_SIMULATED = Reply(Outcome.UNSUPPORTED, info="nothing like this is simulated here")


def authorize(door: Door, body: bodies.Authorize, _: int) -> Reply:
    """A card can always be held to a reader: what becomes of it, the status tells."""
    token = Token(body.id_token, body.type)
    reply = door.submit(messages.PresentToken(token, tuple(body.evse_ids)))
    return ACCEPTED if reply.outcome is Outcome.REJECTED else reply


def mode(door: Door, body: bodies.SetMode, _: int) -> Reply:
    return door.submit(messages.SetMode(body.mode.value))


def override(door: Door, body: bodies.Override, _: int) -> Reply:
    return door.submit(messages.Override(body.limit_a, body.evse_id, body.for_s))


def grid_relay(door: Door, body: bodies.GridRelay, _: int) -> Reply:
    return door.submit(messages.GridRelay(body.dimmed, body.limit_w))


def _pushed(body: bodies.Reading) -> Pushed:
    return Pushed(body.currents_a, body.voltages_v, body.power_w, body.energy_wh)


def station_meter(role: str) -> Callable[[Door, bodies.Reading, int], Reply]:
    """Return what takes a reading for the station's meter *role*."""
    return lambda door, body, _: door.push_reading(role, _pushed(body))


def evse_meter(door: Door, body: bodies.Reading, evse_id: int) -> Reply:
    return door.push_reading(f"evse/{evse_id}", _pushed(body))


def data_transfer(door: Door, body: bodies.DataTransfer, _: int) -> Reply:
    return door.submit(messages.SendVendorData(body.vendor_id, body.message_id, body.data))


def disconnect(door: Door, _: bodies.Nothing, __: int) -> Reply:
    return door.online(False)


def connect(door: Door, _: bodies.Nothing, __: int) -> Reply:
    return door.online(True)


def simulated(play: Callable[[SimDoor, B, int], None]) -> Callable[[Door, B, int], Reply]:
    """Return what lets *play* loose on the simulated board of an EVSE, where there is one."""

    def act(door: Door, body: B, evse_id: int) -> Reply:
        if door.sim is None or not door.sim.simulates(evse_id):
            return NOT_SIMULATED
        play(door.sim, body, evse_id)
        return ACCEPTED

    return act


def plug_in(sim: SimDoor, body: bodies.PlugIn, evse_id: int) -> None:
    sim.plug_in(evse_id, body.model_dump())


def unplug(sim: SimDoor, body: bodies.Unplug, evse_id: int) -> None:
    sim.unplug(evse_id, body.model_dump())


def set_evse(sim: SimDoor, body: bodies.SetEvse, evse_id: int) -> None:
    """The standard's list has "NoError", too: it clears the fault, as null does."""
    asked = body.named()
    if body.fault is not None and body.fault.code == bodies.NO_ERROR:
        asked["fault"] = None
    sim.set_evse(evse_id, asked)


def set_world(door: Door, body: bodies.SetWorld, _: int) -> Reply:
    if door.sim is None or door.sim.shown()["world"] is None:
        return NOT_SIMULATED
    world = body.named()
    dimmed = world.pop("grid_dimmed", None)
    door.sim.set_world(world)
    return ACCEPTED if dimmed is None else door.submit(messages.GridRelay(dimmed))


POSTS: tuple[Post[Any], ...] = (
    Post(
        f"{API}/authorize",
        bodies.Authorize,
        authorize,
        "Hold a card to the reader",
        (404, 409),
    ),
    Post(f"{API}/mode", bodies.SetMode, mode, "Choose how the local limiter steers", (409,)),
    Post(
        f"{API}/override",
        bodies.Override,
        override,
        "Set or clear the local user's limit",
        (404,),
    ),
    Post(f"{API}/grid-relay", bodies.GridRelay, grid_relay, "Say that the grid operator dims"),
    *(
        Post(
            f"{API}/meters/{role}",
            bodies.Reading,
            station_meter(role),
            f"Push a reading of the {role} meter",
            (404, 409),
        )
        for role in STATION_METERS
    ),
    Post(
        f"{API}/meters/evse/{{evse_id}}",
        bodies.Reading,
        evse_meter,
        "Push a reading of an EVSE's meter",
        (404, 409),
    ),
    Post(
        f"{API}/data-transfer",
        bodies.DataTransfer,
        data_transfer,
        "Tell the central system something in a vendor's own words; what it says is noted",
        (409,),
    ),
    Post(
        f"{API}/ocpp/disconnect",
        bodies.Nothing,
        disconnect,
        "Close the link to the central system and stay offline",
    ),
    Post(f"{API}/ocpp/connect", bodies.Nothing, connect, "Go online again"),
    Post(
        f"{API}/sim/evse/{{evse_id}}/plug-in",
        bodies.PlugIn,
        simulated(plug_in),
        "Connect a simulated car",
        (404, 409),
        moves=True,
    ),
    Post(
        f"{API}/sim/evse/{{evse_id}}/unplug",
        bodies.Unplug,
        simulated(unplug),
        "Pull the simulated cable",
        (404, 409),
        moves=True,
    ),
    Post(
        f"{API}/sim/evse/{{evse_id}}/set",
        bodies.SetEvse,
        simulated(set_evse),
        "Change the simulated car, plug or board",
        (404, 409),
        moves=True,
    ),
    Post(
        f"{API}/sim/world",
        bodies.SetWorld,
        set_world,
        "Change the simulated house",
        (404,),
    ),
)


@dataclass(frozen=True, slots=True)
class Get:
    """One thing to read; *media_type* of its answer."""

    path: str
    name: str
    media_type: str
    summary: str


STATUS = Get(f"{API}/status", "status", "application/json", "Everything a screen shows")
DIAGNOSTICS = Get(
    f"{API}/diagnostics",
    "diagnostics",
    "application/gzip",
    "An archive for those who help: log, status, configuration, without secrets",
)
EVENTS = Get(
    f"{API}/events",
    "events",
    "text/event-stream",
    "The status now and whenever it changes, as server-sent events",
)
OPENAPI = Get(f"{API}/openapi.json", "openapi", "application/json", "This description")
METRICS = Get("/metrics", "metrics", "text/plain", "Prometheus metrics")
HEALTH = Get("/healthz", "health", "application/json", "Whether the station is up; no password")

GETS: tuple[Get, ...] = (STATUS, DIAGNOSTICS, EVENTS, OPENAPI, METRICS, HEALTH)
