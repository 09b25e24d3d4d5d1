"""``chargepoint status``: tables of what the station says, a sentence when it says nothing."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chargepoint.status import save_diagnostics, show

METER = {
    "currents_a": [24.6, 1.0, -3.0],
    "voltages_v": None,
    "power_w": 5198.4,
    "import_wh": 1234.5,
    "export_wh": 0.0,
    "age_s": 0.42,
    "stale": False,
    "trust": "fresh",
}

UNTIL = "2031-05-06T12:30:00+00:00"

STATUS: dict[str, Any] = {
    "station_id": "CP001",
    "vendor": "Acme",
    "model": "One",
    "mode": "smart",
    "ocpp": {
        "version": "2.0.1",
        "connected": True,
        "registration": "Accepted",
        "queued": 3,
        "url": "ws://host/CP001",
        "why": None,
    },
    "evses": [
        {
            "id": 1,
            "connectors": [{"id": 1, "status": "Charging"}],
            "offer_a": 9.4,
            "limits": [
                {"source": "mains L1 24.6/25 A", "limit_a": 9.4, "phases": 3},
                {"source": "TxProfile 7", "limit_a": 16.0, "phases": 1, "until": UNTIL},
                {"source": "cable", "limit_a": 32.0, "phases": 3},
            ],
            "binding": "mains L1 24.6/25 A",
            "energy_wh": 700.0,
            "transaction_id": "abc",
            "fault": None,
            "power_w": None,
            "phases": 3,
            "phases_used": 2,
            "phases_because": "22.4/18 A for 3 phases",
        }
    ],
    "meters": {
        "mains": METER,
        "evse": {"1": {**METER, "currents_a": None, "stale": True, "trust": "silent"}},
    },
    "warnings": ["security profile 0"],
}


class _Station(HTTPServer):
    """Answers with *status* and *body*, and keeps what it was asked with."""

    status = 200
    body = json.dumps(STATUS).encode()
    authorization: str | None = None


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Station)
        assert self.path in ("/api/v1/status", "/api/v1/diagnostics")
        self.server.authorization = self.headers.get("Authorization")
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def station() -> Iterator[_Station]:
    with _Station(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def shown(station: _Station) -> Callable[..., tuple[int, str]]:
    """Show the station's status; the exit code and what was printed."""

    def shown(password: str = "", watch: bool = False, **more: Any) -> tuple[int, str]:
        console = Console(file=StringIO(), width=140)
        url = f"http://127.0.0.1:{station.server_port}/"
        code = show(url, password, watch, console, **more)
        assert isinstance(console.file, StringIO)
        return code, console.file.getvalue()

    return shown


def test_the_status_shows_which_limit_binds(shown):
    code, text = shown()

    assert code == 0
    assert "CP001, Acme One, mode smart" in text
    assert "OCPP 2.0.1 connected to ws://host/CP001, Accepted, 3 queued" in text
    (line,) = [line for line in text.splitlines() if "binds" in line]
    assert "mains L1 24.6/25 A" in line
    assert "9.4 A" in line
    assert "24.6 A" in text
    assert "5198 W" in text
    assert "0.4 s silent" in text
    assert "warning: security profile 0" in text


@pytest.mark.parametrize(
    ("used_wh", "more"), [(300.4, ", 300 Wh of this quarter of an hour used"), (None, "")]
)
def test_the_capacity_is_shown_where_there_is_one(station, shown, used_wh, more):
    ceiling = {"source": "capacity until 12:15", "sum_a": 8.0, "used_wh": used_wh}
    station.body = json.dumps({**STATUS, "capacity": ceiling}).encode()

    assert f"capacity until 12:15: 8 A over all phases{more}\n" in shown()[1]


def test_the_tightest_limit_comes_first(shown):
    text = shown()[1]

    order = [text.index(f" {amps} A", text.index("per phase")) for amps in ("9.4", "16.0", "32.0")]
    assert order == sorted(order)


def test_phases_and_the_end_of_a_limit_are_told(shown):
    text = " ".join(shown()[1].replace("│", " ").split())
    here = datetime.fromisoformat(UNTIL).astimezone()

    assert "TxProfile 7 16.0 A 1" in text
    assert f"{here:%d %b %H:%M:%S}" in text
    assert "3, 2 used:" in text


def test_a_limit_that_ends_today_tells_the_time_only(station, shown):
    now = datetime.now().astimezone()
    evse = {**STATUS["evses"][0], "phases_used": 3, "phases_because": None}
    evse["limits"] = [{**evse["limits"][0], "until": now.isoformat()}]
    station.body = json.dumps({**STATUS, "evses": [evse]}).encode()

    text = shown()[1]
    assert f"{now:%H:%M:%S}" in text
    assert "used" not in text


@pytest.mark.parametrize(
    ("ocpp", "line"),
    [
        ({"connected": False, "why": "refused"}, "not connected to ws://host/CP001: refused"),
        ({"connected": False}, "not connected to ws://host/CP001: not yet"),
        ({"connected": False, "url": None, "version": None}, "OCPP - no central system"),
    ],
)
def test_the_link_is_told_in_words(station, shown, ocpp, line):
    station.body = json.dumps({**STATUS, "ocpp": {**STATUS["ocpp"], **ocpp}}).encode()

    assert line in shown()[1]


def test_reservations_are_listed_while_there_are_any(station, shown):
    assert "reservation" not in shown()[1]
    one = {"id": 7, "evse_id": 1, "connector_type": None, "id_token": "…0001", "until": "soon"}
    some = {**one, "id": 8, "evse_id": None, "connector_type": "cType2"}
    station.body = json.dumps({**STATUS, "reservations": [one, some]}).encode()
    lines = [line for line in shown()[1].splitlines() if "soon" in line]
    assert "…0001" in lines[0]
    assert "any cType2" in lines[1]


def test_the_last_firmware_update_is_told(station, shown):
    assert "firmware" not in shown()[1]
    at = "2026-11-22T20:00:00Z"
    update = {"text": "waits", "source": "https://files/new.bin", "why": None, "until": at}
    station.body = json.dumps({**STATUS, "firmware": {**update, "since": at}}).encode()
    said = " ".join(shown()[1].split())
    assert "firmware from https://files/new.bin: waits until 22 Nov" in said
    failed = {**update, "text": "failed", "until": None, "why": "404", "since": at}
    station.body = json.dumps({**STATUS, "firmware": failed}).encode()
    assert ": failed, 404 (since 22 Nov" in " ".join(shown()[1].split())


def test_every_device_of_a_bus_is_listed_with_what_went_wrong(station, shown):
    counts = dict.fromkeys(("silent", "partial", "garbled", "refused", "late", "lost"), 0)
    fine = {**counts, "answered": 70, "strange": 0, "round_trip_s": 0.0412, "why": ""}
    dead = {**counts, "silent": 3, "answered": 0, "strange": 1, "round_trip_s": None, "why": "no"}
    devices = {"11": fine, "12": dead}
    buses = {
        "rs485": {"why": "", "devices": devices},
        "roof": {"why": "nobody answers there", "devices": {}},
    }
    station.body = json.dumps({**STATUS, "buses": buses}).encode()
    _, text = shown()

    lines = [" ".join(re.findall(r"[\w.,-]+", line)) for line in text.splitlines()]
    assert "rs485 11 70 41 ms" in lines
    assert "rs485 12 0 - 3 silent, 1 strange no" in lines
    assert "roof - - - nobody answers there" in lines


def test_every_reader_is_listed_with_why_it_is_not_there(station, shown):
    fine = {"driver": "pn532", "port": "/dev/ttyS1", "evse_ids": [1, 2], "cards": 7, "why": ""}
    lost = {"driver": "serial", "port": "/dev/tty9", "evse_ids": [], "cards": 0, "why": "unplugged"}
    station.body = json.dumps({**STATUS, "readers": [fine, lost]}).encode()
    _, text = shown()

    lines = [" ".join(re.findall(r"[\w/.,-]+", line)) for line in text.splitlines()]
    assert "pn532 /dev/ttyS1 1, 2 7" in lines
    assert "serial /dev/tty9 all 0 unplugged" in lines


def test_a_station_without_limits_or_meters_has_no_empty_tables(station, shown):
    evse = {**STATUS["evses"][0], "limits": [], "binding": None}
    station.body = json.dumps({**STATUS, "evses": [evse], "meters": {"evse": {}}}).encode()

    text = shown()[1]

    assert "per phase" not in text
    assert "import" not in text


def test_the_password_is_sent_and_never_shown(station, shown):
    text = shown("canary")[1]

    assert station.authorization is not None
    assert base64.b64decode(station.authorization.split()[1]) == b"chargepoint:canary"
    assert "canary" not in text


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b"", "it wants its password: --password, or CHARGEPOINT_API__PASSWORD"),
        (503, b"", "it answers 503 Service Unavailable"),
        (200, b"<html>", "is not a chargepoint"),
        (200, b"[]", "answers, but not like a chargepoint"),
    ],
)
def test_other_answers_are_sentences(station, shown, status, body, sentence):
    station.status, station.body = status, body

    code, text = shown()

    assert code == 70
    assert sentence in text


def test_no_answer_is_a_sentence():
    console = Console(file=StringIO(), width=140)

    code = show("http://127.0.0.1:1", "", False, console)

    assert code == 70
    assert isinstance(console.file, StringIO)
    assert "no chargepoint answers at http://127.0.0.1:1: " in console.file.getvalue()


@pytest.mark.parametrize("url", ["nonsense", "ftp://host", "http://", "http://[::1"])
def test_an_address_that_is_none_is_a_sentence(url):
    console = Console(file=StringIO(), width=140)

    assert show(url, "", False, console) == 70


def test_watching_goes_on_through_silence_until_the_user_has_seen_enough(station, shown):
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        station.status = 503 if len(pauses) == 1 else 200
        if len(pauses) == 3:
            raise KeyboardInterrupt

    code, text = shown(watch=True, pause=pause)

    assert code == 0
    assert pauses == [1.0, 1.0, 1.0]
    assert "CP001" in text


def test_the_command_shows_the_status(station, chargepoint):
    left = chargepoint("status", "--url", f"http://127.0.0.1:{station.server_port}")

    assert left.code == 0
    assert "CP001" in left.out


def test_the_archive_is_written_into_a_file_or_a_sentence_says_why_not(
    station: _Station, tmp_path: Path
) -> None:
    console = Console(file=StringIO(), width=200)
    url = f"http://127.0.0.1:{station.server_port}"
    out = tmp_path / "d.tar.gz"
    assert save_diagnostics(url, "", out, console) == 0
    assert out.read_bytes() == json.dumps(STATUS).encode()
    assert save_diagnostics(url, "", tmp_path / "no" / "folder", console) == 70
    assert save_diagnostics("http://127.0.0.1:1", "", out, console) == 70
    assert "no chargepoint answers" in console.file.getvalue()
