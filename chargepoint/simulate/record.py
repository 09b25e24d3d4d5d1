"""The day as it went, one line every few seconds: for the CSV, and for the picture."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path

from chargepoint.core.values import dataclass
from chargepoint.simulate.day import Row, Three
from chargepoint.simulate.play import MIDNIGHT, EvseSeen, Second
from chargepoint.simulate.tally import Tally


@dataclass(frozen=True, slots=True)
class Line:
    """What was at *at_s*; *mains_a* and *circuit_a* are the highest since the line before.
    *reasons* are by EVSE, as the tally names them; "" without a car."""

    at_s: float
    around: Row
    mains_a: Three
    circuit_a: Three
    evses: tuple[EvseSeen, ...]
    reasons: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """Keeps a line every *every_s* seconds; nothing high goes unseen in between."""

    tally: Tally
    every_s: float = 10.0
    lines: list[Line] = field(default_factory=list)
    _mains_a: list[Three] = field(default_factory=list)
    _circuit_a: list[Three] = field(default_factory=list)

    def see(self, second: Second) -> None:
        """Take one second, after the tally has."""
        self._mains_a.append(second.mains.currents_a)
        self._circuit_a.append(second.circuit.currents_a)
        if second.at_s % self.every_s:
            return
        line = Line(
            second.at_s,
            second.around,
            _highest(self._mains_a),
            _highest(self._circuit_a),
            second.evses,
            tuple(self.tally.evses[each.evse_id].reason for each in second.evses),
        )
        self.lines.append(line)
        self._mains_a.clear()
        self._circuit_a.clear()


def clock(at_s: float) -> str:
    """Return *at_s* as people read it: the hour, and the day where it is not the first."""
    days, rest_s = divmod(int(at_s), 86_400)
    text = f"{rest_s // 3600:02}:{rest_s // 60 % 60:02}"
    return f"day {days + 1} {text}" if days else text


def write_csv(path: Path, lines: Sequence[Line], limits_a: Mapping[str, float]) -> None:
    """Write *lines* to *path*; *limits_a* are those of the meters, by role. May raise OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_header(lines[0], limits_a))
        for line in lines:
            writer.writerow(list(_cells(line, limits_a)))


def _header(line: Line, limits_a: Mapping[str, float]) -> list[str]:
    names = ["time"]
    for role in limits_a:
        names += [*(f"{role}_l{n}_a" for n in (1, 2, 3)), f"{role}_limit_a"]
    names += ["solar_w", "battery_w"]
    for each in line.evses:
        own = ("offer_a", "l1_a", "l2_a", "l3_a", "power_w", "energy_wh", "limit_a", "binding")
        names += [f"evse{each.evse_id}_{name}" for name in own]
    return names


def _cells(line: Line, limits_a: Mapping[str, float]) -> Iterator[str]:
    at: datetime = MIDNIGHT + timedelta(seconds=line.at_s)
    yield at.replace(tzinfo=None).isoformat(timespec="seconds")
    measured = {"mains": line.mains_a, "circuit": line.circuit_a}
    for role, limit_a in limits_a.items():
        yield from (f"{a:.2f}" for a in measured[role])
        yield f"{limit_a:g}"
    yield f"{line.around.solar_w:.0f}"
    yield f"{line.around.battery_w:.0f}"
    for each in line.evses:
        yield f"{each.offer_a:.1f}"
        yield from (f"{a:.2f}" for a in each.currents_a)
        yield f"{each.power_w:.0f}"
        yield f"{each.got_wh:.0f}"
        yield f"{each.binding.limit_a:.1f}"
        yield each.binding.source


def _highest(seen: Sequence[Three]) -> Three:
    l1, l2, l3 = (max(phase) for phase in zip(*seen, strict=True))
    return l1, l2, l3
