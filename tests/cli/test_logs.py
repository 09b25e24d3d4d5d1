"""The log: a line for people, or JSON for machines."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from io import StringIO

import pytest

from chargepoint.logs import LIBRARIES, configure

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
