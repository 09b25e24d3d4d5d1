"""``chargepoint simulate``: play the days, draw them, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Any

from chargepoint.core.config import StationConfig
from chargepoint.core.values import dataclass
from chargepoint.errors import SettingsError
from chargepoint.settings.convert import station_config
from chargepoint.simulate.canvas import svg
from chargepoint.simulate.day import Day, check_events
from chargepoint.simulate.day_csv import read_days
from chargepoint.simulate.fuses import Fuses
from chargepoint.simulate.households import HOUSEHOLDS
from chargepoint.simulate.picture import Facts, draw
from chargepoint.simulate.play import play
from chargepoint.simulate.png import write_png
from chargepoint.simulate.record import Record, clock, write_csv
from chargepoint.simulate.rig import load_simulated
from chargepoint.simulate.summary import energy, summary, verdict
from chargepoint.simulate.tally import Tally

Say = Callable[[str], None]


class Picture(StrEnum):
    """What the picture is written as."""

    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be played, and where to put what comes of it."""

    days: Sequence[Path] = ()
    household: str | None = None
    config: Path | None = None
    overrides: Sequence[str] = ()
    out: Path = Path()
    picture: Picture = Picture.SVG
    every_s: int = 10


@dataclass(frozen=True, slots=True)
class _Plan:
    name: str
    title: str
    day: Day
    below: Mapping[str, Any]


def households() -> list[str]:
    """Return a line for each built-in household."""
    return [f"{name:<10}{make().title}" for name, make in HOUSEHOLDS.items()]


def run(asked: Asked, say: Say) -> int:
    """Play what is *asked* and return the exit code; raise SettingsError for what is wrong."""
    plan = _plan(asked)
    settings = load_simulated(asked.config, asked.overrides, plan.below)
    check_events(plan.day.events, [evse.id for evse in settings.evse])
    config = station_config(settings)
    fuses, tally = Fuses(config), Tally(evse.id for evse in config.evses)
    record = Record(tally, asked.every_s)
    began_s = perf_counter()
    for second in play(settings, plan.day):
        fuses.see(second)
        tally.see(second)
        record.see(second)
    tally.end()
    took_s = perf_counter() - began_s
    say(f"{plan.title}: {clock(min(plan.day.times_s))} to {clock(max(plan.day.times_s))}")
    say(f"mode {config.limits.mode}, {tally.seconds / took_s:.0f} times as fast as real\n")
    for line in summary(fuses, tally):
        say(line)
    facts = Facts(
        plan.title,
        " · ".join([f"mode {config.limits.mode}", energy(tally), verdict(fuses)]),
        record.lines,
        _limits_a(config),
        config.phases,
        tally.visits,
    )
    _write(asked, plan.name, facts, say)
    return 0


def _plan(asked: Asked) -> _Plan:
    if asked.household is not None and asked.days:
        raise SettingsError("either days or a household can be played, not both")
    if asked.household is not None:
        if asked.household not in HOUSEHOLDS:
            known = ", ".join(HOUSEHOLDS)
            raise SettingsError(f"no household is called {asked.household!r}; known are {known}")
        household = HOUSEHOLDS[asked.household]()
        return _Plan(household.name, household.title, household.day(), household.settings)
    if not asked.days:
        raise SettingsError(f"name a DAY.csv, or --household with one of {', '.join(HOUSEHOLDS)}")
    day = read_days(asked.days)
    name = asked.days[0].stem
    return _Plan(name, ", ".join(path.name for path in asked.days), day, _needed(day))


def _needed(day: Day) -> dict[str, Any]:
    """Return settings in which everything that *day* speaks of is there."""
    last = max((event.evse_id for event in day.events), default=1)
    needed: dict[str, Any] = {"evse": [{"id": number} for number in range(1, last + 1)]}
    if any(any(row.circuit_a) for row in day.rows):
        needed["hardware"] = {"meters": {"circuit": {"driver": "sim"}}}
    return needed


def _limits_a(config: StationConfig) -> dict[str, float]:
    """Return the limits of mains and circuit, where a meter watches them."""
    rated = {"mains": config.limits.mains_a, "circuit": config.limits.circuit_a}
    return {role: limit_a for role, limit_a in rated.items() if role in config.meter_roles}


def _write(asked: Asked, name: str, facts: Facts, say: Say) -> None:
    table, picture = (asked.out / f"{name}-played.{end}" for end in ("csv", asked.picture))
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
        write_csv(table, facts.lines, facts.limits_a)
        say(f"wrote {table}")
        sheet = draw(facts)
        if asked.picture is Picture.PNG:
            write_png(picture, sheet)
        else:
            picture.write_text(svg(sheet), encoding="utf-8")
        say(f"wrote {picture}")
    except OSError as error:
        raise SettingsError(f"{error.filename}: cannot be written: {error.strerror}") from None
