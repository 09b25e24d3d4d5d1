"""Every journey runs in both versions, from one text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from journeys.rig import Rig
from journeys.words import WORDS

MakeRig = Callable[..., Rig]


@pytest.fixture(params=sorted(WORDS))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_rig(version: str, tmp_path: Path) -> MakeRig:
    """Return a rig with further settings, not switched on."""

    def make(*settings: str, on_step: Callable[[str], None] = lambda step: None) -> Rig:
        return Rig(version, tmp_path / "disk", on_step, *settings)

    return make


@pytest.fixture
async def rig(make_rig: MakeRig) -> AsyncIterator[Rig]:
    """A station that is registered, with nobody there."""
    rig = make_rig()
    await rig.switch_on()
    await rig.find_line()
    yield rig
    await rig.switch_off()
    rig.check()
