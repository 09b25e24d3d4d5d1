"""A process that is killed loses nothing that it said was done."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chargepoint.store.store import STEPS

WORKER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from chargepoint.core.messages import Batch, SecurityEvent
from chargepoint.store import Store

folder, victim, fatal = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
number = 0

def on_step(step):
    if number == victim and step == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

store = Store.open(folder, {"word": str}, on_step)
while True:
    number += 1
    delivered = (number - 3,) if number > 3 else ()
    event = SecurityEvent(str(number), datetime(2026, 1, 1, tzinfo=UTC))
    changes = {("word", "last"): str(number), ("word", str(number)): "x"}
    store.commit(Batch(number, changes=changes, durable=(event,), delivered=delivered))
    print(number, flush=True)
"""


def _run(folder: Path, victim: int, fatal: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(folder), str(victim), fatal]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _check(open_store, folder: Path, acknowledged: int) -> int:
    """Return the number of the last commit that is there; all of each, or nothing of it."""
    store = open_store(folder)
    words = store.load().get("word", {})
    last = int(words.pop("last", "0"))
    assert last >= acknowledged
    assert set(words) == {str(number) for number in range(1, last + 1)}
    waiting = [int(entry.event.type) for entry in store.pending(1000)]
    assert waiting == list(range(max(1, last - 2), last + 1))
    store.close()
    return last


@pytest.mark.parametrize("fatal", STEPS)
def test_a_kill_at_any_step_leaves_whole_commits(open_store, tmp_path, fatal):
    with _run(tmp_path / "data", 5, fatal) as worker:
        acknowledged = worker.communicate()[0].split()
        assert worker.returncode == -signal.SIGKILL
    assert acknowledged == ["1", "2", "3", "4"]

    last = _check(open_store, tmp_path / "data", 4)

    assert last == (5 if fatal == "committed" else 4)


def test_kills_out_of_the_blue_lose_nothing_that_was_acknowledged(open_store, tmp_path):
    for patience in (1, 7, 23):
        folder = tmp_path / str(patience)
        with _run(folder, 0, "never") as worker:
            assert worker.stdout is not None
            for _ in range(patience):
                worker.stdout.readline()
            worker.kill()
            more = worker.stdout.read().split()
        _check(open_store, folder, patience + len(more))
