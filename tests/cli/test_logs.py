"""The log: a line for people, or JSON for machines."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from chargepoint.logs import LIBRARIES, configure, kept, names

UTC = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture(autouse=True)
def same_log() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def test_text_is_one_line_with_the_time_in_utc():
    out = StringIO()
    configure("info", "text", out)

    logging.getLogger("chargepoint.loop").info("offer %.1f A", 9.4)

    assert re.fullmatch(f"{UTC} INFO     chargepoint.loop: offer 9.4 A\n", out.getvalue())


def test_json_has_a_field_for_everything():
    out = StringIO()
    configure("info", "json", out)

    logging.getLogger("chargepoint.loop").warning("mains meter silent", extra={"evse": 1})

    record = json.loads(out.getvalue())
    assert re.fullmatch(UTC, record.pop("time"))
    assert record == {
        "level": "WARNING",
        "logger": "chargepoint.loop",
        "message": "mains meter silent",
        "evse": 1,
    }


def test_what_is_below_the_level_is_not_logged():
    out = StringIO()
    configure("warning", "text", out)

    logging.getLogger("chargepoint").info("quiet")

    assert out.getvalue() == ""


def test_libraries_do_not_chatter_even_when_we_debug():
    out = StringIO()
    configure("debug", "text", out)

    logging.getLogger("websockets.client").debug("> Authorization: Basic canary")
    logging.getLogger("chargepoint").debug("ours")

    assert "canary" not in out.getvalue()
    assert "ours" in out.getvalue()


def test_nothing_is_logged_twice():
    out = StringIO()
    configure("info", "text", out)
    configure("info", "text", out)

    logging.getLogger("chargepoint").info("once")

    assert out.getvalue().count("once") == 1


def test_the_newest_of_the_log_is_kept_and_no_secret_of_it(tmp_path: Path) -> None:
    configure("info", "json", StringIO())
    log = logging.getLogger("chargepoint.loop")
    with kept(tmp_path / "log", 0.02):
        for number in range(1000):
            log.info("line %d of ws://me:CANARY@host", number)
    log.info("too late")
    texts = [(tmp_path / "log" / name).read_text() for name in names()]
    last = texts[-1].splitlines()[-1]
    assert re.fullmatch(f"{UTC} INFO     chargepoint.loop: line 999 of ws://me:.*@host", last)
    assert 10_000 < sum(map(len, texts)) <= 20_200
    assert "CANARY" not in "".join(texts)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700


def test_nothing_is_kept_where_nobody_wants_it_or_the_disk_does_not(tmp_path: Path) -> None:
    configure("info", "text", StringIO())
    with kept(tmp_path / "log", 0):
        logging.getLogger("chargepoint.loop").info("hello")
    assert not (tmp_path / "log").exists()
    with kept(tmp_path / "log", 1):
        (tmp_path / "log").rmdir()
        logging.getLogger("chargepoint.loop").info("nobody keeps this, and nobody falls over it")
