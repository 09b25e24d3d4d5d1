"""Stations for the faults: on simulated time, in both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from journeys.rig import Rig
from journeys.words import WORDS


@pytest.fixture(params=sorted(WORDS))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_rig(version: str, tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    """Return a station that is not switched on, with what looks at every step of its disk."""
    rigs = []

    def make(on_step: Callable[[str], None] = lambda step: None) -> Rig:
        rigs.append(Rig(version, tmp_path / "disk", on_step))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.leave()
