"""``make bench``: print what the agent takes, beside a minimal client on the same machine.

The two take turns, so that a busy machine is busy for both. ``--quick`` looks shorter.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench import days, measures, schedules, sharing
from bench import lines as modbus
from bench.stations import agent, minimal
from bench.table import Line, machine, middle, percentile, table

SIDES = {"agent": agent, "minimal": minimal}


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how long is looked."""

    starts: int
    idle_s: float
    rate_s: float
    control_s: float
    line_s: float
    day_part: float


FULL = Effort(starts=7, idle_s=20.0, rate_s=2.0, control_s=60.0, line_s=20.0, day_part=1.0)
QUICK = Effort(starts=2, idle_s=5.0, rate_s=0.5, control_s=5.0, line_s=3.0, day_part=0.5)

Sides = dict[str, list[Any]]


async def _by_turns(rounds: int, measure: Any, *arguments: float) -> Sides:
    """Measure agent and baseline *rounds* times, one after the other."""
    found: Sides = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side, command in SIDES.items():
            found[side].append(await measure(command, *arguments))
    return found


def _both(found: Sides, name: str) -> tuple[float, float]:
    ours, theirs = (middle(getattr(each, name) for each in found[side]) for side in SIDES)
    return ours, theirs


async def measured(effort: Effort) -> list[Line]:
    """Return every line of the table."""
    await _by_turns(1, measures.start)  # compiles what was never imported here
    lines = [*_starts(await _by_turns(effort.starts, measures.start))]
    lines += _idle(await _by_turns(2, measures.idle, effort.idle_s))
    lines += _rates(await _by_turns(2, measures.per_second, effort.rate_s))
    ours = [await measures.started(agent, plugs=True) for _ in range(3)]
    theirs = [await measures.started(minimal, plugs=False) for _ in range(3)]
    what = "remote start -> StartTransaction"
    lines.append(Line(what, "ms", middle(ours) * 1e3, middle(theirs) * 1e3, digits=1))
    lines += _control(await measures.control(effort.control_s))
    lines += await _modbus(effort.line_s)
    return [*lines, *schedules.measured(), *sharing.measured(), *days.measured(effort.day_part)]


def _starts(found: Sides) -> Iterator[Line]:
    ours, theirs = _both(found, "registered_s")
    yield Line("spawn -> BootNotification", "ms", ours * 1e3, theirs * 1e3, "ratio 2")
    ours, theirs = _both(found, "available_s")
    yield Line("spawn -> Available", "ms", ours * 1e3, theirs * 1e3)


def _idle(found: Sides) -> Iterator[Line]:
    ours, theirs = _both(found, "rss_mib")
    yield Line("idle, resident memory", "MiB", ours, theirs, "< 64 MiB")
    ours, theirs = _both(found, "cpu_s_per_min")
    yield Line("idle, processor time a minute", "s", ours, theirs, "< 0.30 s", 2)


def _rates(found: Sides) -> Iterator[Line]:
    for action in measures.REQUESTS:
        ours, theirs = (middle(rates[action] for rates in found[side]) for side in SIDES)
        yield Line(action, "/s", ours, theirs)


def _control(control: measures.Control) -> Iterator[Line]:
    ticks_ms = [tick_s * 1e3 for tick_s in control.ticks_s]
    loaded = f"at {measures.LOAD_PER_S} requests/s"
    yield Line(f"tick p50 {loaded}", "ms", percentile(ticks_ms, 50), digits=2)
    yield Line(f"tick p99.9 {loaded}", "ms", percentile(ticks_ms, 99.9), aim="< 5 ms", digits=2)
    yield Line("mains overload -> lower duty", "ms", control.acted_s * 1e3)
    yield Line("mains overload -> lower duty", "tick(s)", control.acted_ticks, aim="1 tick")


async def _modbus(seconds: float) -> list[Line]:
    """The baseline of the round trip is pymodbus's own client."""
    ours_s = await modbus.round_trip_s(200)
    theirs_s = await modbus.round_trip_of_pymodbus_s(200)
    rate, room = await modbus.per_second_at_9600(seconds)
    acted = await modbus.to_offer()
    what = f"meters read at 9600 baud, of {room:.1f}/s on the wire"
    return [
        Line("Modbus request, the device's time apart", "ms", ours_s * 1e3, theirs_s * 1e3, "", 2),
        Line(what, "/s", rate, aim=f"> {0.85 * room:.1f}/s", digits=1),
        Line("Modbus mains overload -> lower duty", "ms", acted.acted_s * 1e3),
    ]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="less sure, sooner done")
    effort = QUICK if arguments.parse_args().quick else FULL
    lines = asyncio.run(measured(effort))
    print(f"{machine()}; OCPP 1.6, loopback, medians of {effort.starts} starts by turns\n")
    print("\n".join(table(lines)))


if __name__ == "__main__":
    main()
