"""The story, a row a chapter: what makes it happen, and what must be true for it to be told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chargepoint.demo.house import WALLBOX_A
from chargepoint.demo.ledger import TRANSACTION_MESSAGES
from chargepoint.demo.stage import Stage

PROFILE_A = 10.0
MISSED = 3
"""How many messages at least must wait before the connection comes back."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """*begin* makes it happen, *happened* must be true *within_s* later; then *outcome* is
    said, if there is one, and the story rests for *rest_s*."""

    title: str
    begin: Callable[[Stage], Awaitable[None]]
    happened: Callable[[Stage], bool]
    within_s: float
    rest_s: float = 0.0
    outcome: Callable[[Stage], str] | None = None


async def tell(chapter: Chapter, stage: Stage) -> None:
    """Play one chapter; Missed when it does not happen."""
    stage.teller.say("story", chapter.title)
    await chapter.begin(stage)
    await stage.until(lambda: chapter.happened(stage), chapter.within_s, chapter.title)
    if chapter.outcome is not None:
        stage.teller.say("central", chapter.outcome(stage))
    await asyncio.sleep(chapter.rest_s)


async def _nothing(stage: Stage) -> None:
    """It happens by itself."""


async def _plug_in(stage: Stage) -> None:
    stage.plug_in()


async def _unplug(stage: Stage) -> None:
    stage.unplug()


async def _oven(stage: Stage) -> None:
    stage.switch("oven", on=True)


def _registered(stage: Stage) -> bool:
    ocpp = stage.snapshot.ocpp
    told = stage.peer.received("StatusNotification")
    return ocpp.connected and ocpp.registration == "Accepted" and bool(told)


def _started(stage: Stage) -> bool:
    page = stage.transaction
    return page is not None and page.started


def _held_by_the_mains(stage: Stage) -> bool:
    evse = stage.evse
    held = (evse.binding or "").startswith("mains L2 25.0/25 A")
    return held and evse.offer_a > 6.0 and stage.draws(evse.offer_a)


def _goes_on_alone(stage: Stage) -> bool:
    ocpp = stage.snapshot.ocpp
    return stage.evse.charging and not ocpp.connected and ocpp.queued >= MISSED


def _caught_up(stage: Stage) -> bool:
    ocpp, page = stage.snapshot.ocpp, stage.transaction
    arrived = ocpp.connected and ocpp.queued == 0
    return arrived and page is not None and page.in_order and stage.peer.ledger.lost == 0


def _arrived(stage: Stage) -> str:
    """Return how many messages came over the new connection until the queue was empty."""
    peer = stage.peer
    late = [call for call in peer.calls if call.connection == peer.connections]
    number = sum(call.action in TRANSACTION_MESSAGES for call in late)
    return f"{number} missed messages arrived, in order"


def _ended(stage: Stage) -> bool:
    page = stage.transaction
    return page is not None and page.ended and not stage.evse.charging


CHAPTERS = (
    Chapter("the station registers", _nothing, _registered, 10.0, 0.5),
    Chapter("a car plugs in", _plug_in, lambda stage: stage.evse.plugged_in, 3.0, 0.5),
    Chapter(
        "the central system starts a transaction and the contactor closes",
        Stage.start,
        lambda stage: _started(stage) and stage.evse.charging,
        8.0,
    ),
    Chapter(
        f"the car draws {WALLBOX_A:g} A",
        _nothing,
        lambda stage: stage.draws(WALLBOX_A),
        8.0,
        1.5,
    ),
    Chapter(
        f"the central system allows {PROFILE_A:g} A",
        lambda stage: stage.limit(PROFILE_A),
        lambda stage: stage.draws(PROFILE_A),
        5.0,
        1.5,
    ),
    Chapter(
        "the central system takes its limit back",
        Stage.unlimit,
        lambda stage: stage.draws(WALLBOX_A),
        8.0,
        0.5,
    ),
    Chapter("the oven goes on", _oven, _held_by_the_mains, 8.0, 1.5),
    Chapter("the connection is cut, charging goes on", Stage.cut, _goes_on_alone, 10.0, 0.5),
    Chapter("the connection is back", Stage.mend, _caught_up, 8.0, 0.5, _arrived),
    Chapter("the central system stops the transaction", Stage.stop, _ended, 8.0, 0.5),
    Chapter("the car leaves", _unplug, lambda stage: stage.status == "Available", 3.0, 1.5),
)
