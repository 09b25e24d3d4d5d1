"""Whatever a central system sends: each CALL gets its answer, and the station goes on."""

from __future__ import annotations

import asyncio
import logging
from itertools import count
from pathlib import Path

import pytest
from fuzz.calls import Tale, tales
from fuzz.story import FuzzedRig, Log, Story
from hypothesis import HealthCheck, Phase, given, settings
from simtime import SimLoop

SHOTS = 200
STORIES = 25  # of each version: 10,000 shots in all
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking takes its time: by hand


async def _tell(rig: FuzzedRig, shots: Tale) -> None:
    story = Story(rig)
    await story.begin()
    before = story.memory()
    await story.play(shots)
    kept = story.memory()
    await story.restart()
    after = story.memory()
    if kept["out of order"]:  # with the session ended, nobody may be left to serve one: H01.FR.16
        kept["reservations"] = [id for id in kept["reservations"] if id in after["reservations"]]
    assert after == kept, {
        name: (kept[name], after[name]) for name in kept if after[name] != kept[name]
    }
    await story.put_right(before["variables"])
    await story.charge_again()
    story.check()
    await rig.switch_off()


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_every_call_has_its_answer_and_the_station_goes_on(version: str, tmp_path: Path) -> None:
    numbers = count()

    @settings(max_examples=STORIES, phases=PHASES, suppress_health_check=list(HealthCheck))
    @given(tales(version, SHOTS))
    def stories(shots: Tale) -> None:
        rig = FuzzedRig(version, tmp_path / f"disk{next(numbers)}")
        log = Log()
        logging.getLogger().addHandler(log)
        try:
            with asyncio.Runner(loop_factory=SimLoop) as runner:
                runner.get_loop().set_exception_handler(
                    lambda _, what: log.records.append(str(what))
                )
                runner.run(_tell(rig, shots))
        finally:
            rig.leave()
            logging.getLogger().removeHandler(log)
        assert log.records == []

    stories()
