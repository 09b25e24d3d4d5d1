"""A real server on loopback over a station that only remembers what it was asked."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest

from chargepoint.front.web import Front


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fake_door() -> ModuleType:
    """The module of the fakes, for its sample values."""
    return _load("fake_door")


@pytest.fixture
def door(fake_door: ModuleType) -> Any:
    return fake_door.FakeDoor()


@pytest.fixture
async def front(door: Any) -> AsyncIterator[Front]:
    front = Front(door, "127.0.0.1:0")
    await front.start()
    yield front
    await front.stop()


@pytest.fixture
async def http(front: Front) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(front.url) as session:
        yield session
