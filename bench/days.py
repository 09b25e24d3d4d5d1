"""How long a simulated day takes: the company's with eight EVSEs, the flat's with one."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.table import Line
from chargepoint.settings.convert import station_config
from chargepoint.simulate.day import DAY_S, Day
from chargepoint.simulate.fuses import Fuses
from chargepoint.simulate.households import HOUSEHOLDS
from chargepoint.simulate.play import play
from chargepoint.simulate.record import Record
from chargepoint.simulate.rig import load_simulated
from chargepoint.simulate.tally import Tally


def measured(part: float) -> Iterator[Line]:
    """Yield the lines; *part* of a day is played from midnight on, 1.0 is all of it."""
    company_s = day_s("company", part)
    yield Line("a simulated day, 8 EVSEs, 1 s steps", "s", company_s, aim="< 60 s")
    flat_s = day_s("flat", part)
    yield Line("a simulated day, 1 EVSE", "x real", DAY_S / flat_s, aim="> 1000 x real")


def day_s(name: str, part: float) -> float:
    """Return the seconds for a day of the household *name*, drawn from *part* of it."""
    household = HOUSEHOLDS[name]()
    whole = household.day()
    until_s = part * DAY_S
    day = Day(
        tuple(row for row in whole.rows if row.at_s <= until_s),
        tuple(event for event in whole.events if event.at_s <= until_s),
    )
    settings = load_simulated(None, (), household.settings)
    config = station_config(settings)
    fuses, tally = Fuses(config), Tally(evse.id for evse in config.evses)
    record = Record(tally)
    began_s = time.perf_counter()
    for second in play(settings, day):
        fuses.see(second)
        tally.see(second)
        record.see(second)
    return (time.perf_counter() - began_s) / part
