"""``chargepoint simulate`` as it is called."""

from __future__ import annotations

import pytest

HEAD = "time,house_l1_a,evse,event"


def test_it_names_its_households(chargepoint):
    left = chargepoint("simulate", "--list")

    assert left.code == 0
    assert [line.split()[0] for line in left.out.splitlines()] == [
        "flat",
        "family",
        "farm",
        "electric",
        "company",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name a DAY.csv, or --household with one of flat, family, farm, electric, company"),
        (("--household", "castle"), "no household is called 'castle'"),
        (("day.csv", "--set", "limits.mains_a=-1"), 'limits.mains_a (--set): "-1" is not allowed'),
        (("day.csv",), "day.csv line 3, column house_l1_a: 'x' is not allowed; allowed: a number"),
        (("none.csv",), "none.csv: cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_is_named_and_it_leaves_with_78(
    chargepoint, tmp_path, monkeypatch, arguments, says
):
    monkeypatch.chdir(tmp_path)
    bad = "x" if "--set" not in arguments else "1"
    (tmp_path / "day.csv").write_text(f"{HEAD}\n07:00,1\n07:01,{bad}\n")

    left = chargepoint("simulate", *arguments)

    assert left.code == 78
    assert left.err.startswith(f"chargepoint: {says}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.csv"]


def test_a_day_leaves_its_summary_its_table_and_its_picture(chargepoint, tmp_path):
    day = tmp_path / "day.csv"
    day.write_text(f"{HEAD}\n07:00,1\n07:00:10,,1,arrives\n07:02,5\n")

    left = chargepoint("simulate", str(day), "--out", str(tmp_path / "out"), "--every", "60")

    assert left.code == 0, left.err
    assert "every fuse was kept" in left.out
    assert (tmp_path / "out/day-played.svg").read_text().startswith("<svg")
    assert len((tmp_path / "out/day-played.csv").read_text().splitlines()) == 4
