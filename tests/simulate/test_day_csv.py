"""Days as CSV: what they mean, and what is said of bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargepoint.errors import SettingsError
from chargepoint.simulate.day import Car
from chargepoint.simulate.day_csv import COLUMNS, SHOWN, read_days

HEAD = "time,house_l1_a,solar_w,evse,event,energy_kwh"


def test_a_line_says_what_changes_and_the_rest_stays_as_it_was(write):
    day = read_days([write(HEAD, "07:00,3,100", "08:00,,400", "08:30:30,5,")])

    assert [row.at_s for row in day.rows] == [25_200.0, 28_800.0, 30_630.0]
    assert [row.house_a for row in day.rows] == [(3, 0, 0), (3, 0, 0), (5, 0, 0)]
    assert [row.solar_w for row in day.rows] == [100, 400, 400]


def test_loads_are_switched_and_the_sun_glides(write):
    day = read_days([write(HEAD, "07:00,3,100", "08:00,9,400", "09:00,0,0")])

    assert day.at(7.5 * 3600).house_a == (3, 0, 0)
    assert day.at(7.5 * 3600).solar_w == 250
    assert day.at(0).solar_w == 100
    assert day.at(9 * 3600).solar_w == 0


def test_cars_come_and_leave_in_the_same_file_or_in_one_of_their_own(write):
    lines = ("07:00,,,2,arrives,11.5", "07:30,,,2,leaves,")
    together = read_days([write(HEAD, *lines, "08:00,1,")])
    house = write(HEAD, "08:00,1,", name="house.csv")
    cars = write(HEAD.replace(",house_l1_a,solar_w", ""), "07:00,2,arrives,11.5", "07:30,2,leaves")

    for paths in ([house, cars], [cars, house]):
        apart = read_days(paths)
        assert apart.rows == together.rows
        assert [(e.at_s, e.evse_id, e.car) for e in apart.events] == [
            (25_200.0, 2, Car(3, 32.0, 11_500.0)),
            (27_000.0, 2, None),
        ]


def test_days_follow_each_other_from_midnight_to_midnight(write):
    first = write(HEAD, "00:00,1,", "23:59,2,", name="first.csv")
    second = write(HEAD, "06:00,3,,1,arrives", name="second.csv")

    day = read_days([first, second, first])

    assert [row.at_s / 3600 for row in day.rows] == pytest.approx([0, 23.98, 30, 48, 71.98], 1e-3)
    assert day.events[0].at_s == 30 * 3600


def test_a_file_with_dates_may_hold_several_days(write):
    lines = ("2026-01-30T23:00,1,", "2026-01-31 01:00:00+01:00,2,", "2026-02-01T00:00Z,3,")
    day = read_days([write(HEAD, *lines)])

    assert [row.at_s / 3600 for row in day.rows] == [23, 25, 48]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([""], f"line 1: a column time is needed; allowed: {', '.join(COLUMNS)}"),
        (["time,house_1_a"], "line 1: column 'house_1_a' is unknown; did you mean house_l1_a?"),
        (["time,xyz"], f"line 1: column 'xyz' is unknown; allowed: {', '.join(COLUMNS)}"),
        (["time,solar_w,solar_w"], "line 1: column solar_w is there 2 times"),
        (["time,event"], "line 1: a column evse is needed beside event"),
        (["time"], f"line 1: there is nothing but the time; allowed: {', '.join(COLUMNS)}"),
        ([HEAD], ": nothing after the header"),
        ([HEAD, "07:00,1,2,3,arrives,5,6"], "line 2: 7 cells under 6 columns"),
        ([HEAD, "", "07:00,x"], "line 3, column house_l1_a: 'x' is not allowed; "
         "allowed: a number from -1000 to 1000 A"),
        ([HEAD, "07:00,nan"], "line 2, column house_l1_a: 'nan' is not allowed; "
         "allowed: a number from -1000 to 1000 A"),
        ([HEAD, "07:00,,-1"], "line 2, column solar_w: '-1' is not allowed; "
         "allowed: a number from 0 to 1000000 W"),
        ([HEAD, "07:00,,,1.5,leaves"], "line 2, column evse: '1.5' is not allowed; "
         "allowed: a whole number from 1 to 100"),
        ([HEAD, "07:00,,,1,comes"], "line 2, column event: 'comes' is not allowed; "
         "allowed: arrives or leaves"),
        ([HEAD, "07:00,,,,leaves"], "line 2, column evse: is needed; "
         "allowed: a whole number from 1 to 100"),
        ([HEAD, "08:00,1", "07:00,1"], "line 3, column time: 07:00 is before the line above; "
         "times never go back"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_file_line_column_and_what_is_allowed(write, lines, says):
    path = write(*lines)

    with pytest.raises(SettingsError) as refused:
        read_days([path])

    assert str(refused.value).replace(f"{path} ", "").replace(str(path), "") == says


@pytest.mark.parametrize("time", ["", "7", "25:00", "07:60", "24:00:01", "a:b", "2026-13-01T07:00"])
def test_a_bad_time_is_refused_with_what_is_allowed(write, time):
    with pytest.raises(
        SettingsError, match=r'line 2, column time: .* is no time; allowed: "07:30"'
    ):
        read_days([write(HEAD, f"{time},1")])


def test_every_mistake_is_named_at_once_up_to_a_number(write):
    with pytest.raises(SettingsError) as refused:
        read_days([write(HEAD, "x,y,z", *["07:00,y,z"] * SHOWN)])

    lines = str(refused.value).splitlines()
    assert [line.split(":")[0].split(", ")[1] for line in lines[:3]] == [
        "column time",
        "column house_l1_a",
        "column solar_w",
    ]
    assert lines[SHOWN] == f"and {3 + 2 * SHOWN - SHOWN} more"


def test_a_file_that_cannot_be_read_is_refused_by_its_name(write, tmp_path: Path):
    latin = tmp_path / "latin.csv"
    latin.write_bytes(HEAD.encode() + b"\n07:00,\xe4")
    quoted = write(HEAD, '07:00,"1"2', name="quoted.csv")

    with pytest.raises(SettingsError) as refused:
        read_days([tmp_path / "none.csv", latin, quoted])

    assert [line.split(": ")[1] for line in str(refused.value).splitlines()] == [
        "cannot be read",
        "not UTF-8 text",
        "not CSV",
    ]
