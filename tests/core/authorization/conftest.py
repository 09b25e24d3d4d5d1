"""A station of each version with two EVSEs."""

from __future__ import annotations

import pytest
from core.driver import Driver
from core.reserving import TWO


@pytest.fixture
def place(driver: Driver) -> Driver:
    return Driver(driver.version, evses=TWO).online()
