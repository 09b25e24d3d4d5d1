"""OCPP 2.0.1 part 6: its test cases for a charging station, one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from journeys.rig import Rig
from part6.case import Case


@pytest.fixture
def settings() -> tuple[str, ...]:
    """Return what differs from the station of the journeys; tests override it."""
    return ()


@pytest.fixture
async def case(tmp_path: Path, settings: tuple[str, ...]) -> AsyncIterator[Case]:
    """A registered station that nobody is at; at the end nobody has complained."""
    rig = Rig("2.0.1", tmp_path / "disk", lambda step: None, *settings)
    await rig.switch_on()
    await rig.find_line()
    case = Case(rig)
    yield case
    await rig.switch_off()
    rig.check(case.given_up)
