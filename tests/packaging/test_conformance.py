"""The page of rules and tests is that of the tests as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import conformance
import pytest
import states

from chargepoint.core.session import State

ROOT = Path(__file__).parents[2]


def test_the_page_of_rules_is_current(tmp_path: Path) -> None:
    made = tmp_path / "conformance.md"
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "--conformance", str(made)]
    done = subprocess.run(collect, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    ours = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert ours == made.read_text(encoding="utf-8"), "make docs writes it anew"


def test_a_rule_is_tested_or_excused_or_open() -> None:
    tests = {"B01.FR.01": {"b.py::test_b"}, "C01.FR.02": {"c.py::test_c"}}
    blocks = {"B": ["B01.FR.01", "B01.FR.02", "B02.FR.01"]}
    cases = {"B": ["TC_B_01_CS", "TC_B_02_CS"]}
    excuses = [("B01.FR.*", "no plug"), ("TC_B_02_CS", "no screen")]
    page = conformance.page(tests, blocks, cases, excuses)

    assert "| B | 3 | 1 | 1 | 1 |" in page
    assert "| B | 2 | 0 | 1 | 1 |" in page
    assert "| TC_B_02_CS | *not applicable*: no screen |" in page
    assert "| B01.FR.01 | b.py::test_b |" in page
    assert "| B01.FR.02 | *not applicable*: no plug |" in page
    assert "| B02.FR.01 | OPEN |" in page
    assert "| C01.FR.02 | c.py::test_c |" in page


def test_a_reason_that_excuses_nothing_is_named() -> None:
    excuses = [("B01.FR.02", ""), ("B01.FR.*", ""), ("B09.FR.01", "")]
    rules = ["B01.FR.01", "B01.FR.02"]

    assert conformance.idle_patterns([rules], excuses) == ["B09.FR.01"]


def test_only_rules_of_claimed_blocks_that_bind_a_station_are_wanted() -> None:
    rules = conformance.binding_rules()

    assert "M03.FR.01" in rules["M03"]
    assert all(rule.startswith(block) for block, of in rules.items() for rule in of)


def test_a_parameter_may_name_the_case_that_it_is() -> None:
    item = SimpleNamespace(
        nodeid="tests/a.py::test_a[TC_P_01_CS-1]",
        iter_markers=lambda name: [pytest.mark.requirement("P01.FR.05").mark],
    )
    tests = conformance.tests_of([item])  # type: ignore[list-item]

    assert tests == {key: {"a.py::test_a"} for key in ("P01.FR.05", "TC_P_01_CS")}
    assert "TC_P_01_CS" in conformance.station_cases()["P"]


def test_the_drawing_of_states_is_current() -> None:
    ours = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")

    assert ours == states.page(), "make docs draws it anew"
    assert set(states.MEANINGS) == set(State)
