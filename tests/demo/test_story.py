"""The demonstration as a visitor starts it: one version in this process, one in its own."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.demo import story

CHARGEPOINT = [sys.executable, "-m", "chargepoint", "demo"]

TOLD = {
    "1.6": [
        r"the page is at http://127\.0\.0\.1:\d+/",
        r"boot accepted by the central system",
        r"BootNotification: here is ",
        r"station +car plugged in",
        r"StatusNotification: connector 1 is Preparing",
        r"central +RemoteStartTransaction: EVSE 1",
        r"token .* accepted \(remote start\)",
        r"StartTransaction: connector 1 at 0 Wh",
        r"contactor closed",
        r"car draws 16\.0 A on 3 phases, 11\.0 kW; hardware 16 A binds",
        r"SetChargingProfile: 10\.0 A",
        r"offer 10\.0 A: TxDefaultProfile 7",
        r"car draws 10\.0 A on 3 phases",
        r"charging profile 7 cleared",
        r"oven on: 15 A on L2",
        r"car draws 11\.5 A on 3 phases, 7\.9 kW; mains L2 25\.0/25 A binds",
        r"connection lost, going on",
        r"connected to the central system, OCPP 1\.6",
        r"MeterValues: [\d.]+ Wh, [\d.]+ s late",
        r"\d missed messages arrived, in order",
        r"RemoteStopTransaction: transaction 1",
        r"contactor opened",
        r"StopTransaction: Remote at \d+ Wh",
        r"car unplugged",
        r"energy +0\.0\d\d kWh booked, 0\.0\d\d kWh metered",
        r"messages +\d+ sent",
        r"lost 0, duplicates 0, in order",
    ],
    "2.0.1": [
        r"the page is at http://127\.0\.0\.1:\d+/",
        r"boot accepted by the central system",
        r"EVSE 1 connector 1 is Available",
        r"EVSE 1 connector 1 is Occupied",
        r"RequestStartTransaction: EVSE 1",
        r"TransactionEvent: 0 Started",
        r"contactor closed",
        r"car draws 16\.0 A",
        r"offer 10\.0 A: TxDefaultProfile 7",
        r"oven on",
        r"mains L2 25\.0/25 A binds",
        r"connection lost, going on",
        r"TransactionEvent: \d+ Updated .* s late",
        r"\d missed messages arrived, in order",
        r"RequestStopTransaction: transaction \w+",
        r"TransactionEvent: \d+ Ended",
        r"car unplugged",
        r"lost 0, duplicates 0, in order",
    ],
}


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, here and in child processes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    root, told = logging.getLogger(), story.TOLD_ANYWAY
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in told}
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def _told_in_order(text: str, sentences: list[str]) -> None:
    """Everything is told, and each teller (station, central, house) tells in order.

    Between two tellers there is no order: a message may be seen at its one end before
    the other end has told of it.
    """
    lines = text.splitlines()
    tellers = [_teller(line) for line in lines]
    after = dict.fromkeys(tellers, -1)
    for sentence in sentences:
        told = (
            number
            for number, line in enumerate(lines)
            if number > after[tellers[number]] and re.search(sentence, line)
        )
        number = next(told, None)
        assert number is not None, f"not told, or too early: {sentence}\n{text}"
        after[tellers[number]] = number


def _teller(line: str) -> str:
    found = re.match(r" +[\d.]+ s +(\w+) ", line)
    return found.group(1) if found else "frame"


def test_the_story_tells_itself_once_in_both_versions_side_by_side(
    scratch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = subprocess.Popen(
        [*CHARGEPOINT, "--once", "--ocpp", "2.0.1"], stdout=subprocess.PIPE, text=True
    )
    with other:
        code = story.run("1.6", once=True, port=None)
        text, _ = other.communicate(timeout=60)

    _told_in_order(capsys.readouterr().out, TOLD["1.6"])
    _told_in_order(text, TOLD["2.0.1"])
    assert (code, other.returncode) == (0, 0)
    assert list(scratch.iterdir()) == []


def test_ctrl_c_ends_it_with_the_summary(scratch: Path) -> None:
    with subprocess.Popen(
        CHARGEPOINT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as shown:
        assert shown.stdout is not None
        for line in shown.stdout:
            if "car plugged in" in line:
                break
        shown.send_signal(signal.SIGINT)
        rest = shown.stdout.read()

    assert shown.returncode == 0
    assert "lost 0, duplicates 0, in order" in rest
    assert list(scratch.iterdir()) == []


def test_a_taken_port_is_a_mistake_of_the_caller(scratch: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*CHARGEPOINT, "--port", str(port)], capture_output=True, text=True, check=False
        )

    assert done.returncode == 78
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert list(scratch.iterdir()) == []
