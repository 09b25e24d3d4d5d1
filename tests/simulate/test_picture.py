"""The picture: everything that was played is on it, as SVG and as PNG."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from chargepoint.errors import SettingsError
from chargepoint.simulate.canvas import Box, Curve, Sheet, Words, svg
from chargepoint.simulate.day import DAY_S, HOUR_S, Car, Day, Event, Row
from chargepoint.simulate.picture import Facts, draw, ticks
from chargepoint.simulate.play import play
from chargepoint.simulate.png import write_png
from chargepoint.simulate.record import Record, clock
from chargepoint.simulate.rig import load_simulated
from chargepoint.simulate.tally import Tally

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    """A quarter of an hour with everything: sun, battery, circuit, two cars."""
    rows = (Row(0.0, (9, 3, 3), (2, 0, 0), 0.0, 500.0), Row(900.0, solar_w=4000.0))
    events = (Event(60.0, 1, Car(3, 10.0, 200.0)), Event(120.0, 2, Car(1)), Event(700.0, 1, None))
    below = {"evse": [{"id": 1}, {"id": 2}], "hardware": {"meters": {"circuit": {"driver": "sim"}}}}
    tally = Tally([1, 2])
    record = Record(tally)
    for second in play(load_simulated(None, (), below), Day(rows, events)):
        tally.see(second)
        record.see(second)
    tally.end()
    limits_a = {"mains": 25.0, "circuit": 16.0}
    return draw(Facts("a <small> day", "said & done", record.lines, limits_a, 3, tally.visits))


def test_the_picture_names_panels_limits_stays_and_reasons(sheet: Sheet):
    root = ElementTree.fromstring(svg(sheet))
    words = {text.text for text in root.iter(f"{SVG}text")}

    assert words >= {"a <small> day", "said & done", "mains", "circuit", "sun", "EVSE 1", "EVSE 2"}
    assert words >= {"limit 25 A", "limit 16 A", "L1", "L2", "L3", "drawn", "offered", "00:15"}
    assert any(word and word.startswith("3 x 10 A: 0.2 of 0.2 kWh") for word in words)
    assert any(word and word.startswith("1 x 32 A: ") for word in words)
    hints = {hint.text for hint in root.iter(f"{SVG}title")}
    assert "the car is full" in hints
    assert hints <= words


def test_everything_is_on_the_sheet(sheet: Sheet):
    for shape in sheet.shapes:
        match shape:
            case Curve():
                assert all(
                    0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in shape.points
                )
            case Box():
                assert 0 <= shape.x <= shape.x + shape.width <= sheet.width + 1
                assert 0 <= shape.y <= shape.y + shape.height <= sheet.height
            case Words():
                assert 0 <= shape.x <= sheet.width
                assert 0 <= shape.y <= sheet.height


def test_png_is_the_same_sheet(sheet: Sheet, tmp_path):
    write_png(tmp_path / "day.png", sheet)

    head = (tmp_path / "day.png").read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20], "big") == 2 * sheet.width


def test_without_matplotlib_png_says_what_is_needed(sheet: Sheet, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(SettingsError, match="PNG needs matplotlib"):
        write_png(tmp_path / "day.png", sheet)


@pytest.mark.parametrize(
    ("low", "high", "most", "found"),
    [(0, 25, 5, [0, 5, 10, 15, 20, 25]), (-7, 12, 4, [-5, 0, 5, 10]), (0, 0.5, 3, [0, 0.2, 0.4])],
)
def test_scales_have_round_numbers(low, high, most, found):
    assert list(ticks(low, high, most)) == found


def test_the_clock_names_the_day_from_the_second_on():
    assert clock(7.5 * HOUR_S) == "07:30"
    assert clock(DAY_S + 60) == "day 2 00:01"
