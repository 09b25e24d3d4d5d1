"""The power-cut journey: whatever the instant, afterwards the books equal the truth."""

from __future__ import annotations

import asyncio
import copy
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults.story import STEPS, Promised, charge_once_more, switch_on_again
from journeys.rig import PowerCut, Rig, copy_of_disk

from chargepoint.demo.answers import Desk
from chargepoint.demo.ledger import Ledger
from chargepoint.store.store import DATABASE

pytestmark = pytest.mark.sim

MakeRig = Callable[..., Rig]


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.__name__ for step in STEPS])
async def test_a_cut_after_any_step_leaves_the_books_whole(make_rig: MakeRig, number: int) -> None:
    rig, promised = make_rig(), Promised()
    await rig.switch_on()
    for step in STEPS[: number + 1]:
        await step(rig, promised)
    promised.energy_wh = rig.evse().energy_wh

    await rig.cut()
    await switch_on_again(rig, promised)
    await charge_once_more(rig)

    await rig.switch_off()
    rig.check()


async def test_cuts_may_follow_each_other(make_rig: MakeRig) -> None:
    rig, promised = make_rig(), Promised()
    await rig.switch_on()
    for step in STEPS[:8]:
        await step(rig, promised)
    promised.energy_wh = rig.evse().energy_wh

    await rig.cut()
    for _ in range(3):
        await rig.switch_on()
        await rig.cut()
    await switch_on_again(rig, promised)

    await rig.switch_off()


@dataclass(frozen=True, slots=True)
class Instant:
    """What is left when the power is cut within one write: the disk, and the books."""

    folder: Path
    ledger: Ledger
    desk: Desk
    promised: Promised


async def test_a_cut_within_any_write_leaves_the_books_whole(
    make_rig: MakeRig, tmp_path: Path
) -> None:
    """Every step of every write is an instant: the disk is copied as it is right then."""
    instants: dict[tuple[str, int], Instant] = {}
    promised = Promised()

    def look(step: str) -> None:
        key = (content(rig.folder) + str(sorted(promised.orders)), len(rig.central.calls))
        if key in instants:
            return
        folder = tmp_path / f"at-{len(instants)}"
        copy_of_disk(rig.folder, folder)
        books = copy.deepcopy(rig.central.ledger), copy.deepcopy(rig.desk)
        instants[key] = Instant(folder, *books, copy.deepcopy(promised))

    rig = make_rig(look)
    await rig.switch_on()
    for step in STEPS:
        await step(rig, promised)
    await rig.switch_off()

    assert len(instants) > 30
    for instant in instants.values():
        again = Rig(rig.words.version, instant.folder, lambda step: None)
        again.restore(instant.ledger, instant.desk)
        await switch_on_again(again, instant.promised)
        await again.switch_off()


def content(folder: Path) -> str:
    """Return what a start would find, but for the simulated registers."""
    if not (folder / DATABASE).exists():
        return ""
    beside = sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)
    memory = beside.execute("SELECT * FROM memory WHERE kind != 'simulator' ORDER BY 1, 2")
    rows = [*memory, *beside.execute("SELECT * FROM outbox ORDER BY id")]
    beside.close()
    return repr(rows)


async def test_a_process_that_dies_in_a_write_dies_with_nothing_half_told(
    make_rig: MakeRig,
) -> None:
    """It dies while the session goes to disk: the contactor never closes, nobody was told."""

    def die(step: str) -> None:
        if step == "removed" and rig.evse().session == "active":
            rig.sever()
            raise PowerCut

    rig, promised = make_rig(die), Promised()
    await rig.switch_on()
    for step in STEPS[:5]:
        await step(rig, promised)
    with pytest.raises(ConnectionError):  # no answer: nothing was promised
        await STEPS[5](rig, promised)
    await asyncio.sleep(10.0)

    assert rig.on_disk_at_close == []
    await rig.bury()
    await switch_on_again(rig, promised)
    await rig.switch_off()
