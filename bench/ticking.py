"""``chargepoint run`` with a stop watch: how long each tick takes, and what the pilot says after.

Writes ``ticks.json`` into the data folder when it ends: rows of the time a tick began, on
the clock of ``time.monotonic``, how long it took, and the duty cycle after it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from chargepoint import agent
from chargepoint.logs import configure
from chargepoint.loop import Loop
from chargepoint.settings import load
from hardware.api import Actuation
from hardware.sim.board import SimBoard

Row = tuple[float, float, float]

ROWS: list[Row] = []
FILE = "ticks.json"

_tick, _apply = Loop.tick, SimBoard.apply
_duty = 1.0


async def _timed_tick(self: Loop) -> None:
    began_s = time.monotonic()
    await _tick(self)
    ROWS.append((began_s, time.monotonic() - began_s, _duty))


async def _noted_apply(self: SimBoard, actuation: Actuation) -> None:
    global _duty
    await _apply(self, actuation)
    _duty = self.duty


def main(overrides: list[str]) -> int:
    """Run the agent until it is asked to stop, then write what was timed."""
    settings = load(None, overrides)
    configure("warning", "text")
    Loop.tick, SimBoard.apply = _timed_tick, _noted_apply  # type: ignore[method-assign]
    code = agent.run(settings)
    Path(settings.agent.data_dir, FILE).write_text(json.dumps(ROWS))
    return code


if __name__ == "__main__":
    sys.exit(main([word for word in sys.argv[1:] if word != "--set"]))
