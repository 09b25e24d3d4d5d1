"""The page of rules and tests is that of the tests as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import states

from chargepoint.core.session import State

ROOT = Path(__file__).parents[2]


def test_the_page_of_rules_is_current(tmp_path: Path) -> None:
    made = tmp_path / "conformance.md"
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "--conformance", str(made)]
    subprocess.run(collect, cwd=ROOT, check=True, capture_output=True)

    ours = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert ours == made.read_text(encoding="utf-8"), "make docs writes it anew"


def test_the_drawing_of_states_is_current() -> None:
    ours = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")

    assert ours == states.page(), "make docs draws it anew"
    assert set(states.MEANINGS) == set(State)
