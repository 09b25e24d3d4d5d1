"""Every rule that both versions have is proved in both."""

from __future__ import annotations

import pytest
from core.blocks.bench import Bench


@pytest.fixture(params=["1.6", "2.0.1"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(version: str) -> Bench:
    """A station that is registered, with nobody there."""
    return Bench(version).online()


@pytest.fixture
def bench16() -> Bench:
    return Bench("1.6").online()


@pytest.fixture
def bench201() -> Bench:
    return Bench("2.0.1").online()
