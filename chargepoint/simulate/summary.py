"""What a simulation says at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chargepoint.simulate.fuses import Fuse, Fuses
from chargepoint.simulate.record import clock
from chargepoint.simulate.tally import EvseTally, Tally, Visit

Cells = Sequence[str]

RARE = 0.01  # a reason that held for less of the time is not worth a word


def summary(fuses: Fuses, tally: Tally) -> Iterator[str]:
    """Yield the lines: fuses, energy and switching, reasons, and each car's stay."""
    yield from _table(("fuse", "limit", "highest", "above", "too long"), map(_fuse, fuses))
    yield from _table(
        ("EVSE", "from sun", "from grid", "starts", "contactor", "phase switches"),
        map(_evse, tally.evses.values()),
    )
    yield from _table(("EVSE", "what held the current, of the time with a car"), _reasons(tally))
    yield from _table(
        ("EVSE", "came", "left", "wanted", "got", "missing"), map(_visit, tally.visits)
    )
    yield verdict(fuses)


def verdict(fuses: Fuses) -> str:
    """Return in one sentence whether every fuse was kept."""
    late = [fuse for fuse in fuses if fuse.late_s]
    if not late:
        return "every fuse was kept: never above its limit for longer than cars need to follow"
    said = (f"{fuse.name} for {fuse.late_s:.0f} s, first at {_first(fuse)}" for fuse in late)
    return f"TOO LONG above the limit: {'; '.join(said)}"


def energy(tally: Tally) -> str:
    """Return in a few words what all cars took."""
    sun_wh = sum(each.sun_wh for each in tally.evses.values())
    total_wh = sun_wh + sum(each.grid_wh for each in tally.evses.values())
    return f"{total_wh / 1000:.1f} kWh charged, {sun_wh / 1000:.1f} from the sun"


def _first(fuse: Fuse) -> str:
    return clock(fuse.first_late_s or 0.0)


def _fuse(fuse: Fuse) -> Cells:
    above = f"{fuse.above_s / 60:.1f} min, {fuse.ours_s:.0f} s with a car" if fuse.above_s else "0"
    over = fuse.highest_a - fuse.limit_a
    highest = f"{fuse.highest_a:.1f} A" + (f" (+{over:.1f})" if fuse.above_s else "")
    return (fuse.name, f"{fuse.limit_a:g} A", highest, above, f"{fuse.late_s / 60:.1f} min")


def _evse(tally: EvseTally) -> Cells:
    return (
        str(tally.evse_id),
        f"{tally.sun_wh / 1000:.2f} kWh",
        f"{tally.grid_wh / 1000:.2f} kWh",
        str(tally.starts),
        f"closed {tally.closings} times",
        str(tally.phase_switches),
    )


def _reasons(tally: Tally) -> Iterator[Cells]:
    for each in tally.evses.values():
        least_s = RARE * each.reasons.total()
        often = [(why, held_s) for why, held_s in each.reasons.most_common() if held_s >= least_s]
        said = (f"{held_s / each.reasons.total():.0%} {why}" for why, held_s in often)
        yield str(each.evse_id), ", ".join(said) or "no car came"


def _visit(visit: Visit) -> Cells:
    wanted = "all" if visit.car.energy_wh is None else f"{visit.car.energy_wh / 1000:.1f} kWh"
    return (
        str(visit.evse_id),
        clock(visit.came_s),
        "stays" if visit.left_s is None else clock(visit.left_s),
        wanted,
        f"{visit.got_wh / 1000:.1f} kWh",
        f"{visit.missing_wh / 1000:.1f} kWh" if visit.missing_wh >= 100.0 else "",
    )


def _table(head: Cells, rows: Iterable[Cells]) -> Iterator[str]:
    """Yield a table with even columns, and an empty line; nothing where there are no rows."""
    table = [head, *rows]
    if len(table) == 1:
        return
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        yield "  ".join(padded).rstrip()
    yield ""
