"""After the story: cars come and go, people cook, clouds pass. Until somebody stops it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from chargepoint.demo.stage import Missed, Stage
from hardware.api import NotNow

DAY_S = 240.0
NOON_W = 6900.0
PAUSE_S = (3.0, 8.0)

KITCHEN = ("dishwasher", "heat_pump", "kettle", "oven", "washing_machine")
CARS: tuple[dict[str, object], ...] = (
    {"max_current_a": 32.0, "phases": 3},
    {"max_current_a": 16.0, "phases": 3},
    {"max_current_a": 13.0, "phases": 2},
    {"max_current_a": 16.0, "phases": 1},
)
LIMITS_A = (8.0, 10.0, 13.0)


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that may happen where it *fits*; *weight* is how likely, against the others."""

    weight: float
    fits: Callable[[Stage], bool]
    do: Callable[[Stage, Random], Awaitable[None]]


async def live(stage: Stage, chance: Random) -> None:
    """Do one thing after another, for ever."""
    began_s = time.monotonic()
    while True:
        await asyncio.sleep(chance.uniform(*PAUSE_S))
        doing = choose(stage, chance)
        try:
            await doing.do(stage, chance)
        except (Missed, NotNow) as error:
            stage.teller.say("trouble", str(error))
        hour = (time.monotonic() - began_s) / DAY_S
        if chance.random() < 0.3:
            stage.shine(sun_w(hour, clouds=chance.random()))


def choose(stage: Stage, chance: Random) -> Doing:
    """Return something that fits now."""
    fitting = [doing for doing in DOINGS if doing.fits(stage)]
    return chance.choices(fitting, [doing.weight for doing in fitting])[0]


def sun_w(days: float, clouds: float) -> float:
    """Return what the roof gives after so many *days* since a forenoon, less with *clouds* 0..1.

    >>> sun_w(0.25, clouds=0.0), sun_w(0.75, clouds=0.0)
    (6900.0, 0.0)
    """
    height = math.sin(2.0 * math.pi * days)
    return round(max(0.0, height) * NOON_W * (1.0 - 0.7 * clouds), -1)


async def _arrive(stage: Stage, chance: Random) -> None:
    stage.plug_in(chance.choice(CARS))


async def _start(stage: Stage, chance: Random) -> None:
    await stage.start()


async def _stop(stage: Stage, chance: Random) -> None:
    await stage.stop()


async def _leave(stage: Stage, chance: Random) -> None:
    stage.unplug()


async def _limit(stage: Stage, chance: Random) -> None:
    await stage.limit(chance.choice(LIMITS_A))


async def _unlimit(stage: Stage, chance: Random) -> None:
    await stage.unlimit()


async def _cook(stage: Stage, chance: Random) -> None:
    appliance = chance.choice(KITCHEN)
    stage.switch(appliance, not stage.sim.world().appliances[appliance].on)


def _plugged(stage: Stage) -> bool:
    return stage.evse.plugged_in


def _running(stage: Stage) -> bool:
    return stage.evse.transaction_id is not None and stage.peer.connected


def _waiting(stage: Stage) -> bool:
    return _plugged(stage) and stage.evse.session == "plugged" and stage.peer.connected


def _limited(stage: Stage) -> bool:
    limits = stage.evse.limits
    return _running(stage) and any("Profile" in limit.source for limit in limits)


DOINGS = (
    Doing(4.0, lambda stage: not _plugged(stage), _arrive),
    Doing(6.0, _waiting, _start),
    Doing(1.0, _running, _stop),
    Doing(1.0, _plugged, _leave),
    Doing(1.0, lambda stage: _running(stage) and not _limited(stage), _limit),
    Doing(2.0, _limited, _unlimit),
    Doing(4.0, lambda _: True, _cook),
)
