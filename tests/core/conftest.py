"""A station on simulated time, in each version or in one."""

from __future__ import annotations

import pytest
from core.driver import Driver


@pytest.fixture(params=["1.6", "2.0.1"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Return an accepted, connected station of each version in turn."""
    return Driver(request.param).online()


@pytest.fixture
def v201() -> Driver:
    """Return an accepted, connected station that speaks 2.0.1."""
    return Driver("2.0.1").online()


@pytest.fixture
def v16() -> Driver:
    """Return an accepted, connected station that speaks 1.6."""
    return Driver("1.6").online()
