"""``chargepoint simulate`` from its arguments to its files."""

from __future__ import annotations

import csv

import pytest

from chargepoint.errors import SettingsError
from chargepoint.simulate.command import Asked, households, run
from chargepoint.simulate.households import HOUSEHOLDS

DAY = (
    "time,house_l1_a,house_l2_a,house_l3_a,solar_w,evse,event,phases,max_current_a,energy_kwh",
    "07:00,2,2,2,0,,,,,",
    "07:05,,,,,1,arrives,3,16,2",
    "07:10,20,,,,,,,,",
    "07:12,2,,,,,,,,",
    "07:40,,,,2000,1,leaves,,,",
    "07:41,2,2,2,0,,,,,",
)


def played(asked: Asked) -> list[str]:
    said: list[str] = []
    assert run(asked, said.append) == 0
    return "\n".join(said).splitlines()


def test_a_day_is_played_told_and_written(write, tmp_path):
    said = played(Asked([write(*DAY)], out=tmp_path / "out"))

    with (tmp_path / "out" / "day-played.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 41 * 6 + 1
    assert rows[0]["time"] == "2026-06-21T07:00:00"
    assert {row["evse1_binding"] for row in rows if not float(row["evse1_offer_a"])} >= {"no car"}
    assert max(float(row["evse1_l1_a"]) for row in rows) == 16.0
    assert max(float(row["mains_l1_a"]) for row in rows) == pytest.approx(36.0, abs=0.5)
    assert "1     07:05  07:40  2.0 kWh  2.0 kWh" in said
    assert any(line.startswith("every fuse was kept") for line in said)


def test_the_same_day_goes_the_same_way_every_time(write, tmp_path):
    day = write(*DAY)
    for name in ("one", "two"):
        played(Asked([day], out=tmp_path / name))

    one, two = ((tmp_path / name / "day-played.csv").read_text() for name in ("one", "two"))
    assert one == two


def test_settings_of_file_and_line_hold_and_the_hardware_is_simulated(write, tmp_path):
    config = write(
        '[csms]\nurl = "ws://never.example/dialled"\n[limits]\nmax_a = 10\nmains_a = 40',
        '[[evse]]\nid = 1\n[evse.meter]\ndriver = "pushed"',
        name="station.toml",
    )
    played(Asked([write(*DAY)], None, config, ["limits.max_a=8"], tmp_path))

    with (tmp_path / "day-played.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert max(float(row["evse1_l1_a"]) for row in rows) == 8.0
    assert rows[0]["mains_limit_a"] == "40"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["07:00,,,,,9,arrives"], "line 2: there is no EVSE 9; allowed: 1"),
        (["07:00,,,,,1,arrives"] * 2, "line 3: a car is at EVSE 1 already"),
        (["07:00,,,,,1,leaves"], "line 2: no car is at EVSE 1 that could leave"),
    ],
)
def test_a_car_that_cannot_come_or_go_is_refused(write, lines, says, tmp_path):
    path = write(DAY[0], *lines)
    config = write("[[evse]]\nid = 1", name="station.toml")

    with pytest.raises(SettingsError) as refused:
        run(Asked([path], config=config, out=tmp_path), print)

    assert str(refused.value) == f"{path} {says}"


def test_a_day_that_names_more_evses_gets_them(write, tmp_path):
    lines = [line.replace(",1,", ",3,") for line in DAY]

    said = played(Asked([write(*lines)], out=tmp_path))

    assert "3     07:05  07:40  2.0 kWh  2.0 kWh" in said


def test_nothing_to_play_is_refused_and_so_is_too_much(write):
    for asked, says in (
        (Asked(), f"name a DAY.csv, or --household with one of {', '.join(HOUSEHOLDS)}"),
        (Asked([write(*DAY)], "farm"), "either days or a household can be played, not both"),
        (Asked(household="castle"), "no household is called 'castle'"),
    ):
        with pytest.raises(SettingsError, match=says):
            run(asked, print)


def test_a_folder_that_cannot_be_written_is_refused(write, tmp_path):
    day = write(*DAY)

    with pytest.raises(SettingsError, match="cannot be written"):
        run(Asked([day], out=day / "under"), lambda _: None)


def test_every_household_has_a_title():
    assert [line.split()[0] for line in households()] == list(HOUSEHOLDS)
