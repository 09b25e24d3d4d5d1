"""Days in files, and households that are played without a command."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chargepoint.settings.convert import station_config
from chargepoint.simulate.day import HOUR_S, Day, Event
from chargepoint.simulate.fuses import Fuses
from chargepoint.simulate.households import HOUSEHOLDS
from chargepoint.simulate.play import play
from chargepoint.simulate.rig import load_simulated
from chargepoint.simulate.tally import Tally, Visit

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CHARGEPOINT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write lines to a file, and return its path."""

    def write(*lines: str, name: str = "day.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@dataclass(frozen=True)
class Outcome:
    """What came of a played household."""

    fuses: Fuses
    tally: Tally
    seconds: int

    @property
    def visits(self) -> list[Visit]:
        return self.tally.visits


@pytest.fixture
def live() -> Callable[..., Outcome]:
    """Play a household, all day or from one hour to another."""

    def live(name: str, *overrides: str, hours: tuple[float, float] = (0.0, 24.0)) -> Outcome:
        household = HOUSEHOLDS[name]()
        settings = load_simulated(None, overrides, household.settings)
        config = station_config(settings)
        fuses, tally = Fuses(config), Tally(evse.id for evse in config.evses)
        for second in play(settings, cut(household.day(), *hours)):
            tally.see(second)
            fuses.see(second)
        tally.end()
        return Outcome(fuses, tally, tally.seconds)

    return live


def cut(day: Day, from_h: float, to_h: float) -> Day:
    """Return the part of *day* between two hours; cars that came before come at its begin."""
    from_s, to_s = from_h * HOUR_S, to_h * HOUR_S
    rows = (day.at(from_s)._replace(at_s=from_s), *(r for r in day.rows if from_s < r.at_s < to_s))
    there: dict[int, Event] = {}
    for event in (event for event in day.events if event.at_s <= from_s):
        if event.car is None:
            del there[event.evse_id]
        else:
            there[event.evse_id] = replace(event, at_s=from_s)
    later = (event for event in day.events if from_s < event.at_s <= to_s)
    return Day((*rows, day.at(to_s)._replace(at_s=to_s)), (*there.values(), *later))
